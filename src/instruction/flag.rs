//! Flags of instructions, as a table for each instruction.
//!
//! Mirrors upstream's `bflag.go`.

use super::error::{ErrorKind, Suggestion};
use crate::go::unicode::to_lower;
use crate::suggest::suggest;

/// The values that a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// No value, `true` or `false`.
    Boolean,
    /// A single value.
    Text,
    /// One value for each time that the flag is given.
    Texts,
}

/// The flags of an instruction.
#[derive(Debug)]
pub(super) struct Table(&'static [(&'static str, Takes)]);

/// The table for instructions without flags.
pub(super) static NONE: Table = Table(&[]);
/// ADD.
pub(super) static ADD: Table = Table(&[
    ("chown", Takes::Text),
    ("chmod", Takes::Text),
    ("link", Takes::Boolean),
    ("keep-git-dir", Takes::Boolean),
    ("checksum", Takes::Text),
    ("unpack", Takes::Boolean),
    ("exclude", Takes::Texts),
]);
/// COPY.
pub(super) static COPY: Table = Table(&[
    ("chown", Takes::Text),
    ("from", Takes::Text),
    ("chmod", Takes::Text),
    ("link", Takes::Boolean),
    ("exclude", Takes::Texts),
    ("parents", Takes::Boolean),
]);
/// FROM.
pub(super) static FROM: Table = Table(&[("platform", Takes::Text)]);
/// HEALTHCHECK.
pub(super) static HEALTHCHECK: Table = Table(&[
    ("interval", Takes::Text),
    ("timeout", Takes::Text),
    ("start-period", Takes::Text),
    ("start-interval", Takes::Text),
    ("retries", Takes::Text),
]);
/// RUN.
pub(super) static RUN: Table = Table(&[
    ("device", Takes::Texts),
    ("mount", Takes::Texts),
    ("network", Takes::Text),
    ("security", Takes::Text),
]);

/// The flags that were given.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// Each flag with its values, in the order the flags were first given.
    given: Vec<(&'static str, Vec<String>)>,
}

impl Flags {
    /// Parses the words that start with `--`, using the table of the instruction.
    pub(super) fn parse(table: &Table, words: &[String]) -> Result<Self, ErrorKind> {
        let mut flags = Self::default();
        for word in words {
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None => (word.as_str(), None),
            };
            let name = flag.strip_prefix("--").unwrap_or(flag);
            let Some((name, takes)) = table.0.iter().copied().find(|(known, _)| *known == name) else {
                let suggestion = Suggestion(suggest(name, table.0.iter().map(|(known, _)| *known), true));
                return Err(ErrorKind::UnknownFlag { flag: flag.to_owned(), suggestion });
            };
            let given = flags.given.iter().position(|(known, _)| *known == name);
            if given.is_some() && takes != Takes::Texts {
                return Err(ErrorKind::DuplicateFlag(flag.to_owned()));
            }
            let value = match (takes, value) {
                (Takes::Boolean, None) => "true".to_owned(),
                (Takes::Boolean, Some(value)) if !value.is_empty() => match to_lower(value) {
                    value if value == "true" || value == "false" => value,
                    _ => {
                        let (flag, value) = (flag.to_owned(), value.to_owned());
                        return Err(ErrorKind::FlagNotBoolean { flag, value });
                    }
                },
                (Takes::Text | Takes::Texts, Some(value)) => value.to_owned(),
                _ => return Err(ErrorKind::MissingFlagValue(flag.to_owned())),
            };
            match given {
                Some(given) => flags.given[given].1.push(value),
                None => flags.given.push((name, vec![value])),
            }
        }
        Ok(flags)
    }

    /// Returns the names of the given flags, each once.
    pub(super) fn used(&self) -> Vec<String> {
        self.given.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    /// Takes the values of a flag.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let given = self.given.iter_mut().find(|(given, _)| *given == name);
        given.map(|(_, values)| std::mem::take(values)).unwrap_or_default()
    }

    /// Takes the value of a flag, if the flag was given.
    pub(super) fn given_text(&mut self, name: &str) -> Option<String> {
        self.texts(name).pop()
    }

    /// Takes the value of a flag; empty if it was not given.
    pub(super) fn text(&mut self, name: &str) -> String {
        self.given_text(name).unwrap_or_default()
    }

    /// Takes the value of a boolean flag, if it was given.
    pub(super) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.given_text(name).map(|value| value == "true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Flags, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        Flags::parse(&ADD, &words).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_of_flag() {
        let mut flags =
            parse(&["--exclude=a", "--link", "--unpack=FALSE", "--exclude=", "--chown=a=b"]).unwrap();
        assert_eq!(flags.used(), ["exclude", "link", "unpack", "chown"]);
        assert_eq!(flags.texts("exclude"), ["a", ""]);
        assert_eq!(flags.text("chown"), "a=b");
        assert_eq!(flags.text("chmod"), "");
        assert_eq!(
            [flags.boolean("link"), flags.boolean("unpack"), flags.boolean("keep-git-dir")],
            [Some(true), Some(false), None]
        );
    }

    #[test]
    fn every_error() {
        for (words, error) in [
            (&["--chonw=a"][..], "unknown flag: --chonw (did you mean chown?)"),
            (&["--x=a"], "unknown flag: --x"),
            (&["--chown=a", "--chown=b"], "duplicate flag specified: --chown"),
            (&["--chown"], "missing a value on flag: --chown"),
            (&["--exclude"], "missing a value on flag: --exclude"),
            (&["--link="], "missing a value on flag: --link"),
            (&["--link=Yes"], "expecting boolean value for flag --link, not: Yes"),
        ] {
            assert_eq!(parse(words).unwrap_err(), error);
        }
    }
}

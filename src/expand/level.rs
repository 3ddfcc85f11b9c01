//! Open substitutions: what waits while the text inside `${...}` is read.

use super::ErrorKind;

/// A `${...}` whose end has not been read.
#[derive(Debug)]
pub(super) struct Level<'a> {
    /// Where its part of the text starts: the value takes the place of what is from here on.
    pub(super) start: usize,
    /// Where the text of the word inside starts.
    pub(super) inner: usize,
    /// The character that ends it.
    pub(super) stop: char,
    /// Escape characters stay in the text.
    pub(super) raw_escapes: bool,
    /// Where its open double quotes start.
    pub(super) quotes: Option<usize>,
    /// What is to be done at its end.
    pub(super) after: After<'a>,
}

/// What is to be done with the text of a level.
#[derive(Debug)]
pub(super) enum After<'a> {
    /// It is the word of a modifier.
    Modifier { name: &'a str, modifier: Modifier },
    /// It is the pattern of a replacement.
    Pattern { name: &'a str, all: bool },
    /// It is the text that replaces; the pattern stands in front of it, from there on.
    Replacement { name: &'a str, all: bool, pattern: usize },
}

impl Level<'_> {
    /// Whether its text is a pattern, which is read once more for escapes.
    pub(super) const fn is_pattern(&self) -> bool {
        match self.after {
            After::Pattern { .. } => true,
            After::Modifier { modifier, .. } => modifier.trims(),
            After::Replacement { .. } => false,
        }
    }

    /// What an error at the end of the word means.
    pub(super) const fn missing(&self) -> ErrorKind {
        match self.after {
            After::Pattern { .. } => ErrorKind::MissingSlash,
            _ => ErrorKind::MissingBrace,
        }
    }
}

/// The `:-` of `${name:-word}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modifier {
    /// The character; none at the end of the word.
    pub(super) sign: Option<char>,
    /// An empty value counts as unset.
    pub(super) colon: bool,
}

impl Modifier {
    /// Whether it cuts a pattern off the value.
    pub(super) const fn trims(self) -> bool {
        matches!(self.sign, Some('#' | '%'))
    }

    /// As it is written.
    pub(super) fn text(self) -> String {
        // Go prints the end of the text as the replacement character.
        let sign = self.sign.unwrap_or(char::REPLACEMENT_CHARACTER);
        if self.colon { format!(":{sign}") } else { sign.to_string() }
    }

    /// The error of a modifier that does not exist.
    pub(super) fn unsupported(self) -> ErrorKind {
        ErrorKind::UnsupportedModifier(self.text())
    }
}

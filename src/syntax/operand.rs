//! The operands of an instruction, by the form that the instruction requires.
//!
//! Mirrors upstream's `line_parsers.go` and its dispatch table.

use super::error::ErrorKind;
use super::json;
use super::keyword::Keyword;
use super::text::{is_blank, is_space_byte, lossy, trim_start};

/// The form of an instruction's operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A single text.
    Text,
    /// Words separated by white space.
    List,
    /// A JSON array or a single text.
    JsonOrText,
    /// A JSON array or words separated by white space.
    JsonOrList,
    /// Words with quotes.
    Words,
    /// `name=value` words, or a name and a text; the instruction for messages.
    Pairs(Keyword),
    /// A word and a JSON array or text.
    Health,
    /// Another instruction.
    Instruction,
    /// An unknown instruction, whose operands are not parsed.
    Unknown,
}

impl Form {
    /// Returns the form of the instruction `word`.
    pub(super) fn of(word: &str) -> Self {
        let Some(keyword) = Keyword::parse(word) else { return Self::Unknown };
        match keyword {
            Keyword::Add | Keyword::Copy | Keyword::Volume => Self::JsonOrList,
            Keyword::Arg => Self::Words,
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Run | Keyword::Shell => Self::JsonOrText,
            Keyword::Env | Keyword::Label => Self::Pairs(keyword),
            Keyword::Expose | Keyword::From => Self::List,
            Keyword::Healthcheck => Self::Health,
            Keyword::Maintainer | Keyword::StopSignal | Keyword::User | Keyword::Workdir => Self::Text,
            Keyword::Onbuild => Self::Instruction,
        }
    }
}

/// Operands, and whether they were a JSON array.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Operands {
    pub(super) args: Vec<String>,
    pub(super) json: bool,
}

impl Operands {
    fn plain(args: Vec<String>) -> Self {
        Self { args, json: false }
    }

    /// Parses the operands `rest` in the form `form`.
    pub(super) fn parse(form: Form, rest: &[u8], escape: u8) -> Result<Self, ErrorKind> {
        match form {
            Form::Instruction | Form::Unknown => Ok(Self::default()),
            _ if rest.is_empty() => Ok(Self::default()),
            Form::Text => Ok(Self::plain(vec![lossy(rest)])),
            Form::List => Ok(Self::plain(list(rest))),
            Form::Words => Ok(Self::plain(words(&lossy(rest), char::from(escape)))),
            Form::Pairs(keyword) => pairs(&lossy(rest), keyword.name(), escape).map(Self::plain),
            Form::JsonOrText => Ok(json_array(rest)?.unwrap_or_else(|| Self::plain(vec![lossy(rest)]))),
            Form::JsonOrList => Ok(json_array(rest)?.unwrap_or_else(|| Self::plain(list(rest)))),
            Form::Health => health(rest),
        }
    }
}

fn list(rest: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut blank = false;
    for (at, byte) in rest.iter().enumerate() {
        if is_blank(*byte) {
            if !blank {
                words.push(lossy(&rest[start..at]));
            }
            blank = true;
        } else if blank {
            start = at;
            blank = false;
        }
    }
    words.push(lossy(&rest[start..]));
    words
}

/// Returns the elements of a JSON array; `None` for other text, which is used as it is.
fn json_array(rest: &[u8]) -> Result<Option<Operands>, ErrorKind> {
    if !trim_start(rest).starts_with(b"[") {
        return Ok(None);
    }
    match json::array(&lossy(trim_start(rest))) {
        json::Array::None => Ok(None),
        json::Array::Strings(args) => Ok(Some(Operands { args, json: true })),
        json::Array::Other => Err(ErrorKind::NotStrings),
    }
}

fn health(rest: &[u8]) -> Result<Operands, ErrorKind> {
    let end = rest.iter().position(|byte| is_space_byte(*byte)).unwrap_or(rest.len());
    if end == 0 {
        return Ok(Operands::default());
    }
    let (kind, rest) = rest.split_at(end);
    let start = rest.iter().position(|byte| !is_space_byte(*byte)).unwrap_or(rest.len());
    let mut operands = Operands::parse(Form::JsonOrText, &rest[start..], 0)?;
    operands.args.insert(0, lossy(kind));
    Ok(operands)
}

/// Parses `name=value` words, or the legacy form of one name and a text.
fn pairs(rest: &str, instruction: &'static str, escape: u8) -> Result<Vec<String>, ErrorKind> {
    let words = words(rest, char::from(escape));
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    if !first.contains('=') {
        let blank = |c: char| u8::try_from(c).is_ok_and(is_blank);
        let (name, value) = rest.split_once(blank).ok_or(ErrorKind::TwoArguments(instruction))?;
        return Ok(vec![name.to_owned(), value.trim_start_matches(blank).to_owned(), String::new()]);
    }
    let mut pairs = Vec::with_capacity(words.len() * 3);
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => pairs.extend([name.to_owned(), value.to_owned(), "=".to_owned()]),
            None => return Err(ErrorKind::NoEquals(word)),
        }
    }
    Ok(pairs)
}

/// Splits a text at white space outside quotes. Quotes and escapes are kept in the words.
fn words(text: &str, escape: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return words;
        }
        let mut word = String::new();
        let mut quote = None;
        while let Some(c) = chars.next_if(|c| quote.is_some() || !c.is_whitespace()) {
            if quote == Some(c) {
                quote = None;
            } else if quote.is_none() && matches!(c, '\'' | '"') {
                quote = Some(c);
            }
            if c == escape && quote != Some('\'') {
                // An escape character at the very end is dropped.
                let Some(escaped) = chars.next() else { break };
                word.extend([c, escaped]);
            } else {
                word.push(c);
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(form: Form, rest: &str) -> Vec<String> {
        Operands::parse(form, rest.as_bytes(), b'\\').unwrap().args
    }

    #[test]
    fn lists_split_at_blanks() {
        assert_eq!(args(Form::List, "a \t b\u{A0}c\x0Bd"), ["a", "b\u{A0}c", "d"]);
        assert_eq!(args(Form::JsonOrList, "[\"a\", \"b c\"]"), ["a", "b c"]);
        assert_eq!(args(Form::JsonOrList, "[\"a\", b]"), ["[\"a\",", "b]"]);
    }

    #[test]
    fn words_keep_quotes() {
        assert_eq!(args(Form::Words, r#"a='b c' "d\" e" f\ g h\"#), ["a='b c'", r#""d\" e""#, r"f\ g", "h"]);
        assert_eq!(args(Form::Words, r"'a\' b 'c d"), [r"'a\'", "b", "'c d"]);
        assert_eq!(args(Form::Words, r"\"), Vec::<String>::new());
    }

    #[test]
    fn pairs_old_and_new() {
        assert_eq!(args(Form::Pairs(Keyword::Env), "a  b=c d"), ["a", "b=c d", ""]);
        assert_eq!(args(Form::Pairs(Keyword::Env), "a=b c="), ["a", "b", "=", "c", "", "="]);
        let error =
            |rest: &str| Operands::parse(Form::Pairs(Keyword::Label), rest.as_bytes(), b'\\').unwrap_err();
        assert_eq!(error("a").to_string(), "LABEL must have two arguments");
        assert_eq!(error("a=b c").to_string(), {
            "Syntax error - can't find = in \"c\". Must be of the form: name=value"
        });
    }

    #[test]
    fn health_has_a_word_first() {
        assert_eq!(args(Form::Health, "CMD  [\"a\"]"), ["CMD", "a"]);
        assert_eq!(args(Form::Health, "NONE"), ["NONE"]);
    }
}

//! Parser directives: `# syntax=`, `# escape=` and `# check=` at the top of a file.

use super::error::ErrorKind;
use super::json;
use super::lines::Lines;
use super::text::{is_regex_space, lossy, trim_start};
use crate::span::Range;

/// The known directives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The frontend to use.
    Syntax,
    /// The escape character.
    Escape,
    /// Options of the checks.
    Check,
}

impl Name {
    /// Returns the name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Escape => "escape",
            Self::Check => "check",
        }
    }

    fn parse(word: &[u8]) -> Option<Self> {
        let known = [Self::Syntax, Self::Escape, Self::Check];
        known.into_iter().find(|name| word.eq_ignore_ascii_case(name.as_str().as_bytes()))
    }
}

/// A directive of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The value up to the first space.
    pub value: String,
    /// The whole value.
    pub command_line: String,
    /// The line it is on.
    pub location: Range,
}

/// Parses directives line by line; the first line that is not a directive ends them (upstream's
/// `DirectiveParser`).
pub(super) struct Directives {
    comment: &'static [u8],
    line: u32,
    seen: Vec<Name>,
    done: bool,
}

impl Directives {
    /// Creates a parser of directives that start with `comment`, after `line` lines.
    pub(super) const fn new(comment: &'static str, line: u32) -> Self {
        Self { comment: comment.as_bytes(), line, seen: Vec::new(), done: false }
    }

    /// Parses the next line. A repeated directive is an error.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<Option<(Name, String)>, ErrorKind> {
        self.line += 1;
        if self.done {
            return Ok(None);
        }
        let Some((name, value)) = line.strip_prefix(self.comment).and_then(assignment) else {
            self.done = true;
            return Ok(None);
        };
        if self.seen.contains(&name) {
            return Err(ErrorKind::RepeatedDirective(name.as_str()));
        }
        self.seen.push(name);
        Ok(Some((name, value)))
    }

    /// Returns the first directive `wanted` of a file. Lines after an invalid directive are ignored.
    fn find(mut self, wanted: Name, text: &[u8]) -> Option<Directive> {
        for line in Lines::new(text) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match self.line(line) {
                Ok(Some((name, value))) if name == wanted => {
                    return Some(Directive::at(self.line, value));
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return None,
            }
        }
        None
    }
}

impl Directive {
    fn at(line: u32, command_line: String) -> Self {
        let value = command_line.split(' ').next().unwrap_or_default().to_owned();
        Self { value, command_line, location: Range::lines(line, line) }
    }
}

/// Parses `name = value` with a known name, according to the expression
/// `^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`.
fn assignment(line: &[u8]) -> Option<(Name, String)> {
    let line = trim_start(line);
    let end = line.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    let name = Name::parse(&line[..end])?;
    let value = skip_space(&line[end..]).strip_prefix(b"=")?;
    let mut trimmed = skip_space(value);
    while let [rest @ .., last] = trimmed
        && is_regex_space(*last)
    {
        trimmed = rest;
    }
    if trimmed.is_empty() {
        // The expression requires one character, and finds it in the white space.
        trimmed = value.last_chunk::<1>()?;
    }
    Some((name, lossy(trimmed)))
}

fn skip_space(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_regex_space(*first)
    {
        bytes = rest;
    }
    bytes
}

/// Parses a comment, without its `#`, as a directive.
///
/// Upstream parses `check` above a single instruction this way (`Linter.WithMergedConfigFromComments`).
#[must_use]
pub fn directive_in(comment: &str) -> Option<(Name, String)> {
    assignment(comment.as_bytes())
}

/// Returns the `# syntax=` of a file, in any form: after `#` or `//`, or as a key of a JSON object. A byte
/// order mark and a `#!` line are skipped (upstream's `parser.DetectSyntax`).
#[must_use]
pub fn detect_syntax(text: &[u8]) -> Option<Directive> {
    let (text, line) = start(text);
    Directives::new("#", line)
        .find(Name::Syntax, text)
        .or_else(|| Directives::new("//", line).find(Name::Syntax, text))
        .or_else(|| {
            if !trim_start(text).starts_with(b"{") {
                return None;
            }
            let value = json::string_member(text, Name::Syntax.as_str())?;
            Some(Directive { command_line: value.clone(), value, location: Range::lines(line, line) })
        })
}

/// Returns the `# check=` of a file (upstream's `parser.ParseDirective("check", ..)`).
#[must_use]
pub fn check_directive(text: &[u8]) -> Option<Directive> {
    let (text, line) = start(text);
    Directives::new("#", line).find(Name::Check, text)
}

/// Returns the text after a byte order mark and a `#!` line, and the number of skipped lines.
fn start(text: &[u8]) -> (&[u8], u32) {
    let text = discard_bom(text);
    if !text.starts_with(b"#!") {
        return (text, 0);
    }
    let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |newline| newline + 1);
    (&text[end..], 1)
}

/// Removes a byte order mark.
pub(super) fn discard_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

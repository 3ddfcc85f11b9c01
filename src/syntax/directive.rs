//! Parser directives: `# syntax=`, `# escape=` and `# check=` at the top of a file.

use super::error::ErrorKind;
use super::json;
use super::lines::Lines;
use super::text::{is_regex_space, lossy, trim_start};
use crate::span::Range;

/// The directives there are.
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
    /// The name as it is written in lower case.
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

/// A directive that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The value up to the first space.
    pub value: String,
    /// The whole value.
    pub command_line: String,
    /// The line it stands on.
    pub location: Range,
}

/// Reads directives line by line; the first line that is none ends them (upstream's `DirectiveParser`).
pub(super) struct Directives {
    comment: &'static [u8],
    line: u32,
    seen: Vec<Name>,
    done: bool,
}

impl Directives {
    /// Directives behind `comment`, `line` lines having been read before.
    pub(super) const fn new(comment: &'static str, line: u32) -> Self {
        Self { comment: comment.as_bytes(), line, seen: Vec::new(), done: false }
    }

    /// Reads the next line. A directive that stands twice is an error.
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

    /// The first directive `wanted` of a file. What follows an invalid one is not looked at.
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

/// Reads `name = value` with a known name, as by the expression
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
        // The expression asks for one character, and finds it in the white space.
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

/// Reads one comment, its `#` removed, as a directive.
///
/// Upstream reads `check` above a single instruction so (`Linter.WithMergedConfigFromComments`).
#[must_use]
pub fn directive_in(comment: &str) -> Option<(Name, String)> {
    assignment(comment.as_bytes())
}

/// The `# syntax=` of a file, in any form: behind `#` or `//`, or as a key of a JSON object. A byte order
/// mark and a `#!` line are passed over (upstream's `parser.DetectSyntax`).
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

/// The `# check=` of a file (upstream's `parser.ParseDirective("check", ..)`).
#[must_use]
pub fn check_directive(text: &[u8]) -> Option<Directive> {
    let (text, line) = start(text);
    Directives::new("#", line).find(Name::Check, text)
}

/// The text after a byte order mark and a `#!` line, and how many lines that is.
fn start(text: &[u8]) -> (&[u8], u32) {
    let text = discard_bom(text);
    if !text.starts_with(b"#!") {
        return (text, 0);
    }
    let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |newline| newline + 1);
    (&text[end..], 1)
}

/// Cuts a byte order mark.
pub(super) fn discard_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

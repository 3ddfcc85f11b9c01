//! Replacement texts of `${name//pattern/replacement}`.
//!
//! docker/dockerfile passes them to Go's `regexp`, in which `$0` is the match, `$1` or `$name` a group, which
//! the pattern cannot have and which is therefore empty, and `$$` a dollar sign.

use crate::go::unicode::{is_digit, is_letter};

/// A parsed replacement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template<'a>(Vec<Part<'a>>);

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Match,
}

impl<'a> Template<'a> {
    /// Parses `text`; anything that is not a valid form of `$` is literal text.
    pub(super) fn parse(text: &'a str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            parts.push(Part::Text(before));
            if let Some(after) = after.strip_prefix('$') {
                parts.push(Part::Text("$"));
                rest = after;
            } else if let Some((name, after)) = group(after) {
                if name == "0" {
                    parts.push(Part::Match);
                }
                rest = after;
            } else {
                parts.push(Part::Text("$"));
                rest = after;
            }
        }
        parts.push(Part::Text(rest));
        Self(parts)
    }

    /// Returns the number of parts: the cost of appending a replacement, even an empty one.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends the replacement of `matched`.
    pub(super) fn push(&self, out: &mut String, matched: &str) {
        for part in &self.0 {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Match => matched,
            });
        }
    }
}

/// Parses `name` or `{name}` after a dollar sign; returns the name and the rest.
fn group(text: &str) -> Option<(&str, &str)> {
    let (braces, inner) = text.strip_prefix('{').map_or((false, text), |inner| (true, inner));
    let end = inner.find(|c| !(is_letter(c) || is_digit(c) || c == '_')).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if name.is_empty() {
        return None;
    }
    if braces { rest.strip_prefix('}').map(|rest| (name, rest)) } else { Some((name, rest)) }
}

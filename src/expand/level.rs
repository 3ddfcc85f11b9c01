//! Open substitutions, which are pending while the text inside `${...}` is read.

use super::ErrorKind;

/// A `${...}` that has not been read to its end.
#[derive(Debug)]
pub(super) struct Level<'a> {
    /// The start of its part of the text, which is replaced by the value.
    pub(super) start: usize,
    /// The start of the text of the word inside.
    pub(super) inner: usize,
    /// The character that ends it.
    pub(super) stop: char,
    /// Escape characters are kept in the text.
    pub(super) raw_escapes: bool,
    /// The start of its open double quotes, if any.
    pub(super) quotes: Option<usize>,
    /// What to do at its end.
    pub(super) after: After<'a>,
}

/// What to do with the text of a level.
#[derive(Debug)]
pub(super) enum After<'a> {
    /// The text is the word of a modifier.
    Modifier { name: &'a str, modifier: Modifier },
    /// The text is the pattern of a replacement.
    Pattern { name: &'a str, all: bool },
    /// The text is the replacement; the pattern precedes it and starts at that index.
    Replacement { name: &'a str, all: bool, pattern: usize },
}

impl Level<'_> {
    /// Returns whether its text is a pattern, in which escapes are processed once more.
    pub(super) const fn is_pattern(&self) -> bool {
        match self.after {
            After::Pattern { .. } => true,
            After::Modifier { modifier, .. } => modifier.trims(),
            After::Replacement { .. } => false,
        }
    }

    /// Returns the error to report if the word ends here.
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
    /// The character; `None` at the end of the word.
    pub(super) sign: Option<char>,
    /// An empty value counts as unset.
    pub(super) colon: bool,
}

impl Modifier {
    /// Returns whether it removes a pattern from the value.
    pub(super) const fn trims(self) -> bool {
        matches!(self.sign, Some('#' | '%'))
    }

    /// Returns the modifier as written.
    pub(super) fn text(self) -> String {
        // Go prints the end of the text as the replacement character.
        let sign = self.sign.unwrap_or(char::REPLACEMENT_CHARACTER);
        if self.colon { format!(":{sign}") } else { sign.to_string() }
    }

    /// Returns the error for an unknown modifier.
    pub(super) fn unsupported(self) -> ErrorKind {
        ErrorKind::UnsupportedModifier(self.text())
    }
}

//! Why a word cannot be expanded.

use crate::go::Quoted;
use crate::go::regexp::TooSlow;

/// An expansion error, with the word in which it occurred.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to process {}: {kind}", Quoted(.word))]
pub struct Error {
    /// The word as written.
    pub word: String,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// The kind of error in a word. The texts are docker/dockerfile's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A single quote is not closed.
    #[error("unexpected end of statement while looking for matching single-quote")]
    SingleQuote,
    /// A double quote is not closed.
    #[error("unexpected end of statement while looking for matching double-quote")]
    DoubleQuote,
    /// `${` is not closed.
    #[error("syntax error: missing '}}'")]
    MissingBrace,
    /// `${NAME/` has no second slash.
    #[error("syntax error: missing '/' in ${{}}")]
    MissingSlash,
    /// `${}`, `${:`, `${{`.
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    /// Unknown modifier.
    #[error("unsupported modifier ({0}) in substitution")]
    UnsupportedModifier(String),
    /// A variable that `?` requires is not set.
    #[error("{name}: {message}")]
    Required {
        /// The variable.
        name: String,
        /// The text after `?`, or a standard one.
        message: String,
    },
    /// A backslash in a pattern before a character that cannot be escaped.
    #[error("invalid pattern ({pattern}) in substitution: invalid escape '\\{escape}'")]
    InvalidPattern {
        /// The pattern, reversed for `%`.
        pattern: String,
        /// The character.
        escape: char,
    },
    /// The result is longer than [`super::MAX_EXPANSION_BYTES`] bytes.
    #[error("expansion is longer than {} bytes", super::MAX_EXPANSION_BYTES)]
    TooLong,
    /// The patterns and values take too much time together.
    #[error("its patterns and values together take too long to expand")]
    TooSlow(#[from] TooSlow),
}

impl ErrorKind {
    /// Returns whether this is a limit of fanlight, not an error in the word.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TooLong | Self::TooSlow(_))
    }
}

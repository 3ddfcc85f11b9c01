//! Errors in the syntax of a Dockerfile.

use crate::expand;
use crate::go::Quoted;
use crate::span::Located;

/// The longest line that a Dockerfile may have, in bytes, without its line end.
///
/// Upstream's limit is the buffer of Go's `bufio.Scanner`.
pub(super) const MAX_LINE: usize = 64 * 1024 - 1;

/// Why a text is not a valid Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The file contains only comments and empty lines.
    #[error("file with no instructions")]
    NoInstructions,
    /// A line is longer than upstream reads.
    #[error("dockerfile line greater than max allowed size of {MAX_LINE}")]
    LineTooLong,
    /// A directive is repeated.
    #[error("only one {0} parser directive can be used")]
    RepeatedDirective(&'static str),
    /// `# escape=` names a character other than the two allowed ones.
    #[error("invalid escape token '{0}' does not match ` or \\")]
    EscapeToken(String),
    /// The file ends inside a heredoc.
    #[error("unterminated heredoc")]
    UnterminatedHeredoc,
    /// The word after `<<` is invalid.
    #[error(transparent)]
    HeredocWord(#[from] expand::Error),
    /// A heredoc word is one word with its quotes and several without, or vice versa.
    #[error("internal lexing of heredoc produced inconsistent results: {0}")]
    HeredocWords(String),
    /// `ENV name` or `LABEL name` without a value.
    #[error("{0} must have two arguments")]
    TwoArguments(&'static str),
    /// A word without `=` among `name=value` words.
    #[error("Syntax error - can't find = in {}. Must be of the form: name=value", Quoted(.0))]
    NoEquals(String),
    /// A JSON array contains values other than strings.
    #[error("when using JSON array syntax, arrays must be comprised of strings only")]
    NotStrings,
}

/// A syntax error and its location.
pub type Error = Located<ErrorKind>;

//! Variable expansion: `$NAME`, `${NAME:-default}`, quotes and escapes.
//!
//! Mirrors `shell.Lex` of moby/buildkit's `frontend/dockerfile/shell`.

mod error;
mod level;
mod pass;
mod pattern;
mod scanner;
mod template;
mod words;

use std::collections::BTreeSet;

pub use error::{Error, ErrorKind};

use crate::env::Env;
use pass::Pass;

/// The longest result in bytes. BuildKit accepts no message of that size, and a few lines that each multiply
/// the previous one would otherwise fill all memory.
pub const MAX_EXPANSION_BYTES: usize = 16 << 20;

/// Expands words. The defaults, apart from the escape character, are those of most instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexer {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// Quotes are kept in the result.
    pub raw_quotes: bool,
    /// Escape characters are kept in the result.
    pub raw_escapes: bool,
    /// Quotes are ordinary characters.
    pub skip_process_quotes: bool,
    /// Unset variables are left as written.
    pub skip_unset_env: bool,
}

/// An expanded word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expansion {
    /// The text.
    pub result: String,
    /// The variables that were read and are set.
    pub matched: BTreeSet<String>,
    /// The variables that were read and are not set.
    pub unmatched: BTreeSet<String>,
}

impl Expansion {
    /// Returns all variables that were read.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.matched.iter().chain(&self.unmatched)
    }
}

impl Lexer {
    /// Creates a lexer for files with this escape character (`shell.NewLex`).
    #[must_use]
    pub const fn new(escape: char) -> Self {
        Self {
            escape,
            raw_quotes: false,
            raw_escapes: false,
            skip_process_quotes: false,
            skip_unset_env: false,
        }
    }

    /// Expands `word` to a single text, with its spaces (`ProcessWordWithMatches`).
    ///
    /// # Errors
    ///
    /// Returns [`Error`] for invalid syntax, invalid patterns and required variables that are missing.
    pub fn process_word(&self, word: &str, env: &dyn Env) -> Result<Expansion, Error> {
        let mut pass = Pass::new(*self, word, env);
        let (result, _) = pass.whole()?;
        let (matched, unmatched) = pass.into_names();
        Ok(Expansion { result, matched, unmatched })
    }

    /// Returns the unset variables of `word`, up to its error if it has one: checks report them anyway.
    #[must_use]
    pub fn unset_names(&self, word: &str, env: &dyn Env) -> BTreeSet<String> {
        let mut pass = Pass::new(*self, word, env);
        let _ = pass.whole();
        pass.into_names().1
    }

    /// Expands `word` and splits it at spaces outside quotes, including spaces in values (`ProcessWords`).
    ///
    /// As in docker/dockerfile, text directly before a `${NAME:-default}` form is lost: `a${X:-b}` gives `b`.
    /// Cache keys depend on it.
    ///
    /// # Errors
    ///
    /// See [`Lexer::process_word`].
    pub fn process_words(&self, word: &str, env: &dyn Env) -> Result<Vec<String>, Error> {
        Ok(Pass::new(*self, word, env).whole()?.1)
    }
}

#[cfg(test)]
mod tests;

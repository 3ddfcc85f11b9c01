//! The shape of a Dockerfile: directives, instructions, flags, words and heredocs.
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/parser`. Text goes in, a [`Tree`] comes out; nothing
//! is read or written here, and no instruction has a meaning yet, only a form.
//!
//! Upstream works on bytes, and so does this module wherever it shows: a byte that is no part of valid
//! UTF-8 becomes U+FFFD only where a text leaves the module, heredoc contents keep theirs.

mod command;
mod directive;
mod error;
mod heredoc;
mod json;
mod keyword;
#[cfg(test)]
mod limit_tests;
mod lines;
mod operand;
mod parse;
pub mod text;
mod tree;

pub use directive::{Directive, Name, check_directive, detect_syntax, directive_in};
pub use error::{Error, ErrorKind};
pub use heredoc::{HeredocWord, chomp_heredoc, parse_heredoc};
pub use keyword::Keyword;
pub use parse::parse;
pub use tree::{Heredoc, Node, Tree, Warning, lines_range};

//! The syntax of a Dockerfile: directives, instructions, flags, words and heredocs.
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/parser`. Converts text to a [`Tree`], without any I/O;
//! instructions have only a form here, not a meaning.
//!
//! Upstream works on bytes, and so does this module wherever the difference is visible: a byte that is not
//! part of valid UTF-8 becomes U+FFFD only when a text leaves the module, and heredoc contents keep their
//! bytes.

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

#[cfg(test)]
pub use directive::Directive;
pub use directive::{Name, check_directive, detect_syntax, directive_in};
#[cfg(feature = "fuzzing")]
pub use error::Error;
pub use error::ErrorKind;
pub use heredoc::{chomp_bytes, chomp_heredoc, parse_heredoc};
pub use keyword::Keyword;
pub use parse::parse;
pub use tree::{Heredoc, Node, Tree};

//! Typed instructions: the meaning of each instruction of a Dockerfile, before variables are expanded.
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/instructions`. Nothing here depends on a platform, a base
//! image or a build argument.

mod add_copy;
pub mod check;
mod comment;
mod device;
mod error;
mod expand;
mod flag;
mod from;
mod health;
mod mount;
mod node;
mod pair;
mod parse;
mod run;
mod size;
mod types;
#[cfg(test)]
mod upstream_dump;
#[cfg(test)]
mod upstream_tests;

pub use error::ErrorKind;
pub use parse::{parse, parse_trigger};
pub use types::*;

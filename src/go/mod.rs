//! Behaviours of Go's standard library that show in digests, configs and messages.
//!
//! docker/dockerfile is written in Go, and much of what it accepts and writes is what a function
//! of the standard library accepts and writes. Each file here is one such function family.

pub mod csv;
pub mod duration;
pub mod format;
pub mod glob;
pub mod json;
pub mod json_value;
pub mod number;
pub mod path;
pub mod quote;
pub mod regexp;
pub mod time;
pub mod unicode;
mod unicode_tables;

pub use json::string as json_string;
pub use quote::{Quoted, quote};

//! Behaviors of Go's standard library that affect digests, configs and messages.
//!
//! docker/dockerfile is written in Go, and much of what it accepts and writes is determined by functions of
//! the standard library. Each file here implements a family of such functions.

pub mod csv;
pub mod duration;
pub mod float;
pub mod format;
pub mod glob;
pub mod ip;
pub mod json;
pub mod json_value;
pub mod mode;
pub mod number;
pub mod path;
pub mod quote;
pub mod regexp;
pub mod signal;
pub mod sort;
pub mod time;
pub mod unicode;
mod unicode_tables;
pub mod url;

pub use format::{list as format_list, quoted_list as quote_list};
pub use mode::{ModeError, check_mode};
pub use quote::{Quoted, quote};
pub use signal::{SignalError, check_signal};

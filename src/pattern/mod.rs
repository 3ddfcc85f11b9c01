//! Patterns of ignore files, and the paths that they match.
//!
//! Mirrors `github.com/moby/patternmatcher` and its package `ignorefile`, on Linux.

mod ignore_file;
mod matcher;
mod regexp;

pub use ignore_file::read_ignore_file;
pub use matcher::PatternMatcher;

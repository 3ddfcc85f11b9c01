//! Finds what a Windows host would refuse, on Linux, by checking the files that a build put into an image.
//!
//! This module does no I/O: [`frontend`](crate::frontend) lists directories and supplies the ranges that are needed
//! ([`read`]). What is not known is not reported, since a false alarm is worse than a missing one. Not known are files
//! of a base that may bring its own, files of a HostProcess image, which sees those of its host, and files that were
//! not read.

pub mod base;
pub mod content;
pub mod dotnet;
pub mod file_name;
pub mod files;
mod library;
mod machine;
pub mod pe;
pub mod program;
pub mod read;
mod step;
mod subject;

pub use step::check as check_step;
pub use subject::Subject;

use crate::lint::Rule;

/// How many findings of one rule a step has at most: a directory may contain any number of such files.
const MAX_FINDINGS: usize = 3;

/// The subject of a finding, which decides the line of the Dockerfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The files of a step, by its number.
    Step(usize),
    /// The instruction that names the program.
    Program(program::By),
}

/// Something that a Windows host would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The subject.
    pub about: About,
    /// The rule.
    pub rule: &'static Rule,
    /// The message.
    pub message: String,
}

//! What a Windows host would refuse, found on Linux: a look at the files that a build put into an image.
//!
//! Nothing here reads: [`frontend`](crate::frontend) lists directories and brings the ranges that are needed
//! ([`read`]). What is not known is not reported, since a false alarm is worse than none: an image on a base that may
//! bring files of its own, a HostProcess image, which sees the files of its host, a file that was not looked at.

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

/// How many findings of one check a step has at most: a directory may hold any number of such files.
const MAX_FINDINGS: usize = 3;

/// What a finding is about, and so which line of the Dockerfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What a step brought, by its number.
    Step(usize),
    /// The instruction that names the program.
    Program(program::By),
}

/// Something that a Windows host would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// The check.
    pub rule: &'static Rule,
    /// What it says here.
    pub message: String,
}

//! Typed instructions: what each line of a Dockerfile means, before any variable is expanded.
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/instructions`. Nothing here knows a platform, a
//! base image or a build argument.

mod types;

pub use types::*;

//! Attestations of images: the bill of materials that a scanner writes.
//!
//! Mirrors moby/buildkit's `frontend/attestations`. Provenance is BuildKit's own work.

mod scanner;

pub use scanner::{ErrorKind, Scanner};

//! Attestations of images: the bill of materials that a scanner writes.
//!
//! Mirrors moby/buildkit's `frontend/attestations`. BuildKit itself creates provenance.

mod scanner;

pub use scanner::Scanner;

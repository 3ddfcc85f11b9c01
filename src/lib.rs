//! fanlight: a BuildKit frontend that builds one Dockerfile for Linux and for every Windows version, and returns one
//! multi-platform result.
//!
//! Data flows in one direction: [`gateway`] reads the options and the Dockerfile's text, [`syntax`] and [`instruction`]
//! parse it, [`plan`] decides which stages are built for which platforms and Windows variants, [`convert`] writes them
//! as [`llb`], and [`frontend`] sends that to BuildKit and returns the result.

#![forbid(unsafe_code)]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the modules are private; `cargo doc --document-private-items`"
)]

mod attest;
mod collect;
mod container_path;
mod convert;
mod env;
mod expand;
pub mod frontend;
pub mod gateway;
mod go;
mod image;
mod instruction;
mod lint;
mod list;
mod llb;
mod pattern;
mod plan;
mod proto;
mod rebase;
mod request;
mod source;
mod span;
mod suggest;
mod syntax;
mod verify;
mod wait;
mod windows;

/// What the fuzz targets and the tests in `tests/` call besides the frontend. No other program should.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
#[allow(missing_docs, reason = "the modules have docs of their own")]
pub mod fuzzing {
    pub use crate::env::{Env, EnvList};
    pub use crate::expand::Lexer;
    pub use crate::go::{duration, glob, path, url::Url};
    pub use crate::image::{OsVersion, Platform, Reference, Wanted};
    pub use crate::lint::{Config, Linter};
    pub use crate::pattern::{PatternMatcher, read_ignore_file};
    pub use crate::verify::{content, dotnet, pe, read};

    pub mod instruction {
        pub use crate::instruction::*;
    }
    pub mod list {
        pub use crate::list::*;
    }
    pub mod source {
        pub use crate::source::*;
    }
    pub mod syntax {
        pub use crate::syntax::*;
    }
}

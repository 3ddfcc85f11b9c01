//! fanlight: a BuildKit frontend that builds one Dockerfile for Linux and for every Windows version, and returns one
//! multi-platform result.
//!
//! Data flows in one direction: [`gateway`] reads the options and the Dockerfile's text, [`syntax`] and [`instruction`]
//! parse it, [`plan`] decides which stages are built for which platforms and Windows variants, [`convert`] writes them
//! as [`llb`], and [`frontend`] sends that to BuildKit and returns the result.

#![forbid(unsafe_code)]

pub mod attest;
pub mod collect;
pub mod convert;
pub mod env;
pub mod expand;
pub mod frontend;
pub mod gateway;
pub mod go;
pub mod image;
pub mod instruction;
pub mod lint;
pub mod list;
pub mod llb;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod proto;
pub mod rebase;
pub mod request;
pub mod source;
pub mod span;
pub mod suggest;
pub mod syntax;
pub mod verify;
mod wait;
pub mod windows;

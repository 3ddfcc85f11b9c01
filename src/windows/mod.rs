//! What is specific to Windows: many versions of one platform, and layers that must not be unpacked.
//!
//! This module has the rules by which a Windows platform fans out into variants, one for each version of its base image
//! ([`select`], [`index`], [`probe`]); the flow is in [`crate::frontend`]. Layers are built without their base images
//! ([`lazy`]).

pub mod advice;
pub mod base_directories;
pub mod base_name;
pub mod directories;
mod error;
pub mod hosts;
pub mod index;
pub mod intent;
pub mod labels;
pub mod lazy;
pub mod probe;
pub mod refused_run;
pub mod seed;
pub mod select;
pub mod versions;

pub use error::{Error, ErrorKind};

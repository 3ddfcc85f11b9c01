//! What only Windows has: many versions of one platform, and layers that are not to be unpacked.
//!
//! The rules by which a Windows platform fans out into variants, one for each version of its base,
//! are here ([`select`], [`index`], [`probe`]); the flow is in [`crate::frontend`]. Layers are made
//! without their bases ([`lazy`]).

pub mod advice;
pub mod base_directories;
pub mod bases;
pub mod directories;
mod error;
pub mod host;
pub mod index;
pub mod intent;
pub mod labels;
pub mod lazy;
pub mod probe;
pub mod run;
pub mod seed;
pub mod select;
pub mod versions;

pub use error::{Error, ErrorKind};

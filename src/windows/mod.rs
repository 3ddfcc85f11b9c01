//! What only Windows has: many versions of one platform, and layers that are not to be unpacked.
//!
//! A Windows platform fans out into variants, one for each version of its base
//! ([`list`], [`axis`], [`select`]). Their layers are made without their bases ([`lazy`]).

pub mod advice;
pub mod axis;
pub mod base_directories;
pub mod bases;
pub mod case;
pub mod directories;
mod error;
pub mod host;
pub mod index;
pub mod lazy;
pub mod list;
pub mod meant;
pub mod probe;
pub mod run;
pub mod seed;
pub mod select;
pub mod support;
pub mod versions;

pub use error::{Error, ErrorKind};

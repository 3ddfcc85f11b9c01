//! The frontend's side of the conversation with BuildKit.
//!
//! BuildKit starts a frontend with its standard input and output as a gRPC connection; the frontend is the
//! client. [`transport`] sets up the connection, [`bridge`] makes the calls, [`error`] is returned when a
//! build fails. Nothing here knows the meaning of a Dockerfile.

pub mod base64;
pub mod bridge;
pub mod capabilities;
pub mod client;
pub mod context;
mod engine_text;
pub mod error;
mod memo;

pub mod options;
pub mod resolve;
mod result;
pub mod source_detail;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod transport;

pub use bridge::{Bridge, FileRange, SolveRequest};
pub use capabilities::{Capabilities, CapabilitySet, UnsupportedCapability};
pub use error::Error;
pub(crate) use memo::Memo;
pub use resolve::{OciStore, ResolveError, ResolveImage, ResolvedImage, Sources};
pub use result::{BuildResult, MapResult, References};

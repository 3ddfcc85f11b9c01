//! LLB: the operations that BuildKit runs, and their encoding.
//!
//! Mirrors moby/buildkit's `client/llb`. The bytes are identical to Go's: buildkitd decodes every operation,
//! encodes it again and computes the digest of the result, so a difference loses cache hits and source
//! locations. Nothing here knows about Dockerfiles.
//!
//! A graph is built from [`State`]s and turned into a definition by [`marshal::Marshaler`].

pub mod caps;
mod definition;
mod exec;
mod file;
mod ground;
pub mod inspect;
mod location;
pub mod marshal;
mod merge;
mod source;
mod state;
mod vertex;

pub use definition::{InvalidDefinition, from_definition};
pub use exec::{Exec, ExecMount, MountTarget, SecretMount, SshMount};
pub use file::{Action, Chmod, CopyOptions, FileAction, Owner, User};
pub use location::{Location, SourceMap};
pub use marshal::{Definition, Marshaler};
pub use merge::{diff, merge};
pub use source::{Git, Http, Image, ImageBlob, Local, OciLayout, OciLayoutBlob, ResolveMode};
pub use state::{NetworkMode, SecurityMode, State};
pub use vertex::{Late, Metadata, Output, ProgressGroup};

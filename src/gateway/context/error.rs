//! What can be wrong with a context, in upstream's words.

use crate::gateway::Error;
use crate::go::Quoted;
use crate::image::{config, reference};
use crate::llb::InvalidDefinition;
use crate::source::GitRefError;

/// A context that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ErrorKind {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// A git URL that is one, and wrong.
    #[error(transparent)]
    Git(#[from] GitRefError),
    /// A frontend input that is no graph.
    #[error(transparent)]
    Definition(#[from] InvalidDefinition),
    /// The name of a context that could not be an image's.
    #[error("invalid context name {name}: {error}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        error: reference::ErrorKind,
    },
    /// A context without a kind before its first colon.
    #[error("invalid context specifier {input} for {name}")]
    Specifier {
        /// The client's text.
        input: String,
        /// The context's name.
        name: String,
    },
    /// A kind of context nobody knows.
    #[error("unsupported context source {kind} for {name}")]
    Kind {
        /// What is before the first colon.
        kind: String,
        /// The context's name.
        name: String,
    },
    /// Source policies that lead from one context to the next without end.
    #[error(
        "context recursion limit exceeded; this may indicate a cycle in the provided source policies: {0}"
    )]
    Recursion(String),
    /// A source policy that puts something unreadable in an image's place.
    #[error("could not parse ref: {0}")]
    Replacement(String),
    /// An image that is no reference.
    #[error(transparent)]
    Reference(reference::ErrorKind),
    /// A config that is none.
    #[error(transparent)]
    Config(config::ErrorKind),
    /// `git:` without a git URL.
    #[error("invalid git context {0}")]
    NoGit(String),
    /// An OCI layout's reference that is none.
    #[error("could not parse oci-layout reference {}: {error}", Quoted(.text))]
    Layout {
        /// The text.
        text: String,
        /// What is wrong with it.
        error: reference::ErrorKind,
    },
    /// An OCI layout's reference without a digest.
    #[error("oci-layout reference {} has no digest", Quoted(.0))]
    LayoutWithoutDigest(String),
    /// A name that cannot take a digest.
    #[error("could not wrap {} with digest: {error}", Quoted(.name))]
    LayoutName {
        /// The context's name.
        name: String,
        /// What is wrong with it.
        error: reference::ErrorKind,
    },
    /// A config in an OCI layout that is none.
    #[error("could not parse oci-layout image config: {0}")]
    LayoutConfig(config::ErrorKind),
    /// An input the client does not hand over.
    #[error("invalid input {input} for {name}")]
    Input {
        /// The input's name.
        input: String,
        /// The context's name.
        name: String,
    },
    /// What goes with an input is no JSON map.
    #[error("failed to parse input metadata {text}: {error}")]
    InputMetadata {
        /// The text.
        text: String,
        /// What is wrong with it.
        error: String,
    },
    /// The config that goes with an input is none.
    #[error("failed to parse image config for {name}: {error}")]
    InputConfig {
        /// The context's name.
        name: String,
        /// What is wrong with it.
        error: config::ErrorKind,
    },
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Call(error) => error,
            kind => Self::new(kind),
        }
    }
}

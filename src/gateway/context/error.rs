//! Errors of contexts, with upstream's texts.

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
    /// An invalid git URL.
    #[error(transparent)]
    Git(#[from] GitRefError),
    /// A frontend input that is not a valid graph.
    #[error(transparent)]
    Definition(#[from] InvalidDefinition),
    /// A context name that is not a valid image name.
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
    /// An unknown kind of context.
    #[error("unsupported context source {kind} for {name}")]
    Kind {
        /// The text before the first colon.
        kind: String,
        /// The context's name.
        name: String,
    },
    /// Source policies that lead from one context to the next in an endless chain.
    #[error(
        "context recursion limit exceeded; this may indicate a cycle in the provided source policies: {0}"
    )]
    Recursion(String),
    /// A source policy that replaces an image with an unreadable identifier.
    #[error("could not parse ref: {0}")]
    Replacement(String),
    /// An image that is not a valid reference.
    #[error(transparent)]
    Reference(reference::ErrorKind),
    /// An invalid image config.
    #[error(transparent)]
    Config(config::ErrorKind),
    /// `git:` without a git URL.
    #[error("invalid git context {0}")]
    NoGit(String),
    /// An OCI layout with an invalid reference.
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
    /// An invalid image config in an OCI layout.
    #[error("could not parse oci-layout image config: {0}")]
    LayoutConfig(config::ErrorKind),
    /// An input that the client does not pass.
    #[error("invalid input {input} for {name}")]
    Input {
        /// The input's name.
        input: String,
        /// The context's name.
        name: String,
    },
    /// The metadata of an input is not a JSON map.
    #[error("failed to parse input metadata {text}: {error}")]
    InputMetadata {
        /// The text.
        text: String,
        /// What is wrong with it.
        error: String,
    },
    /// The metadata of an input contains an invalid image config.
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

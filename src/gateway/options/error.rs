//! Errors of options, with upstream's texts.

use crate::gateway::capabilities::UnsupportedCapability;
use crate::go::number::NumberError;
use crate::go::{Quoted, csv};
use crate::image::{Build, platform, reference};
use crate::lint;
use crate::list;
use crate::suggest::Hint;

/// An option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A BuildKit older than 0.5.
    #[error("needs BuildKit 0.5 or later: {0}")]
    OldBuildKit(#[from] UnsupportedCapability),
    /// `override-copy-image`.
    #[error("support for \"override-copy-image\" was removed in BuildKit 0.11")]
    OverrideCopyImage,
    /// `BUILDKIT_DISABLE_FILEOP`.
    #[error("support for \"BUILDKIT_DISABLE_FILEOP\" build-arg was removed in BuildKit 0.11")]
    DisableFileOp,
    /// `platform`.
    #[error("failed to parse target platform {text}: {kind}")]
    Platform {
        /// One element of the list.
        text: String,
        /// What is wrong with it.
        kind: platform::ErrorKind,
    },
    /// `FANLIGHT_VERSIONS`.
    #[error(
        "FANLIGHT_VERSIONS: unknown Windows version {name:?}{hint}: write a build such as 20348 or 10.0.20348, or one of \
         {known}",
        known = Build::names(), hint = Hint::show(hint.as_ref())
    )]
    UnknownVersion {
        /// The name as the client wrote it.
        name: String,
        /// A similar valid name.
        hint: Option<Hint>,
    },
    /// An unknown `FANLIGHT_` argument.
    #[error(
        "unknown build argument {key}{hint}: available: {known}",
        known = super::windows::KNOWN.join(", "), hint = Hint::show(hint.as_ref())
    )]
    UnknownArgument {
        /// The name as the client wrote it.
        key: String,
        /// A similar valid name.
        hint: Option<Hint>,
    },
    /// An argument that must not be empty.
    #[error("{name} is empty: give it a value, or leave the argument out")]
    Empty {
        /// The argument.
        name: &'static str,
    },
    /// `FANLIGHT_REBASE_FROM` without a rebase.
    #[error("FANLIGHT_REBASE_FROM needs FANLIGHT_REBASE or FANLIGHT_AGAINST, which name the pushed image")]
    RebaseFromAlone,
    /// A switch that is neither on nor off.
    #[error("{name}: {text:?} is not a boolean: write 1 or 0")]
    Switch {
        /// The argument.
        name: &'static str,
        /// Its value.
        text: String,
    },
    /// `FANLIGHT_SEED` and others that name images.
    #[error("{name}: failed to parse {text:?}: {error}")]
    Reference {
        /// The argument.
        name: &'static str,
        /// The reference.
        text: String,
        /// What is wrong with it.
        error: reference::ErrorKind,
    },
    /// An argument that is a list.
    #[error("{name}: {error}")]
    List {
        /// The argument.
        name: &'static str,
        /// What is wrong with it.
        error: list::ErrorKind,
    },
    /// `image-resolve-mode`.
    #[error("invalid image-resolve-mode: {0}")]
    ResolveMode(String),
    /// `add-hosts`.
    #[error("failed to parse additional hosts: {0}")]
    Hosts(#[source] HostsError),
    /// `shm-size`.
    #[error("failed to parse shm size: {0}")]
    ShmSize(#[source] NumberError),
    /// `ulimit`.
    #[error("failed to parse ulimit: {0}")]
    Ulimit(#[source] UlimitError),
    /// `memory` and related options.
    #[error("failed to parse resource limits: invalid {key} value: {value}: {error}")]
    Resource {
        /// The option.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        error: ResourceError,
    },
    /// `force-network-mode`.
    #[error("invalid netmode {0}")]
    NetworkMode(String),
    /// `multi-platform`.
    #[error("invalid boolean value for multi-platform: {0}")]
    MultiPlatform(String),
    /// Several platforms, and `multi-platform=false`.
    #[error("conflicting config: returning multiple target platforms is not allowed")]
    SeveralPlatforms,
    /// `cache-imports`.
    #[error("failed to unmarshal cache-imports ({}): {error}", Quoted(.text))]
    CacheImports {
        /// The value.
        text: String,
        /// What is wrong with it.
        error: String,
    },
    /// `attest:TYPE` with an unknown type.
    #[error("unknown attestation type {}", Quoted(.0))]
    AttestationType(String),
    /// `attest:TYPE` with invalid attributes.
    #[error("failed to parse {kind}: {error}")]
    Attestation {
        /// The type.
        kind: String,
        /// What is wrong.
        error: csv::ErrorKind,
    },
    /// The generator of `attest:sbom`.
    #[error("failed to parse sbom scanner {text}: {error}")]
    Scanner {
        /// The reference.
        text: String,
        /// What is wrong with it.
        error: reference::ErrorKind,
    },
    /// `BUILDKIT_DOCKERFILE_CHECK`.
    #[error("failed to parse build-arg:BUILDKIT_DOCKERFILE_CHECK: {0}")]
    Check(#[source] lint::ErrorKind),
    /// `BUILDKIT_GIT_ADVICE`.
    #[error("failed to parse build-arg:BUILDKIT_GIT_ADVICE: {0}")]
    GitAdvice(#[source] NumberError),
}

/// What is wrong with `add-hosts`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostsError {
    /// Not a list.
    #[error(transparent)]
    List(#[from] csv::ErrorKind),
    /// Not `host=ip`.
    #[error("invalid key-value pair {0}")]
    Pair(String),
    /// Not an address.
    #[error("failed to parse IP {0}")]
    Address(String),
}

/// What is wrong with `ulimit`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UlimitError {
    /// Not a list.
    #[error(transparent)]
    List(#[from] csv::ErrorKind),
    /// Not `name=soft[:hard]`.
    #[error("invalid ulimit argument: {0}")]
    Argument(String),
    /// Unknown limit.
    #[error("invalid ulimit type: {0}")]
    Type(String),
    /// Not a number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// More than `soft:hard`.
    #[error("too many limit value arguments - {0}, can only have up to two, `soft[:hard]`")]
    Values(String),
    /// Unlimited soft limit below a hard limit.
    #[error("ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: {0}")]
    Unlimited(i64),
    /// Soft above hard.
    #[error("ulimit soft limit must be less than or equal to hard limit: {0} > {1}")]
    Order(i64, i64),
}

/// What is wrong with a resource limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// Not a number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// Zero or less.
    #[error("must be > 0")]
    Positive,
    /// Zero or less, and not -1.
    #[error("must be -1 (unlimited) or > 0")]
    PositiveOrUnlimited,
    /// Not a number in a list of processors.
    #[error("invalid cpuset element {}", Quoted(.0))]
    Element(String),
    /// Not a range in a list of processors.
    #[error("invalid cpuset range {}", Quoted(.0))]
    Range(String),
    /// A processor number above the maximum.
    #[error("cpuset element {} exceeds maximum {}", Quoted(.0), super::resources::MAX_CPU)]
    LargeElement(String),
    /// A range of processors above the maximum.
    #[error("cpuset range {} exceeds maximum {}", Quoted(.0), super::resources::MAX_CPU)]
    LargeRange(String),
}

//! Errors of a plan.

use crate::expand;
use crate::gateway;
use crate::go;
use crate::image::Platform;
use crate::image::{config, digest, platform, reference};
use crate::instruction;
use crate::list;
use crate::source;
use crate::span::Located;
use crate::suggest::Hint;

/// An error of a plan, with its locations.
pub type Error = Located<ErrorKind>;

/// The kinds of errors.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// A variable that cannot be expanded.
    #[error(transparent)]
    Expand(#[from] expand::Error),
    /// A trigger that is not an instruction, or a mount with a variable.
    #[error(transparent)]
    Instruction(#[from] instruction::ErrorKind),
    /// A base that is empty after its variables are expanded.
    #[error("base name ({0}) should not be blank")]
    BlankBase(String),
    /// A platform whose variables cannot be expanded.
    #[error("failed to process arguments for platform {platform}: {source}")]
    PlatformArgs {
        /// The result so far.
        platform: String,
        /// The cause.
        source: Box<expand::Error>,
    },
    /// A platform that is empty after its variables are expanded.
    #[error("empty platform value from expression {written}{hint}", hint = Hint::show(hint.as_ref()))]
    EmptyPlatform {
        /// The platform as the user wrote it.
        written: String,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// Not a valid platform.
    #[error("failed to parse platform {written}: {source}{hint}", hint = Hint::show(hint.as_ref()))]
    Platform {
        /// The platform as the user wrote it.
        written: String,
        /// The cause.
        source: Box<platform::ErrorKind>,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A base that is not an image reference.
    #[error("failed to parse stage name {0:?}: {1}")]
    Reference(String, reference::ErrorKind),
    /// The engine's answer is not an image reference.
    #[error("failed to parse ref {0:?}: {1}")]
    MutatedReference(String, reference::ErrorKind),
    /// A base that cannot be resolved.
    #[error("{name}: {source}{hint}", hint = Hint::show(hint.as_ref()))]
    Resolve {
        /// The base as the user wrote it.
        name: String,
        /// The engine's error.
        source: gateway::Error,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A base that exists, but not for Windows.
    #[error("{name}: {source}{advice}", name = .0.name, source = .0.source, advice = .0.advice())]
    NotForWindows(Box<NotForWindows>),
    /// A base that exists, but only for Windows, in a build for another system.
    #[error("{name}: {source}{advice}", advice = only_for_windows(found))]
    OnlyForWindows {
        /// The base as the user wrote it.
        name: String,
        /// The engine's error.
        source: gateway::Error,
        /// A platform that it has an image for.
        found: String,
    },
    /// A base whose config cannot be parsed.
    #[error("failed to parse image config: {0}")]
    Config(config::ErrorKind),
    /// A named context that cannot be loaded.
    #[error(transparent)]
    Context(gateway::Error),
    /// A file without FROM.
    #[error("dockerfile contains no stages to build")]
    NoStages,
    /// `--target` names no stage.
    #[error("target stage {name:?} could not be found{hint}", hint = Hint::show(hint.as_ref()))]
    UnknownTarget {
        /// The name as the client wrote it.
        name: String,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A variable in `COPY --from`.
    #[error(
        "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope \
         as a workaround"
    )]
    VariableInFrom,
    /// `COPY --from` with a number that no stage has.
    #[error("invalid stage index {0}")]
    StageNumber(i64),
    /// Stages that need each other.
    #[error("circular dependency detected on stage: {0}")]
    Circular(String),
    /// Not a valid time.
    #[error("invalid SOURCE_DATE_EPOCH: {0}")]
    Epoch(String),
    /// The base of the stage for `SOURCE_DATE_EPOCH` cannot be expanded.
    #[error("failed to process source stage base name {base}: {source}", base = go::quote(base))]
    EpochBase {
        /// The base as the user wrote it.
        base: String,
        /// The cause.
        source: Box<ErrorKind>,
    },
    /// The stage for `SOURCE_DATE_EPOCH` is not based on the empty file system.
    #[error("SOURCE_DATE_EPOCH stage must use FROM scratch")]
    EpochStageBase,
    /// The stage for `SOURCE_DATE_EPOCH` has no source, or several.
    #[error("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD{0}")]
    EpochStageAdd(&'static str),
    /// The stage for `SOURCE_DATE_EPOCH` has another instruction.
    #[error("SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported {0} instruction")]
    EpochStageInstruction(String),
    /// The stage for `SOURCE_DATE_EPOCH` adds a file of the build context.
    #[error("SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD")]
    EpochStageSource,
    /// A checksum that is not a digest.
    #[error(transparent)]
    Digest(digest::ErrorKind),
    /// Not a valid repository address.
    #[error(transparent)]
    Git(source::GitRefError),
    /// A list that cannot be used.
    #[error(transparent)]
    List(#[from] list::ErrorKind),
    /// An image for another OS or architecture than the Windows stage that uses it.
    #[error(
        "{name} is an image for {found}, but it is used for {wanted}: {advice}",
        found = found.format_all(), wanted = wanted.format_all(), advice = advise_other(name, found, *copied)
    )]
    OtherPlatform {
        /// The image as the user wrote it.
        name: String,
        /// The platform in the image's config.
        found: Box<Platform>,
        /// The platform that it is used for.
        wanted: Box<Platform>,
        /// True if COPY or RUN names it instead of a FROM.
        copied: bool,
    },
}

/// A base that has no image for a Windows platform.
#[derive(Debug, Clone, PartialEq)]
pub struct NotForWindows {
    /// The base as the user wrote it.
    pub name: String,
    /// The platform that is asked for.
    pub platform: String,
    /// The engine's error.
    pub source: gateway::Error,
    /// The Windows images that it has.
    pub images: WindowsImages,
    /// True if COPY or RUN names it instead of a FROM.
    pub copied: bool,
    /// A name that may have been meant.
    pub hint: Option<Hint>,
}

impl NotForWindows {
    fn advice(&self) -> String {
        let Self { name, platform, images, copied, .. } = self;
        let hint = Hint::show(self.hint.as_ref());
        match images {
            WindowsImages::For(found) => {
                format!("{hint}. It has an image for {found}, but not for {platform}")
            }
            _ if *copied => format!(
                "{hint}. It has no image for {platform}: to copy files from an image for Linux, write FROM \
                 --platform=$BUILDPLATFORM {name} AS addon, and --from=addon here"
            ),
            _ => format!(
                "{hint}. It has no image for {platform}: write FROM --platform=$BUILDPLATFORM {name} for a stage that runs \
                 on Linux, or name a Windows base image"
            ),
        }
    }
}

/// The Windows images of an index that has none for the platform that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowsImages {
    /// It was asked for one version only.
    NotAsked,
    /// The lookup failed.
    Unknown,
    /// It has none.
    None,
    /// It has one for this platform.
    For(String),
}

impl From<ErrorKind> for gateway::Error {
    /// Keeps the code and details of the engine's own errors.
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Resolve { name, source, hint } => {
                source.context(name).suffix(Hint::show(hint.as_ref()))
            }
            ErrorKind::NotForWindows(base) => {
                let advice = base.advice();
                base.source.context(base.name).suffix(advice)
            }
            ErrorKind::OnlyForWindows { name, source, found } => {
                source.context(name).suffix(only_for_windows(&found))
            }
            ErrorKind::Context(failure) => failure,
            other => Self::new(other),
        }
    }
}

impl ErrorKind {
    /// Returns whether a base exists but has no image for the platform. Any other failure does not answer that.
    #[must_use]
    pub fn is_not_there(&self) -> bool {
        match self {
            Self::NotForWindows(base) => {
                matches!(base.images, WindowsImages::For(_) | WindowsImages::NotAsked)
            }
            Self::OtherPlatform { found, wanted, .. } => found.os == wanted.os,
            _ => false,
        }
    }
}

fn advise_other(name: &str, found: &Platform, copied: bool) -> String {
    let platform = found.format();
    if copied {
        return format!(
            "to copy files from it, write FROM --platform={platform} {name} AS addon, and --from=addon here"
        );
    }
    format!("to use it anyway, write FROM --platform={platform} {name}; or name an image for the platform")
}

fn only_for_windows(found: &str) -> String {
    format!(
        ". It has images for Windows only: add --platform {found}, or write FROM --platform={found} to copy files from it"
    )
}

//! What can be wrong with a plan.

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

/// A plan's error with its places.
pub type Error = Located<ErrorKind>;

/// What is wrong with a plan.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// A variable that cannot be expanded.
    #[error(transparent)]
    Expand(#[from] expand::Error),
    /// An instruction that is not one: a trigger, or a mount with a variable.
    #[error(transparent)]
    Instruction(#[from] instruction::ErrorKind),
    /// A base that is nothing once its variables are expanded.
    #[error("base name ({0}) should not be blank")]
    BlankBase(String),
    /// A platform whose variables cannot be expanded.
    #[error("failed to process arguments for platform {platform}: {source}")]
    PlatformArgs {
        /// What came out so far.
        platform: String,
        /// Why.
        source: Box<expand::Error>,
    },
    /// A platform that is nothing once its variables are expanded.
    #[error("empty platform value from expression {written}{hint}", hint = Hint::show(hint.as_ref()))]
    EmptyPlatform {
        /// As the user wrote it.
        written: String,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A text that is no platform.
    #[error("failed to parse platform {written}: {source}{hint}", hint = Hint::show(hint.as_ref()))]
    Platform {
        /// As the user wrote it.
        written: String,
        /// Why.
        source: Box<platform::ErrorKind>,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A base that is no image reference.
    #[error("failed to parse stage name {0:?}: {1}")]
    Reference(String, reference::ErrorKind),
    /// The engine's answer is no image reference.
    #[error("failed to parse ref {0:?}: {1}")]
    MutatedReference(String, reference::ErrorKind),
    /// A base that cannot be had.
    #[error("{name}: {source}{hint}", hint = Hint::show(hint.as_ref()))]
    Resolve {
        /// As the user wrote it.
        name: String,
        /// The engine's error.
        source: gateway::Error,
        /// A name that may have been meant.
        hint: Option<Hint>,
    },
    /// A base that is there, and not for Windows.
    #[error("{name}: {source}{advice}", advice = not_for_windows(name, platform))]
    NotForWindows {
        /// As the user wrote it.
        name: String,
        /// What it is asked for.
        platform: String,
        /// The engine's error.
        source: gateway::Error,
    },
    /// A base whose config cannot be read.
    #[error("failed to parse image config: {0}")]
    Config(config::ErrorKind),
    /// A named context that cannot be had.
    #[error(transparent)]
    Context(gateway::Error),
    /// A file without FROM.
    #[error("dockerfile contains no stages to build")]
    NoStages,
    /// `--target` names no stage.
    #[error("target stage {name:?} could not be found{hint}", hint = Hint::show(hint.as_ref()))]
    UnknownTarget {
        /// As the client wrote it.
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
    /// `COPY --from` with a number that is no stage.
    #[error("invalid stage index {0}")]
    StageNumber(i64),
    /// Stages that need each other.
    #[error("circular dependency detected on stage: {0}")]
    Circular(String),
    /// A time that is none.
    #[error("invalid SOURCE_DATE_EPOCH: {0}")]
    Epoch(String),
    /// The base of a stage that is to give the time cannot be expanded.
    #[error("failed to process source stage base name {base}: {source}", base = go::quote(base))]
    EpochBase {
        /// As the user wrote it.
        base: String,
        /// Why.
        source: Box<ErrorKind>,
    },
    /// A stage that is to give the time is not the empty file system plus one source.
    #[error("SOURCE_DATE_EPOCH stage must use FROM scratch")]
    EpochStageBase,
    /// A stage that is to give the time has none, or several.
    #[error("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD{0}")]
    EpochStageAdd(&'static str),
    /// A stage that is to give the time does something else.
    #[error("SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported {0} instruction")]
    EpochStageInstruction(String),
    /// A stage that is to give the time takes a file.
    #[error("SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD")]
    EpochStageSource,
    /// A checksum that is no digest.
    #[error(transparent)]
    Digest(digest::ErrorKind),
    /// A repository's address that is wrong.
    #[error(transparent)]
    Git(source::GitRefError),
    /// A list that cannot be used.
    #[error(transparent)]
    List(#[from] list::ErrorKind),
    /// An image of another system or processor than the Windows stage that it is used in.
    #[error(
        "{name} is an image for {found}, and it is used for {wanted}: {advice}",
        found = found.format_all(), wanted = wanted.format_all(), advice = advise_other(name, found, *copied)
    )]
    OtherPlatform {
        /// As the user wrote it.
        name: String,
        /// What the image's config says.
        found: Box<Platform>,
        /// What it is used for.
        wanted: Box<Platform>,
        /// It is named by COPY or RUN, and not by a FROM.
        copied: bool,
    },
}

impl From<ErrorKind> for gateway::Error {
    /// The engine's own errors keep their code and details.
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Resolve { name, source, hint } => {
                source.context(name).suffix(Hint::show(hint.as_ref()))
            }
            ErrorKind::NotForWindows { name, platform, source } => {
                let advice = not_for_windows(&name, &platform);
                source.context(name).suffix(advice)
            }
            ErrorKind::Context(failure) => failure,
            other => Self::new(other),
        }
    }
}

impl ErrorKind {
    /// Whether a base is there, and has no image for the platform. Anything else that fails is not
    /// an answer to that question.
    #[must_use]
    pub fn is_not_there(&self) -> bool {
        match self {
            Self::NotForWindows { .. } => true,
            Self::OtherPlatform { found, wanted, .. } => found.os == wanted.os,
            _ => false,
        }
    }
}

fn advise_other(name: &str, found: &Platform, copied: bool) -> String {
    let platform = found.format();
    if copied {
        return format!(
            "write FROM --platform={platform} {name} AS addon, and --from=addon here, to take files from it"
        );
    }
    format!("write FROM --platform={platform} {name} to use it as it is, or name an image for the platform")
}

fn not_for_windows(name: &str, platform: &str) -> String {
    format!(
        ". It has no image for {platform}: a stage that runs on Linux is FROM --platform=$BUILDPLATFORM {name}, and one \
         that is an image for Windows stands on a Windows base"
    )
}

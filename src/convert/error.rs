//! Errors in an instruction once its variables have values.

use crate::gateway::transport::MAX_MESSAGE_BYTES;
use crate::image::{digest, port};
use crate::span::Located;
use crate::{container_path, expand, gateway, go, instruction, source};

/// A conversion error with its locations.
pub type Error = Located<ErrorKind>;

/// What is wrong with an instruction.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// A variable that cannot be expanded.
    #[error(transparent)]
    Expand(#[from] expand::Error),
    /// Operands that are invalid once their variables are expanded.
    #[error(transparent)]
    Instruction(#[from] instruction::ErrorKind),
    /// A stage that should have been converted before; a bug in this program.
    #[error("stage needs to be converted before it is used")]
    Unfinished,
    /// COPY from a stage further down.
    #[error("cannot copy from stage {from:?}, it needs to be defined before current stage {stage:?}")]
    CopyNotBefore {
        /// The stage that is copied from.
        from: String,
        /// The stage that copies.
        stage: String,
    },
    /// A mount from a stage further down.
    #[error(
        "cannot mount from stage {from:?} to {target:?}, stage needs to be defined before current command"
    )]
    MountNotBefore {
        /// The stage that is mounted.
        from: String,
        /// Where to.
        target: String,
    },
    /// A mount over the whole file system.
    #[error("invalid mount target {0:?}")]
    MountTarget(String),
    /// A secret mount without a name.
    #[error("one of source, target required")]
    SecretWithoutName,
    /// On Windows, a secret's file has no default location.
    #[error(
        "secret target is required on Windows, e.g. --mount=type=secret,id={id},target=C:/path/to/secret"
    )]
    SecretTargetMissing {
        /// The secret.
        id: String,
    },
    /// On Windows, a secret's file in the current directory of a drive.
    #[error(
        "secret target {target:?} must be an absolute path with forward slashes on Windows, e.g. \
         --mount=type=secret,id={id},target=C:/path/to/secret"
    )]
    SecretTargetRelative {
        /// The file.
        target: String,
        /// The secret.
        id: String,
    },
    /// An SSH mount with a source.
    #[error("ssh does not support source")]
    SshSource,
    /// A command with bytes that BuildKit would reject.
    #[error("string field contains invalid UTF-8: the command of RUN on line {line}")]
    InvalidUtf8 {
        /// The line of the RUN.
        line: u32,
    },
    /// More than [`super::MAX_CONVERSION_BYTES`] bytes.
    #[error(
        "the build is too large: up to this line the histories of its stages and the variables of their \
         commands are more than {} MB, and BuildKit accepts messages of {} MB",
        super::MAX_CONVERSION_BYTES >> 20,
        MAX_MESSAGE_BYTES >> 20
    )]
    TooLarge,
    /// Heredocs in exec form.
    #[error("parsing produced an invalid run command")]
    HeredocCommand,
    /// A command in exec form without words.
    #[error("arguments are required")]
    EmptyCommand,
    /// A time that an image config cannot hold.
    #[error(
        "failed to marshal image config: json: error calling MarshalJSON for type *time.Time: \
         Time.MarshalJSON: year outside of range [0,9999]"
    )]
    Year,
    /// A named owner for files that are copied into a layer of their own, where names cannot be resolved.
    #[error(
        "--chown={0}: user and group names can't be resolved when used with --link, use numeric uid[:gid] instead"
    )]
    LinkedOwner(String),
    /// Permissions out of range.
    #[error("invalid chmod parameter: '{0}'. it should be octal string and between 0 and 07777")]
    Chmod(String),
    /// Permissions that are not a valid symbolic mode.
    #[error(transparent)]
    SymbolicChmod(go::ModeError),
    /// `--checksum` with several sources.
    #[error("checksum can't be specified for multiple sources")]
    ChecksumSources,
    /// `--checksum` with a file.
    #[error("checksum requires HTTP(S) or Git sources")]
    ChecksumLocal,
    /// Two checksums.
    #[error("checksum mismatch {0:?} != {1:?}")]
    ChecksumMismatch(String, String),
    /// A checksum that is not a valid digest.
    #[error(transparent)]
    Digest(digest::ErrorKind),
    /// Conflicting settings for `.git`.
    #[error("inconsistent keep-git-dir configuration")]
    KeepGitDir,
    /// COPY of a repository.
    #[error("source can't be a git ref for COPY")]
    GitInCopy,
    /// COPY of a URL.
    #[error("source can't be a URL for COPY")]
    UrlInCopy,
    /// An invalid repository address.
    #[error(transparent)]
    Git(source::GitRefError),
    /// A path on another drive.
    #[error("removing drive letter: {0}")]
    DriveLetter(container_path::PathError),
    /// A drive without a path; the message begins like upstream's.
    #[error(
        "removing drive letter: No relative path specified in \"{0}\": write {0}/ for the drive's root, or . for \
         the working directory"
    )]
    BareDrive(String),
    /// A colon that does not belong to a drive.
    #[error(
        "{path} has a colon after its drive, which Windows does not allow in names: write {drive}/ and the path \
         without a colon"
    )]
    SecondColon {
        /// The path as written.
        path: String,
        /// The drive it starts with.
        drive: String,
    },
    /// A destination that is not a valid path.
    #[error(transparent)]
    Destination(container_path::PathError),
    /// A working directory that is not a valid path.
    #[error("normalizing workdir: {0}")]
    Workdir(container_path::PathError),
    /// A volume without a name.
    #[error("VOLUME specified can not be an empty string")]
    EmptyVolume,
    /// A signal that does not exist.
    #[error(transparent)]
    Signal(go::SignalError),
    /// Not a valid port.
    #[error(transparent)]
    Port(port::PortError),
}

impl From<ErrorKind> for gateway::Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

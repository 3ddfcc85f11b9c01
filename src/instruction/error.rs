//! Errors in instructions, with Docker's texts.

use crate::go::number::NumberError;
use crate::go::{Quoted, csv, duration};
use crate::span::Located;
use crate::syntax;

/// A suggestion for a misspelled word: `(did you mean ..?)`, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion(pub Option<String>);

impl std::fmt::Display for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(word) => write!(f, " (did you mean {word}?)"),
            None => Ok(()),
        }
    }
}

/// Why an instruction is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// An invalid instruction of the Dockerfile.
    #[error("dockerfile parse error on line {line}: {kind}")]
    OnLine {
        /// The line the instruction starts on.
        line: u32,
        /// What is wrong.
        kind: Box<Self>,
    },
    /// An ONBUILD trigger cannot be parsed.
    #[error(transparent)]
    Syntax(#[from] syntax::ErrorKind),
    /// Unknown instruction.
    #[error("unknown instruction: {word}{suggestion}")]
    UnknownInstruction {
        /// The word.
        word: String,
        /// A similar instruction.
        suggestion: Suggestion,
        /// The line before ends with a backtick, which is not the escape character here.
        after_backtick: bool,
    },
    /// An instruction other than ARG before the first FROM.
    #[error("no build stage in current context")]
    NoStage,
    /// FROM as a trigger.
    #[error("*instructions.Stage is not a command type")]
    NotACommand,
    /// An ONBUILD trigger that is not exactly one instruction.
    #[error("onbuild trigger should be a single expression")]
    NotOneTrigger,
    /// No operands.
    #[error("{0} requires at least one argument")]
    AtLeastOneArgument(&'static str),
    /// None or several operands.
    #[error("{0} requires exactly one argument")]
    ExactlyOneArgument(&'static str),
    /// COPY or ADD with one operand.
    #[error(
        "{0} requires at least two arguments, but only one was provided. Destination could not be determined"
    )]
    NoDestination(&'static str),
    /// A heredoc as the destination.
    #[error("{0} cannot accept a heredoc as a destination")]
    HeredocDestination(&'static str),
    /// A pair without a name.
    #[error("{0} names can not be blank")]
    BlankName(&'static str),
    /// SHELL with operands that are not a JSON array.
    #[error("{0} requires the arguments to be in JSON form")]
    NotJson(&'static str),
    /// FROM with two or more than three words, or without AS.
    #[error("FROM requires either one or three arguments")]
    FromArguments,
    /// An invalid stage name.
    #[error(
        "invalid name for build stage: {}, name can't start with a number or contain symbols",
        Quoted(.0)
    )]
    StageName(String),
    /// ONBUILD ONBUILD.
    #[error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    ChainedOnbuild,
    /// An instruction that is not allowed as a trigger.
    #[error("{0} isn't allowed as an ONBUILD trigger")]
    NotATrigger(String),
    /// A volume without a name.
    #[error("VOLUME specified can not be an empty string")]
    EmptyVolume,

    /// A flag that the instruction does not have.
    #[error("unknown flag: {flag}{suggestion}")]
    UnknownFlag {
        /// The flag, with its dashes.
        flag: String,
        /// A similar flag.
        suggestion: Suggestion,
    },
    /// A flag that is given twice.
    #[error("duplicate flag specified: {0}")]
    DuplicateFlag(String),
    /// A flag without a value.
    #[error("missing a value on flag: {0}")]
    MissingFlagValue(String),
    /// A boolean flag that is neither true nor false.
    #[error("expecting boolean value for flag {flag}, not: {value}")]
    FlagNotBoolean {
        /// The flag, with its dashes.
        flag: String,
        /// Its value.
        value: String,
    },

    /// HEALTHCHECK NONE with more words.
    #[error("HEALTHCHECK NONE takes no arguments")]
    NoneTakesNoArguments,
    /// HEALTHCHECK CMD without a command.
    #[error("Missing command after HEALTHCHECK CMD")]
    NoHealthCommand,
    /// HEALTHCHECK with neither CMD nor NONE.
    #[error("Unknown type {} in HEALTHCHECK (try CMD)", Quoted(.0))]
    HealthType(String),
    /// A duration that is shorter than a millisecond, or negative.
    #[error("Interval {} cannot be less than 1ms", Quoted(.0))]
    ShortInterval(&'static str),
    /// An invalid duration.
    #[error(transparent)]
    Duration(#[from] duration::ErrorKind),
    /// An invalid number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A negative number of retries.
    #[error("--retries cannot be negative ({0})")]
    NegativeRetries(i64),

    /// `RUN --network` with an unknown value.
    #[error("invalid network mode {}", Quoted(.0))]
    Network(String),
    /// `RUN --security` with an unknown value.
    #[error("security {} is not valid", Quoted(.0))]
    Security(String),
    /// The list of a `--mount` or `--device` is malformed.
    #[error("failed to parse csv {of}: {error}")]
    Csv {
        /// `mounts` or `devices`.
        of: &'static str,
        /// What is wrong.
        error: csv::ErrorKind,
    },
    /// A field that requires `=` but has none.
    #[error("invalid field '{0}' must be a key=value pair")]
    NotAPair(String),
    /// A field with an unknown key.
    #[error("unexpected key '{key}' in '{field}'{suggestion}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The field.
        field: String,
        /// A similar key.
        suggestion: Suggestion,
    },
    /// A key that is only allowed for other types of mounts.
    #[error("unexpected key '{key}' for mount type '{kind}'")]
    KeyOfOtherType {
        /// The key.
        key: String,
        /// The type of the mount.
        kind: &'static str,
    },
    /// An invalid value for its key.
    #[error("invalid value for {key}: {value}")]
    Value {
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
    /// `mode`, `uid` or `gid` with a value that is not a number.
    #[error("invalid value {value} for {key}")]
    Id {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// `mode`, `uid` or `gid` for a mount that has none.
    #[error("{key} not allowed for {} type mounts", Quoted(.kind))]
    IdNotAllowed {
        /// The key.
        key: &'static str,
        /// The type of the mount.
        kind: &'static str,
    },
    /// A variable in a key that does not allow one.
    #[error("'{0}' doesn't support variable expansion, define alias stage instead")]
    Variable(String),
    /// An unknown type of mount.
    #[error("unsupported mount type {}{suggestion}", Quoted(.value))]
    MountType {
        /// The type.
        value: String,
        /// A similar type.
        suggestion: Suggestion,
    },
    /// An unknown `sharing`.
    #[error("unsupported sharing value {}{suggestion}", Quoted(.value))]
    Sharing {
        /// The value.
        value: String,
        /// A similar value.
        suggestion: Suggestion,
    },
    /// `sharing` for a mount that is not a cache.
    #[error("invalid cache sharing set for {0} mount")]
    SharingNotAllowed(&'static str),
    /// A secret with `from`.
    #[error("secret mount should not have a from")]
    SecretFrom,
    /// A secret with `sharing`.
    #[error("secret mount should not define sharing")]
    SecretSharing,
    /// A secret with neither a source nor a target.
    #[error("invalid secret mount. one of source, target required")]
    SecretWithoutName,
    /// A secret with two names.
    #[error("both source and id can't be set")]
    SecretSourceAndId,
    /// A device with two names.
    #[error("device name already set to {0}")]
    DeviceName(String),
}

/// An error in an instruction, with its location.
pub type Error = Located<ErrorKind>;

impl ErrorKind {
    /// Returns a hint at the likely cause in a file for Windows, which docker/dockerfile does not give.
    /// Usually empty.
    #[must_use]
    pub fn advice_for_windows(&self) -> &'static str {
        match self {
            Self::OnLine { kind, .. } => kind.advice_for_windows(),
            Self::UnknownInstruction { after_backtick: true, .. } => {
                " (the line before ends with a backtick, which joins lines only where the file begins with the \
                 directive # escape=`)"
            }
            _ => "",
        }
    }
}

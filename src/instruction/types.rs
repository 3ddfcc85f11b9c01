//! The instructions of a Dockerfile and their operands.

use std::time::Duration;

use crate::span::Range;
use crate::syntax::chomp_bytes;

/// A parsed Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// The ARG instructions before the first FROM.
    pub global_args: Vec<GlobalArg>,
    /// The stages, in file order.
    pub stages: Vec<Stage>,
}

/// An ARG instruction before the first FROM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalArg {
    /// Its arguments.
    pub args: Vec<OptionalKeyValue>,
    /// The location.
    pub location: Vec<Range>,
    /// The comment lines directly above.
    pub comments: Vec<String>,
}

/// A FROM instruction and everything up to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stage {
    /// The name after AS, in lower case; empty if there is none.
    pub name: String,
    /// The instruction's word as written (`FROM`, `from`), for casing checks.
    pub original_word: String,
    /// The base, with variables unexpanded.
    pub base: String,
    /// `--platform`, with variables unexpanded; empty if there is none.
    pub platform: String,
    /// The comment above that starts with the stage's name (`# name text`), without the name.
    pub doc_comment: String,
    /// The instruction as written.
    pub code: String,
    /// The location of the FROM.
    pub location: Vec<Range>,
    /// The comment lines directly above.
    pub comments: Vec<String>,
    /// The instructions of the stage.
    pub instructions: Vec<Instruction>,
}

/// An instruction in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The instruction's operands.
    pub kind: Kind,
    /// The instruction's word as written (`RUN`, `run`, `Run`).
    pub word: String,
    /// The instruction as written, continuation lines joined, trimmed.
    pub code: String,
    /// The location.
    pub location: Vec<Range>,
    /// The comment lines directly above.
    pub comments: Vec<String>,
}

/// The kind of an instruction, with its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// ADD.
    Add(Add),
    /// ARG in a stage.
    Arg(Vec<OptionalKeyValue>),
    /// CMD.
    Cmd(CommandLine),
    /// COPY.
    Copy(Copy),
    /// ENTRYPOINT.
    Entrypoint(CommandLine),
    /// ENV.
    Env(Vec<KeyValue>),
    /// EXPOSE, ports as written, sorted.
    Expose(Vec<String>),
    /// HEALTHCHECK.
    Healthcheck(Healthcheck),
    /// LABEL.
    Label(Vec<KeyValue>),
    /// MAINTAINER.
    Maintainer(String),
    /// ONBUILD, the trigger as written.
    Onbuild(String),
    /// RUN.
    Run(Run),
    /// SHELL.
    Shell(Vec<String>),
    /// STOPSIGNAL.
    StopSignal(String),
    /// USER.
    User(String),
    /// VOLUME.
    Volume(Vec<String>),
    /// WORKDIR.
    Workdir(String),
}

/// A key with a value, as in ENV and LABEL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Written in the legacy form `ENV key value`.
    pub no_delimiter: bool,
}

/// A key that may have a value, as in ARG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionalKeyValue {
    /// The key.
    pub key: String,
    /// The default, if any.
    pub value: Option<String>,
    /// The comment above that starts with the key, without the key.
    pub doc_comment: String,
}

/// A command in shell or exec form (upstream's `ShellDependantCmdLine`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandLine {
    /// The words; a single one in shell form.
    pub args: Vec<String>,
    /// Heredocs, for RUN.
    pub files: Vec<InlineFile>,
    /// The command is in shell form: the stage's shell is prepended.
    pub prepend_shell: bool,
}

/// A heredoc given to a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineFile {
    /// The word after `<<`.
    pub name: String,
    /// The text.
    pub data: String,
    /// `<<-`: leading tabs are removed.
    pub chomp: bool,
    /// The bytes in the file, if they are not valid UTF-8.
    pub raw: Option<Vec<u8>>,
}

impl InlineFile {
    /// Returns the content of the heredoc as a file.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        if self.chomp { chomp_bytes(self.bytes()) } else { self.bytes().to_vec() }
    }

    /// Returns the bytes of the heredoc, including leading tabs.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.data.as_bytes())
    }
}

/// A heredoc that becomes a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceContent {
    /// The file's name.
    pub path: String,
    /// The text.
    pub data: String,
    /// Variables are expanded in the text.
    pub expand: bool,
    /// The bytes in the file, if they are not valid UTF-8 and not to be expanded.
    pub raw: Option<Vec<u8>>,
}

impl SourceContent {
    /// Returns the bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.data.as_bytes())
    }
}

/// Sources and destination of COPY and ADD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    /// Source paths, URLs or git references.
    pub sources: Vec<String>,
    /// Heredoc sources.
    pub contents: Vec<SourceContent>,
    /// The destination.
    pub dest: String,
}

/// ADD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Add {
    /// Sources and destination.
    pub paths: Paths,
    /// `--chown`; empty if there is none.
    pub chown: String,
    /// `--chmod`; empty if there is none.
    pub chmod: String,
    /// `--link`.
    pub link: bool,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--keep-git-dir`.
    pub keep_git_dir: Option<bool>,
    /// `--checksum`; empty if there is none.
    pub checksum: String,
    /// `--unpack`.
    pub unpack: Option<bool>,
}

/// COPY.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Copy {
    /// Sources and destination.
    pub paths: Paths,
    /// `--from`; empty if there is none.
    pub from: String,
    /// `--chown`; empty if there is none.
    pub chown: String,
    /// `--chmod`; empty if there is none.
    pub chmod: String,
    /// `--link`.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// `--exclude`.
    pub exclude: Vec<String>,
}

/// HEALTHCHECK, in the form of the image config.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", ..]` or `["CMD-SHELL", text]`.
    pub test: Vec<String>,
    /// `--interval`.
    pub interval: Duration,
    /// `--timeout`.
    pub timeout: Duration,
    /// `--start-period`.
    pub start_period: Duration,
    /// `--start-interval`.
    pub start_interval: Duration,
    /// `--retries`.
    pub retries: i64,
}

/// RUN.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The command.
    pub command: CommandLine,
    /// The values of `--mount`, as written; [`Run::mounts`] parses them.
    pub mount_flags: Vec<String>,
    /// `--network`.
    pub network: RunNetwork,
    /// `--security`.
    pub security: RunSecurity,
    /// `--device`.
    pub devices: Vec<Device>,
    /// The command contains bytes that BuildKit does not accept, replaced by U+FFFD. An error only once it is
    /// sent.
    pub invalid_utf8: bool,
    /// The names of the given flags, in order, each once.
    pub flags_used: Vec<String>,
}

/// `RUN --network`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunNetwork {
    /// The sandbox's own network.
    #[default]
    Default,
    /// No network.
    None,
    /// The host's network.
    Host,
}

/// `RUN --security`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunSecurity {
    /// Confined.
    #[default]
    Sandbox,
    /// Privileged.
    Insecure,
}

/// `RUN --device`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// The CDI device name.
    pub name: String,
    /// The build fails without it.
    pub required: bool,
}

/// The type of a `RUN --mount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MountType {
    /// Files of the context, a stage or an image.
    #[default]
    Bind,
    /// A directory that persists across builds.
    Cache,
    /// A file system in memory.
    Tmpfs,
    /// A secret of the client.
    Secret,
    /// The client's SSH agent.
    Ssh,
}

/// How writers share a cache mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// All at the same time.
    Shared,
    /// Each with its own copy.
    Private,
    /// One after the other.
    Locked,
}

/// A `RUN --mount`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// `type`.
    pub kind: MountType,
    /// `from`: a stage, a named context or an image; empty for the build context.
    pub from: String,
    /// `source`.
    pub source: String,
    /// `target`.
    pub target: String,
    /// The mount is read-only.
    pub read_only: bool,
    /// `size` of a tmpfs in bytes, 0 for no limit.
    pub size: i64,
    /// `id`.
    pub id: String,
    /// `sharing`.
    pub sharing: Option<Sharing>,
    /// `required`.
    pub required: bool,
    /// `env`: the variable that holds a secret.
    pub env: Option<String>,
    /// `mode`.
    pub mode: Option<u32>,
    /// `uid`.
    pub uid: Option<u32>,
    /// `gid`.
    pub gid: Option<u32>,
}

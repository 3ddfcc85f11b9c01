//! The state of a stage during conversion.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::used_paths::UsedPaths;
use crate::collect::ByName;
use crate::env::Env;
use crate::image::{Image, Platform};
use crate::instruction::OptionalKeyValue;
use crate::lint::{Linter, Site};
use crate::llb::{FileAction, Metadata, State};
use crate::plan::{ArgInfo, StageId};
use crate::span::Range;
use crate::verify::program::By;
use crate::windows::directories::Directories;
use crate::windows::lazy::{LazyLayers, Place};

/// The state that instructions read and change (upstream's `dispatchState`).
#[derive(Debug, Clone)]
pub struct StageState {
    /// File system and settings; for a lazy Windows stage only those of the base.
    pub fs: State,
    /// The layers on top of a lazy Windows base.
    pub lazy: Option<LazyLayers>,
    /// The directories that a Windows stage is known to have, if its base is not unpacked.
    pub directories: Option<Directories>,
    /// The image config so far.
    pub image: Image,
    /// The base's config, unchanged.
    pub base_image: Option<Image>,
    /// The platform.
    pub platform: Platform,
    /// A Windows stage of a Windows image: there, the needs of Windows take precedence over the behavior of
    /// docker/dockerfile. An image for Linux is built as docker/dockerfile does, whichever stages it copies
    /// from.
    pub for_windows: bool,
    /// The file system is that of a Windows image plus what steps added, not a client's folder or a
    /// repository that a context substitutes for it.
    pub(super) holds_windows: bool,
    /// The bottom stage, whose base is an image.
    pub(super) root: StageId,
    /// The ARGs of this stage and of the stages below it.
    pub build_args: Vec<OptionalKeyValue>,
    /// The names and counts of its steps for progress output.
    pub(super) progress: Progress,
    /// Every step runs again.
    pub ignore_cache: bool,
    /// What the SBOM scanner scans in addition to the result.
    pub scan: Scan,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub epoch: Option<i64>,
    /// What the outline lists.
    pub outline: Outline,
    /// There is nothing to convert: a context or an image replaces the whole stage.
    pub(super) complete: bool,
    /// The paths of the build context that are used.
    pub(super) context_paths: UsedPaths,
    /// The paths that are used of the file system this stage starts from; shared with the stages below and
    /// above it.
    pub(super) paths: Rc<RefCell<UsedPaths>>,
    pub(super) workdir_set: bool,
    /// A command that BuildKit would reject, which matters only once it is sent.
    pub(super) unsendable: Option<Unsendable>,
    /// The instructions that name what the image runs, in this stage or below it.
    pub named: Named,
    /// Those of them that are in this stage itself.
    pub(super) own: Own,
}

/// Names and counts of a stage's steps for progress output.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// The stage's name.
    pub(super) name: String,
    /// The number of its steps; 0 if they are not counted.
    pub(super) steps: usize,
    /// The number of the latest step.
    pub(super) step: usize,
    /// The step belongs to an ONBUILD trigger.
    pub(super) is_trigger: bool,
    /// Names include the platform.
    pub(super) show_platform: bool,
}

/// The parts of a stage that the outline lists.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// What is known of each argument.
    pub args: ByName<ArgInfo>,
    /// The arguments that are used.
    pub used_args: BTreeSet<String>,
    /// The secrets that are used.
    pub secrets: ByName<SecretInfo>,
    /// The SSH sockets that are used.
    pub ssh: ByName<SecretInfo>,
}

/// The locations, in the stage itself, of instructions of which only the last one counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) entrypoint: Option<Vec<Range>>,
    pub(super) cmd: Option<Vec<Range>>,
    pub(super) healthcheck: Option<Vec<Range>>,
}

/// What the SBOM scanner scans in addition to the result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scan {
    /// This stage.
    pub stage: bool,
    /// The build context.
    pub context: bool,
}

/// The instructions that name what an image runs; `None` for those inherited from its base.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// ENTRYPOINT.
    pub entrypoint: Option<Site>,
    /// CMD.
    pub cmd: Option<Site>,
    /// HEALTHCHECK.
    pub healthcheck: Option<Site>,
}

impl Named {
    /// Returns the instruction that names the program.
    #[must_use]
    pub const fn program(&self, by: By) -> Option<&Site> {
        match by {
            By::Entrypoint => self.entrypoint.as_ref(),
            By::Cmd => self.cmd.as_ref(),
        }
    }
}

/// A secret or an SSH socket (for the outline).
#[derive(Debug, Clone)]
pub struct SecretInfo {
    /// The build fails without it.
    pub required: bool,
    /// Where it is first used.
    pub location: Vec<Range>,
}

impl StageState {
    /// Returns the whole file system, for steps that read it.
    #[must_use]
    pub fn whole(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.fs.clone(), |lazy| lazy.on_base(&self.fs))
    }

    /// Returns the file system to put into the result.
    #[must_use]
    pub fn result(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.fs.clone(), |lazy| lazy.result(&self.fs))
    }

    /// Returns what the SBOM scanner receives: on a lazy Windows base only what the stage adds, since the
    /// whole image would be downloaded.
    #[must_use]
    pub fn scanned(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.fs.clone(), LazyLayers::without_base)
    }

    /// Adds a step: as a layer of its own on a lazy Windows base, otherwise directly on the file system.
    /// `place` says where it goes and what it depends on there.
    pub(super) fn apply(
        &mut self,
        actions: Vec<FileAction>,
        metadata: Metadata,
        place: Place,
        lint: &Linter,
    ) {
        match &mut self.lazy {
            Some(lazy) => lazy.push(&self.fs.dir, actions, metadata, place, lint),
            None => self.fs = self.fs.file(actions, metadata),
        }
    }

    /// Returns whether two names refer to the same variable: on Windows, names are case-insensitive.
    #[must_use]
    pub fn is_same_variable(&self, one: &str, other: &str) -> bool {
        one == other || (self.for_windows && one.to_lowercase() == other.to_lowercase())
    }

    /// Returns whether this is a Windows stage, whatever the image's platform.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.platform.is_windows()
    }
}

/// Why a command cannot be sent to BuildKit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unsendable {
    /// It has no words.
    Empty,
    /// It contains bytes that are not UTF-8; holds the line of its RUN.
    Bytes(u32),
}

/// Splits `KEY=value`.
pub(super) fn key_value(entry: &str) -> (&str, &str) {
    entry.split_once('=').unwrap_or((entry, ""))
}

impl Env for StageState {
    fn get(&self, key: &str) -> Option<&str> {
        self.fs.env.get(key)
    }

    fn keys(&self) -> Vec<&str> {
        self.fs.env.keys()
    }
}

//! A stage while it is converted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::paths::Paths;
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

/// What an instruction sees and changes (upstream's `dispatchState`).
#[derive(Debug, Clone)]
pub struct StageState {
    /// File system and settings; of a lazy Windows stage the base alone.
    pub state: State,
    /// The layers on top of a lazy Windows base.
    pub lazy: Option<LazyLayers>,
    /// The directories that a Windows stage is known to have, where its base is not unpacked.
    pub directories: Option<Directories>,
    /// The image config so far.
    pub image: Image,
    /// The base's config as it is.
    pub base_image: Option<Image>,
    /// The platform.
    pub platform: Platform,
    /// A Windows stage of a Windows image: there, what Windows needs goes before what
    /// docker/dockerfile does. An image for Linux is as docker/dockerfile makes it, whatever
    /// stages it takes something from.
    pub for_windows: bool,
    /// The file system is that of a Windows image, with what steps put on it: not a folder of the
    /// client or a repository that a context puts in its place.
    pub(super) holds_windows: bool,
    /// The stage at the bottom, whose base is an image.
    pub(super) root: StageId,
    /// ARGs of this stage and of those below it.
    pub build_args: Vec<OptionalKeyValue>,
    /// What its steps are called in progress output.
    pub(super) progress: Progress,
    /// Every step runs anew.
    pub ignore_cache: bool,
    /// What the SBOM scanner looks at besides the result.
    pub scan: Scan,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub epoch: Option<i64>,
    /// What the outline lists.
    pub outline: Outline,
    /// Nothing is to be converted: a context or an image stands for the whole stage.
    pub(super) complete: bool,
    /// Paths used of the build context.
    pub(super) context_paths: Paths,
    /// Paths used of the file system this stage starts from; shared with the stages below and
    /// above it.
    pub(super) paths: Rc<RefCell<Paths>>,
    pub(super) workdir_set: bool,
    /// A command that BuildKit would not accept, which matters once it is sent.
    pub(super) unsendable: Option<Unsendable>,
    /// The instructions that name what the image runs, in this stage or below it.
    pub named: Named,
    /// Those of them that this stage has.
    pub(super) own: Own,
}

/// What the steps of a stage are called in progress output.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// The stage's name.
    pub(super) name: String,
    /// How many steps it has; 0 if they are not counted.
    pub(super) steps: usize,
    /// The number of the last one.
    pub(super) step: usize,
    /// The step is one of an ONBUILD trigger.
    pub(super) is_trigger: bool,
    /// Names show the platform.
    pub(super) show_platform: bool,
}

/// What the outline lists of a stage.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// What is known of arguments.
    pub args: ByName<ArgInfo>,
    /// Arguments that are used.
    pub used_args: BTreeSet<String>,
    /// Secrets that are used.
    pub secrets: ByName<SecretInfo>,
    /// SSH sockets that are used.
    pub ssh: ByName<SecretInfo>,
}

/// Where a stage itself has instructions of which only the last one counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) entrypoint: Option<Vec<Range>>,
    pub(super) cmd: Option<Vec<Range>>,
    pub(super) healthcheck: Option<Vec<Range>>,
}

/// What the SBOM scanner looks at besides the result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scan {
    /// This stage.
    pub stage: bool,
    /// The build context.
    pub context: bool,
}

/// The instructions that name what an image runs; none for what its base names.
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
    /// The instruction that names the program.
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
    /// Where it is used first.
    pub location: Vec<Range>,
}

impl StageState {
    /// The whole file system, for those who read it.
    #[must_use]
    pub fn whole(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.state.clone(), |lazy| lazy.whole(&self.state))
    }

    /// The file system as the result.
    #[must_use]
    pub fn result(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.state.clone(), |lazy| lazy.result(&self.state))
    }

    /// What the SBOM scanner is given: on a lazy Windows base what the stage adds to it, since the
    /// whole would be downloaded.
    #[must_use]
    pub fn scanned(&self) -> State {
        self.lazy.as_ref().map_or_else(|| self.state.clone(), LazyLayers::alone)
    }

    /// Adds a step: as a layer of its own on a lazy Windows base, else on the file system as it is. `place` is where it
    /// goes and on what it depends there.
    pub(super) fn apply(
        &mut self,
        actions: Vec<FileAction>,
        metadata: Metadata,
        place: Place,
        lint: &Linter,
    ) {
        match &mut self.lazy {
            Some(lazy) => lazy.push(&self.state.dir, actions, metadata, place, lint),
            None => self.state = self.state.file(actions, metadata),
        }
    }

    /// Whether two names are of one variable: on Windows, they have no case.
    #[must_use]
    pub fn is_same_variable(&self, one: &str, other: &str) -> bool {
        one == other || (self.for_windows && one.to_lowercase() == other.to_lowercase())
    }

    /// Whether the stage is a Windows stage, for whatever image.
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
    /// It holds bytes that are no UTF-8; the line of its RUN.
    Bytes(u32),
}

/// `KEY=value` in two.
pub(super) fn key_value(entry: &str) -> (&str, &str) {
    entry.split_once('=').unwrap_or((entry, ""))
}

impl Env for StageState {
    fn get(&self, key: &str) -> Option<&str> {
        self.state.env.get(key)
    }

    fn keys(&self) -> Vec<&str> {
        self.state.env.keys()
    }
}

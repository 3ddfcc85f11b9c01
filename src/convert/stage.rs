//! A stage while it is converted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::paths::Paths;
use super::{Converter, Error, ErrorKind, name, workdir};
use crate::collect::ByName;
use crate::env::Env;
use crate::image::{Image, Platform};
use crate::instruction::OptionalKeyValue;
use crate::lint::Site;
use crate::llb::{self, State};
use crate::path::default_path_env;
use crate::plan::{ArgInfo, Resolved, StageId, Start};
use crate::span::{Located, Range};
use crate::verify::program::By;
use crate::windows::base_directories::default_path;
use crate::windows::directories::Directories;
use crate::windows::labels;
use crate::windows::lazy::LazyLayers;

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
    /// The name in progress output.
    pub name: String,
    /// Every step runs anew.
    pub ignore_cache: bool,
    /// What the SBOM scanner looks at besides the result.
    pub scan: Scan,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub epoch: Option<i64>,
    /// What is known of arguments (for the outline).
    pub args: ByName<ArgInfo>,
    /// Arguments that are used (for the outline).
    pub used_args: BTreeSet<String>,
    /// Secrets that are used (for the outline).
    pub secrets: ByName<SecretInfo>,
    /// SSH sockets that are used (for the outline).
    pub ssh: ByName<SecretInfo>,
    /// Nothing is to be converted: a context or an image stands for the whole stage.
    pub(super) complete: bool,
    /// Paths used of the build context.
    pub(super) context_paths: Paths,
    /// Paths used of the file system this stage starts from; shared with the stages below and
    /// above it.
    pub(super) paths: Rc<RefCell<Paths>>,
    pub(super) steps: usize,
    pub(super) step: usize,
    pub(super) is_trigger: bool,
    pub(super) show_platform: bool,
    pub(super) workdir_set: bool,
    /// A command that BuildKit would not accept, which matters once it is sent.
    pub(super) unsendable: Option<Unsendable>,
    /// The instructions that name what the image runs, in this stage or below it.
    pub named: Named,
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

    /// Whether two names are of one variable: on Windows, they have no case.
    #[must_use]
    pub fn is_same_variable(&self, one: &str, other: &str) -> bool {
        one == other || (self.for_windows && one.to_lowercase() == other.to_lowercase())
    }

    /// Whether the stage is a Windows stage, for whatever image.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.platform.os == "windows"
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

/// The state a stage starts with: its base and what the base's config says.
pub(super) fn start(converter: &Converter<'_>, id: StageId) -> Result<StageState, Error> {
    let stage = &converter.plan.stages[id];
    let mut state = match stage.base {
        Some(base) => on_stage(converter, id, base)?,
        None => on_resolved(converter, id)?,
    };
    if state.complete && !converter.input.setting.scope.is_more_than_target() {
        return Ok(state);
    }
    if state.for_windows {
        state.state.env.ignore_case();
    }
    // Windows sets its own PATH.
    let env = &state.image.config.env;
    let has_path = env.iter().any(|entry| state.is_same_variable(key_value(entry).0, "PATH"));
    if !has_path && !state.is_windows() {
        let path = format!("PATH={}", default_path_env(&state.platform.os));
        state.image.config.env.push(path);
    }
    if !has_path && state.for_windows {
        // What `${PATH}` is. docker/dockerfile expands it to nothing, and the container loses System32. Not in the
        // config, where it would hide the base's own.
        state.state.env.set("PATH", default_path(&state.image));
    }
    for entry in &state.image.config.env {
        let (key, value) = key_value(entry);
        state.state.env.set(key, value);
    }
    let options = converter.input.options();
    if !options.hostname.is_empty() {
        state.state.hostname.clone_from(&options.hostname);
    }
    let working_dir = state.image.config.working_dir.clone();
    if !working_dir.is_empty() {
        workdir::set(&mut state, &working_dir).map_err(Located::nowhere)?;
    }
    if !state.image.config.user.is_empty() {
        state.state.user.clone_from(&state.image.config.user);
    }
    state.state.network = options.network;
    Ok(state)
}

/// A stage on top of another one (upstream's `dispatchState.init`).
fn on_stage(converter: &Converter<'_>, id: StageId, base: StageId) -> Result<StageState, Error> {
    let stage = &converter.plan.stages[id];
    let below = converter.finished(base).ok_or_else(|| Located::nowhere(ErrorKind::Unfinished))?;
    let mut state = StageState {
        name: stage.name.clone(),
        ignore_cache: stage.ignore_cache,
        complete: stage.context.is_some(),
        steps: stage.steps,
        step: 0,
        is_trigger: false,
        scan: Scan::default(),
        context_paths: Paths::default(),
        used_args: stage.used_args.clone(),
        // What the stages below use is listed with them.
        args: stage.args.clone(),
        secrets: ByName::default(),
        ssh: ByName::default(),
        entrypoint: None,
        cmd: None,
        healthcheck: None,
        ..below.clone()
    };
    state.image.config.on_build.clear();
    let below = &converter.plan.stages[base];
    let unknown = below.platform.is_none() && state.image.known_platform().is_none();
    if below.context.is_some() && unknown && !state.for_windows {
        // A folder in a stage's place has no platform, and docker/dockerfile gives it none: steps
        // on it are shown as "unknown".
        state.platform = Platform::default();
    }
    Ok(state)
}

fn on_resolved(converter: &Converter<'_>, id: StageId) -> Result<StageState, Error> {
    let stage = &converter.plan.stages[id];
    let resolved: &Resolved =
        stage.resolved.as_ref().ok_or_else(|| Located::nowhere(ErrorKind::Unfinished))?;
    let mut state = StageState {
        state: State::scratch(),
        lazy: None,
        directories: None,
        image: resolved.image.clone(),
        base_image: resolved.base_image.clone(),
        holds_windows: false,
        for_windows: [&resolved.platform, &converter.input.setting.platforms.target]
            .iter()
            .all(|platform| platform.os == "windows"),
        platform: resolved.platform.clone(),
        root: id,
        build_args: Vec::new(),
        name: stage.name.clone(),
        ignore_cache: stage.ignore_cache,
        scan: Scan::default(),
        epoch: converter.input.epoch,
        args: stage.args.clone(),
        used_args: stage.used_args.clone(),
        secrets: ByName::default(),
        ssh: ByName::default(),
        complete: resolved.complete,
        context_paths: Paths::default(),
        paths: Rc::default(),
        steps: stage.steps,
        step: stage.early_steps,
        is_trigger: false,
        named: Named::default(),
        show_platform: converter.input.options().multi_platform || converter.input.layering.fanned_out,
        workdir_set: false,
        unsendable: None,
        entrypoint: None,
        cmd: None,
        healthcheck: None,
    };
    match &resolved.start {
        Start::Scratch => {}
        Start::Context { state: context, .. } => state.state = (**context).clone(),
        Start::Image(reference) => {
            let code = stage.from.map(|from| from.code.clone()).unwrap_or_default();
            let shown = state.platform.clone();
            let text = format!("FROM {reference}");
            state.steps = stage.own_steps;
            let name = name::base(converter, &mut state, &text, &shown, stage);
            state.steps = stage.steps;
            let metadata = llb::Metadata {
                name: Some(name),
                command: Some(code),
                location: vec![llb::Location {
                    map: Arc::clone(&converter.input.source),
                    ranges: stage.location.clone(),
                }],
                ..llb::Metadata::default()
            };
            let image = llb::Image {
                reference: reference.clone(),
                platform: Some(state.platform.clone()),
                resolve_mode: converter.input.options().resolve_mode,
            };
            state.state = image.state(metadata);
        }
    }
    let is_labelled = state.for_windows && converter.input.options().windows.labels;
    if is_labelled && resolved.start.reference().is_some() {
        labels::remove(&mut state.image.config.labels);
    }
    let on_windows = state.for_windows && state.state.is_on_windows();
    state.holds_windows = on_windows || (state.for_windows && matches!(resolved.start, Start::Scratch));
    if on_windows {
        let title = name::merge(&state, stage);
        state.lazy = converter.input.layering.layers(&state.platform, title);
        let unread = state.lazy.is_some() || converter.input.layering.checked;
        state.directories = unread.then(|| Directories::of(&state.image));
    }
    Ok(state)
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

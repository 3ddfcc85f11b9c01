//! Converts planned stages to LLB, with one file for each family of instructions.
//!
//! Mirrors the second half of moby/buildkit's `dockerfile2llb`. Nothing here waits: images and ignore files
//! have been read before.

mod add_copy;
mod arg;
mod config;
mod container_command;
mod copy_source;
mod drive;
mod env;
mod error;
mod expansion;
mod expose;
mod finish;
mod history;
mod mount;
mod run;
mod secret;
mod stage;
mod start;
mod step_name;
mod used_paths;
mod windows;
mod workdir;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use error::{Error, ErrorKind};
pub use finish::Converted;
pub use stage::{Named, SecretInfo, StageState};

use crate::gateway::context::MainContext;
use crate::gateway::options::Options;
use crate::gateway::transport::MAX_MESSAGE_BYTES;
use crate::instruction::{Instruction, Kind};
use crate::lint::Linter;
use crate::llb::{self, Late, SourceMap};
use crate::pattern::PatternMatcher;
use crate::plan::{self, Command, Plan, Setting, StageId};
use crate::proto::pb;
use crate::span::Located;
use crate::windows::lazy::Layering;

/// The inputs of a conversion besides the plan.
pub struct Input<'i> {
    /// The settings that the plan was made with.
    pub setting: &'i Setting<'i>,
    /// The build context.
    pub main: &'i MainContext,
    /// The build context's ignore patterns, if it has any.
    pub ignore: Option<&'i PatternMatcher>,
    /// The Dockerfile.
    pub source: Arc<SourceMap>,
    /// The LLB capabilities of the engine.
    pub caps: &'i dyn Fn(&str) -> bool,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub epoch: Option<i64>,
    /// How Windows stages are layered.
    pub layering: &'i Layering,
    /// Where findings go.
    pub lint: &'i Linter,
}

impl Input<'_> {
    fn options(&self) -> &Options {
        self.setting.options
    }
}

/// Converts the plan's stages and assembles the result.
///
/// # Errors
///
/// Returns an error if an instruction is invalid once its variables have values.
pub fn convert(plan: &Plan<'_>, input: &Input<'_>) -> Result<Converted, Error> {
    let mut converter = Converter {
        plan,
        input,
        stages: BTreeMap::new(),
        context: Late::new(),
        context_paths: used_paths::UsedPaths::default(),
        proxy: arg::proxy(&input.setting.build_args),
        room: Cell::new(MAX_CONVERSION_BYTES),
    };
    windows::globals(&converter);
    // Images that only COPY and RUN name are converted first, so that every stage can use them.
    let (images, stages): (Vec<StageId>, Vec<StageId>) =
        plan.reachable.iter().partition(|id| plan.stages[**id].from.is_none());
    for id in images.into_iter().chain(stages) {
        let location = &plan.stages[id].location;
        let mut state = start::start(&converter, id)
            .and_then(|state| converter.take_room(&state, 0).map_err(Located::nowhere).map(|()| state))
            .map_err(|e| e.with_location(location))?;
        windows::base(&converter, id, &state);
        converter.stages.insert(id, None);
        // If all stages are converted, that includes those that a context replaces.
        if !state.complete || input.setting.scope.is_more_than_target() {
            for command in &plan.stages[id].commands {
                let lines = state.image.history.len();
                converter
                    .dispatch(&mut state, command)
                    .and_then(|()| converter.take_room(&state, lines).map_err(Located::nowhere))
                    .map_err(|e| e.with_location(&command.instruction.location))?;
            }
        }
        converter.context_paths.extend(&state.context_paths);
        converter.stages.insert(id, Some(state));
    }
    finish::finish(converter)
}

/// A conversion in progress.
pub(crate) struct Converter<'c> {
    plan: &'c Plan<'c>,
    input: &'c Input<'c>,
    /// Finished stages; `None` for the one in progress.
    stages: BTreeMap<StageId, Option<StageState>>,
    /// The build context, bound once it is known which of its paths are used.
    context: Late,
    context_paths: used_paths::UsedPaths,
    proxy: Option<pb::ProxyEnv>,
    /// How much of [`MAX_CONVERSION_BYTES`] is left.
    room: Cell<usize>,
}

/// The limit on the bytes of history and of commands' variables that a conversion may produce. Every stage
/// has the history of its base, and every command has all variables, so a file of a few megabytes could
/// otherwise request any amount of memory.
const MAX_CONVERSION_BYTES: usize = 8 * MAX_MESSAGE_BYTES;

impl Converter<'_> {
    /// Returns a finished stage (upstream's `dispatched`).
    fn finished(&self, id: StageId) -> Option<&StageState> {
        self.stages.get(&id).and_then(Option::as_ref)
    }

    /// Counts what a step or the start of a stage added: lines of history from `lines` on, and the variables,
    /// all of which a command holds.
    fn take_room(&self, state: &StageState, lines: usize) -> Result<(), ErrorKind> {
        let added = state.image.history.get(lines..).unwrap_or_default();
        let mut bytes: usize = added.iter().map(history::weight).sum();
        if added.iter().any(|line| !line.empty_layer) {
            bytes += state.fs.env.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        }
        let left = self.room.get().checked_sub(bytes).ok_or(ErrorKind::TooLarge)?;
        self.room.set(left);
        Ok(())
    }

    /// Returns whether a stage is a Windows image without any steps.
    fn is_windows_base(&self, id: StageId) -> bool {
        let stage = &self.plan.stages[id];
        let steps = stage.commands.iter().any(|command| plan::build::is_step(&command.instruction.kind));
        let is_image = |state: &StageState| state.for_windows && state.fs.is_image();
        stage.base.is_none() && !steps && self.finished(id).is_some_and(is_image)
    }

    /// Returns the metadata of a step: its name and its location.
    fn metadata(&self, name: String, instruction: &Instruction) -> llb::Metadata {
        llb::Metadata {
            name: Some(name),
            location: vec![llb::Location {
                map: Arc::clone(&self.input.source),
                ranges: instruction.location.clone(),
            }],
            ..llb::Metadata::default()
        }
    }

    /// Converts one instruction (upstream's `dispatch`).
    fn dispatch(&self, state: &mut StageState, command: &Command<'_>) -> Result<(), Error> {
        let lint = self.input.lint.with_comments(&command.instruction.comments);
        state.progress.is_trigger = command.is_trigger;
        let mut instruction = command.instruction.clone().into_owned();
        expansion::expand(self, state, &mut instruction, &lint)?;
        windows::instruction(self, state, &command.instruction, &instruction, &lint);
        let at = |kind: ErrorKind| Located::nowhere(kind);
        match &instruction.kind {
            Kind::Add(add) => add_copy::add(self, state, add, &instruction, &lint),
            Kind::Arg(args) => arg::dispatch(self, state, args, &instruction, &lint),
            Kind::Cmd(line) => {
                container_command::cmd(state, line, &instruction, &lint);
                Ok(())
            }
            Kind::Copy(copy) => add_copy::copy(self, state, copy, command, &instruction, &lint),
            Kind::Entrypoint(line) => {
                container_command::entrypoint(state, line, &instruction, &lint);
                Ok(())
            }
            Kind::Env(pairs) => {
                env::dispatch(state, pairs, &instruction, &lint);
                Ok(())
            }
            Kind::Expose(ports) => expose::dispatch(self, state, ports, &instruction, &lint).map_err(at),
            Kind::Healthcheck(check) => {
                container_command::healthcheck(state, check, &instruction, &lint);
                Ok(())
            }
            Kind::Label(pairs) => {
                config::label(state, pairs, &instruction, &lint);
                Ok(())
            }
            Kind::Maintainer(name) => {
                config::maintainer(state, name);
                Ok(())
            }
            Kind::Onbuild(trigger) => {
                state.image.config.on_build.push(trigger.clone());
                Ok(())
            }
            Kind::Run(run) => run::dispatch(self, state, run, command, &instruction, &lint),
            Kind::Shell(shell) => {
                config::shell(state, shell);
                Ok(())
            }
            Kind::StopSignal(signal) => config::stop_signal(state, signal).map_err(at),
            Kind::User(user) => {
                config::user(state, user);
                Ok(())
            }
            Kind::Volume(volumes) => config::volume(state, volumes).map_err(at),
            Kind::Workdir(path) => workdir::dispatch(self, state, path, &instruction, &lint).map_err(at),
        }
    }
}

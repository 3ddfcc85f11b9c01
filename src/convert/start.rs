//! The state that a stage starts with.

use std::rc::Rc;
use std::sync::Arc;

use super::stage::{Named, Outline, Own, Progress, Scan, StageState, key_value};
use super::used_paths::UsedPaths;
use super::{Converter, Error, ErrorKind, step_name, workdir};
use crate::container_path::default_path_env;
use crate::image::Platform;
use crate::llb::{self, State};
use crate::plan::{Resolved, Stage, StageId, Start};
use crate::span::Located;
use crate::windows::base_directories::default_path;
use crate::windows::directories::Directories;
use crate::windows::labels;

/// Returns the state that a stage starts with: its base and the settings of the base's config.
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
        state.fs.env.ignore_case();
    }
    // Windows sets its own PATH.
    let env = &state.image.config.env;
    let has_path = env.iter().any(|entry| state.is_same_variable(key_value(entry).0, "PATH"));
    if !has_path && !state.is_windows() {
        let path = format!("PATH={}", default_path_env(&state.platform.os));
        state.image.config.env.push(path);
    }
    if !has_path && state.for_windows {
        // The value of `${PATH}`. docker/dockerfile expands it to nothing, and the container loses System32.
        // Not added to the config, where it would hide the base's own.
        state.fs.env.set("PATH", default_path(&state.image));
    }
    for entry in &state.image.config.env {
        let (key, value) = key_value(entry);
        state.fs.env.set(key, value);
    }
    let options = converter.input.options();
    if !options.hostname.is_empty() {
        state.fs.hostname.clone_from(&options.hostname);
    }
    let working_dir = state.image.config.working_dir.clone();
    if !working_dir.is_empty() {
        workdir::set(&mut state, &working_dir).map_err(Located::nowhere)?;
    }
    if !state.image.config.user.is_empty() {
        state.fs.user.clone_from(&state.image.config.user);
    }
    state.fs.network = options.network;
    Ok(state)
}

/// Starts a stage on top of another one (upstream's `dispatchState.init`).
fn on_stage(converter: &Converter<'_>, id: StageId, base: StageId) -> Result<StageState, Error> {
    let stage = &converter.plan.stages[id];
    let below = converter.finished(base).ok_or_else(|| Located::nowhere(ErrorKind::Unfinished))?;
    let mut state = StageState {
        ignore_cache: stage.ignore_cache,
        complete: stage.context.is_some(),
        progress: Progress {
            name: stage.name.clone(),
            steps: stage.steps,
            step: 0,
            is_trigger: false,
            show_platform: below.progress.show_platform,
        },
        scan: Scan::default(),
        context_paths: UsedPaths::default(),
        outline: outline(stage),
        own: Own::default(),
        ..below.clone()
    };
    state.image.config.on_build.clear();
    let below = &converter.plan.stages[base];
    let unknown = below.platform.is_none() && state.image.known_platform().is_none();
    if below.context.is_some() && unknown && !state.for_windows {
        // A folder that replaces a stage has no platform, and docker/dockerfile gives it none: steps on it
        // are shown as "unknown".
        state.platform = Platform::default();
    }
    Ok(state)
}

fn on_resolved(converter: &Converter<'_>, id: StageId) -> Result<StageState, Error> {
    let stage = &converter.plan.stages[id];
    let resolved: &Resolved =
        stage.resolved.as_ref().ok_or_else(|| Located::nowhere(ErrorKind::Unfinished))?;
    let mut state = StageState {
        fs: State::scratch(),
        lazy: None,
        directories: None,
        image: resolved.image.clone(),
        base_image: resolved.base_image.clone(),
        holds_windows: false,
        for_windows: [&resolved.platform, &converter.input.setting.platforms.target]
            .iter()
            .all(|platform| platform.is_windows()),
        platform: resolved.platform.clone(),
        root: id,
        build_args: Vec::new(),
        progress: Progress {
            name: stage.name.clone(),
            steps: stage.steps,
            step: stage.early_steps,
            is_trigger: false,
            show_platform: converter.input.options().multi_platform || converter.input.layering.fanned_out,
        },
        ignore_cache: stage.ignore_cache,
        scan: Scan::default(),
        epoch: converter.input.epoch,
        outline: outline(stage),
        complete: resolved.complete,
        context_paths: UsedPaths::default(),
        paths: Rc::default(),
        workdir_set: false,
        unsendable: None,
        named: Named::default(),
        own: Own::default(),
    };
    match &resolved.start {
        Start::Scratch => {}
        Start::Context { state: context, .. } => state.fs = (**context).clone(),
        Start::Image(reference) => {
            let image = image(converter, &mut state, stage, reference);
            state.fs = image;
        }
    }
    let is_labelled = state.for_windows && converter.input.options().windows.labels;
    if is_labelled && resolved.start.reference().is_some() {
        labels::remove(&mut state.image.config.labels);
    }
    let on_windows = state.for_windows && state.fs.is_on_windows();
    state.holds_windows = on_windows || (state.for_windows && matches!(resolved.start, Start::Scratch));
    if on_windows {
        let title = step_name::of_merge(&state, stage);
        state.lazy = converter.input.layering.layers(&state.platform, title);
        let unread = state.lazy.is_some() || converter.input.layering.checked;
        state.directories = unread.then(|| Directories::of(&state.image));
    }
    Ok(state)
}

/// Returns the outline before the stage's first instruction; the stages below it list their own use.
fn outline(stage: &Stage<'_>) -> Outline {
    Outline { args: stage.args.clone(), used_args: stage.used_args.clone(), ..Outline::default() }
}

/// Returns the base image, from a step that is named for progress output.
fn image(converter: &Converter<'_>, state: &mut StageState, stage: &Stage<'_>, reference: &str) -> State {
    let shown = state.platform.clone();
    state.progress.steps = stage.own_steps;
    let name = step_name::of_base(converter, state, &format!("FROM {reference}"), &shown, stage);
    state.progress.steps = stage.steps;
    let location = llb::Location { map: Arc::clone(&converter.input.source), ranges: stage.location.clone() };
    let metadata = llb::Metadata {
        name: Some(name),
        command: Some(stage.from.map(|from| from.code.clone()).unwrap_or_default()),
        location: vec![location],
        ..llb::Metadata::default()
    };
    let image = llb::Image {
        reference: reference.to_owned(),
        platform: Some(shown),
        resolve_mode: converter.input.options().resolve_mode,
    };
    image.state(metadata)
}

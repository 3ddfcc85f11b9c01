//! Completes a conversion: the image config, and the parts of the graph that were left open.

use std::collections::HashMap;

use super::expansion::NOT_IN_ENV;
use super::stage::{StageState, Unsendable};
use super::{Converter, Error, ErrorKind, windows};
use crate::env::Env;
use crate::go;
use crate::image::Image;
use crate::llb::{Definition, Late, Marshaler, Output, State, caps};
use crate::plan::{StageId, Start};
use crate::span::Located;
use crate::windows::labels;

/// A converted target.
#[derive(Debug)]
pub struct Converted {
    /// The file system.
    pub state: State,
    /// The image's config.
    pub image: Image,
    /// The base's config, unchanged.
    pub base_image: Option<Image>,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub epoch: Option<i64>,
    /// Encodes states of this conversion.
    pub marshaler: Marshaler,
    /// What the SBOM scanner scans as the image; on a lazy Windows base, only the layers that the stage adds.
    pub scan: State,
    /// The SBOM scanner does not see the base.
    pub scan_without_base: bool,
    /// The build context, if the SBOM scanner is to scan it.
    pub scan_context: Option<State>,
    /// The stages that the SBOM scanner is to scan, by name.
    pub scan_stages: Vec<(String, State)>,
    /// Steps run again.
    pub ignore_cache: bool,
    /// Every converted stage (for the outline).
    pub stages: Vec<(StageId, StageState)>,
    /// A command of the graph that cannot be sent.
    unsendable: Option<Unsendable>,
}

impl Converted {
    /// Encodes the file system as a graph.
    ///
    /// # Errors
    ///
    /// Returns an error if a RUN has no words or contains bytes that are not text, which docker/dockerfile
    /// also finds only now.
    pub fn definition(&self) -> Result<Definition, ErrorKind> {
        match self.unsendable {
            Some(Unsendable::Empty) => return Err(ErrorKind::EmptyCommand),
            Some(Unsendable::Bytes(line)) => return Err(ErrorKind::InvalidUtf8 { line }),
            None => {}
        }
        Ok(self.marshaler.marshal(&self.state))
    }

    /// Checks that the history's times can be written.
    ///
    /// # Errors
    ///
    /// Returns an error if `SOURCE_DATE_EPOCH` is in a year of more than four digits.
    pub fn check_times(&self) -> Result<(), ErrorKind> {
        let Some(epoch) = self.epoch.filter(|seconds| !go::time::JSON_SECONDS.contains(seconds)) else {
            return Ok(());
        };
        let text = Some(go::time::format_unix(epoch));
        if self.image.history.iter().any(|entry| entry.created == text) {
            return Err(ErrorKind::Year);
        }
        Ok(())
    }
}

/// Completes the conversion (upstream's `finalizeResultImage`).
pub(super) fn finish(mut converter: Converter<'_>) -> Result<Converted, Error> {
    let plan = converter.plan;
    let input = converter.input;
    let unfinished = || Located::nowhere(ErrorKind::Unfinished);
    if let Some(target) = converter.finished(plan.target) {
        target.paths.borrow_mut().add_all();
    }
    let bindings = bindings(&converter);
    let mut stages: Vec<(StageId, StageState)> = std::mem::take(&mut converter.stages)
        .into_iter()
        .filter_map(|(id, state)| Some((id, state?)))
        .collect();
    for (_, state) in &mut stages {
        mark_scans(&converter, state);
    }
    let target = stages.iter().find(|(id, _)| *id == plan.target).map(|(_, state)| state);
    let target = target.ok_or_else(unfinished)?.clone();
    windows::program(&converter, &target);
    let scanned = |id: StageId| id != plan.target;
    let reachable = plan.stages.reachable(plan.target);
    let scan_stages: Vec<(String, State)> = stages
        .iter()
        .filter(|(id, state)| scanned(*id) && reachable.contains(id) && state.scan.stage)
        .map(|(_, state)| (state.progress.name.clone(), state.scanned()))
        .collect();
    let unsendable =
        stages.iter().filter(|(id, _)| reachable.contains(id)).find_map(|(_, state)| state.unsendable);
    let ignore_cache = stages.iter().any(|(id, state)| {
        state.ignore_cache && (*id == plan.target || (reachable.contains(id) && state.scan.stage))
    });

    let mut image = target.image.clone();
    image.config.labels.extend(input.options().labels.clone());
    if let Some(base) = labelled_base(&converter, &target) {
        labels::add(&mut image.config.labels, base, &converter.plan.stages[target.root].written_base);
    }
    if !input.setting.implicit_target {
        image.set_platform(&input.setting.platforms.target);
    }
    image.platform = image.platform.normalize();
    let mut marshaler = Marshaler::new(
        input.setting.platforms.target.clone(),
        (input.caps)(caps::EXEC_META_SETS_DEFAULT_PATH),
    );
    marshaler.bindings = bindings;
    Ok(Converted {
        state: target.result(),
        image,
        base_image: target.base_image.clone(),
        epoch: target.epoch,
        marshaler,
        scan: target.scanned(),
        scan_without_base: target.lazy.is_some(),
        scan_context: target.scan.context.then(|| State::new(Some(Output::late(converter.context)))),
        scan_stages,
        ignore_cache,
        stages,
        unsendable,
    })
}

/// Returns the base that the labels of an image name: only for a variant of a Windows platform based on an
/// image of a registry.
fn labelled_base<'c>(converter: &Converter<'c>, target: &StageState) -> Option<&'c str> {
    let is_wanted = target.for_windows && converter.input.options().windows.labels;
    converter.plan.stages[target.root].image_reference().filter(|_| is_wanted)
}

/// Returns what each late output of the graph is bound to.
fn bindings(converter: &Converter<'_>) -> HashMap<Late, Option<Output>> {
    let main = converter.input.main.state(converter.context_paths.to_follow());
    let mut bindings = HashMap::from([(converter.context, main.output)]);
    for (id, stage) in converter.plan.stages.iter() {
        let Some(resolved) = &stage.resolved else { continue };
        let Start::Context { late: Some(local), .. } = &resolved.start else { continue };
        let follow = converter.finished(id).map_or_else(Vec::new, |state| state.paths.borrow().to_follow());
        bindings.insert(local.late, local.state(follow).output);
    }
    bindings
}

/// Records whether the SBOM scanner is to scan the stage or its context.
fn mark_scans(converter: &Converter<'_>, state: &mut StageState) {
    let wanted = |name: &str| {
        // An ARG without a value leaves the previous value in force.
        let own = state.build_args.iter().rev().filter(|arg| arg.key == name);
        let own = own.filter_map(|arg| arg.value.as_deref()).next();
        own.or_else(|| converter.plan.globals.env.get(name))
            .is_some_and(|value| is_enabled(&state.progress.name, value))
    };
    let [context, stage] = NOT_IN_ENV.map(wanted);
    state.scan.context = context;
    state.scan.stage = stage;
}

/// Parses a boolean, or a list of stages (upstream's `isEnabledForStage`).
fn is_enabled(stage: &str, value: &str) -> bool {
    go::number::parse_bool(value).unwrap_or_else(|_| value.split(',').any(|name| name == stage))
}

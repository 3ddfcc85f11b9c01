//! The plan of a build: everything is planned and converted as for a build, and described instead of solved.

use std::collections::BTreeSet;

use super::additions;
use super::build::Build;
use super::rebase;
use super::solve::{self, Ready};
use super::warn;
use crate::collect;
use crate::convert::StageState;
use crate::gateway::{BuildResult, Error};
use crate::instruction::Kind;
use crate::llb::State;
use crate::llb::inspect::{Graph, Layer, Setting};
use crate::plan::build::is_step;
use crate::plan::{Command, Plan, Stage, StageId, Start};
use crate::request::plan::{self as request, Base, BaseKind, Image, Place, Step, StepResult};
use crate::span::first_line;
use crate::windows::lazy::Layering;
use crate::windows::refused_run::{self, RefusedRun};

/// Answers `frontend.plan`.
///
/// # Errors
///
/// Returns an error, with locations, for everything that a build refuses before it builds anything, except for commands
/// that cannot run: those are part of the answer.
pub(super) async fn plan(build: &Build<'_>) -> Result<BuildResult, Error> {
    if build.options.windows.rebase.is_some() {
        return rebase::plan(build).await;
    }
    let outcome = solve::convert_all(build).await;
    warn::lint(build.bridge, &build.file.source, &build.file.lint).await?;
    let (targets, layering) = outcome?;
    build.file.lint.error().map_err(Error::new)?;
    let images: Result<Vec<Image>, Error> =
        targets.iter().map(|target| PlanReport::new(build, target, &layering).image()).collect();
    let against = match &build.options.windows.against {
        Some(named) => Some(rebase::against(build, named, &bases(build, &targets)?).await?),
        None => None,
    };
    let images = images?;
    let known = additions::look_up(build, &images).await;
    Ok(request::plan(images, &known, against, None))
}

/// Returns the base images of the Windows images, by the IDs of the images.
fn bases<'b>(build: &Build<'b>, targets: &[Ready<'b>]) -> Result<Vec<(String, rebase::NewBase<'b>)>, Error> {
    let mut bases = Vec::new();
    for target in targets {
        let platform = target.planned.target.platform.as_ref().filter(|platform| platform.is_windows());
        if let Some(platform) = platform {
            bases
                .push((target.id.clone(), rebase::NewBase::of(build, target.planned.plan.root(), platform)?));
        }
    }
    Ok(bases)
}

/// The report on one image.
struct PlanReport<'s> {
    ready: &'s Ready<'s>,
    plan: &'s Plan<'s>,
    layering: &'s Layering,
    refused: Vec<RefusedRun>,
    runs_windows: bool,
}

impl<'s> PlanReport<'s> {
    fn new(build: &Build<'_>, ready: &'s Ready<'s>, layering: &'s Layering) -> Self {
        let plan = &ready.planned.plan;
        let runs_windows = build.has_windows_worker();
        let refused = if runs_windows { Vec::new() } else { refused_run::find([plan]) };
        Self { ready, plan, layering, refused, runs_windows }
    }

    fn image(self) -> Result<Image, Error> {
        let definition = self.ready.converted.definition();
        let definition = definition.map_err(|e| Error::new(e).context("failed to marshal LLB definition"))?;
        let setting = Setting {
            seed: self.layering.seed.as_ref().map(|seed| seed.reference.as_str()),
            runs_windows: self.runs_windows,
        };
        let graph = Graph::new(&definition, setting);
        let layers = graph.layers();
        let target = &self.plan.stages[self.plan.target];
        Ok(Image {
            id: self.ready.id.clone(),
            platform: self.ready.platform.clone(),
            target: place(target),
            base: self.base(),
            steps: self.steps(&layers),
            layers,
            reads: graph.image_uses().to_vec(),
            stages: self.stages(),
            why_on_base: self.layering.reason.clone(),
            refused: self.refused,
        })
    }

    fn base(&self) -> Base {
        let root = self.plan.root();
        let start = root.resolved.as_ref().map(|resolved| &resolved.start);
        let (kind, reference) = match start {
            Some(Start::Image(reference)) => (BaseKind::Image, reference.clone()),
            Some(Start::Context { .. }) => (BaseKind::Context, String::new()),
            Some(Start::Scratch) | None => (BaseKind::Scratch, String::new()),
        };
        Base { kind, name: root.written_base.clone(), reference, line: first_line(&root.location) }
    }

    /// Returns the instructions of the target and of the stages below it, the lowest stage first.
    fn steps(&self, layers: &[Layer]) -> Vec<Step> {
        let mut chain: Vec<StageId> = self.plan.stages.chain(self.plan.target).collect();
        chain.reverse();
        let mut left =
            Remaining { layers, lines: collect::set(layers.iter().flat_map(|layer| layer.lines.clone())) };
        let mut steps = Vec::new();
        for id in chain {
            let stage = &self.plan.stages[id];
            steps.push(Step {
                stage: stage.name.clone(),
                line: first_line(&stage.location),
                instruction: stage.from.map(|from| from.code.clone()).unwrap_or_default(),
                is_trigger: false,
                result: StepResult::Base,
            });
            // A stage that a context replaces has no steps of its own.
            let commands = if stage.context.is_some() { &[][..] } else { &stage.commands };
            for command in commands {
                steps.push(Step {
                    stage: stage.name.clone(),
                    line: first_line(&command.instruction.location),
                    instruction: command.instruction.code.clone(),
                    is_trigger: command.is_trigger,
                    result: self.result(command, &mut left),
                });
            }
        }
        steps
    }

    /// Returns what an instruction creates: the next of the layers that come from its line.
    fn result(&self, command: &Command<'_>, left: &mut Remaining<'_>) -> StepResult {
        let kind = &command.instruction.kind;
        let location = &command.instruction.location;
        if matches!(kind, Kind::Run(_)) && self.refused.iter().any(|one| one.location == *location) {
            return StepResult::CannotRun;
        }
        if is_step(kind)
            && let Some(digest) = left.take(first_line(location))
        {
            return StepResult::Layer(digest);
        }
        if matches!(kind, Kind::Arg(_)) { StepResult::Nothing } else { StepResult::Config }
    }

    /// Returns the stages that the target copies or mounts from.
    fn stages(&self) -> Vec<request::Stage> {
        let own: Vec<StageId> = self.plan.stages.chain(self.plan.target).collect();
        let needed = self.plan.stages.reachable(self.plan.target);
        let states = &self.ready.converted.stages;
        let is_built = |id: &StageId| {
            let stage = &self.plan.stages[*id];
            stage.from.is_some() && stage.context.is_none() && !own.contains(id) && needed.contains(id)
        };
        let built: Vec<&(StageId, StageState)> = states.iter().filter(|(id, _)| is_built(id)).collect();
        let whole: Vec<State> = built.iter().map(|(_, state)| state.whole()).collect();
        let digests = self.ready.converted.marshaler.digests(&whole);
        let stage = |((id, state), digest): (&(StageId, StageState), String)| request::Stage {
            place: place(&self.plan.stages[*id]),
            platform: state.platform.clone(),
            digest,
        };
        built.into_iter().zip(digests).map(stage).collect()
    }
}

/// The layers that are not yet assigned to an instruction.
struct Remaining<'l> {
    layers: &'l [Layer],
    /// All lines that layers come from.
    lines: BTreeSet<u32>,
}

impl Remaining<'_> {
    /// Returns the next layer that comes from a line.
    fn take(&mut self, line: u32) -> Option<String> {
        if !self.lines.contains(&line) {
            return None;
        }
        let next = self.layers.iter().position(|layer| layer.lines.contains(&line))?;
        let digest = self.layers[next].digest.clone();
        self.layers = &self.layers[next + 1..];
        Some(digest)
    }
}

fn place(stage: &Stage<'_>) -> Place {
    Place { name: stage.name.clone(), line: first_line(&stage.location) }
}

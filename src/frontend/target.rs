//! Planning and converting one target.

use super::file::File;
use crate::convert::{self, Converted, Input};
use crate::env::EnvList;
use crate::gateway::context::{Contexts, MainContext};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error};
use crate::image::Platform;
use crate::lint::Linter;
use crate::pattern::PatternMatcher;
use crate::plan::epoch::{EPOCH, Sources};
use crate::plan::{self, BuildArgs, Elements, Pin, Plan, Platforms, Scope, Setting, args};
use crate::windows::axis::{Axes, Element, Search};
use crate::windows::lazy::Layering;
use crate::windows::meant::Meant;

/// A build: the client's options and the Dockerfile.
pub(super) struct Job<'j> {
    pub(super) bridge: &'j Bridge,
    pub(super) options: &'j Options,
    pub(super) contexts: &'j Contexts,
    pub(super) file: &'j File,
    /// Nothing is built: commands that cannot run are told, not refused.
    pub(super) is_plan: bool,
    /// Nothing is built: what a build refuses is a finding.
    pub(super) checks: bool,
}

/// One target: a platform, and for Windows one variant of it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The platform; none where the client asked for none.
    pub(super) platform: Option<Platform>,
    /// The `os.version` of the base, where it is known and wanted.
    pub(super) os_version: String,
    /// Which element lists have.
    pub(super) index: usize,
    /// Images of indexes that stand for the indexes.
    pub(super) pins: Vec<Pin>,
    /// Which stages are planned.
    pub(super) scope: Scope,
}

impl Target {
    pub(super) const fn of(platform: Option<Platform>) -> Self {
        Self { platform, os_version: String::new(), index: 0, pins: Vec::new(), scope: Scope::Target }
    }
}

/// A plan with what it was made with.
pub(super) struct Planned<'a> {
    pub(super) plan: Plan<'a>,
    build_args: BuildArgs,
    pub(super) target: Target,
    epoch: Option<i64>,
    axes: Axes,
}

impl<'j> Job<'j> {
    pub(super) const fn new(
        bridge: &'j Bridge,
        options: &'j Options,
        contexts: &'j Contexts,
        file: &'j File,
    ) -> Self {
        Self { bridge, options, contexts, file, is_plan: false, checks: false }
    }

    /// The stage to build for a platform. A last stage named after a system is not for the other
    /// one, if that has a stage of its own.
    pub(super) fn target_stage(&self, platform: &Platform) -> String {
        if !self.options.target.is_empty() {
            return self.options.target.clone();
        }
        let stages = &self.file.dockerfile.stages;
        let last = stages.last().map_or("", |stage| stage.name.as_str());
        let is_other = ["linux", "windows"].contains(&last) && last != platform.os;
        if is_other && stages.iter().any(|stage| stage.name == platform.os) {
            return platform.os.clone();
        }
        String::new()
    }

    fn platforms(&self, target: &Target) -> Platforms {
        let build = self.options.build_platform.clone();
        let platform = target.platform.clone().unwrap_or_else(|| build.clone());
        Platforms { build, target: platform, target_os_version: target.os_version.clone() }
    }

    fn predefined(&self, platforms: &Platforms, stage: &str) -> EnvList {
        let last = || self.file.dockerfile.stages.last().map_or("", |stage| stage.name.as_str());
        let stage = if stage.is_empty() { last() } else { stage };
        args::predefined(platforms, &self.options.build_args, stage)
    }

    /// The stages that are meant for Windows, in a build for this platform.
    pub(super) fn meant(&self, platform: &Platform) -> Meant {
        let platforms = self.platforms(&Target::of(Some(platform.clone())));
        let predefined = self.predefined(&platforms, &self.target_stage(platform));
        let (file, lexer) = (&self.file.dockerfile, &self.file.lexer);
        let known = predefined.clone();
        let globals =
            args::globals(predefined, lexer, &file.global_args, &self.options.build_args, &mut |_, value| {
                value
            });
        // A default that cannot be expanded is reported by the plan.
        Meant::find(file, lexer, &globals.map_or(known, |globals| globals.env))
    }

    /// The lists that a Windows platform reaches; of the stage of that number, where there is one.
    pub(super) fn axes(&self, platform: &Platform, scope: &Scope) -> Result<Axes, Error> {
        let stage = match scope {
            Scope::Only(numbers) => numbers.last().map(usize::to_string).unwrap_or_default(),
            Scope::Target | Scope::All => self.target_stage(platform),
        };
        let platforms = self.platforms(&Target::of(Some(platform.clone())));
        let search = Search {
            dockerfile: &self.file.dockerfile,
            lexer: &self.file.lexer,
            predefined: &self.predefined(&platforms, &stage),
            build_args: &self.options.build_args,
            target: &stage,
        };
        search.run().map_err(|e| self.file.failure(e))
    }

    /// Plans a target. Lists have the elements of `axes`.
    pub(super) async fn plan(
        &self,
        target: Target,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Planned<'j>, Error> {
        // Many wait for a plan: each of their futures would hold another one whole.
        Box::pin(self.plan_located(target, axes, lint)).await.map_err(|e| self.file.failure(e))
    }

    pub(super) async fn plan_located(
        &self,
        target: Target,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Planned<'j>, plan::Error> {
        let element: Element<'_> = axes.variant(target.index);
        let platforms = self.platforms(&target);
        let stage = element.target(self.target_stage(&platforms.target));
        let mut build_args = element.build_args(&self.options.build_args);
        let predefined = self.predefined(&platforms, &stage);
        let lexer = &self.file.lexer;
        let file = &self.file.dockerfile;
        plan::build::check_default_bases(file, &predefined, lexer, lint);
        let mut globals =
            args::globals(predefined, lexer, &file.global_args, &build_args, &mut |key, value| {
                element.of_global(key, value)
            })?;
        let epoch = match args::lookup(&build_args, &globals.env, EPOCH) {
            Some(text) => {
                let sources = Sources {
                    contexts: self.contexts,
                    dockerfile: file,
                    globals: &globals.env,
                    build_args: &build_args,
                    lexer,
                    git_advice: self.options.git_advice,
                };
                sources.epoch(&text).await?
            }
            None => None,
        };
        args::replace(
            &mut build_args,
            &mut globals.env,
            EPOCH,
            &epoch.map_or_else(String::new, |s| s.to_string()),
        );
        let elements: &dyn Elements = &element;
        let setting = self.setting(&target, &platforms, build_args.clone(), stage, elements);
        let plan = Plan::make(file, globals, &setting, lint).await?;
        Ok(Planned { plan, build_args, target, epoch, axes: axes.clone() })
    }

    fn setting<'s>(
        &'s self,
        target: &Target,
        platforms: &Platforms,
        build_args: BuildArgs,
        stage: String,
        elements: &'s dyn Elements,
    ) -> Setting<'s> {
        Setting {
            options: self.options,
            build_args,
            target: stage,
            platforms: platforms.clone(),
            implicit_target: target.platform.is_none(),
            lexer: &self.file.lexer,
            contexts: self.contexts,
            bridge: self.bridge,
            elements,
            pins: target.pins.clone(),
            scope: target.scope.clone(),
        }
    }

    /// Converts a planned target.
    pub(super) fn convert(
        &self,
        planned: &Planned<'_>,
        main: &MainContext,
        layering: &Layering,
        lint: &Linter,
    ) -> Result<Converted, Error> {
        let platforms = self.platforms(&planned.target);
        let element = planned.axes.variant(planned.target.index);
        let stage = element.target(self.target_stage(&platforms.target));
        let setting = self.setting(&planned.target, &platforms, planned.build_args.clone(), stage, &element);
        let matcher = ignore_matcher(main)?;
        let capabilities = &self.bridge.capabilities().llb;
        let input = Input {
            setting: &setting,
            main,
            ignore: matcher.as_ref(),
            source: self.file.source.map.clone(),
            caps: &|cap| capabilities.supports(cap),
            epoch: planned.epoch,
            layering,
            lint,
        };
        convert::convert(&planned.plan, &input).map_err(|e| self.file.failure(e))
    }
}

fn ignore_matcher(main: &MainContext) -> Result<Option<PatternMatcher>, Error> {
    let patterns = main.ignore_patterns();
    if patterns.is_empty() {
        return Ok(None);
    }
    PatternMatcher::new(patterns).map(Some).map_err(Error::new)
}

//! Planning and converting one target of a build.

use std::collections::BTreeMap;

use futures_util::future::{LocalBoxFuture, join};

use super::file::File;
use crate::convert::{self, Converted, Input};
use crate::env::{Env, EnvList};
use crate::gateway::context::{Contexts, MainContext};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error, SolveRequest};
use crate::image::Platform;
use crate::instruction::Stage;
use crate::lint::Linter;
use crate::llb::{Marshaler, State};
use crate::pattern::PatternMatcher;
use crate::plan::epoch::{EPOCH, Sources};
use crate::plan::{
    self, BuildArgs, Draft, Globals, Pin, Plan, Platforms, Scope, Setting, StageId, TargetVersion, args,
};
use crate::proto::frontend::Ref;
use crate::windows::intent::WindowsStages;
use crate::windows::lazy::Layering;

/// What the client's options and the Dockerfile are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A build of images.
    Build,
    /// A check. What a build refuses is a finding.
    Check,
    /// A plan of the images. Commands that cannot run are part of the plan.
    Plan,
}

/// The client's options and the Dockerfile.
pub(super) struct Build<'b> {
    pub(super) bridge: &'b Bridge,
    pub(super) options: &'b Options,
    pub(super) contexts: &'b Contexts,
    pub(super) file: &'b File,
    pub(super) purpose: Purpose,
}

/// One target: a platform, and for Windows one variant of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Target {
    /// The platform; for Windows without a version. `None` if the client asked for none.
    pub(super) platform: Option<Platform>,
    /// The value of `TARGETOSVERSION`.
    pub(super) version: TargetVersion,
    /// Elements that replace lists.
    pub(super) elements: Elements,
    /// Images that replace the indexes they belong to.
    pub(super) pins: Vec<Pin>,
    /// Which stages are planned.
    pub(super) scope: Scope,
}

/// The elements that replace the lists in one variant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Elements {
    /// For each FROM that is a list, by the number of its stage.
    pub(super) bases: BTreeMap<usize, String>,
    /// For each argument that is a list.
    pub(super) args: BTreeMap<String, String>,
    /// For a target that is a list of stages.
    pub(super) target: Option<String>,
}

impl Elements {
    /// Returns the build arguments, with elements in place of lists.
    fn build_args(&self, given: &BuildArgs) -> BuildArgs {
        let mut args = given.clone();
        for (key, element) in &self.args {
            if let Some(value) = args.get_mut(key) {
                value.clone_from(element);
            }
        }
        args
    }
}

impl Target {
    pub(super) fn of(platform: Option<Platform>) -> Self {
        Self { platform, ..Self::default() }
    }
}

/// A target whose stages are known, but not yet their base images.
#[derive(Debug, Clone)]
pub(super) struct Drafted<'a> {
    pub(super) draft: Draft<'a>,
    pub(super) target: Target,
    build_args: BuildArgs,
    epoch: Option<i64>,
}

/// A plan, with what it was made from.
pub(super) struct Planned<'a> {
    pub(super) plan: Plan<'a>,
    pub(super) target: Target,
    build_args: BuildArgs,
    epoch: Option<i64>,
}

impl<'b> Build<'b> {
    pub(super) const fn new(
        bridge: &'b Bridge,
        options: &'b Options,
        contexts: &'b Contexts,
        file: &'b File,
        purpose: Purpose,
    ) -> Self {
        Self { bridge, options, contexts, file, purpose }
    }

    /// Returns the stage to build for a platform.
    pub(super) fn target_stage(&self, platform: &Platform) -> String {
        if !self.options.target.is_empty() {
            return self.options.target.clone();
        }
        default_stage(&self.file.dockerfile.stages, &platform.os).to_owned()
    }

    /// Returns the number of a stage. An empty name means the last stage.
    pub(super) fn stage_number(&self, name: &str) -> Option<usize> {
        stage_number(&self.file.dockerfile.stages, name)
    }

    /// Returns the stage to build in this variant.
    fn stage_of(&self, target: &Target, platforms: &Platforms) -> String {
        target.elements.target.clone().unwrap_or_else(|| self.target_stage(&platforms.target))
    }

    fn platforms(&self, target: &Target) -> Platforms {
        let build = self.options.build_platform.clone();
        let platform = target.platform.clone().unwrap_or_else(|| build.clone());
        Platforms { build, target: platform, version: target.version.clone() }
    }

    /// Returns the arguments that need no ARG, for a target whose stage is `stage`.
    pub(super) fn predefined(&self, target: &Target, stage: &str) -> EnvList {
        let last = || self.file.dockerfile.stages.last().map_or("", |stage| stage.name.as_str());
        let stage = if stage.is_empty() { last() } else { stage };
        args::predefined(&self.platforms(target), &self.options.build_args, stage)
    }

    /// Returns the stages that are meant for Windows, in a build for this platform.
    pub(super) fn windows_stages(&self, platform: &Platform) -> WindowsStages {
        let predefined = self.predefined(&Target::of(Some(platform.clone())), &self.target_stage(platform));
        let file = &self.file.dockerfile;
        let globals = args::globals(
            predefined.clone(),
            &self.file.lexer,
            &file.global_args,
            &self.options.build_args,
            &BTreeMap::new(),
        );
        // A default that cannot be expanded is reported by the plan.
        WindowsStages::find(file, &self.file.lexer, &globals.map_or(predefined, |globals| globals.env))
    }

    /// Solves a state of the build platform.
    ///
    /// # Errors
    ///
    /// Returns the error of BuildKit.
    pub(super) async fn solve_state(&self, state: &State) -> Result<Option<Ref>, Error> {
        let definition = Marshaler::new(self.options.build_platform.clone(), true).marshal(state);
        let request = SolveRequest { definition: Some(definition.to_pb()), ..SolveRequest::default() };
        self.bridge.solve(request).await?.single().map_err(Error::new)
    }

    /// Returns whether the engine has a worker that runs Windows programs.
    pub(super) fn has_windows_worker(&self) -> bool {
        self.options.workers.iter().flat_map(|worker| &worker.platforms).any(Platform::is_windows)
    }

    /// Plans a target.
    pub(super) async fn plan(&self, target: Target, lint: &Linter) -> Result<Planned<'b>, Error> {
        let drafted = self.draft(target, lint).await.map_err(|e| self.file.failure(e))?;
        self.resolve(drafted, lint).await.map_err(|e| self.file.failure(e))
    }

    /// Expands the FROM lines of a target. Looks up nothing, except for a `SOURCE_DATE_EPOCH` that names a source.
    pub(super) fn draft<'s>(
        &'s self,
        target: Target,
        lint: &'s Linter,
    ) -> LocalBoxFuture<'s, Result<Drafted<'b>, plan::Error>> {
        // Boxed once here, because otherwise each caller's future would contain all of it.
        Box::pin(async move {
            let platforms = self.platforms(&target);
            let stage = self.stage_of(&target, &platforms);
            let mut build_args = target.elements.build_args(&self.options.build_args);
            let file = &self.file.dockerfile;
            let predefined = self.predefined(&target, &stage);
            plan::build::check_default_bases(file, &predefined, &self.file.lexer, lint);
            let mut globals = self.globals(&target, &build_args)?;
            let epoch = match args::lookup(&build_args, &globals.env, EPOCH) {
                Some(text) => self.epoch(&text, &globals, &build_args).await?,
                None => None,
            };
            let seconds = epoch.map_or_else(String::new, |s| s.to_string());
            args::replace(&mut build_args, &mut globals.env, EPOCH, &seconds);
            let setting = self.setting(&target, &build_args);
            let draft = Draft::make(file, globals, &setting, lint)?;
            Ok(Drafted { draft, target, build_args, epoch })
        })
    }

    fn globals(&self, target: &Target, build_args: &BuildArgs) -> Result<Globals, plan::Error> {
        let stage = self.stage_of(target, &self.platforms(target));
        let predefined = self.predefined(target, &stage);
        let global_args = &self.file.dockerfile.global_args;
        let elements = &target.elements.args;
        let mut globals = args::globals(predefined, &self.file.lexer, global_args, build_args, elements)?;
        // The recorded value of an argument is what the client gave: the list.
        for key in elements.keys() {
            if let (Some(info), Some(list)) = (globals.infos.get_mut(key), self.options.build_args.get(key)) {
                info.set_value(list);
            }
        }
        Ok(globals)
    }

    async fn epoch(
        &self,
        text: &str,
        globals: &Globals,
        build_args: &BuildArgs,
    ) -> Result<Option<i64>, plan::Error> {
        let sources = Sources {
            contexts: self.contexts,
            dockerfile: &self.file.dockerfile,
            globals: &globals.env,
            build_args,
            lexer: &self.file.lexer,
            git_advice: self.options.git_advice,
        };
        sources.epoch(text).await
    }

    /// Looks up the base image of a drafted target's root stage.
    pub(super) async fn resolve_root(
        &self,
        drafted: &mut Drafted<'b>,
        lint: &Linter,
    ) -> Result<(), plan::Error> {
        let root = drafted.draft.stages.root(drafted.draft.target);
        self.resolve_one(drafted, root, lint).await
    }

    /// Looks up the base image of one stage of a drafted target.
    pub(super) fn resolve_one<'s>(
        &'s self,
        drafted: &'s mut Drafted<'b>,
        id: StageId,
        lint: &'s Linter,
    ) -> LocalBoxFuture<'s, Result<(), plan::Error>> {
        Box::pin(async move {
            let setting = self.setting(&drafted.target, &drafted.build_args);
            drafted.draft.resolve_one(id, &setting, lint).await
        })
    }

    /// Looks up the base images of a drafted target's stages, all at once.
    pub(super) fn resolve<'s>(
        &'s self,
        drafted: Drafted<'b>,
        lint: &'s Linter,
    ) -> LocalBoxFuture<'s, Result<Planned<'b>, plan::Error>> {
        Box::pin(async move {
            let Drafted { mut draft, target, build_args, epoch } = drafted;
            if target.version != TargetVersion::OfPlatform {
                // A version taken from the base applies to stages only, because it results from the FROM lines.
                let env = &mut draft.globals.env;
                let seconds = env.get(EPOCH).map(str::to_owned);
                *env = self.globals(&target, &build_args)?.env;
                args::replace(&mut BuildArgs::new(), env, EPOCH, seconds.as_deref().unwrap_or_default());
            }
            let setting = self.setting(&target, &build_args);
            let plan = draft.resolve(&setting, lint).await?;
            Ok(Planned { plan, target, build_args, epoch })
        })
    }

    fn setting<'s>(&'s self, target: &'s Target, build_args: &BuildArgs) -> Setting<'s> {
        let platforms = self.platforms(target);
        Setting {
            options: self.options,
            build_args: build_args.clone(),
            target: self.stage_of(target, &platforms),
            platforms,
            implicit_target: target.platform.is_none(),
            lexer: &self.file.lexer,
            contexts: self.contexts,
            bridge: self.bridge,
            bases: &target.elements.bases,
            pins: &target.pins,
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
        let setting = self.setting(&planned.target, &planned.build_args);
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

impl<'b> Build<'b> {
    /// Converts the file for the build platform, as docker/dockerfile does for every request.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be built, or if a rule is violated whose violations are errors.
    pub(super) fn convert_for_build_platform<'s>(
        &'s self,
        scope: Scope,
    ) -> LocalBoxFuture<'s, Result<(Planned<'b>, Converted), Error>> {
        Box::pin(async move {
            let target = Target { scope, ..Target::of(None) };
            let lint = &self.file.lint;
            let (planned, main) = join(self.plan(target, lint), self.contexts.main()).await;
            let planned = planned?;
            let converted = self.convert(&planned, &main?, &Layering::default(), lint)?;
            lint.error().map_err(Error::new)?;
            Ok((planned, converted))
        })
    }
}

/// Returns the name of the stage that is built for an operating system by default; empty for the last stage. If the
/// last stage is named after the other operating system, and this one has a stage of its own, that stage is built.
pub(super) fn default_stage<'o>(stages: &[Stage], os: &'o str) -> &'o str {
    let last = stages.last().map_or("", |stage| stage.name.as_str());
    let is_other = ["linux", "windows"].contains(&last) && last != os;
    if is_other && stages.iter().any(|stage| stage.name == os) { os } else { "" }
}

/// Returns the number of a stage. An empty name means the last stage.
pub(super) fn stage_number(stages: &[Stage], name: &str) -> Option<usize> {
    if name.is_empty() {
        return stages.len().checked_sub(1);
    }
    let lower = name.to_lowercase();
    stages.iter().rposition(|stage| stage.name == lower)
}

fn ignore_matcher(main: &MainContext) -> Result<Option<PatternMatcher>, Error> {
    let patterns = main.ignore_patterns();
    if patterns.is_empty() {
        return Ok(None);
    }
    PatternMatcher::new(patterns).map(Some).map_err(Error::new)
}

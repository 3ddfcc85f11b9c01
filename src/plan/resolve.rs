//! Looks up the bases of all stages, all at once, and adds their triggers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::error::{NotForWindows, WindowsImages};
use super::graph::link_command;
use super::stage::{Resolved, SCRATCH, Stage, StageId, Stages, Start};
use super::{Error, ErrorKind, Pin, Scope, Setting, build};
use crate::collect;
use crate::gateway::context::{LoadedContext, NamedContext};
use crate::gateway::{self, ResolveError, ResolveImage};
use crate::image::{Build, Image, Platform, Reference, Wanted};
use crate::instruction::{self, Kind};
use crate::lint::{Linter, message, rule};
use crate::list::{self, is_list};
use crate::suggest::Hint;
use crate::wait;

/// Resolves every stage of the scope, and adds the triggers of their bases, which may need further stages (upstream's
/// `resolveStages`). Returns the stages that are needed.
///
/// # Errors
///
/// Returns an error if a base is not a valid reference or cannot be resolved, or if a trigger is not an instruction.
pub async fn resolve(
    stages: &mut Stages<'_>,
    target: StageId,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<BTreeSet<StageId>, Error> {
    loop {
        let (reachable, with_triggers) = match &setting.scope {
            Scope::Target => (stages.reachable(target), stages.reachable(target)),
            // Even if every stage is converted, only those that are needed get triggers.
            Scope::All => (collect::set(stages.ids()), stages.reachable(target)),
            Scope::Only(numbers) => {
                let all = numbers.iter().filter_map(|n| stages.by_number(i64::try_from(*n).ok()?));
                let mut reachable = BTreeSet::new();
                all.for_each(|id| reachable.extend(stages.reachable(id)));
                (reachable.clone(), reachable)
            }
        };
        for id in stages.ids().filter(|id| !reachable.contains(id)) {
            let stage = &mut stages[id];
            if stage.base.is_none() && stage.base_name != SCRATCH {
                stage.early_steps += 1;
            }
        }
        for (id, answer) in resolve_pending(stages, &reachable, setting, lint).await? {
            stages[id].take(answer);
        }
        let mut more = false;
        for id in with_triggers {
            more |= add_triggers(stages, id, setting)?;
        }
        if !more {
            return Ok(reachable);
        }
    }
}

/// Looks up the base of one stage, unless it is already known. Leaves its triggers to [`resolve`].
///
/// # Errors
///
/// Returns an error if the base is not a valid reference, or if it cannot be resolved.
pub async fn resolve_one(
    stages: &mut Stages<'_>,
    id: StageId,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<(), Error> {
    let stage = &stages[id];
    if stage.resolved.is_some() || stage.base.is_some() {
        return Ok(());
    }
    let resolver = Resolver { stages, setting, lint };
    let answer = resolver.stage(stage).await.map_err(|e| e.with_location(&stage.location))?;
    stages[id].take(answer);
    Ok(())
}

impl Stage<'_> {
    fn take(&mut self, answer: Answer) {
        self.base_name = answer.base_name;
        self.resolved = Some(answer.resolved);
    }
}

/// Looks up the bases of the stages that are not based on other stages, all at once. Of several errors, the first in
/// time is reported. Of those that take no time, it is the one of the last stage, as with docker/dockerfile: Go runs
/// first what was started last.
async fn resolve_pending(
    stages: &Stages<'_>,
    reachable: &BTreeSet<StageId>,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<Vec<(StageId, Answer)>, Error> {
    let mut pending: Vec<StageId> =
        stages.ids().filter(|id| stages[*id].base.is_none() && stages[*id].resolved.is_none()).collect();
    if let Some(last) = pending.iter().rposition(|id| stages[*id].base_name != SCRATCH) {
        pending[..=last].rotate_right(1);
    }
    let resolver = &Resolver { stages, setting, lint };
    let asked = pending.into_iter().map(|id| async move {
        let stage = &stages[id];
        let answer = if reachable.contains(&id) {
            // Boxed, because every stage has a future, and few of many have to wait.
            let resolved = Box::pin(resolver.stage(stage));
            resolved.await.map(|answer| Some((id, answer)))
        } else {
            check_unused(stage).map(|()| None)
        };
        answer.map_err(|e| e.with_location(&stage.location))
    });
    Ok(wait::try_all(asked).await?.into_iter().flatten().collect())
}

/// Checks a stage that is not needed: its base must still be a valid name. Lists of Windows bases are accepted, even if
/// no Windows platform is built.
fn check_unused(stage: &Stage<'_>) -> Result<(), Error> {
    if stage.base_name == SCRATCH || is_list(&stage.base_name) {
        return Ok(());
    }
    reference(stage).map(drop)
}

/// Returns whether an image may be for Windows by its name: other images are not looked up a second time.
fn may_be_windows(name: &str) -> bool {
    let name = name.to_lowercase();
    ["windows", "nanoserver", "servercore"].iter().any(|word| name.contains(word))
        || name.split([':', '/', '-', '_']).any(|word| Build::from_name(word).is_some())
}

fn reference(stage: &Stage<'_>) -> Result<Reference, Error> {
    Reference::parse_normalized(&stage.base_name)
        .map_err(|e| Error::nowhere(ErrorKind::Reference(stage.base_name.clone(), e)))
}

/// The base of a stage, and its name from then on.
struct Answer {
    resolved: Resolved,
    base_name: String,
}

/// Looks up bases.
struct Resolver<'r> {
    stages: &'r Stages<'r>,
    setting: &'r Setting<'r>,
    lint: &'r Linter,
}

impl Resolver<'_> {
    /// Looks up the base of a stage (upstream's `resolveBaseImage`).
    async fn stage(&self, stage: &Stage<'_>) -> Result<Answer, Error> {
        let setting = self.setting;
        let asked = stage.platform.as_ref().unwrap_or(&setting.platforms.target);
        let pin = setting.pin(&stage.written_base, asked);
        let platform = &platform_to_ask(asked, pin);
        if let Some(context) = &stage.context {
            return self.replaced(stage, context, platform, pin).await;
        }
        if stage.base_name == SCRATCH {
            return Ok(self.scratch(stage));
        }
        if is_list(&stage.base_name) {
            return Err(refuse_list(stage));
        }
        let reference = reference(stage)?;
        let name = reference.clone().tag_name_only().to_string();
        let named = build::context(&name, platform, pin, setting).map_err(Error::nowhere)?;
        if let Some(context) = named {
            return self.named(stage, name, &context, platform, pin).await;
        }
        let reference = match pin.filter(|pin| !pin.digest.is_empty()) {
            Some(pin) => pinned(reference, &pin.digest)?,
            None => reference,
        };
        self.image(stage, reference.tag_name_only(), platform).await
    }

    /// Resolves a stage that a context replaces.
    async fn replaced(
        &self,
        stage: &Stage<'_>,
        context: &NamedContext,
        platform: &Platform,
        pin: Option<&Pin>,
    ) -> Result<Answer, Error> {
        if !is_list(&stage.base_name) {
            reference(stage)?;
        }
        let name = stage.from.map_or("", |from| from.name.as_str());
        let versioned = build::context(name, platform, pin, self.setting).ok().flatten();
        let loaded = self.load(versioned.as_ref().unwrap_or(context), platform, pin).await?;
        let mut image = loaded.image.unwrap_or_default();
        self.check_platform(stage, platform, &image)?;
        image.created = None;
        let platform = image.known_platform().unwrap_or_else(|| platform.clone());
        let start =
            Start::Context { state: Box::new(loaded.state), late: loaded.late, reference: loaded.reference };
        let resolved = Resolved { start, image, base_image: None, platform, complete: true };
        Ok(Answer { resolved, base_name: stage.base_name.clone() })
    }

    fn scratch(&self, stage: &Stage<'_>) -> Answer {
        let target = &self.setting.platforms.target;
        let resolved = Resolved {
            start: Start::Scratch,
            image: Image::empty(target),
            base_image: None,
            platform: target.clone(),
            complete: stage.from.is_none(),
        };
        Answer { resolved, base_name: SCRATCH.to_owned() }
    }

    /// Resolves an image that a context replaces.
    async fn named(
        &self,
        stage: &Stage<'_>,
        name: String,
        context: &NamedContext,
        platform: &Platform,
        pin: Option<&Pin>,
    ) -> Result<Answer, Error> {
        let loaded = self.load(context, platform, pin).await?;
        let mut image = loaded.image.unwrap_or_else(|| Image::empty(platform));
        self.check_platform(stage, platform, &image)?;
        let base_image = Some(image.clone());
        image.created = None;
        let mut state = loaded.state;
        state.platform = Some(platform.normalize());
        let start = Start::Context { state: Box::new(state), late: loaded.late, reference: loaded.reference };
        let resolved =
            Resolved { start, image, base_image, platform: platform.clone(), complete: stage.from.is_none() };
        Ok(Answer { resolved, base_name: name })
    }

    /// Loads a context. With a pin, loads one image of the index that the context is.
    async fn load(
        &self,
        context: &NamedContext,
        platform: &Platform,
        pin: Option<&Pin>,
    ) -> Result<LoadedContext, Error> {
        if let Some(list) = context.image_name().filter(|image| is_list(image)) {
            return Err(Error::nowhere(ErrorKind::List(list::ErrorKind::InContext(list.to_owned()))));
        }
        let digest = pin.map_or("", |pin| pin.digest.as_str());
        let one = if digest.is_empty() { None } else { context.pinned(digest) };
        let loaded =
            one.as_ref().unwrap_or(context).load(Some(platform), self.setting.options.resolve_mode).await;
        loaded.map_err(|e| Error::nowhere(ErrorKind::Context(e)))
    }

    /// Resolves an image in a registry.
    async fn image(
        &self,
        stage: &Stage<'_>,
        full_name: Reference,
        platform: &Platform,
    ) -> Result<Answer, Error> {
        let setting = self.setting;
        let name = full_name.to_string();
        let prefix = if setting.options.multi_platform {
            format!("{} ", platform.format_all())
        } else {
            String::new()
        };
        let query = ResolveImage {
            reference: name.clone(),
            platform: Some(platform.clone()),
            resolve_mode: setting.options.resolve_mode,
            log_name: format!("[{prefix}internal] load metadata for {name}"),
            store: None,
        };
        let answer = match setting.bridge.sources().image(query.clone()).await {
            Ok(answer) => answer,
            Err(error) => return Err(Box::pin(self.not_resolved(stage, query, platform, error)).await),
        };
        // The engine's source policies may have replaced this image.
        let mut full = if answer.reference.is_empty() || answer.reference == name {
            full_name
        } else {
            let unreadable = |e| ErrorKind::MutatedReference(answer.reference.clone(), e);
            Reference::parse_normalized(&answer.reference).map_err(|e| Error::nowhere(unreadable(e)))?
        };
        let mut image = Image::parse(&answer.config).map_err(|e| Error::nowhere(ErrorKind::Config(e)))?;
        self.check_platform(stage, platform, &image)?;
        let base_image = Some(image.clone());
        image.created = None;
        let mut platform = platform.clone();
        if stage.platform.is_none() && setting.implicit_target {
            platform = detect_platform(&image, platform, &setting.platforms.build);
        }
        if !answer.digest.is_empty() {
            full = full
                .with_digest(&answer.digest)
                .map_err(|e| Error::nowhere(ErrorKind::MutatedReference(answer.digest.clone(), e)))?;
        }
        let full = full.to_string();
        let start = if image.has_no_layers() { Start::Scratch } else { Start::Image(full.clone()) };
        if matches!(start, Start::Image(_)) {
            report_other_platform(stage, &platform, &image, self.lint);
        }
        let complete = stage.from.is_none();
        Ok(Answer { resolved: Resolved { start, image, base_image, platform, complete }, base_name: full })
    }

    async fn not_resolved(
        &self,
        stage: &Stage<'_>,
        query: ResolveImage,
        platform: &Platform,
        error: ResolveError,
    ) -> Error {
        let name = stage.written_base.clone();
        let is_not_there = matches!(error, ResolveError::NoMatchingPlatform(_));
        let source = gateway::Error::from(error);
        let mut known = self.stages.names();
        let common = common_images();
        known.extend(common.iter().map(String::as_str));
        let hint = Hint::search(&name, &known);
        if is_not_there && (platform.is_windows() || may_be_windows(&name)) {
            let images = self.windows_images(query, platform).await;
            if platform.is_windows() {
                let (platform, copied) = (platform.format_all(), stage.from.is_none());
                let base = NotForWindows { name, platform, source, images, copied, hint };
                return Error::nowhere(ErrorKind::NotForWindows(Box::new(base)));
            }
            if let WindowsImages::For(found) = images {
                return Error::nowhere(ErrorKind::OnlyForWindows { name, source, found });
            }
        }
        let version = if platform.is_windows() { Build::similar_in_tag(&name) } else { None };
        Error::nowhere(ErrorKind::Resolve { name, source, hint: version.or(hint) })
    }

    /// Looks up whether an index without an image for the platform has one for Windows: for the other architecture, or
    /// for amd64.
    async fn windows_images(&self, mut query: ResolveImage, platform: &Platform) -> WindowsImages {
        // An engine that cannot list an index is asked for one version after the other.
        if !platform.os_version.is_empty() {
            return WindowsImages::NotAsked;
        }
        let is_amd64 = platform.is_windows() && platform.architecture == "amd64";
        let other = Platform::new("windows", if is_amd64 { "arm64" } else { "amd64" });
        let found = other.format();
        query.platform = Some(other);
        match self.setting.bridge.sources().image(query).await {
            Ok(_) => WindowsImages::For(found),
            Err(ResolveError::NoMatchingPlatform(_)) => WindowsImages::None,
            Err(_) => WindowsImages::Unknown,
        }
    }

    /// Refuses an image for another OS or architecture in a variant of a Windows platform. BuildKit returns an image
    /// that is not an index for any platform, and from then on treats its layers as layers for that platform.
    fn check_platform(&self, stage: &Stage<'_>, wanted: &Platform, image: &Image) -> Result<(), Error> {
        let Some(found) = image.known_platform().map(|platform| platform.normalize()) else { return Ok(()) };
        let wanted = &wanted.normalize();
        let is_other =
            found.os != wanted.os || (wanted.is_windows() && found.architecture != wanted.architecture);
        if !self.setting.fans_out() || !is_other || image.has_no_layers() {
            return Ok(());
        }
        let (found, wanted) = (Box::new(found.without_version()), Box::new(wanted.without_version()));
        let copied = stage.from.is_none();
        Err(Error::nowhere(ErrorKind::OtherPlatform {
            name: stage.written_base.clone(),
            found,
            wanted,
            copied,
        }))
    }
}

/// Returns the platform to request from the engine. Its version is the pin's if the pin has no digest, or else a
/// version that a FROM names, as a number.
fn platform_to_ask(asked: &Platform, pin: Option<&Pin>) -> Platform {
    let os_version = match pin {
        Some(pin) if pin.digest.is_empty() => pin.os_version.clone(),
        _ => match Wanted::parse(&asked.os_version).filter(|_| asked.is_windows()) {
            Some(wanted) => wanted.os_version(),
            None => asked.os_version.clone(),
        },
    };
    Platform { os_version, ..asked.clone() }
}

fn refuse_list(stage: &Stage<'_>) -> Error {
    let text = stage.base_name.clone();
    Error::nowhere(ErrorKind::List(match list::elements(&text) {
        Err(broken) => broken,
        Ok(_) if stage.from.is_some() => list::ErrorKind::WithoutWindows(text),
        Ok(_) => list::ErrorKind::OutsideFrom(text),
    }))
}

/// Returns the reference of one image of an index. Leaves out the tag, because BuildKit leaves an image out of the
/// provenance if a build asks for the same tag without a digest, as fanlight does for the index
/// (`provenance.Capture.OptimizeImageSources`).
fn pinned(reference: Reference, digest: &str) -> Result<Reference, Error> {
    let failed = |e| Error::nowhere(ErrorKind::MutatedReference(digest.to_owned(), e));
    reference.trim().with_digest(digest).map_err(failed)
}

/// Detects the platform of a stage (upstream's `autoDetectPlatform`). If the client asks for no platform, an image for
/// one of the engine's platforms keeps its own.
fn detect_platform(image: &Image, target: Platform, build: &Platform) -> Platform {
    let is = |p: &Platform| p.os == image.platform.os && p.architecture == image.platform.architecture;
    if !is(&target) && is(build) { build.clone() } else { target }
}

/// Reports an image for another platform (upstream's `validateBaseImagePlatform`).
fn report_other_platform(stage: &Stage<'_>, expected: &Platform, image: &Image, lint: &Linter) {
    let actual = &image.platform;
    if expected.os != actual.os || expected.architecture != actual.architecture {
        let text = message::invalid_base_image_platform(
            &stage.written_base,
            &expected.normalize().format_all(),
            &actual.normalize().format_all(),
        );
        lint.run(&rule::INVALID_BASE_IMAGE_PLATFORM, &stage.location, text);
    }
}

/// Puts the triggers of a stage's base before its instructions (upstream's `initOnBuildTriggers`). Returns whether they
/// need further stages.
fn add_triggers(stages: &mut Stages<'_>, id: StageId, setting: &Setting<'_>) -> Result<bool, Error> {
    let mut triggers = Vec::new();
    if let Some(resolved) = &mut stages[id].resolved {
        triggers = std::mem::take(&mut resolved.image.config.on_build);
    }
    if let Some(base) = stages[id].base.filter(|_| !stages[id].triggered) {
        stages[id].triggered = true;
        triggers.extend(stages[base].commands.iter().filter_map(|command| match &command.instruction.kind {
            Kind::Onbuild(expression) => Some(expression.clone()),
            _ => None,
        }));
    }
    if triggers.is_empty() {
        return Ok(false);
    }
    let location = stages[id].location.clone();
    let mut commands = Vec::with_capacity(triggers.len());
    for trigger in &triggers {
        let parsed = instruction::parse_trigger(trigger, &location)
            .map_err(|e| e.map(ErrorKind::Instruction).set_location(&location))?;
        let mut command = link_command(stages, id, Cow::Owned(parsed), setting.lexer)
            .map_err(|e| e.set_location(&location))?;
        command.is_trigger = true;
        commands.push(command);
    }
    let more = commands.iter().any(|command| !command.sources.is_empty());
    let stage = &mut stages[id];
    stage.steps += commands.len();
    commands.append(&mut stage.commands);
    stage.commands = commands;
    Ok(more)
}

/// Returns the names that a mistyped base is compared with, besides the stages.
fn common_images() -> Vec<String> {
    ["alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"]
        .iter()
        .flat_map(|name| {
            let library = format!("docker.io/library{name}");
            [(*name).to_owned(), library.clone(), format!("{name}:latest"), format!("{library}:latest")]
        })
        .collect()
}

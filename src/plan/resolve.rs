//! What every stage starts from: images are looked up, all at once, and their triggers added.

use std::borrow::Cow;
use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::graph::link_command;
use super::stage::{Resolved, SCRATCH, Stage, StageId, Stages, Start};
use super::{Error, ErrorKind, Scope, Setting};
use crate::collect;
use crate::gateway::context::{LoadedContext, NamedContext};
use crate::gateway::{self, ResolveImage};
use crate::image::{Image, Platform, Reference};
use crate::instruction::{self, Kind};
use crate::lint::{Linter, message, rule};
use crate::suggest::Hint;
use crate::windows;
use crate::windows::list::{elements, is_list};

/// What engines say of an index that lacks the platform.
const NO_PLATFORM: &str = "no match for platform in manifest";

/// Resolves every stage of the scope, and adds the triggers of their bases, which may need
/// further stages (upstream's `resolveStages`). Returns the stages that are needed.
///
/// # Errors
///
/// A base that is no reference or cannot be had; a trigger that is no instruction.
pub async fn resolve(
    stages: &mut Stages<'_>,
    target: StageId,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<BTreeSet<StageId>, Error> {
    loop {
        let (reachable, with_triggers) = match &setting.scope {
            Scope::Target => (stages.reachable(target), stages.reachable(target)),
            // Even where every stage is converted, only those that are needed get triggers.
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
        for (id, (resolved, base_name)) in resolve_pending(stages, &reachable, setting, lint).await? {
            stages[id].base_name = base_name;
            stages[id].resolved = Some(resolved);
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

/// What the stages that stand on no other one start from, all at once. Of several errors the first
/// in time is reported. Of those that take no time it is the one of the last stage, as with
/// docker/dockerfile: Go runs first what was started last.
async fn resolve_pending(
    stages: &Stages<'_>,
    reachable: &BTreeSet<StageId>,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<Vec<(StageId, (Resolved, String))>, Error> {
    let mut pending: Vec<StageId> =
        stages.ids().filter(|id| stages[*id].base.is_none() && stages[*id].resolved.is_none()).collect();
    if let Some(last) = pending.iter().rposition(|id| stages[*id].base_name != SCRATCH) {
        pending[..=last].rotate_right(1);
    }
    let asked = pending.into_iter().map(|id| async move {
        let stage = &stages[id];
        let answer = if reachable.contains(&id) {
            // A future of its own, since all stages have one, and few of many are waited for.
            let resolved = Box::pin(resolve_stage(stage, stages, setting, lint));
            resolved.await.map(|resolved| Some((id, resolved)))
        } else {
            check_unused(stage).map(|()| None)
        };
        answer.map_err(|e| e.with_location(&stage.location))
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// A stage nobody needs still has to name a base that could be one. Lists of Windows bases are
/// fine where no one asks for Windows.
fn check_unused(stage: &Stage<'_>) -> Result<(), Error> {
    if stage.base_name == SCRATCH || is_list(&stage.base_name) {
        return Ok(());
    }
    reference(stage).map(drop)
}

fn reference(stage: &Stage<'_>) -> Result<Reference, Error> {
    Reference::parse_normalized(&stage.base_name)
        .map_err(|e| Error::nowhere(ErrorKind::Reference(stage.base_name.clone(), e)))
}

/// Upstream's `resolveBaseImage`.
async fn resolve_stage(
    stage: &Stage<'_>,
    stages: &Stages<'_>,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<(Resolved, String), Error> {
    let platform = stage.platform.as_ref().unwrap_or(&setting.platforms.target);
    // One image of an index that stands for it: by its digest, else by its version.
    let pin = setting.pins.iter().find(|pin| pin.base == stage.written_base && platform.os == "windows");
    let digest = pin.map_or("", |pin| pin.digest.as_str());
    let platform = &match pin {
        Some(pin) if digest.is_empty() => Platform { os_version: pin.os_version.clone(), ..platform.clone() },
        _ => platform.clone(),
    };
    if let Some(context) = &stage.context {
        if !is_list(&stage.base_name) {
            reference(stage)?;
        }
        let loaded = load(context, digest, platform, setting).await?;
        let mut image = loaded.image.unwrap_or_default();
        image.created = None;
        let platform = image.known_platform().unwrap_or_else(|| platform.clone());
        let start =
            Start::Context { state: Box::new(loaded.state), late: loaded.late, reference: loaded.reference };
        let resolved = Resolved { start, image, base_image: None, platform, complete: true };
        return Ok((resolved, stage.base_name.clone()));
    }
    if stage.base_name == SCRATCH {
        let target = &setting.platforms.target;
        let resolved = Resolved {
            start: Start::Scratch,
            image: Image::empty(target),
            base_image: None,
            platform: target.clone(),
            complete: stage.from.is_none(),
        };
        return Ok((resolved, SCRATCH.to_owned()));
    }
    if is_list(&stage.base_name) {
        let list = stage.base_name.clone();
        return Err(refused(match elements(&list) {
            Err(broken) => broken,
            Ok(_) if stage.from.is_some() => windows::ErrorKind::ListWithoutWindows(list),
            Ok(_) => windows::ErrorKind::ListOutsideFrom(list),
        }));
    }
    let reference = reference(stage)?;
    let name = reference.clone().tag_name_only().to_string();
    let named = setting.contexts.named(&name, platform).map_err(|e| Error::nowhere(ErrorKind::Context(e)))?;
    if let Some(context) = named {
        let loaded = load(&context, digest, platform, setting).await?;
        let mut image = loaded.image.unwrap_or_else(|| Image::empty(platform));
        let base_image = Some(image.clone());
        image.created = None;
        let mut state = loaded.state;
        state.platform = Some(platform.normalize());
        let start = Start::Context { state: Box::new(state), late: loaded.late, reference: loaded.reference };
        let resolved =
            Resolved { start, image, base_image, platform: platform.clone(), complete: stage.from.is_none() };
        return Ok((resolved, name));
    }
    let reference = if digest.is_empty() { reference } else { pinned(reference, digest)? };
    resolve_image(stage, &reference, platform, stages, setting, lint).await
}

fn refused(kind: windows::ErrorKind) -> Error {
    Error::nowhere(ErrorKind::Windows(Box::new(kind)))
}

fn pinned(reference: Reference, digest: &str) -> Result<Reference, Error> {
    let failed = |e| Error::nowhere(ErrorKind::MutatedReference(digest.to_owned(), e));
    reference.tag_name_only().with_digest(digest).map_err(failed)
}

/// A context; with a digest, one image of the index that it is.
async fn load(
    context: &NamedContext,
    digest: &str,
    platform: &Platform,
    setting: &Setting<'_>,
) -> Result<LoadedContext, Error> {
    let image = context.image_name();
    if let Some(list) = image.filter(|image| is_list(image)) {
        return Err(refused(windows::ErrorKind::ListInContext(list.to_owned())));
    }
    let index =
        image.filter(|_| !digest.is_empty()).and_then(|image| Reference::parse_normalized(image).ok());
    let one = index.map(|index| pinned(index, digest)).transpose()?.map(|image| context.with_image(&image));
    let loaded = one.as_ref().unwrap_or(context).load(Some(platform), setting.options.resolve_mode).await;
    loaded.map_err(|e| Error::nowhere(ErrorKind::Context(e)))
}

async fn resolve_image(
    stage: &Stage<'_>,
    reference: &Reference,
    platform: &Platform,
    stages: &Stages<'_>,
    setting: &Setting<'_>,
    lint: &Linter,
) -> Result<(Resolved, String), Error> {
    let full_name = reference.clone().tag_name_only();
    let name = full_name.to_string();
    let prefix =
        if setting.options.multi_platform { format!("{} ", platform.format_all()) } else { String::new() };
    let query = ResolveImage {
        reference: name.clone(),
        platform: Some(platform.clone()),
        resolve_mode: setting.options.resolve_mode,
        log_name: format!("[{prefix}internal] load metadata for {name}"),
        store: None,
    };
    let answer = setting.bridge.sources().image(query).await.map_err(|error| {
        let source = gateway::Error::from(error);
        if platform.os == "windows" && source.to_string().contains(NO_PLATFORM) {
            let (name, platform) = (stage.written_base.clone(), platform.format_all());
            return Error::nowhere(ErrorKind::NotForWindows { name, platform, source });
        }
        let mut known = stages.names();
        let common = common_images();
        known.extend(common.iter().map(String::as_str));
        let hint = Hint::search(&stage.written_base, &known);
        Error::nowhere(ErrorKind::Resolve { name: stage.written_base.clone(), source, hint })
    })?;
    // The engine's source policies may have put another image in the place of this one.
    let mut full = if answer.reference.is_empty() || answer.reference == name {
        full_name
    } else {
        Reference::parse_normalized(&answer.reference)
            .map_err(|e| Error::nowhere(ErrorKind::MutatedReference(answer.reference.clone(), e)))?
    };
    let mut image = Image::parse(&answer.config).map_err(|e| Error::nowhere(ErrorKind::Config(e)))?;
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
        report_other_platform(stage, &platform, &image, lint);
    }
    let complete = stage.from.is_none();
    Ok((Resolved { start, image, base_image, platform, complete }, full))
}

/// Without a requested platform, an image of one of the engine's platforms keeps its own
/// (upstream's `autoDetectPlatform`).
fn detect_platform(image: &Image, target: Platform, build: &Platform) -> Platform {
    let is = |p: &Platform| p.os == image.platform.os && p.architecture == image.platform.architecture;
    if !is(&target) && is(build) { build.clone() } else { target }
}

/// Upstream's `validateBaseImagePlatform`.
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

/// Puts the triggers of a stage's base in front of its instructions (upstream's
/// `initOnBuildTriggers`). Returns whether they need further stages.
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

/// Names a mistyped base is compared with, besides the stages.
fn common_images() -> Vec<String> {
    ["alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"]
        .iter()
        .flat_map(|name| {
            let library = format!("docker.io/library{name}");
            [(*name).to_owned(), library.clone(), format!("{name}:latest"), format!("{library}:latest")]
        })
        .collect()
}

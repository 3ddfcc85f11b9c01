//! Builds the stages of one target from a Dockerfile's FROM lines.

use std::collections::BTreeSet;

use super::args::{self, BuildArgs, Globals};
use super::stage::{SCRATCH, Stage, StageId, Stages};
use super::{Error, ErrorKind, Pin, Setting};
use crate::env::{Env, EnvList};
use crate::expand::{self, Expansion, Lexer};
use crate::gateway::context::NamedContext;
use crate::image::{Platform, Reference};
use crate::instruction::{self, Dockerfile, Kind};
use crate::lint::{Linter, message, rule};
use crate::list::{self, is_list};
use crate::suggest::{Hint, suggest};

/// Returns the stages of a Dockerfile for one target (upstream's `buildDispatchStates`).
///
/// # Errors
///
/// Returns an error if the base or platform of a FROM cannot be expanded, is empty, or is not a valid platform.
pub fn stages<'a>(
    dockerfile: &'a Dockerfile,
    setting: &Setting<'_>,
    globals: &Globals,
    lint: &Linter,
) -> Result<Stages<'a>, Error> {
    let mut stages = Stages::default();
    for (index, from) in dockerfile.stages.iter().enumerate() {
        let at = |kind: ErrorKind| Error::at(kind, &from.location);
        let lint = lint.with_comments(&from.comments);
        let expansion = expand(&from.base, setting, globals, from, &lint);
        let expansion = expansion.map_err(|e| at(ErrorKind::Expand(e)))?;
        let mut used = expansion.matched;
        let base_name = setting.bases.get(&index).cloned().unwrap_or(expansion.result);
        if base_name.is_empty() {
            return Err(at(ErrorKind::BlankBase(from.base.clone())));
        }
        let platform = platform(from, setting, globals, &lint, &mut used)?;
        let mut stage = Stage {
            from: Some(from),
            name: from.name.clone(),
            platform,
            args: globals.infos.clone(),
            ..Stage::on(base_name, from.location.clone())
        };
        if !from.name.is_empty() {
            let asked = stage.platform.as_ref().unwrap_or(&setting.platforms.target);
            let named = context(&from.name, asked, None, setting);
            // As in docker/dockerfile, the error about a name that is not a valid image name has no location.
            stage.context = named.map_err(Error::nowhere)?;
        }
        if stage.context.is_some() {
            stages.add(stage, &from.name);
            continue;
        }
        if from.name.is_empty() {
            stage.name = format!("stage-{index}");
        }
        stage.ignore_cache = setting.options.is_no_cache(&from.name);
        let id = stages.add(stage, &from.name);
        let has_image = stages[id].base_name != SCRATCH && stages[id].base.is_none();
        let stage = &mut stages[id];
        stage.used_args.extend(used);
        stage.steps = usize::from(has_image) + from.instructions.iter().filter(|i| is_step(&i.kind)).count();
        stage.own_steps = stage.steps;
    }
    Ok(stages)
}

/// Returns the context that the client gives for a name. If it gives one for each of several Windows versions, returns
/// that of `pin`, or else the first: the fan-out gives every variant a pin.
pub(super) fn context(
    name: &str,
    platform: &Platform,
    pin: Option<&Pin>,
    setting: &Setting<'_>,
) -> Result<Option<NamedContext>, ErrorKind> {
    let found = setting.contexts.named(name, platform).map_err(ErrorKind::Context)?;
    if found.is_some() || !setting.fans_out() || !platform.is_windows() {
        return Ok(found);
    }
    let versions = setting.contexts.named_versions(name, platform).map_err(ErrorKind::Context)?;
    let is_pinned = |version: &str| pin.is_none_or(|pin| pin.os_version == *version);
    Ok(versions.into_iter().find(|(version, _)| is_pinned(version)).map(|(_, context)| context))
}

/// Returns whether progress output counts the instruction.
#[must_use]
pub const fn is_step(kind: &Kind) -> bool {
    matches!(kind, Kind::Add(_) | Kind::Copy(_) | Kind::Run(_) | Kind::Workdir(_))
}

/// Returns the stage to build (upstream's `resolveTarget`).
///
/// # Errors
///
/// Returns an error if no stage has that name.
pub fn target(stages: &Stages<'_>, name: &str) -> Result<StageId, Error> {
    if name.is_empty() {
        return stages.last().ok_or_else(|| Error::nowhere(ErrorKind::NoStages));
    }
    stages.by_name(name).ok_or_else(|| {
        if is_list(name) {
            return Error::nowhere(ErrorKind::List(list::ErrorKind::TargetsWithoutWindows(name.to_owned())));
        }
        let hint = Hint::search(name, &stages.names());
        Error::nowhere(ErrorKind::UnknownTarget { name: name.to_owned(), hint })
    })
}

/// Returns the last of these stages.
///
/// # Errors
///
/// Returns an error if no stage has that number.
pub fn last_of(stages: &Stages<'_>, numbers: &[usize]) -> Result<StageId, Error> {
    let number = numbers.last().and_then(|number| i64::try_from(*number).ok());
    let last = number.and_then(|number| stages.by_number(number));
    last.ok_or_else(|| Error::nowhere(ErrorKind::NoStages))
}

fn platform(
    from: &instruction::Stage,
    setting: &Setting<'_>,
    globals: &Globals,
    lint: &Linter,
    used: &mut BTreeSet<String>,
) -> Result<Option<Platform>, Error> {
    let written = &from.platform;
    if written.is_empty() {
        return Ok(None);
    }
    let at = |kind: ErrorKind| Error::at(kind, &from.location);
    let expansion = expand(written, setting, globals, from, lint)
        .map_err(|e| at(ErrorKind::PlatformArgs { platform: String::new(), source: Box::new(e) }))?;
    report_redundant_target(written, &expansion, globals, from, lint);
    report_constant(&expansion, from, lint);
    let hint = || {
        let keys = globals.env.keys();
        expansion.unmatched.iter().find_map(|key| Hint::search(key, &keys))
    };
    if expansion.result.is_empty() {
        return Err(at(ErrorKind::EmptyPlatform { written: written.clone(), hint: hint() }));
    }
    let platform = Platform::parse(&expansion.result)
        .map_err(|e| at(ErrorKind::Platform { written: written.clone(), source: Box::new(e), hint: hint() }))
        // docker/dockerfile reports the location twice.
        .map_err(|e| e.with_location(&from.location))?;
    used.extend(expansion.matched);
    Ok(Some(platform))
}

/// Reports bases that are not valid if no build argument is given (upstream's `validateBaseImagesWithDefaultArgs`).
pub fn check_default_bases(dockerfile: &Dockerfile, predefined: &EnvList, lexer: &Lexer, lint: &Linter) {
    // What cannot be expanded is reported as an error later.
    let none = BuildArgs::new();
    let Ok(globals) = args::globals(predefined.clone(), lexer, &dockerfile.global_args, &none, &none) else {
        return;
    };
    for from in &dockerfile.stages {
        let Ok(expansion) = lexer.process_word(&from.base, &globals.env) else { return };
        if !is_list(&expansion.result) && Reference::parse_normalized(&expansion.result).is_err() {
            lint.run(
                &rule::INVALID_DEFAULT_ARG_IN_FROM,
                &from.location,
                message::invalid_default_arg_in_from(&from.base),
            );
        }
    }
}

/// Expands a word of a FROM, and reports undefined variables, even if the expansion fails.
fn expand(
    word: &str,
    setting: &Setting<'_>,
    globals: &Globals,
    from: &instruction::Stage,
    lint: &Linter,
) -> Result<Expansion, expand::Error> {
    let expansion = setting.lexer.process_word(word, &globals.env);
    let unset = match &expansion {
        Ok(expansion) => &expansion.unmatched,
        Err(_) => &setting.lexer.unset_names(word, &globals.env),
    };
    report_undefined(unset, globals, from, lint);
    expansion
}

fn report_undefined(unset: &BTreeSet<String>, globals: &Globals, from: &instruction::Stage, lint: &Linter) {
    let mut known: Vec<&str> = globals.infos.keys().map(String::as_str).collect();
    known.extend(globals.env.keys());
    for name in unset.iter().filter(|name| !known.contains(&name.as_str())) {
        let hint = suggest(name, known.iter().copied(), true);
        lint.run(
            &rule::UNDEFINED_ARG_IN_FROM,
            &from.location,
            message::undefined_arg_in_from(name, hint.as_deref()),
        );
    }
}

/// Reports `--platform=$TARGETPLATFORM`, which is the default (upstream's `reportRedundantTargetPlatform`).
fn report_redundant_target(
    written: &str,
    expansion: &Expansion,
    globals: &Globals,
    from: &instruction::Stage,
    lint: &Linter,
) {
    const TARGET: &str = "TARGETPLATFORM";
    let only = expansion.matched.len() == 1 && expansion.unmatched.is_empty();
    if only && expansion.matched.contains(TARGET) && globals.env.get(TARGET) == Some(&expansion.result) {
        lint.run(
            &rule::REDUNDANT_TARGET_PLATFORM,
            &from.location,
            message::redundant_target_platform(written),
        );
    }
}

/// Reports a platform without a variable, which keeps others from building the file for their platforms (upstream's
/// `reportConstPlatformDisallowed`).
fn report_constant(expansion: &Expansion, from: &instruction::Stage, lint: &Linter) {
    if !expansion.matched.is_empty() || !expansion.unmatched.is_empty() {
        return;
    }
    let Ok(platform) = Platform::parse(&expansion.result) else { return };
    if from.name.contains(&platform.os) || from.name.contains(&platform.architecture) {
        return;
    }
    lint.run(
        &rule::FROM_PLATFORM_FLAG_CONST_DISALLOWED,
        &from.location,
        message::from_platform_flag_const_disallowed(&expansion.result),
    );
}

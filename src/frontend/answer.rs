//! Answers to requests other than a build.

use std::sync::Arc;

use futures_util::future::join;

use super::build::{Build, Planned, Purpose, default_stage, stage_number};
use super::check;
use super::file::{self, File};
use super::{fan_out, plan_request, warn};
use crate::convert::Converted;
use crate::gateway::context::{Contexts, DockerfileSource};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, BuildResult, Error};
use crate::instruction;
use crate::lint::Origin;
use crate::list::is_list;
use crate::plan::Scope;
use crate::request::{self, Kind};
use crate::syntax;
use crate::windows::select::{self, Asked, Request};

/// Answers a request (upstream's `HandleSubrequest`). Errors of upstream's requests have no locations.
///
/// # Errors
///
/// Returns an error if the request is unknown, or if anything is wrong with the file.
pub(super) async fn answer(
    id: &str,
    bridge: &Bridge,
    options: &Options,
    contexts: &Contexts,
    source: DockerfileSource,
) -> Result<BuildResult, Error> {
    let kind = Kind::parse(id).ok_or_else(|| Error::unsupported_subrequest(id))?;
    let outcome = answer_kind(kind, bridge, options, contexts, source).await;
    if kind == Kind::Plan {
        // Its errors are those of a build, with locations.
        return outcome;
    }
    outcome.map_err(Error::without_locations)
}

/// Answers a request. Errors may have locations, which [`answer`] removes.
///
/// The list of stages needs only the FROM lines, and the checks also answer for a file that cannot be built, so both
/// parse it on their own.
async fn answer_kind(
    kind: Kind,
    bridge: &Bridge,
    options: &Options,
    contexts: &Contexts,
    source: DockerfileSource,
) -> Result<BuildResult, Error> {
    match kind {
        Kind::Describe => return Ok(request::describe()),
        Kind::Targets => return targets(options, &source),
        Kind::Lint => return lint(bridge, options, contexts, source).await,
        Kind::Outline | Kind::ConvertLlb | Kind::Plan => {}
    }
    let file = File::parse(bridge, options, source).await?;
    if kind == Kind::Plan {
        return plan_request::plan(&Build::new(bridge, options, contexts, &file, Purpose::Plan)).await;
    }
    let build = Build::new(bridge, options, contexts, &file, Purpose::Check);
    let outcome = convert_target(&build).await;
    warn::lint(bridge, &file.source, &file.lint).await?;
    let (planned, converted) = outcome?;
    if kind == Kind::Outline {
        return Ok(request::outline(&planned.plan, &converted, &file.source.map.data));
    }
    request::convert_llb(&converted.definition().map_err(Error::new)?)
}

/// Converts the target for one platform, as docker/dockerfile does for every request: for the build platform, whatever
/// the client names. For a Windows target it converts the first variant, since its base image does not exist for Linux.
async fn convert_target<'b>(build: &Build<'b>) -> Result<(Planned<'b>, Converted), Error> {
    let Some(asked) = windows_target(build)? else {
        return build.convert_for_build_platform(Scope::Target).await;
    };
    let lint = &build.file.lint;
    let variants = fan_out::variants(build, &asked, Scope::Target, lint);
    let (variants, main) = join(variants, build.contexts.main()).await;
    let layering = build.layering(Some(&asked.platform)).await?;
    let planned = variants?.planned.into_iter().next();
    let planned = planned.ok_or_else(|| Error::new("no Windows image is selected"))?;
    let converted = build.convert(&planned, &main?, &layering, lint)?;
    lint.error().map_err(Error::new)?;
    Ok((planned, converted))
}

/// Returns the Windows platform of the target: the first platform that the client names, or, if it names none,
/// `windows/amd64` for a target that can only be for Windows. `None` for another platform.
fn windows_target(build: &Build<'_>) -> Result<Option<Asked>, Error> {
    match select::fold(&build.options.target_platforms)?.into_iter().next() {
        Some(Request::Windows(asked)) => return Ok(Some(asked)),
        Some(Request::One(_)) => return Ok(None),
        None => {}
    }
    let target = build.target_stage(&build.options.build_platform);
    let windows = build.windows_stages(&build.options.build_platform);
    // Only stages for Windows can be in a list of targets.
    let is_windows =
        is_list(&target) || build.stage_number(&target).is_some_and(|stage| windows.stages[stage]);
    Ok(is_windows.then(Asked::any))
}

/// Lists the stages (upstream's `ListTargets`). Only their FROM lines matter, and the first platform, for the default
/// stage.
fn targets(options: &Options, source: &DockerfileSource) -> Result<BuildResult, Error> {
    let map = &source.map;
    let tree = syntax::parse(&map.data).map_err(|e| Error::located(&e, &map.to_pb()))?;
    let dockerfile = instruction::parse(&tree, None).map_err(|e| Error::located(&e, &map.to_pb()))?;
    let stages = &dockerfile.stages;
    let platform = options.target_platforms.first().unwrap_or(&options.build_platform);
    let default = stage_number(stages, default_stage(stages, &platform.os));
    Ok(request::targets(stages, default, &map.data))
}

/// Checks the file (upstream's `DockerfileLint`). An error that keeps the file from being built is part of the answer,
/// beside the findings so far. Without a target, all stages are checked.
async fn lint(
    bridge: &Bridge,
    options: &Options,
    contexts: &Contexts,
    source: DockerfileSource,
) -> Result<BuildResult, Error> {
    let map = Arc::clone(&source.map);
    let linter = file::linter(options, &source);
    let outcome = match linter.clone() {
        Ok(linter) => check::check(bridge, options, contexts, source, linter).await,
        Err(failure) => Err(failure),
    };
    let mut warnings = linter.map(|linter| linter.warnings()).unwrap_or_default();
    // A note says what a build does. It is not a finding, and clients fail `--check` if the answer has one.
    warnings.retain(|warning| warning.rule.origin != Origin::WindowsNote);
    Ok(request::lint(&map, &warnings, outcome.err().map(Into::into).as_ref()))
}

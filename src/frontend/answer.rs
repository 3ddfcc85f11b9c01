//! Answers to requests that are not a build.

use std::sync::Arc;

use super::build::{Build, Purpose};
use super::check;
use super::file::{self, File};
use super::{survey, warn};
use crate::gateway::context::{Contexts, DockerfileSource};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, BuildResult, Error};
use crate::instruction;
use crate::lint::Origin;
use crate::plan::Scope;
use crate::request::{self, Kind};
use crate::syntax;

/// Answers a request (upstream's `HandleSubrequest`). Errors of upstream's requests come without places.
///
/// # Errors
///
/// An unknown request, and whatever is wrong with the file.
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
        // Its errors are those of a build.
        return outcome;
    }
    outcome.map_err(Error::without_places)
}

async fn answer_kind(
    kind: Kind,
    bridge: &Bridge,
    options: &Options,
    contexts: &Contexts,
    source: DockerfileSource,
) -> Result<BuildResult, Error> {
    match kind {
        Kind::Describe => return Ok(request::describe()),
        Kind::Targets => return targets(&source),
        Kind::Lint => return lint(bridge, options, contexts, source).await,
        Kind::Outline | Kind::ConvertLlb | Kind::Plan => {}
    }
    let file = File::parse(bridge, options, source).await?;
    if kind == Kind::Plan {
        return survey::plan(&Build::new(bridge, options, contexts, &file, Purpose::Plan)).await;
    }
    let build = Build::new(bridge, options, contexts, &file, Purpose::Check);
    let outcome = build.convert_for_build_platform(Scope::Target).await;
    warn::lint(bridge, &file.source, &file.lint).await?;
    let (planned, converted) = outcome?;
    if kind == Kind::Outline {
        return Ok(request::outline(&planned.plan, &converted, &file.source.map.data));
    }
    request::convert_llb(&converted.definition().map_err(Error::new)?)
}

/// Lists the stages (upstream's `ListTargets`): nothing but their FROM lines matters.
fn targets(source: &DockerfileSource) -> Result<BuildResult, Error> {
    let map = &source.map;
    let tree = syntax::parse(&map.data).map_err(|e| Error::located(&e, &map.to_pb()))?;
    let dockerfile = instruction::parse(&tree, None).map_err(|e| Error::located(&e, &map.to_pb()))?;
    Ok(request::targets(&dockerfile.stages, &map.data))
}

/// Checks the file (upstream's `DockerfileLint`). What keeps it from being built is part of the
/// answer, beside what was found until then. No target means all.
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
    warnings.retain(|warning| warning.rule.origin != Origin::WindowsNote);
    Ok(request::lint(&map, &warnings, outcome.err().map(Into::into).as_ref()))
}

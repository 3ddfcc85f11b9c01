//! Answers to requests that are not a build.

use futures_util::future::join;

use super::file::File;
use super::target::{Job, Target};
use super::warn;
use crate::convert::Converted;
use crate::gateway::context::{Contexts, DockerfileSource};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, BuildResult, Error};
use crate::request::{self, Kind};
use crate::windows::axis::Axes;
use crate::windows::lazy::Layering;

/// Answers a request (upstream's `HandleSubrequest`).
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
    if kind == Kind::Describe {
        return Ok(request::describe());
    }
    let file = File::parse(options, source)?;
    let job = Job::new(bridge, options, contexts, &file);
    match kind {
        Kind::Describe => Ok(request::describe()),
        Kind::ConvertLlb => {
            let converted = convert(&job, false).await;
            warn::lint(bridge, &file).await?;
            let converted = converted?;
            file.lint.error().map_err(Error::new)?;
            request::convert_llb(&converted.marshaler.marshal(&converted.state))
        }
        _ => Err(Error::unsupported_subrequest(id)),
    }
}

/// Converts the file for the build platform, as docker/dockerfile does for every request.
async fn convert(job: &Job<'_>, all_stages: bool) -> Result<Converted, Error> {
    let target = Target { all_stages, ..Target::of(None) };
    let (planned, main) =
        join(job.plan(target, &Axes::default(), &job.file.lint), job.contexts.main()).await;
    job.convert(&planned?, &main?, &Layering::default(), &job.file.lint)
}

//! The flow from options and a Dockerfile to a result. The only module that uses all others.
//!
//! Mirrors `Build` of moby/buildkit's `frontend/dockerfile/builder`. Calls that do not depend on each other run
//! concurrently: the ignore file, the seed and all base images; then all solves.

mod additions;
mod answer;
mod build;
mod check;
mod fan_out;
mod file;
mod forward;
mod index;
mod layering;
mod look;
mod plan_request;
mod rebase;
mod solve;
mod warn;

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod plan_request_tests;
#[cfg(test)]
mod tests;

use crate::gateway::context::Contexts;
use crate::gateway::options::{Environment, Options, check_required_caps};
use crate::gateway::{Bridge, BuildResult, Error};

use build::{Build, Purpose};
use file::File;

/// Builds what the client asked for, or answers its request.
///
/// # Errors
///
/// Returns an error if the options, the Dockerfile, a base image or a step is wrong, with the locations in the
/// Dockerfile.
pub async fn build(bridge: &Bridge, environment: Environment) -> Result<BuildResult, Error> {
    let options = Options::new(environment, bridge.capabilities()).map_err(Error::new)?;
    let missing_cap = check_required_caps(options.text("frontend.caps"))?;
    let contexts = Contexts::open(bridge.clone(), &options).await?;
    let source = contexts.dockerfile().await?;
    if let Some(forward) = forward::wanted(&options, &source.map.data) {
        return forward.run(bridge, &options, &source).await;
    }
    if let Some(failure) = missing_cap {
        return Err(failure);
    }
    let Some(id) = &options.request_id else {
        let file = File::parse(bridge, &options, source).await?;
        return solve::all(&Build::new(bridge, &options, &contexts, &file, Purpose::Build)).await;
    };
    answer::answer(id, bridge, &options, &contexts, source).await
}

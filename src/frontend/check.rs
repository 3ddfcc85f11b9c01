//! Checks a file without building it (`docker build --check`).
//!
//! A file with nothing for Windows is checked as docker/dockerfile checks it: every stage, for the build platform,
//! whatever platforms the client names. Stages for Windows are checked for Windows, one version after the other, even
//! if the client names no platform.

use super::build::{Build, Purpose};
use super::fan_out;
use super::file::File;
use crate::gateway::context::{Contexts, DockerfileSource};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error};
use crate::image::Platform;
use crate::lint::Linter;
use crate::plan::Scope;
use crate::windows::lazy::Layering;
use crate::windows::select::{self, Asked, Request};

/// Checks a file. Findings go to `linter`.
///
/// # Errors
///
/// Returns an error if the file cannot be built.
pub(super) async fn check(
    bridge: &Bridge,
    options: &Options,
    contexts: &Contexts,
    source: DockerfileSource,
    linter: Linter,
) -> Result<(), Error> {
    let mut file = File::parse_with(options, linter, source)?;
    let passes = passes(&Build::new(bridge, options, contexts, &file, Purpose::Check))?;
    let target = !options.target.is_empty();
    if passes.windows.is_empty()
        && (target || [0, file.dockerfile.stages.len()].contains(&passes.others.len()))
    {
        let scope = if target { Scope::Target } else { Scope::All };
        let build = Build::new(bridge, options, contexts, &file, Purpose::Check);
        return build.convert_for_build_platform(scope).await.map(drop);
    }
    file.lint = file.lint.once();
    let build = Build::new(bridge, options, contexts, &file, Purpose::Check);
    let main = contexts.main().await?;
    let layering = Layering { checked: build.on_bases().is_none(), ..Layering::default() };
    let mut reached = vec![false; file.dockerfile.stages.len()];
    for (asked, stage) in &passes.windows {
        let variants = fan_out::variants(&build, asked, Scope::Only(vec![*stage]), &file.lint).await?;
        if let Some(missing) = variants.missing.into_iter().next() {
            return Err(missing.error);
        }
        let quiet = file.lint.only_windows();
        for (position, planned) in variants.planned.iter().enumerate() {
            build.convert(planned, &main, &layering, if position == 0 { &file.lint } else { &quiet })?;
            let stages = planned.plan.stages.iter().zip(&mut reached);
            stages.for_each(|((id, _), reached)| *reached |= planned.plan.reachable.contains(&id));
        }
    }
    let mut others = passes.others;
    others.retain(|stage| !(passes.skip_reached && reached[*stage]));
    if others.is_empty() {
        return file.lint.error().map_err(Error::new);
    }
    build.convert_for_build_platform(Scope::Only(others)).await.map(drop)
}

/// What is checked for which operating system.
struct Passes {
    /// Windows platforms, each with the stage to check.
    windows: Vec<(Asked, usize)>,
    /// Stages to check for the build platform.
    others: Vec<usize>,
    /// Skips stages that Windows stages have reached, because the client has named only Windows platforms.
    skip_reached: bool,
}

fn passes(build: &Build<'_>) -> Result<Passes, Error> {
    let requests = select::fold(&build.options.target_platforms)?;
    let is_for_others = requests.iter().any(|request| matches!(request, Request::One(_)));
    let mut platforms: Vec<Asked> = Vec::new();
    for request in &requests {
        if let Request::Windows(asked) = request {
            platforms.push(asked.clone());
        }
    }
    let named = !platforms.is_empty();
    if requests.is_empty() {
        platforms.push(Asked::any());
    }
    let given = !build.options.target.is_empty();
    let target = |platform: &Platform| build.stage_number(&build.target_stage(platform));
    let mut windows = Vec::new();
    for asked in platforms {
        let found = build.windows_stages(&asked.platform);
        let mut stages = if given { Vec::new() } else { found.last };
        let wanted = target(&asked.platform).filter(|stage| named || (given && found.stages[*stage]));
        stages.extend(wanted.filter(|stage| !stages.contains(stage)));
        windows.extend(stages.into_iter().map(|stage| (asked.clone(), stage)));
    }
    let platform = &build.options.build_platform;
    let others = if !given {
        let found = build.windows_stages(platform);
        (0..found.stages.len()).filter(|stage| !found.stages[*stage]).collect()
    } else if windows.is_empty() || is_for_others {
        target(platform).into_iter().collect()
    } else {
        Vec::new()
    };
    Ok(Passes { windows, others, skip_reached: named && !is_for_others })
}

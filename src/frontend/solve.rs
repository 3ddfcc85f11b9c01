//! From planned targets to a result.

use futures_util::future::{join, try_join_all};
use serde_json::json;

use super::target::{Job, Planned, Target};
use super::warn;
use crate::attest::Scanner;
use crate::convert::Converted;
use crate::gateway::capabilities::names;
use crate::gateway::{BuildResult, Error, References, SolveRequest};
use crate::image::Platform;
use crate::lint::Linter;
use crate::plan::Scope;
use crate::proto::frontend::{Attestation, Attestations, Ref};
use crate::windows::lazy::Layering;
use crate::windows::select::{self, Request};

/// Names of `exporter/containerimage/exptypes`.
mod key {
    pub(super) const CONFIG: &str = "containerimage.config";
    pub(super) const BASE_CONFIG: &str = "containerimage.base.config";
    pub(super) const EPOCH: &str = "source.date.epoch";
    pub(super) const PLATFORMS: &str = "refs.platforms";
}

/// One image of the result.
struct Built {
    id: String,
    platform: Platform,
    reference: Option<Ref>,
    attestation: Option<Attestation>,
    converted: Converted,
}

/// Builds every platform.
pub(super) async fn all(job: &Job<'_>) -> Result<BuildResult, Error> {
    let (scanner, outcome) = join(scanner(job), convert_all(job)).await;
    let scanner = scanner?;
    // Warnings are shown whether the build goes on or not.
    warn::lint(job.bridge, &job.file.source, &job.file.lint).await?;
    let (targets, _) = outcome?;
    job.file.lint.error().map_err(Error::new)?;
    let solves = targets.into_iter().map(|target| target.solve(job, scanner.as_ref()));
    result(job, try_join_all(solves).await?)
}

/// The scanner, where a bill of materials is wanted.
async fn scanner(job: &Job<'_>) -> Result<Option<Scanner>, Error> {
    let Some(wanted) = &job.options.sbom else { return Ok(None) };
    let options = job.options;
    if !job.bridge.capabilities().frontend.supports(names::ATTESTATIONS) {
        let text = "no SBOM is made: this engine keeps no attestations (BuildKit does from 0.11 on)";
        warn::send(job.bridge, &job.file.source, text, "", "", &[]).await?;
        return Ok(None);
    }
    Scanner::create(job.bridge, wanted, &options.build_platform, options.resolve_mode).await.map(Some)
}

/// A target that is ready to be solved.
pub(super) struct Ready<'j> {
    pub(super) id: String,
    /// The platform as it is returned.
    pub(super) platform: Platform,
    pub(super) planned: Planned<'j>,
    pub(super) converted: Converted,
}

/// Plans and converts every image of the result. With them goes how Windows stages are layered.
pub(super) async fn convert_all<'j>(job: &Job<'j>) -> Result<(Vec<Ready<'j>>, Layering), Error> {
    let requests = select::fold(&job.options.target_platforms);
    let requests: Vec<Option<Request>> =
        if requests.is_empty() { vec![None] } else { requests.into_iter().map(Some).collect() };
    let windows = requests.iter().flatten().find_map(|request| match request {
        Request::Windows(asked) => Some(asked),
        Request::One(_) => None,
    });
    let quiet = job.file.lint.only_windows();
    let lint_of = |index: usize| if index == 0 { &job.file.lint } else { &quiet };
    let mut futures = Vec::with_capacity(requests.len());
    for (index, request) in requests.iter().enumerate() {
        futures.push(plan_request(job, request.as_ref(), lint_of(index)));
    }
    let main = job.contexts.main();
    let planned = try_join_all(futures);
    let ((planned, main), layering) = join(join(planned, main), job.layering(windows)).await;
    let (planned, main, mut layering) = (planned?, main?, layering?);
    let count = planned.iter().flatten().filter(|p| is_windows(p)).count();
    layering.fanned_out = count > 1;

    let mut ready = Vec::new();
    for (index, group) in planned.into_iter().enumerate() {
        let several = group.len() > 1;
        for (position, planned) in group.into_iter().enumerate() {
            let lint = if position == 0 { lint_of(index) } else { &quiet };
            let converted = job.convert(&planned, &main, &layering, lint)?;
            ready.push(named(job, planned, converted, several));
        }
    }
    Ok((ready, layering))
}

fn is_windows(planned: &Planned<'_>) -> bool {
    planned.target.platform.as_ref().is_some_and(|platform| platform.os == "windows")
}

async fn plan_request<'j>(
    job: &Job<'j>,
    request: Option<&Request>,
    lint: &Linter,
) -> Result<Vec<Planned<'j>>, Error> {
    let platform = match request {
        Some(Request::Windows(asked)) => return job.variants(asked, Scope::Target, lint).await,
        Some(Request::One(platform)) => Some(platform.clone()),
        None => None,
    };
    Ok(vec![job.plan(Target::of(platform), &Default::default(), lint).await?])
}

/// Upstream's `makeExportPlatform`, with an ID of its own for each of several versions.
fn named<'j>(job: &Job<'_>, planned: Planned<'j>, converted: Converted, several: bool) -> Ready<'j> {
    let asked = planned.target.platform.clone().unwrap_or_else(Platform::host).normalize();
    let mut platform = asked.clone();
    let image = &converted.image.platform;
    if platform.os == "windows" && image.os == platform.os {
        if platform.os_version.is_empty() {
            platform.os_version.clone_from(&image.os_version);
        }
        if platform.os_features.is_none() {
            platform.os_features = image.os_features.clone().filter(|features| !features.is_empty());
        }
        platform = platform.normalize();
    }
    let id = if several { platform.format_all() } else { asked_id(job, &asked) };
    Ready { id, platform, planned, converted }
}

/// The ID of a platform as the client wrote it, its version included.
fn asked_id(job: &Job<'_>, asked: &Platform) -> String {
    let same = |p: &&Platform| {
        p.os == asked.os && p.architecture == asked.architecture && p.variant == asked.variant
    };
    let written = job.options.target_platforms.iter().map(Platform::normalize).collect::<Vec<_>>();
    written.iter().find(same).unwrap_or(asked).format_all()
}

impl Ready<'_> {
    async fn solve(self, job: &Job<'_>, scanner: Option<&Scanner>) -> Result<Built, Error> {
        let definition = self.converted.definition();
        let definition = definition.map_err(|e| Error::new(e).context("failed to marshal LLB definition"))?;
        let request = SolveRequest {
            definition: Some(definition.to_pb()),
            cache_imports: job.options.cache_imports.clone(),
            ..SolveRequest::default()
        };
        let reference = job.bridge.solve(request).await?.single().map_err(Error::new)?;
        self.converted.check_times().map_err(Error::new)?;
        let attestation = match scanner {
            Some(scanner) => Some(scanner.attest(job.bridge, &self.id, &self.converted).await?),
            None => None,
        };
        let Self { id, platform, converted, .. } = self;
        Ok(Built { id, platform, reference, attestation, converted })
    }
}

/// Upstream's `Build` and `Finalize` of `dockerui`.
fn result(job: &Job<'_>, built: Vec<Built>) -> Result<BuildResult, Error> {
    let multi = job.options.multi_platform || built.len() > 1;
    let mut result = BuildResult::default();
    let platforms: Vec<_> =
        built.iter().map(|image| json!({ "ID": image.id, "Platform": image.platform })).collect();
    let platforms = json!({ "Platforms": platforms });
    result.metadata.insert(key::PLATFORMS.to_owned(), platforms.to_string().into_bytes());
    let mut references = std::collections::BTreeMap::new();
    for image in built {
        let suffix = if multi { format!("/{}", image.id) } else { String::new() };
        let mut put = |key: &str, value: String| {
            result.metadata.insert(format!("{key}{suffix}"), value.into_bytes());
        };
        put(key::CONFIG, image.converted.image.to_json());
        if let Some(base) = &image.converted.base_image {
            put(key::BASE_CONFIG, base.to_json());
        }
        if let Some(epoch) = image.converted.epoch {
            put(key::EPOCH, epoch.to_string());
        }
        if let Some(attestation) = image.attestation {
            let attestations = Attestations { attestation: vec![attestation] };
            result.attestations.insert(image.id.clone(), attestations);
        }
        references.insert(image.id, image.reference);
    }
    result.references = if multi {
        References::Map(references)
    } else {
        References::One(references.into_values().next().flatten())
    };
    Ok(result)
}

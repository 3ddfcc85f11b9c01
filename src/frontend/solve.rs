//! Turns planned targets into a result.

use futures_util::future::{join, try_join};
use serde_json::json;

use super::build::{Build, Planned, Purpose, Target};
use super::fan_out::{self, Missing, Variants};
use super::look::Look;
use super::warn::{self, Warning};
use crate::attest::Scanner;
use crate::convert::Converted;
use crate::gateway::capabilities::names;
use crate::gateway::{BuildResult, Error, References, SolveRequest};
use crate::image::{self, OsVersion, Platform, Wanted};
use crate::lint::Linter;
use crate::plan::{Scope, Stage};
use crate::proto::frontend::{Attestation, Attestations, Ref};
use crate::rebase;
use crate::wait;
use crate::windows::hosts::{self, Host};
use crate::windows::lazy::Layering;
use crate::windows::select::{self, Request};
use crate::windows::{self, refused_run};

/// Names of `exporter/containerimage/exptypes`.
mod key {
    pub(super) const CONFIG: &str = "containerimage.config";
    pub(super) const BASE_CONFIG: &str = "containerimage.base.config";
    pub(super) const EPOCH: &str = "source.date.epoch";
    pub(super) const PLATFORMS: &str = "refs.platforms";
}

/// One image of the result.
pub(super) struct Built {
    pub(super) id: String,
    pub(super) platform: Platform,
    pub(super) reference: Option<Ref>,
    pub(super) attestation: Option<Attestation>,
    /// Its config as JSON.
    pub(super) config: Vec<u8>,
    /// The config of its base image, whose layers no exporter changes.
    pub(super) base_config: Option<Vec<u8>>,
    /// `SOURCE_DATE_EPOCH` in seconds.
    pub(super) epoch: Option<i64>,
}

/// Builds every platform.
pub(super) async fn all(build: &Build<'_>) -> Result<BuildResult, Error> {
    if build.options.windows.against.is_some() {
        return Err(rebase::ErrorKind::AgainstInBuild.into());
    }
    if build.options.windows.rebase.is_some() {
        return result(build, super::rebase::all(build).await?);
    }
    let (scanner, outcome) = join(scanner(build), convert_all(build)).await;
    let scanner = scanner?;
    let (source, lint) = (&build.file.source, &build.file.lint);
    // Warnings are shown even if the build fails.
    warn::lint(build.bridge, source, lint).await?;
    let (targets, _) = outcome?;
    lint.error().map_err(Error::new)?;
    let look = Look::of(build, &targets);
    // The exporter builds all images at once. Verifying has to wait for the Windows images; the others are built
    // meanwhile.
    let evaluate = look.is_some();
    let solves = targets.into_iter().map(|target| target.solve(build, scanner.as_ref(), evaluate));
    let solves = wait::try_all(solves);
    let Some(look) = look else { return result(build, solves.await?) };
    let (built, ()) = try_join(solves, look.run()).await?;
    warn::lint(build.bridge, source, lint).await?;
    lint.error().map_err(Error::new)?;
    result(build, built)
}

/// Returns the scanner, if the client asks for an SBOM.
async fn scanner(build: &Build<'_>) -> Result<Option<Scanner>, Error> {
    let Some(wanted) = &build.options.sbom else { return Ok(None) };
    let options = build.options;
    if !build.bridge.capabilities().frontend.supports(names::ATTESTATIONS) {
        warn::tell(build.bridge, &build.file.source, &Warning::NoSbom, &[]).await?;
        return Ok(None);
    }
    Scanner::create(build.bridge, wanted, &options.build_platform, options.resolve_mode).await.map(Some)
}

/// A target that is ready to be solved.
pub(super) struct Ready<'b> {
    pub(super) id: String,
    /// The platform as it is returned.
    pub(super) platform: Platform,
    pub(super) planned: Planned<'b>,
    pub(super) converted: Converted,
}

/// How many steps the Windows images of one build may have in total. All steps of all images are in memory until all
/// are solved.
const MAX_WINDOWS_STEPS: usize = 25_600;

/// Plans and converts every image of the result. Also returns how Windows stages are layered.
pub(super) async fn convert_all<'b>(build: &Build<'b>) -> Result<(Vec<Ready<'b>>, Layering), Error> {
    let requests = select::fold(&build.options.target_platforms)?;
    let hosts = hosts::find_all(&build.options.windows.hosts)?;
    let windows = requests.iter().find_map(|request| match request {
        Request::Windows(asked) => Some(&asked.platform),
        Request::One(_) => None,
    });
    let (planned, main) = (plan_all(build, &requests), build.contexts.main());
    let ((planned, main), layering) = join(join(planned, main), build.layering(windows)).await;
    let (planned, main, mut layering) = (planned?, main?, layering?);
    check_steps(planned.iter().flatten())?;
    let is_windows =
        |planned: &&Planned<'_>| planned.target.platform.as_ref().is_some_and(Platform::is_windows);
    layering.fanned_out = planned.iter().flatten().filter(is_windows).count() > 1;

    let quiet = build.file.lint.only_windows();
    let mut ready = Vec::new();
    for (index, group) in planned.into_iter().enumerate() {
        let several = group.len() > 1;
        for (position, planned) in group.into_iter().enumerate() {
            // The findings are the same in every image.
            let lint = if (index, position) == (0, 0) { &build.file.lint } else { &quiet };
            let converted = build.convert(&planned, &main, &layering, lint)?;
            ready.push(named(build, planned, converted, several));
        }
    }
    check_hosts(&hosts, ready.iter().map(|target| &target.platform))?;
    Ok((ready, layering))
}

/// Refuses a result without an image for one of the hosts that the client names.
pub(super) fn check_hosts<'p>(
    hosts: &[Host],
    platforms: impl Iterator<Item = &'p Platform>,
) -> Result<(), Error> {
    let windows = platforms.filter(|platform| platform.is_windows());
    let images: Vec<(&str, &str)> =
        windows.map(|platform| (platform.architecture.as_str(), platform.os_version.as_str())).collect();
    Ok(hosts::check(hosts, &images)?)
}

/// Plans every request, all at once. Returns a group of images for each request.
async fn plan_all<'b>(build: &Build<'b>, requests: &[Request]) -> Result<Vec<Vec<Planned<'b>>>, Error> {
    let quiet = build.file.lint.only_windows();
    let lint_of = |index: usize| if index == 0 { &build.file.lint } else { &quiet };
    if requests.is_empty() {
        return Ok(vec![vec![plan_one(build, None, lint_of(0)).await?]]);
    }
    let groups = requests.iter().enumerate().map(|(index, request)| {
        Box::pin(async move {
            match request {
                Request::Windows(asked) => {
                    fan_out::variants(build, asked, Scope::Target, lint_of(index)).await
                }
                Request::One(platform) => {
                    let planned = vec![plan_one(build, Some(platform.clone()), lint_of(index)).await?];
                    Ok(Variants { planned, missing: Vec::new(), named: Vec::new() })
                }
            }
        })
    });
    let mut groups = wait::try_all(groups).await?;
    let planned = groups.iter().flat_map(|group| &group.planned);
    let present: Vec<image::Build> = planned.filter_map(|planned| build_of(planned.plan.root())).collect();
    // A release's build, learned from one architecture's base images, applies to all architectures.
    let named: Vec<Wanted> = groups.iter().flat_map(|group| group.named.iter().cloned()).collect();
    for (group, request) in groups.iter_mut().zip(requests) {
        let Request::Windows(asked) = request else { continue };
        for mut missing in std::mem::take(&mut group.missing) {
            missing.learn(&named);
            tell_missing(build, missing, &present, &asked.platform).await?;
        }
    }
    Ok(groups.into_iter().map(|group| group.planned).collect())
}

/// Warns that a version of `FANLIGHT_VERSIONS` is left out of an architecture, if another architecture has it.
/// `present` are the builds that any architecture has.
///
/// # Errors
///
/// Returns the error of `missing` if no other architecture has the version.
pub(super) async fn tell_missing(
    build: &Build<'_>,
    missing: Missing,
    present: &[image::Build],
    platform: &Platform,
) -> Result<(), Error> {
    let Missing { wanted, error } = missing;
    let Some(version) = wanted.build().filter(|build| present.contains(build)) else { return Err(error) };
    let warning = Warning::NotForArchitecture { version, platform: platform.without_version() };
    warn::tell(build.bridge, &build.file.source, &warning, &[]).await
}

/// Returns the Windows build of a root stage's base image.
pub(super) fn build_of(root: &Stage<'_>) -> Option<image::Build> {
    let version = &root.resolved.as_ref()?.image.platform.os_version;
    OsVersion::parse(version).map(|version| version.build())
}

/// Plans a platform that does not fan out.
async fn plan_one<'b>(
    build: &Build<'b>,
    platform: Option<Platform>,
    lint: &Linter,
) -> Result<Planned<'b>, Error> {
    let planned = build.plan(Target::of(platform), lint).await?;
    if build.purpose == Purpose::Build && !build.has_windows_worker() {
        // A Windows stage that a Linux image copies from.
        let refused = refused_run::find([&planned.plan]);
        refused_run::check(&refused).map_err(|e| build.file.failure(e))?;
    }
    Ok(planned)
}

/// Refuses more than [`MAX_WINDOWS_STEPS`].
fn check_steps<'p>(planned: impl Iterator<Item = &'p Planned<'p>>) -> Result<(), Error> {
    let is_windows =
        |planned: &&Planned<'_>| planned.target.platform.as_ref().is_some_and(Platform::is_windows);
    let (mut variants, mut steps) = (0, 0);
    for planned in planned.filter(is_windows) {
        let plan = &planned.plan;
        variants += 1;
        steps += plan.reachable.iter().map(|id| plan.stages[*id].commands.len()).sum::<usize>();
    }
    if variants < 2 || steps <= MAX_WINDOWS_STEPS {
        return Ok(());
    }
    let kind = windows::ErrorKind::TooManySteps { variants, steps, max: MAX_WINDOWS_STEPS };
    Err(kind.into())
}

/// Names an image (upstream's `makeExportPlatform`). Each of several versions gets an ID of its own.
fn named<'b>(build: &Build<'_>, planned: Planned<'b>, converted: Converted, several: bool) -> Ready<'b> {
    let asked = planned.target.platform.clone().unwrap_or_else(Platform::host).normalize();
    let mut platform = asked.clone();
    let image = &converted.image.platform;
    if platform.is_windows() && image.os == platform.os {
        if platform.os_version.is_empty() {
            platform.os_version.clone_from(&image.os_version);
        }
        if platform.os_features.is_none() {
            platform.os_features = image.os_features.clone().filter(|features| !features.is_empty());
        }
        platform = platform.normalize();
    }
    let id = if several { platform.format_all() } else { asked_id(build, &asked) };
    Ready { id, platform, planned, converted }
}

/// Returns the ID of a platform as the client wrote it, including its version.
fn asked_id(build: &Build<'_>, asked: &Platform) -> String {
    let same = |p: &&Platform| {
        p.os == asked.os && p.architecture == asked.architecture && p.variant == asked.variant
    };
    let written = build.options.target_platforms.iter().map(Platform::normalize).collect::<Vec<_>>();
    written.iter().find(same).unwrap_or(asked).format_all()
}

impl Ready<'_> {
    async fn solve(
        self,
        build: &Build<'_>,
        scanner: Option<&Scanner>,
        evaluate: bool,
    ) -> Result<Built, Error> {
        let definition = self.converted.definition();
        let definition = definition.map_err(|e| Error::new(e).context("failed to marshal LLB definition"))?;
        let request = SolveRequest {
            definition: Some(definition.to_pb()),
            cache_imports: build.options.cache_imports.clone(),
            evaluate: evaluate && !self.platform.is_windows() && build.bridge.evaluates(),
            ..SolveRequest::default()
        };
        let reference = build.bridge.solve(request).await?.single().map_err(Error::new)?;
        self.converted.check_times().map_err(Error::new)?;
        let attestation = match scanner {
            Some(scanner) => Some(scanner.attest(build.bridge, &self.id, &self.converted).await?),
            None => None,
        };
        let Self { id, platform, converted, .. } = self;
        let base_config = converted.base_image.as_ref().map(|base| base.to_json().into_bytes());
        let config = converted.image.to_json().into_bytes();
        Ok(Built { id, platform, reference, attestation, config, base_config, epoch: converted.epoch })
    }
}

/// Assembles the result (upstream's `Build` and `Finalize` of `dockerui`).
fn result(build: &Build<'_>, built: Vec<Built>) -> Result<BuildResult, Error> {
    let multi = build.options.multi_platform || built.len() > 1;
    let mut result = BuildResult::default();
    let platforms: Vec<_> =
        built.iter().map(|image| json!({ "ID": image.id, "Platform": image.platform.to_json() })).collect();
    let platforms = json!({ "Platforms": platforms });
    result.metadata.insert(key::PLATFORMS.to_owned(), platforms.to_string().into_bytes());
    let mut references = std::collections::BTreeMap::new();
    for image in built {
        let suffix = if multi { format!("/{}", image.id) } else { String::new() };
        let mut put = |key: &str, value: Vec<u8>| result.metadata.insert(format!("{key}{suffix}"), value);
        put(key::CONFIG, image.config);
        if let Some(base) = image.base_config {
            put(key::BASE_CONFIG, base);
        }
        if let Some(epoch) = image.epoch {
            put(key::EPOCH, epoch.to_string().into_bytes());
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

//! The variants of a Windows platform.

use futures_util::future::{join_all, try_join_all};

use super::target::{Job, Planned, Target};
use super::warn;
use crate::gateway::{Error, ResolveImage};
use crate::image::{Image, Platform, Reference};
use crate::lint::Linter;
use crate::llb::{ResolveMode, caps};
use crate::plan::{self, Scope, Start};
use crate::windows::axis::Axes;
use crate::windows::lazy::Layering;
use crate::windows::seed::{self, Seed};
use crate::windows::select::{self, Asked, Candidate};
use crate::windows::{self, run};

/// Selects versions, as names or builds with commas.
const VERSIONS_ARG: &str = "FANLIGHT_VERSIONS";
/// `0` makes every layer on its base.
const LAZY_ARG: &str = "FANLIGHT_LAZY";
/// Names the seed, where the frontend's own image has none.
const SEED_ARG: &str = "FANLIGHT_SEED";

/// Why Docker Engine switches merges off, in its words.
const NEEDS_CONTAINERD_STORE: &str = "containerd image store";
/// What that means, and what to do.
const OLDER_STORE: &str = ". Docker's older image store takes neither Windows images nor several platforms: turn the \
    containerd one on (\"features\": {\"containerd-snapshotter\": true} in daemon.json), or use a builder of docker buildx \
    create. Until then only --output type=local and type=tar work";

impl<'j> Job<'j> {
    /// The variants that are built for a Windows platform, in the order of the index.
    pub(super) async fn variants(
        &self,
        asked: &Asked,
        scope: Scope,
        lint: &Linter,
    ) -> Result<Vec<Planned<'j>>, Error> {
        let axes = self.axes(&asked.platform, &scope)?;
        let quiet = lint.only_windows();
        let target = Target { scope, ..Target::of(Some(asked.platform.clone())) };
        let plan = |index: usize| {
            let target = Target { index, ..target.clone() };
            // What the checks find is the same in every variant.
            self.plan_located(target, &axes, if index == 0 { lint } else { &quiet })
        };
        let outcomes = join_all((0..axes.count()).map(plan)).await;
        let versions = self.options.build_args.get(VERSIONS_ARG).map_or("", String::as_str);
        let named = select::builds(versions);
        let wanted = [asked.builds(), named.clone().ok().flatten()];
        let mut plans = self.had(outcomes, &asked.platform, &wanted).await?;
        if !self.is_plan && !self.has_windows_worker() {
            let refused = run::refused(plans.iter().map(|planned| &planned.plan));
            if self.checks {
                refused.iter().for_each(|line| line.report(lint));
            } else {
                run::check(&refused).map_err(|e| self.file.failure(e))?;
            }
        }
        let mut unlisted = None;
        if axes.is_list() {
            plans = self.in_lockstep(plans, &axes, &quiet).await?;
        } else {
            plans = self.of_scratch(plans, asked, &axes, &quiet).await?;
            let is_selected = wanted.iter().any(Option::is_some);
            if let [_] = plans.as_slice()
                && let Some(planned) = plans.pop()
            {
                let fanned = self.of_index(planned, &axes, is_selected, &quiet).await?;
                (plans, unlisted) = (fanned.plans, fanned.unlisted);
            }
            if let Some(kind) = unlisted.take_if(|_| !is_selected) {
                return Err(self.base_failure(kind, plans.first()));
            }
        }
        let candidates: Vec<Candidate> = plans.iter().map(candidate).collect();
        // What is not found may be in an index that could not be read.
        let located = |kind| self.base_failure(unlisted.unwrap_or(kind), plans.first());
        named.map_err(|kind| self.base_failure(kind, plans.first()))?;
        let chosen = select::select(&candidates, wanted.each_ref().map(Option::as_deref)).map_err(located)?;
        let mut plans: Vec<Option<Planned<'j>>> = plans.into_iter().map(Some).collect();
        let chosen: Vec<(Planned<'j>, String)> = chosen
            .into_iter()
            .filter_map(|i| Some((plans[i].take()?, candidates[i].os_version.clone())))
            .collect();
        let versioned = try_join_all(
            chosen.into_iter().map(|(planned, version)| self.with_version(planned, version, &axes, &quiet)),
        )
        .await?;
        self.with_addons(versioned, &axes, &quiet).await
    }

    /// The plans that could be made. An element that could not may be missing where the versions that are asked for are
    /// there without it, or where an older base has no image for the architecture, as for arm64.
    async fn had(
        &self,
        outcomes: Vec<Result<Planned<'j>, plan::Error>>,
        platform: &Platform,
        wanted: &[Option<Vec<u32>>],
    ) -> Result<Vec<Planned<'j>>, Error> {
        let mut plans = Vec::with_capacity(outcomes.len());
        let mut failures = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(planned) => plans.push(planned),
                Err(failure) => failures.push(failure),
            }
        }
        let candidates: Vec<Candidate> = plans.iter().map(candidate).collect();
        let selected = !plans.is_empty() && select::all_there(&candidates, wanted);
        for failure in failures.into_iter().filter(|_| !selected) {
            let base = match self.without_platform(&failure) {
                Some(base) if !plans.is_empty() => base,
                _ => return Err(self.file.failure(failure)),
            };
            let text = format!("{base} has no image for {}: that version is left out", platform.format_all());
            let place = failure.locations.first().map_or(&[][..], Vec::as_slice);
            warn::send(
                self.bridge,
                &self.file.source,
                &text,
                "Other elements of the list have one.",
                "",
                place,
            )
            .await?;
        }
        Ok(plans)
    }

    /// The base that is there, and not for the Windows platform that is asked for.
    fn without_platform<'f>(&self, failure: &'f plan::Error) -> Option<&'f str> {
        let plan::ErrorKind::NotForWindows { name, .. } = &failure.kind else { return None };
        let place = failure.locations.first()?;
        let from = self.file.dockerfile.stages.iter().find(|stage| stage.location == *place)?;
        from.platform.is_empty().then_some(name.as_str())
    }

    /// An error about the base of the target.
    pub(super) fn base_failure(&self, kind: windows::ErrorKind, planned: Option<&Planned<'_>>) -> Error {
        let failure = Error::new(kind);
        let Some(planned) = planned else { return failure };
        failure.with_source(&self.file.source.map.to_pb(), &planned.plan.root().location)
    }

    /// The plan again, with the version of its base as TARGETOSVERSION, if the file asks for it.
    async fn with_version(
        &self,
        planned: Planned<'j>,
        os_version: String,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Planned<'j>, Error> {
        let text = &self.file.source.map.data;
        const ARG: &[u8] = b"TARGETOSVERSION";
        if os_version.is_empty() || !text.windows(ARG.len()).any(|window| window == ARG) {
            return Ok(planned);
        }
        self.plan(Target { os_version, ..planned.target }, axes, lint).await
    }

    /// One plan for each version that is asked for of an image without a base, which has whatever
    /// version the client names, as with docker/dockerfile.
    async fn of_scratch(
        &self,
        plans: Vec<Planned<'j>>,
        asked: &Asked,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Vec<Planned<'j>>, Error> {
        let is_scratch = plans.first().is_some_and(|planned| {
            let root = planned.plan.root();
            root.resolved.as_ref().is_some_and(|resolved| matches!(resolved.start, Start::Scratch))
        });
        let Some(versions) = asked.versions.as_ref().filter(|_| is_scratch) else { return Ok(plans) };
        let named = versions.iter().map(|version| {
            let platform = Platform { os_version: version.clone(), ..asked.platform.clone() };
            self.plan(Target::of(Some(platform)), axes, lint)
        });
        try_join_all(named).await
    }

    pub(super) fn has_windows_worker(&self) -> bool {
        let platforms = |worker: &crate::gateway::options::Worker| worker.platforms().to_vec();
        self.options.workers.iter().flat_map(platforms).any(|platform| platform.os == "windows")
    }

    /// How Windows stages are layered; a warning where it is not the quick way.
    pub(super) async fn layering(&self, asked: Option<&Asked>) -> Result<Layering, Error> {
        let plain = Layering::default();
        let Some(asked) = asked else { return Ok(plain) };
        if let Some(reason) = self.on_bases() {
            return Ok(Layering { reason, ..plain });
        }
        match self.seed(&asked.platform).await {
            Ok(seed) => Ok(Layering { seed: Some(seed), ..plain }),
            Err(why) => {
                let mut text = format!("every Windows base is downloaded and unpacked: {why}");
                if text.contains(NEEDS_CONTAINERD_STORE) {
                    text.push_str(OLDER_STORE);
                }
                let detail = "Layers are made on their bases, because they cannot be made without them here.";
                warn::send(self.bridge, &self.file.source, &text, detail, "", &[]).await?;
                Ok(Layering { reason: why.to_string(), ..plain })
            }
        }
    }

    /// Why layers are made on their bases, where the client or the engine wants it.
    pub(super) fn on_bases(&self) -> Option<String> {
        let off = self.options.build_args.get(LAZY_ARG).is_some_and(|value| value == "0" || value == "false");
        if off {
            return Some(format!("{LAZY_ARG}=0"));
        }
        self.has_windows_worker().then(|| "the engine has a Windows worker".to_owned())
    }

    async fn seed(&self, platform: &Platform) -> Result<Seed, Error> {
        let llb = &self.bridge.capabilities().llb;
        for cap in [caps::MERGE_OP, caps::DIFF_OP] {
            llb.require(cap).map_err(Error::new)?;
        }
        let reference = match self.options.build_args.get(SEED_ARG) {
            Some(reference) => Reference::parse_normalized(reference)
                .map_err(|e| Error::new(e).context(SEED_ARG))?
                .tag_name_only()
                .to_string(),
            None => own_image()?,
        };
        let query = ResolveImage {
            reference: reference.clone(),
            platform: Some(Seed::platform(platform)),
            resolve_mode: ResolveMode::Default,
            log_name: "[internal] load windows layer seed".to_owned(),
            store: None,
        };
        let hint = format!("{SEED_ARG} can name another");
        let answer = self.bridge.sources().image(query).await.map_err(|e| {
            Error::from(e).context(format_args!("{reference} holds no seed for Windows ({hint})"))
        })?;
        let image = Image::parse(&answer.config).map_err(Error::new)?;
        if image.platform.os != "windows" {
            return Err(Error::new(format_args!("{reference} holds no seed for Windows ({hint})")));
        }
        let mut pinned = Reference::parse_normalized(&reference).map_err(Error::new)?;
        if pinned.digest().is_none() && !answer.digest.is_empty() {
            pinned = pinned.with_digest(&answer.digest).map_err(Error::new)?;
        }
        Ok(Seed { reference: pinned.to_string() })
    }
}

/// The image this frontend runs from.
fn own_image() -> Result<String, Error> {
    let unknown = || {
        Error::new(format_args!(
            "this engine does not tell the frontend's own image ({SEED_ARG} can name it)"
        ))
    };
    let definition = std::fs::read(seed::FRONTEND_DEFINITION).map_err(|_| unknown())?;
    seed::own_image(&definition).ok_or_else(unknown)
}

fn candidate(planned: &Planned<'_>) -> Candidate {
    let root = planned.plan.root();
    let image = root.resolved.as_ref().map(|resolved| &resolved.image.platform);
    let os_version = image.filter(|p| p.os == "windows").map(|p| p.os_version.clone()).unwrap_or_default();
    Candidate { base: root.written_base.clone(), os_version }
}

//! Step 4: looks up the base image of every draft.

use std::collections::BTreeMap;

use super::FanOut;
use super::selected::{Selected, SelectedDraft};
use crate::frontend::build::Drafted;
use crate::frontend::index::Listing;
use crate::frontend::warn::Warning;
use crate::gateway::Error;
use crate::image::{Build, OsVersion, Platform};
use crate::list;
use crate::plan::{self, Pin, Resolved, Stage, Start, TargetVersion};
use crate::span::Range;
use crate::wait;
use crate::windows::ErrorKind;
use crate::windows::index::Entry;
use crate::windows::probe::{Found, Hidden, version_to_ask};
use crate::windows::select::Candidate;

/// A draft whose base is known.
pub(super) struct Based<'b> {
    pub(super) drafted: Drafted<'b>,
    pub(super) candidate: Candidate,
}

/// The base images found for one draft.
#[derive(Default)]
pub(super) struct Bases<'b> {
    pub(super) found: Vec<Based<'b>>,
    /// The base may have more versions than were found.
    pub(super) unlisted: Option<ErrorKind>,
    /// A release may exist, hidden behind another.
    pub(super) hidden: Option<ErrorKind>,
    /// Images of the base that are not selected, for messages.
    pub(super) passed_over: Vec<String>,
    pub(super) warnings: Vec<(Warning, Vec<Range>)>,
}

impl Bases<'_> {
    /// Keeps the variants of the one build that the draft is for.
    fn keep_build(&mut self, only: Option<Build>) {
        let Some(only) = only else { return };
        let is_other = |based: &Based<'_>| {
            based.candidate.version.as_ref().is_some_and(|version| version.build() != only)
        };
        let others = self.found.iter().filter(|based| is_other(based));
        self.passed_over.extend(others.map(|based| based.candidate.describe()));
        self.found.retain(|based| !is_other(based));
    }
}

/// Why no base image was found for a draft.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The name of the base, if the base exists but has no image for the platform. Any other failure does not tell what
    /// exists.
    pub(super) not_there: Option<String>,
    pub(super) location: Vec<Range>,
}

impl<'b> FanOut<'_, 'b> {
    /// Looks up the base images of the drafts, all at once.
    pub(super) async fn resolve_bases(&self, selected: &Selected<'b>) -> Vec<Result<Bases<'b>, Failure>> {
        let bases = selected.drafts.iter().enumerate().map(|(position, draft)| {
            Box::pin(async move {
                let mut bases = self.bases(draft, position).await?;
                bases.keep_build(draft.only);
                self.check_found(draft, &bases)?;
                Ok(bases)
            })
        });
        wait::all(bases).await
    }

    /// Refuses a base that has no image for the one build that its draft is for, so that no draft is left out silently.
    fn check_found(&self, draft: &SelectedDraft<'b>, bases: &Bases<'b>) -> Result<(), Failure> {
        let only = draft.of_index();
        let is_wanted = only.map_or(self.selection.is_everything(), |build| self.selection.has(build));
        if !bases.found.is_empty() || !is_wanted {
            return Ok(());
        }
        let root = draft.drafted.draft.root();
        let asked = only.map_or_else(|| self.asked.platform.format(), |build| build.to_string());
        let kind = ErrorKind::NoMatch { asked, found: bases.passed_over.join(", ") };
        Err(self.failed(self.located(Error::new(bases.hidden.clone().unwrap_or(kind)), root), root))
    }

    async fn bases(&self, draft: &SelectedDraft<'b>, position: usize) -> Result<Bases<'b>, Failure> {
        let root = draft.drafted.draft.root();
        let versions = self.context_versions(root).map_err(|e| self.failed(e, root))?;
        if !versions.is_empty() {
            return self.of_index(draft, versions).await;
        }
        let mut drafted = draft.drafted.clone();
        if let Err(failure) = self.build.resolve_root(&mut drafted, self.lint_of(position)).await {
            // A missing image of an index does not matter if other images are selected.
            drafted = self.with_selected_version(draft).await.ok_or_else(|| self.not_resolved(failure))?;
        }
        let root = drafted.draft.root();
        let Some(resolved) = &root.resolved else { return Ok(Bases::default()) };
        if matches!(resolved.start, Start::Scratch) && root.base_name == plan::SCRATCH {
            return self.of_scratch(&draft.drafted).await;
        }
        if draft.is_element() {
            return self.of_one(drafted);
        }
        match self.list_versions(root).await.map_err(|e| self.failed(e, root))? {
            Listing::Entries(entries) if entries.len() > 1 => self.of_index(draft, entries).await,
            Listing::Asked(found) => self.of_answers(draft, drafted, found).await,
            Listing::Unknown => {
                let os_version = resolved.image.platform.os_version.clone();
                let unlisted = ErrorKind::Unlisted { base: root.written_base.clone(), os_version };
                Ok(Bases { unlisted: Some(unlisted), ..self.of_one(drafted)? })
            }
            Listing::Entries(_) => self.of_one(drafted),
        }
    }

    /// Returns the variants of an index that the engine was asked about. Versions that are not selected may be missing
    /// without a warning.
    async fn of_answers(
        &self,
        draft: &SelectedDraft<'b>,
        drafted: Drafted<'b>,
        found: Found,
    ) -> Result<Bases<'b>, Failure> {
        let root = draft.drafted.draft.root();
        let base = root.written_base.clone();
        let entries = found.entries.clone();
        let is_doubtful = entries.len() > 1 || found.hidden.is_some();
        let mut bases = match entries.len() {
            0 | 1 if found.hidden.is_none() => self.of_one(drafted)?,
            _ => self.of_index(draft, entries).await?,
        };
        let hidden =
            |Hidden { build, behind }| ErrorKind::Hidden { base: base.clone(), build, os_version: behind };
        bases.hidden = found.hidden.clone().map(hidden);
        if is_doubtful && self.selection.is_everything() {
            let warning = Warning::Asked { base: base.clone(), found };
            bases.warnings.push((warning, root.location.clone()));
        }
        Ok(bases)
    }

    /// Returns the draft, resolved for the first of the selected versions that its base has.
    async fn with_selected_version(&self, draft: &SelectedDraft<'b>) -> Option<Drafted<'b>> {
        let root = draft.drafted.draft.root();
        if self.named_build(root).is_some() {
            return None;
        }
        for wanted in self.selection.wanted()? {
            let Some(build) = wanted.build() else { continue };
            let pin = pin(root, "", &version_to_ask(build));
            let mut drafted = with_pin(&draft.drafted, pin);
            if self.build.resolve_root(&mut drafted, &self.quiet).await.is_ok() {
                drafted.target.pins.clear();
                return Some(drafted);
            }
        }
        None
    }

    /// Returns the client's contexts for versions of a stage, or of its base image.
    pub(super) fn context_versions(&self, stage: &Stage<'_>) -> Result<Vec<Entry>, Error> {
        let contexts = &self.build.contexts;
        let platform = self.platform_of(stage);
        let stage_name = stage.from.map_or("", |from| from.name.as_str());
        let name = if stage.context.is_some() { stage_name } else { stage.base_name.as_str() };
        let is_image = stage.base.is_none() && name != plan::SCRATCH && !list::is_list(name);
        // A name that is not a valid image name is reported when it is looked up.
        if name.is_empty()
            || !is_image
            || contexts.named(name, platform).map_or(true, |named| named.is_some())
        {
            return Ok(Vec::new());
        }
        let versions = contexts.named_versions(name, platform)?;
        Ok(versions.into_iter().map(|(version, _)| of_context(version)).collect())
    }

    /// Returns a variant for each selected version of an index.
    async fn of_index(&self, draft: &SelectedDraft<'b>, entries: Vec<Entry>) -> Result<Bases<'b>, Failure> {
        let root = draft.drafted.draft.root();
        let base = &root.written_base;
        let mut bases = Bases::default();
        let mut kept: Vec<Entry> = Vec::new();
        let mut left: BTreeMap<Build, Vec<OsVersion>> = BTreeMap::new();
        for entry in entries {
            let build = entry.version.as_ref().map(OsVersion::build);
            let is_other = |build: Build| draft.of_index().is_some_and(|of| of != build);
            if build.is_some_and(|build| !self.selection.has(build) || is_other(build)) {
                bases.passed_over.push(format!("{base} ({})", entry.found_by));
                continue;
            }
            if let Some(revision) = self.keep_revision(entry, &mut kept) {
                left.entry(revision.build()).or_default().push(revision);
            }
        }
        for (build, left) in left {
            let of_build = |entry: &&Entry| entry.version.as_ref().map(OsVersion::build) == Some(build);
            let taken = kept.iter().find(of_build).and_then(|entry| entry.version.clone());
            let warning = taken.map(|taken| Warning::Revision { base: base.clone(), taken, left });
            bases.warnings.extend(warning.map(|warning| (warning, root.location.clone())));
        }
        list::check_count(&format!("the index {base}"), kept.len())
            .map_err(|kind| self.failed(self.located(Error::new(kind), root), root))?;
        let variants = kept.iter().map(|entry| self.of_entry(draft, entry));
        let found = wait::try_all(variants).await?;
        bases.found = found.into_iter().flatten().collect();
        Ok(bases)
    }

    /// Keeps one revision of each build, if the index lists versions. Returns the revision that is dropped.
    fn keep_revision(&self, entry: Entry, kept: &mut Vec<Entry>) -> Option<OsVersion> {
        let build = |entry: &Entry| entry.version.as_ref().map(OsVersion::build);
        let is_twin = |other: &&mut Entry| build(other) == build(&entry) && other.version != entry.version;
        let twin = kept.iter_mut().find(is_twin);
        let (Some(twin), Some(version)) = (twin, entry.version.clone()) else {
            kept.push(entry);
            return None;
        };
        let other = twin.version.clone()?;
        if self.selection.revision(&[&other, &version]) == 0 {
            return Some(version);
        }
        *twin = entry;
        Some(other)
    }

    /// Returns the variant for one image of an index. Returns `None` for an image of another platform, unless the index
    /// lists the image for this platform.
    async fn of_entry(&self, draft: &SelectedDraft<'b>, entry: &Entry) -> Result<Option<Based<'b>>, Failure> {
        let root = draft.drafted.draft.root();
        let mut drafted = with_pin(&draft.drafted, pin(root, &entry.digest, &entry.found_by));
        if let Err(failure) = self.build.resolve_root(&mut drafted, &self.quiet).await {
            let is_other = matches!(failure.kind, plan::ErrorKind::OtherPlatform { .. });
            return if is_other && !entry.is_certain { Ok(None) } else { Err(self.not_resolved(failure)) };
        }
        let candidate = self.candidate(&drafted, true)?;
        let root = drafted.draft.root();
        let build = |version: Option<&OsVersion>| version.map(OsVersion::build);
        let (listed, found) = (entry.version.as_ref(), candidate.version.as_ref());
        if listed.is_some() && build(listed) != build(found) {
            let text =
                |version: Option<&OsVersion>| version.map_or("no os.version", OsVersion::as_str).to_owned();
            let base = root.written_base.clone();
            let kind = ErrorKind::OtherVersion { base, listed: text(listed), found: text(found) };
            return Err(self.failed(self.located(Error::new(kind), root), root));
        }
        if candidate.version.is_none() && !entry.is_certain {
            return Ok(None);
        }
        Ok(Some(Based { drafted, candidate }))
    }

    /// Returns the variant for an image that is not one of several.
    fn of_one(&self, drafted: Drafted<'b>) -> Result<Bases<'b>, Failure> {
        let candidate = self.candidate(&drafted, false)?;
        Ok(Bases { found: vec![Based { drafted, candidate }], ..Bases::default() })
    }

    /// Returns a variant for each version that the client asks for. An image without a base can have any version, as
    /// with docker/dockerfile.
    async fn of_scratch(&self, drafted: &Drafted<'b>) -> Result<Bases<'b>, Failure> {
        let mut targets = vec![drafted.target.clone()];
        if let Some(versions) = &self.asked.versions {
            let of_target = |target: &TargetVersion, version: &str| match target {
                TargetVersion::Asked(asked) => asked == version,
                _ => true,
            };
            let versions = versions.iter().filter(|v| of_target(&drafted.target.version, v.as_str()));
            let target = |version: &crate::image::Wanted| {
                let mut target = drafted.target.clone();
                target.version = super::expand::asked(version);
                target.platform =
                    Some(Platform { os_version: version.os_version(), ..self.asked.platform.clone() });
                target
            };
            targets = versions.map(target).collect();
        }
        let mut bases = Bases::default();
        for target in targets {
            let drafted = self.build.draft(target, &self.quiet).await;
            let mut drafted = drafted.map_err(|failure| self.not_resolved(failure))?;
            self.build
                .resolve_root(&mut drafted, &self.quiet)
                .await
                .map_err(|failure| self.not_resolved(failure))?;
            let candidate = self.candidate(&drafted, false)?;
            bases.found.push(Based { drafted, candidate });
        }
        Ok(bases)
    }

    /// Describes the base image of a draft, as a candidate.
    pub(super) fn candidate(&self, drafted: &Drafted<'b>, of_index: bool) -> Result<Candidate, Failure> {
        let root = drafted.draft.root();
        let base = root.written_base.clone();
        let of_image = |resolved: &Resolved| {
            resolved.image.platform.is_windows().then(|| resolved.image.platform.clone())
        };
        let platform = root.resolved.as_ref().and_then(of_image).unwrap_or_default();
        let os_version = platform.os_version;
        let version = OsVersion::parse(&os_version);
        if version.is_none() && !os_version.is_empty() {
            let kind = ErrorKind::UnknownVersion { base, os_version };
            return Err(self.failed(self.located(Error::new(kind), root), root));
        }
        Ok(Candidate { base, version, features: platform.os_features.unwrap_or_default(), of_index })
    }

    pub(super) fn not_resolved(&self, failure: plan::Error) -> Failure {
        let name = match &failure.kind {
            plan::ErrorKind::NotForWindows(base) => Some(&base.name),
            plan::ErrorKind::OtherPlatform { name, .. } => Some(name),
            _ => None,
        };
        let not_there = name.filter(|_| failure.kind.is_not_there()).cloned();
        let location = failure.locations.first().cloned().unwrap_or_default();
        Failure { error: self.build.file.failure(failure), not_there, location }
    }

    pub(super) fn failed(&self, error: Error, stage: &Stage<'_>) -> Failure {
        Failure { error, not_there: None, location: stage.location.clone() }
    }

    /// Adds the location of a stage's FROM to an error.
    pub(super) fn located(&self, error: Error, stage: &Stage<'_>) -> Error {
        error.with_source(&self.build.file.source.map.to_pb(), &stage.location)
    }
}

/// Pins an index to one of its images.
pub(super) fn pin(stage: &Stage<'_>, digest: &str, os_version: &str) -> Pin {
    Pin { base: stage.written_base.clone(), digest: digest.to_owned(), os_version: os_version.to_owned() }
}

fn with_pin<'b>(drafted: &Drafted<'b>, pin: Pin) -> Drafted<'b> {
    let mut drafted = drafted.clone();
    drafted.target.pins.push(pin);
    drafted
}

fn of_context(version: String) -> Entry {
    Entry {
        digest: String::new(),
        version: OsVersion::parse(&version),
        features: Vec::new(),
        found_by: version,
        is_certain: true,
    }
}

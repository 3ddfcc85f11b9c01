//! Step 5: decides versions and their order, and binds each variant to images of the indexes beside its base.

use std::collections::HashSet;
use std::slice;

use super::addon::Addons;
use super::expand::asked;
use super::resolve::{Based, Bases, Failure};
use super::selected::Selected;
use super::{FanOut, Missing};
use crate::frontend::build::Drafted;
use crate::frontend::warn::Warning;
use crate::gateway::Error;
use crate::image::{Platform, Wanted};
use crate::plan::TargetVersion;
use crate::span::Range;
use crate::wait;
use crate::windows::ErrorKind;
use crate::windows::select::{self, Candidate, Chosen};

/// The variants, ready to be planned.
pub(in crate::frontend) struct Bound<'b> {
    /// In the order of the index.
    pub(in crate::frontend) drafts: Vec<Drafted<'b>>,
    pub(in crate::frontend) missing: Vec<Missing>,
    pub(in crate::frontend) warnings: Vec<(Warning, Vec<Range>)>,
}

impl<'b> FanOut<'_, 'b> {
    /// Chooses the variants that are built.
    pub(super) async fn bind(
        &self,
        outcomes: Vec<Result<Bases<'b>, Failure>>,
        selected: &Selected<'b>,
        addons: &Addons,
    ) -> Result<Bound<'b>, Error> {
        let mut all = Bases::default();
        let mut failures = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(bases) => {
                    all.found.extend(bases.found);
                    all.passed_over.extend(bases.passed_over);
                    all.warnings.extend(bases.warnings);
                    all.unlisted = all.unlisted.or(bases.unlisted);
                    all.hidden = all.hidden.or(bases.hidden);
                }
                Err(failure) => failures.push(failure),
            }
        }
        let candidates: Vec<Candidate> = all.found.iter().map(|based| based.candidate.clone()).collect();
        let chosen = select::choose(&candidates, self.selection);
        let is_complete =
            chosen.as_ref().is_ok_and(|chosen| chosen.missing.is_empty() && !chosen.order.is_empty());
        if !is_complete {
            all.passed_over.extend(self.describe(selected).await);
        }
        if !is_complete || self.selection.is_everything() {
            self.pass_over(failures, &mut all)?;
        }
        let base_error = |kind| self.base_error(kind, &selected.location);
        if let Some(kind) = all.unlisted.take_if(|_| self.selection.is_everything()) {
            return Err(base_error(kind));
        }
        let chosen = chosen.map_err(base_error)?;
        let missing = self.missing(&chosen, &candidates, &all, &base_error)?;
        let mut warnings = std::mem::take(&mut all.warnings);
        warnings.extend(chosen.superseded.iter().filter_map(|index| superseded(&all.found, &chosen, *index)));
        let mut found: Vec<Option<Based<'b>>> = all.found.into_iter().map(Some).collect();
        let mut drafts = Vec::with_capacity(chosen.order.len());
        for based in chosen.order.into_iter().filter_map(|index| found[index].take()) {
            let Based { mut drafted, candidate } = based;
            self.check_features(&candidate).map_err(base_error)?;
            self.set_version(&mut drafted, &candidate);
            let build = candidate.version.map(|version| version.build());
            self.bind_addons(&mut drafted, build, addons, selected)?;
            drafts.push(drafted);
        }
        Ok(Bound { drafts, missing, warnings })
    }

    /// Describes the images besides the selected versions, for messages. Looks them up only if the error is certain, so
    /// not if another architecture may have the version.
    async fn describe(&self, selected: &Selected<'b>) -> Vec<String> {
        let windows = self.build.options.target_platforms.iter().filter(|platform| platform.is_windows());
        let is_alone = windows.map(Platform::without_version).collect::<HashSet<_>>().len() < 2;
        let described = selected.left.iter().map(|(drafted, build)| async move {
            let mut drafted = drafted.clone();
            let is_known = is_alone && self.build.resolve_root(&mut drafted, &self.quiet).await.is_ok();
            let base = &drafted.draft.root().written_base;
            match self.candidate(&drafted, false) {
                Ok(candidate) if is_known => candidate.describe(),
                _ => format!("{base} ({build})"),
            }
        });
        wait::all(described).await
    }

    /// Drops failures of list elements that have no image for this platform, if other elements have one. Any other
    /// failure fails the build, unless everything selected was found without it.
    fn pass_over(&self, failures: Vec<Failure>, all: &mut Bases<'b>) -> Result<(), Error> {
        let platform = &self.asked.platform;
        let is_one = failures.len() == 1 && all.passed_over.is_empty();
        for failure in failures {
            // If nothing is left, the error lists what exists. For a single base it says what to write.
            let is_fatal = all.found.is_empty() && (is_one || self.selection.is_everything());
            let Some(base) = failure.not_there.filter(|_| !is_fatal) else { return Err(failure.error) };
            all.passed_over.push(format!("{base} (no image for {})", platform.format()));
            all.warnings.push((Warning::LeftOut { base, platform: platform.clone() }, failure.location));
        }
        Ok(())
    }

    /// Returns the selected versions that were not found. Those of `FANLIGHT_VERSIONS` may exist for another
    /// architecture.
    fn missing(
        &self,
        chosen: &Chosen,
        candidates: &[Candidate],
        all: &Bases<'b>,
        base_error: &dyn Fn(ErrorKind) -> Error,
    ) -> Result<Vec<Missing>, Error> {
        let found = candidates.iter().map(Candidate::describe).chain(all.passed_over.iter().cloned());
        let found = found.collect::<Vec<_>>().join(", ");
        let error = |asked: String, missing: &[Wanted]| {
            // A version that was not found may be in an index that could not be read.
            let is_missing = |kind: &ErrorKind| {
                let ErrorKind::Hidden { build, .. } = kind else { return false };
                missing.iter().any(|wanted| wanted.build() == Some(*build))
            };
            let hidden = all.hidden.clone().filter(is_missing);
            let no_match = ErrorKind::NoMatch { asked, found: found.clone() };
            let unknown = missing.iter().find(|wanted| wanted.build().is_none());
            let unknown = unknown.map(|wanted| ErrorKind::NoRelease {
                name: wanted.as_str().to_owned(),
                found: found.clone(),
            });
            base_error(all.unlisted.clone().or(hidden).or(unknown).unwrap_or(no_match))
        };
        let lacks = |wanted: &Wanted| error(wanted.as_str().to_owned(), slice::from_ref(wanted));
        let is_asked =
            |wanted: &Wanted| wanted.build().is_some_and(|build| self.asked.written_for(build).is_some());
        if let Some(wanted) = chosen.missing.iter().find(|wanted| is_asked(wanted)) {
            return Err(lacks(wanted));
        }
        if chosen.order.is_empty() {
            let lists = [self.selection.asked, self.selection.named].into_iter().flatten();
            let builds: Vec<String> = lists.flatten().map(|wanted| wanted.as_str().to_owned()).collect();
            let asked = if builds.is_empty() { self.asked.platform.format() } else { builds.join(" and ") };
            return Err(error(asked, &chosen.missing));
        }
        let missing = chosen.missing.iter().cloned();
        Ok(missing.map(|wanted| Missing { error: lacks(&wanted), wanted }).collect())
    }

    fn check_features(&self, candidate: &Candidate) -> Result<(), ErrorKind> {
        if self.asked.fits(candidate) {
            return Ok(());
        }
        let features: Vec<&str> = self.asked.features.iter().map(|(_, feature)| feature.as_str()).collect();
        let asked = format!("the OS features {}", features.join(", "));
        Err(ErrorKind::NoMatch { asked, found: candidate.describe() })
    }

    /// Sets the version for arguments: what the client wrote, or else the version of the base image.
    fn set_version(&self, drafted: &mut Drafted<'b>, candidate: &Candidate) {
        let Some(version) = &candidate.version else { return };
        drafted.target.version = match self.asked.written_for(version.build()) {
            Some(written) => asked(written),
            None => TargetVersion::OfBase(version.as_str().to_owned()),
        };
    }

    fn base_error(&self, kind: ErrorKind, location: &[Range]) -> Error {
        Error::new(kind).with_source(&self.build.file.source.map.to_pb(), location)
    }
}

/// Returns the warning about a revision that a newer one replaces.
fn superseded(found: &[Based<'_>], chosen: &Chosen, index: usize) -> Option<(Warning, Vec<Range>)> {
    let left = found[index].candidate.version.clone()?;
    let of_build = |index: &&usize| {
        let version = found[**index].candidate.version.as_ref();
        version.is_some_and(|version| version.build() == left.build())
    };
    let taken = found[*chosen.order.iter().find(of_build)?].candidate.version.clone()?;
    let base = found[index].candidate.base.clone();
    let location = found[index].drafted.draft.root().location.clone();
    Some((Warning::Revision { base, taken, left: vec![left] }, location))
}

//! From a Windows platform to its images, one for each version of the base image.
//!
//! 1. **Ask** ([`learn`]): reads the client's platforms, versions and contexts, typed with the options, and learns the
//!    builds of releases that are newer than the table.
//! 2. **Expand** ([`expand`], [`lists`]): replaces each list by its elements, with a draft of the stages for each
//!    element.
//! 3. **Select** ([`selected`]): drops drafts whose version is known and not selected.
//! 4. **Resolve** ([`resolve`], [`index`]): looks up the base image of each draft, and the indexes beside it, all at
//!    once.
//! 5. **Bind** ([`bind`]): decides versions, order and collisions, and picks each variant's image of every index.
//! 6. **Plan**: plans each variant once, with all of that known.

mod addon;
mod bind;
mod expand;
mod index;
mod learn;
mod lists;
mod resolve;
mod selected;
#[cfg(test)]
mod tests;

use futures_util::future::{LocalBoxFuture, join};

use super::build::{Build, Planned, Purpose};
use super::index::Listing;
use super::warn::{self, Warning};
use crate::gateway::{Error, Memo};
use crate::image::Wanted;
use crate::lint::Linter;
use crate::plan::Scope;
use crate::span::Range;
use crate::wait;
use crate::windows::refused_run;
use crate::windows::select::{Asked, Selection};

use addon::Addons;
pub(super) use bind::Bound;
use learn::Asking;

/// The images of one Windows platform.
pub(super) struct Variants<'b> {
    /// The plans, in the order of the index.
    pub(super) planned: Vec<Planned<'b>>,
    /// Versions of `FANLIGHT_VERSIONS` for which this architecture has no image.
    pub(super) missing: Vec<Missing>,
    /// `FANLIGHT_VERSIONS`, with the builds learned from the base images.
    pub(super) named: Vec<Wanted>,
}

/// A version that is selected for all architectures, but missing for this one.
pub(super) struct Missing {
    pub(super) wanted: Wanted,
    /// The error to return if no other architecture has it either.
    pub(super) error: Error,
}

impl Missing {
    /// Takes the build from a list of another architecture, if that knows this version's build.
    pub(super) fn learn(&mut self, named: &[Wanted]) {
        let same = |other: &&Wanted| other.is_named(self.wanted.as_str());
        let build = named.iter().filter(same).find_map(Wanted::build);
        if let Some(build) = build.filter(|_| self.wanted.build().is_none()) {
            self.wanted = self.wanted.learned(build);
        }
    }
}

/// A Windows platform on its way to its images.
struct FanOut<'f, 'b> {
    build: &'f Build<'b>,
    asked: &'f Asked,
    selection: Selection<'f>,
    scope: Scope,
    /// The linter for the first variant; the findings of the others are the same.
    lint: &'f Linter,
    quiet: Linter,
    /// The images of each index, by its reference.
    listings: Memo<String, Result<Listing, Error>>,
}

/// Plans the images that are built for a Windows platform.
///
/// # Errors
///
/// Returns an error, with its locations in the Dockerfile, if one of the images cannot be built.
pub(super) fn variants<'f, 'b>(
    build: &'f Build<'b>,
    asked: &'f Asked,
    scope: Scope,
    lint: &'f Linter,
) -> LocalBoxFuture<'f, Result<Variants<'b>, Error>> {
    Box::pin(async move {
        let asking = Asking::learn(build, asked, &scope).await?;
        let fan_out = FanOut::new(build, &asking, scope, lint);
        let drafts = fan_out.expand().await?;
        let drafts = fan_out.select(drafts);
        let (bases, addons) = join(fan_out.resolve_bases(&drafts), fan_out.resolve_addons(&drafts)).await;
        let bound = fan_out.bind(bases, &drafts, &addons).await?;
        let planned = bound.drafts.into_iter().enumerate();
        let planned = planned.map(|(position, drafted)| build.resolve(drafted, fan_out.lint_of(position)));
        let planned = wait::try_all(planned).await.map_err(|e| build.file.failure(e))?;
        fan_out.refuse_run(&planned)?;
        for (warning, location) in bound.warnings {
            fan_out.warn(&warning, &location).await?;
        }
        Ok(Variants { planned, missing: bound.missing, named: asking.named.unwrap_or_default() })
    })
}

/// Finds the base images of the images that are built for a Windows platform, in the order of the index. Looks up
/// nothing else: each draft knows the base image of its root stage.
///
/// # Errors
///
/// Returns an error, with its locations in the Dockerfile, if a base image cannot be found.
pub(super) fn bases<'f, 'b>(
    build: &'f Build<'b>,
    asked: &'f Asked,
    lint: &'f Linter,
) -> LocalBoxFuture<'f, Result<Bound<'b>, Error>> {
    Box::pin(async move {
        let asking = Asking::learn(build, asked, &Scope::Target).await?;
        let fan_out = FanOut::new(build, &asking, Scope::Target, lint);
        let drafts = fan_out.select(fan_out.expand().await?);
        let bases = fan_out.resolve_bases(&drafts).await;
        let mut bound = fan_out.bind(bases, &drafts, &Addons::default()).await?;
        for (warning, location) in std::mem::take(&mut bound.warnings) {
            fan_out.warn(&warning, &location).await?;
        }
        Ok(bound)
    })
}

impl<'f, 'b> FanOut<'f, 'b> {
    fn new(build: &'f Build<'b>, asking: &'f Asking, scope: Scope, lint: &'f Linter) -> Self {
        let (asked, selection) = (&asking.asked, asking.selection());
        let quiet = lint.only_windows();
        Self { build, asked, selection, scope, lint, quiet, listings: Memo::default() }
    }
}

impl<'b> FanOut<'_, 'b> {
    fn lint_of(&self, position: usize) -> &Linter {
        if position == 0 { self.lint } else { &self.quiet }
    }

    /// Refuses commands that the engine cannot run. For `--check`, reports them as findings.
    fn refuse_run(&self, planned: &[Planned<'b>]) -> Result<(), Error> {
        let build = self.build;
        if build.purpose == Purpose::Plan || build.has_windows_worker() {
            return Ok(());
        }
        let refused = refused_run::find(planned.iter().map(|planned| &planned.plan));
        if build.purpose == Purpose::Check {
            refused.iter().for_each(|line| line.report(self.lint));
            return Ok(());
        }
        refused_run::check(&refused).map_err(|e| build.file.failure(e))
    }

    async fn warn(&self, warning: &Warning, location: &[Range]) -> Result<(), Error> {
        warn::tell(self.build.bridge, &self.build.file.source, warning, location).await
    }
}

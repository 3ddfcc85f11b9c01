//! Images of several Windows versions beside others: each variant has the one of its version.
//!
//! `FROM cache:${OS_VERSION} AS addon` fans out where OS_VERSION is a list, and `FROM busybox:1.29`
//! would be the same image each time. Such a base is an index, and gives each variant the image of
//! the version that the variant's other images are named after. And where `FROM golang:1.25 AS addon`
//! is an index, a variant takes the files of its own version from there.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::index_base::pin;
use super::target::{Job, Planned, Target};
use super::warn;
use crate::gateway::Error;
use crate::lint::Linter;
use crate::plan::{Resolved, Stage};
use crate::windows;
use crate::windows::axis::Axes;
use crate::windows::index::Entry;
use crate::windows::versions::{self, Version};

impl<'j> Job<'j> {
    /// The plans, each on the image of its version, where they have one base among them that is
    /// an index.
    pub(super) async fn in_lockstep(
        &self,
        plans: Vec<Planned<'j>>,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Vec<Planned<'j>>, Error> {
        let [first, others @ ..] = plans.as_slice() else { return Ok(plans) };
        let base = &first.plan.root().written_base;
        let builds: Option<Vec<u32>> = plans.iter().map(build_of_others).collect();
        let Some(builds) = builds.filter(|_| !others.is_empty()) else { return Ok(plans) };
        if others.iter().any(|other| other.plan.root().written_base != *base) {
            return Ok(plans);
        }
        let Some(resolved) = &first.plan.root().resolved else { return Ok(plans) };
        let Some(reference) = resolved.start.reference() else { return Ok(plans) };
        if resolved.platform.os != "windows" || versions::named_in(reference).is_some() {
            return Ok(plans);
        }
        let Some(entries) = self.index_entries(reference, &resolved.platform).await else {
            let os_version = resolved.image.platform.os_version.clone();
            let kind = windows::ErrorKind::Unlisted { base: base.clone(), os_version };
            return Err(self.base_failure(kind, Some(first)));
        };
        if entries.len() < 2 {
            return Ok(plans);
        }
        let mut pinned = Vec::with_capacity(plans.len());
        for (planned, build) in plans.iter().zip(builds) {
            let Some(entry) = of_build(&entries, build) else {
                let found: Vec<String> =
                    entries.iter().map(|entry| format!("{base} ({})", entry.os_version)).collect();
                let kind =
                    windows::ErrorKind::NoMatch { asked: format!("10.0.{build}"), found: found.join(", ") };
                return Err(self.base_failure(kind, Some(planned)));
            };
            pinned.push(Target { pins: vec![pin(base, entry)], ..planned.target.clone() });
        }
        try_join_all(pinned.into_iter().map(|target| self.plan(target, axes, lint))).await
    }

    /// The plans, each with the images of its version in the place of the indexes that it has
    /// beside its base.
    pub(super) async fn with_addons(
        &self,
        plans: Vec<Planned<'j>>,
        axes: &Axes,
        lint: &Linter,
    ) -> Result<Vec<Planned<'j>>, Error> {
        let mut indexes: BTreeMap<String, Option<Vec<Entry>>> = BTreeMap::new();
        let mut settled = Vec::with_capacity(plans.len());
        for planned in plans {
            let mut pins = planned.target.pins.clone();
            for Addon { stage, resolved, reference, build } in addons_of_other_builds(&planned) {
                let base = &stage.written_base;
                if !indexes.contains_key(base) {
                    let entries = self.index_entries(reference, &resolved.platform).await;
                    indexes.insert(base.clone(), entries);
                }
                let entries = indexes[base].as_deref();
                match entries.and_then(|entries| of_build(entries, build)) {
                    Some(entry) => pins.push(pin(base, entry)),
                    // An image on its own is meant for all versions.
                    None if entries.is_some_and(|entries| entries.len() < 2) => {}
                    None => {
                        let found = &resolved.image.platform.os_version;
                        self.warn_other_build(stage, found, build).await?;
                    }
                }
            }
            settled.push(if pins.len() == planned.target.pins.len() {
                planned
            } else {
                self.plan(Target { pins, ..planned.target }, axes, lint).await?
            });
        }
        Ok(settled)
    }

    /// Tells that an index gives a variant files of another version than its own.
    async fn warn_other_build(&self, addon: &Stage<'_>, found: &str, build: u32) -> Result<(), Error> {
        let text =
            format!("the image for Windows 10.0.{build} takes files of {found} from {}", addon.written_base);
        let detail = "Libraries of one Windows version may not run on another. An index that has an image for each \
                      version, and that this engine can read, gives each its own.";
        warn::send(self.bridge, &self.file.source, &text, detail, "", &addon.location).await
    }
}

fn build_of(os_version: &str) -> Option<u32> {
    Some(Version::parse(os_version)?.build)
}

fn of_build(entries: &[Entry], build: u32) -> Option<&Entry> {
    entries.iter().find(|entry| build_of(&entry.os_version) == Some(build))
}

/// An image beside a variant's base that is of another Windows version.
struct Addon<'p, 'a> {
    stage: &'p Stage<'a>,
    resolved: &'p Resolved,
    reference: &'p str,
    /// The variant's build.
    build: u32,
}

/// The images of other versions. Those that name a version, in the tag or in the platform, are meant.
fn addons_of_other_builds<'p, 'a>(planned: &'p Planned<'a>) -> Vec<Addon<'p, 'a>> {
    let stages = &planned.plan.stages;
    let base = planned.plan.root();
    let Some(build) =
        base.resolved.as_ref().and_then(|resolved| build_of(&resolved.image.platform.os_version))
    else {
        return Vec::new();
    };
    let mut found: Vec<Addon<'_, '_>> = Vec::new();
    for id in &planned.plan.reachable {
        let stage = &stages[*id];
        let Some(resolved) = &stage.resolved else { continue };
        let Some(reference) = resolved.start.reference() else { continue };
        let is_asked = stage.platform.as_ref().is_some_and(|platform| !platform.os_version.is_empty());
        let is_other = build_of(&resolved.image.platform.os_version).is_some_and(|other| other != build);
        let is_base = stage.written_base == base.written_base;
        if resolved.platform.os != "windows"
            || is_asked
            || !is_other
            || is_base
            || versions::named_in(reference).is_some()
            || found.iter().any(|known| known.stage.written_base == stage.written_base)
        {
            continue;
        }
        found.push(Addon { stage, resolved, reference, build });
    }
    found
}

/// The build that one of the variant's other images is named after.
fn build_of_others(planned: &Planned<'_>) -> Option<u32> {
    let stages = &planned.plan.stages;
    planned.plan.reachable.iter().find_map(|id| versions::named_in(&stages[*id].written_base))
}

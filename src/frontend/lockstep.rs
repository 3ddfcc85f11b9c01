//! Lists beside a base that is an index of several Windows versions.
//!
//! `FROM cache:${OS_VERSION} AS addon` fans out where OS_VERSION is a list, and `FROM busybox:1.29`
//! would be the same image each time. Such a base is an index, and gives each variant the image of
//! the version that the variant's other images are named after.

use futures_util::future::try_join_all;

use super::target::{Job, Planned, Target};
use crate::gateway::Error;
use crate::lint::Linter;
use crate::plan::{Pin, Start};
use crate::windows::axis::Axes;
use crate::windows::index::Entry;
use crate::windows::{self, versions};

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
        let base = &root(first).written_base;
        let builds: Option<Vec<u32>> = plans.iter().map(build_of_others).collect();
        let Some(builds) = builds.filter(|_| !others.is_empty()) else { return Ok(plans) };
        if others.iter().any(|other| root(other).written_base != *base) {
            return Ok(plans);
        }
        let Some(resolved) = &root(first).resolved else { return Ok(plans) };
        let Start::Image(reference) = &resolved.start else { return Ok(plans) };
        if resolved.platform.os != "windows" || versions::named_in(base).is_some() {
            return Ok(plans);
        }
        let entries = self.index_entries(reference, &resolved.platform).await;
        if entries.len() < 2 {
            return Ok(plans);
        }
        let mut pinned = Vec::with_capacity(plans.len());
        for (planned, build) in plans.iter().zip(builds) {
            let is_build = |entry: &&Entry| {
                versions::Version::parse(&entry.os_version).is_some_and(|version| version.build == build)
            };
            let Some(entry) = entries.iter().find(is_build) else {
                let found: Vec<String> =
                    entries.iter().map(|entry| format!("{base} ({})", entry.os_version)).collect();
                let kind =
                    windows::ErrorKind::NoMatch { asked: format!("10.0.{build}"), found: found.join(", ") };
                return Err(self.base_failure(kind, Some(planned)));
            };
            let pin =
                Pin { base: base.clone(), digest: entry.digest.clone(), os_version: entry.asked.clone() };
            pinned.push(Target { pin: Some(pin), ..planned.target.clone() });
        }
        try_join_all(pinned.into_iter().map(|target| self.plan(target, axes, lint))).await
    }
}

fn root<'p, 'a>(planned: &'p Planned<'a>) -> &'p crate::plan::Stage<'a> {
    &planned.plan.stages[planned.plan.stages.root(planned.plan.target)]
}

/// The build that one of the variant's other images is named after.
fn build_of_others(planned: &Planned<'_>) -> Option<u32> {
    let stages = &planned.plan.stages;
    planned.plan.reachable.iter().find_map(|id| versions::named_in(&stages[*id].written_base))
}

//! Indexes of several Windows versions beside the base: each variant uses the image of its own version.
//!
//! `FROM golang:1.25 AS addon` may be such an index. Images whose name or platform has a version are used by all
//! variants as they are. Files of another version than the variant's are reported.

use std::collections::BTreeSet;

use super::FanOut;
use super::resolve::pin;
use super::selected::Selected;
use crate::collect::ByName;
use crate::frontend::build::Drafted;
use crate::frontend::index::Listing;
use crate::gateway::Error;
use crate::image::{Build, OsVersion};
use crate::lint::windows as rule;
use crate::plan::{SCRATCH, Stage, StageId};
use crate::wait;
use crate::windows::ErrorKind;
use crate::windows::index::Entry;

/// The images beside the bases, by their names.
pub(super) type Addons = ByName<Result<Addon, Error>>;

/// An image or index beside the bases.
pub(super) struct Addon {
    /// The images of an index; empty for a single image, or if they cannot be listed.
    entries: Vec<Entry>,
    /// The `os.version` of the image that the engine resolves.
    os_version: String,
    /// True if they are contexts of the client, which has to give one for each version.
    of_client: bool,
}

impl<'b> FanOut<'_, 'b> {
    /// Looks up the images beside the bases that may be indexes, each once, all at once.
    pub(super) async fn resolve_addons(&self, selected: &Selected<'b>) -> Addons {
        let mut addons: ByName<(&Drafted<'b>, StageId)> = ByName::default();
        for draft in &selected.drafts {
            for id in self.addons_of(&draft.drafted) {
                let base = draft.drafted.draft.stages[id].written_base.clone();
                if !addons.contains_key(&base) {
                    addons.insert(base, (&draft.drafted, id));
                }
            }
        }
        let found = wait::all(addons.iter().map(|(_, (drafted, id))| self.addon(drafted, *id))).await;
        let mut answers = Addons::default();
        for (base, addon) in addons.keys().zip(found) {
            answers.insert(base.clone(), addon);
        }
        answers
    }

    /// Returns the stages beside the base whose base images may be indexes.
    fn addons_of(&self, drafted: &Drafted<'b>) -> Vec<StageId> {
        let draft = &drafted.draft;
        let base = &draft.root().written_base;
        let may_be_index = |stage: &Stage<'_>| {
            let platform = self.platform_of(stage);
            let is_image = stage.context.is_some() || (stage.base.is_none() && stage.base_name != SCRATCH);
            is_image
                && stage.written_base != *base
                && platform.is_windows()
                && platform.os_version.is_empty()
                && self.named_build(stage).is_none()
        };
        let reachable = draft.stages.reachable(draft.target).into_iter();
        reachable.filter(|id| may_be_index(&draft.stages[*id])).collect()
    }

    async fn addon(&self, drafted: &Drafted<'b>, id: StageId) -> Result<Addon, Error> {
        let stage = &drafted.draft.stages[id];
        let of_client = self.context_versions(stage)?;
        if !of_client.is_empty() {
            let os_version = String::new();
            return Ok(Addon { entries: of_client, os_version, of_client: true });
        }
        // Resolve a copy, without docker/dockerfile's checks: the plan of each variant resolves the stage again, with
        // its pin, and reports what they find.
        let mut drafted = drafted.clone();
        let resolved = self.build.resolve_one(&mut drafted, id, &self.quiet).await;
        resolved.map_err(|e| self.build.file.failure(e))?;
        let stage = &drafted.draft.stages[id];
        let image = stage.resolved.as_ref().map(|resolved| &resolved.image.platform);
        let os_version = image.map_or_else(String::new, |platform| platform.os_version.clone());
        let entries = match self.list_versions(stage).await? {
            Listing::Entries(entries) => entries,
            Listing::Asked(found) => found.entries,
            Listing::Unknown => Vec::new(),
        };
        Ok(Addon { entries, os_version, of_client: false })
    }

    /// Pins each index beside a variant's base to its image of the variant's build.
    pub(super) fn bind_addons(
        &self,
        drafted: &mut Drafted<'b>,
        build: Option<Build>,
        addons: &Addons,
        selected: &Selected<'b>,
    ) -> Result<(), Error> {
        if let Some(build) = build {
            self.check_named(drafted, build, selected)?;
        }
        for id in self.addons_of(drafted) {
            let stage = &drafted.draft.stages[id];
            let addon = match addons.get(&stage.written_base) {
                Some(Ok(addon)) => addon,
                Some(Err(error)) => return Err(error.clone()),
                None => continue,
            };
            let Some(build) = build else { continue };
            let found = self.entry_for(addon, build);
            if let Some(entry) = found {
                let pin = pin(stage, &entry.digest, &entry.found_by);
                drafted.target.pins.push(pin);
                continue;
            }
            if addon.of_client {
                return Err(self.no_context(stage, addon, build));
            }
            let other = OsVersion::parse(&addon.os_version).filter(|version| version.build() != build);
            if let Some(found) = other {
                self.report_other(stage, build, found.as_str());
            }
        }
        Ok(())
    }

    /// Checks the images beside a variant's base that are named after a Windows version.
    ///
    /// # Errors
    ///
    /// Returns an error if the variant's own version is elsewhere in the list: lists are read in parallel, so the lists
    /// are not in the same order.
    fn check_named(&self, drafted: &Drafted<'b>, build: Build, selected: &Selected<'b>) -> Result<(), Error> {
        let draft = &drafted.draft;
        let mut of_target = BTreeSet::new();
        for id in draft.stages.chain(draft.target) {
            of_target.insert(id);
        }
        for id in draft.stages.reachable(draft.target) {
            let stage = &draft.stages[id];
            let is_element = drafted.target.elements.bases.contains_key(&id.number());
            let is_windows = stage.base.is_none() && self.platform_of(stage).is_windows();
            if of_target.contains(&id) || !(is_element || is_windows) {
                continue;
            }
            let Some(named) = self.named_build(stage).filter(|named| *named != build) else { continue };
            // A list is in a FROM, and all drafts have the same ones.
            let of_other = |other: &Drafted<'b>| self.named_build(&other.draft.stages[id]);
            if is_element && selected.all().any(|other| of_other(other) == Some(build)) {
                let (base, addon) = (draft.root().written_base.clone(), stage.written_base.clone());
                return Err(self.located(Error::new(ErrorKind::Crossed { build, base, addon }), stage));
            }
            if is_windows {
                self.report_other(stage, build, &named.to_string());
            }
        }
        Ok(())
    }

    /// Reports that a variant gets files of another Windows version.
    fn report_other(&self, stage: &Stage<'_>, build: Build, found: &str) {
        let comments = stage.from.map_or(&[][..], |from| &from.comments);
        let message = rule::other_version(&build.to_string(), found, &stage.written_base);
        self.lint.with_comments(comments).run(&rule::OTHER_VERSION, &stage.location, message);
    }

    /// Returns the image of a build: the selected revision, or else the newest. `None` if the addon has none, or is a
    /// single image, which all variants use as it is.
    fn entry_for<'e>(&self, addon: &'e Addon, build: Build) -> Option<&'e Entry> {
        // An index with one image is a single image, too. A context of the client is bound to its version even if there
        // is only one.
        if addon.entries.len() < 2 && !addon.of_client {
            return None;
        }
        let of_build = |entry: &&Entry| entry.version.as_ref().map(OsVersion::build) == Some(build);
        let entries: Vec<&Entry> = addon.entries.iter().filter(of_build).collect();
        let versions: Vec<&OsVersion> = entries.iter().filter_map(|entry| entry.version.as_ref()).collect();
        entries.get(self.selection.revision(&versions)).copied()
    }

    fn no_context(&self, stage: &Stage<'_>, addon: &Addon, build: Build) -> Error {
        let found: Vec<&str> = addon.entries.iter().map(|entry| entry.found_by.as_str()).collect();
        let name = stage.from.map(|from| from.name.clone()).filter(|_| stage.context.is_some());
        let name = name.unwrap_or_else(|| stage.written_base.clone());
        let kind = ErrorKind::NoContext { name, wanted: build.to_string(), found: found.join(", ") };
        self.located(Error::new(kind), stage)
    }
}

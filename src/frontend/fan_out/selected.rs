//! Step 3: drops drafts whose version is known and not selected, before anything is looked up.

use super::FanOut;
use super::expand::Drafts;
use crate::frontend::build::Drafted;
use crate::image::{Build, Platform};
use crate::plan::{Draft, SCRATCH, Stage, TargetVersion};
use crate::span::Range;
use crate::windows::versions::named_in;

/// The selected drafts, and the others.
pub(super) struct Selected<'b> {
    pub(super) drafts: Vec<SelectedDraft<'b>>,
    /// Drafts that are not selected, with the builds that they are for.
    pub(super) left: Vec<(Drafted<'b>, Build)>,
    /// The location of the FROM of the target's base.
    pub(super) location: Vec<Range>,
}

impl<'b> Selected<'b> {
    /// Returns all drafts, selected or not.
    pub(super) fn all(&self) -> impl Iterator<Item = &Drafted<'b>> {
        self.drafts.iter().map(|draft| &draft.drafted).chain(self.left.iter().map(|(drafted, _)| drafted))
    }
}

/// A draft, and what is known about its version.
pub(super) struct SelectedDraft<'b> {
    pub(super) drafted: Drafted<'b>,
    /// The only build that the variant may have: its FROM depends on the version that the client asks for, or names a
    /// platform with a version.
    pub(super) only: Option<Build>,
    /// The build that images beside the base are named after. If the base is an index, its image of this build is used.
    beside: Option<Build>,
}

impl SelectedDraft<'_> {
    /// Returns whether the base is an element of a list. An element is one image, even if it is an index of several.
    pub(super) fn is_element(&self) -> bool {
        let draft = &self.drafted.draft;
        self.drafted.target.elements.bases.contains_key(&draft.stages.root(draft.target).number())
    }

    /// Returns the build to take of a base that is an index; `None` for all builds.
    pub(super) fn of_index(&self) -> Option<Build> {
        self.only.or(self.beside)
    }
}

impl<'b> FanOut<'_, 'b> {
    /// Leaves out drafts for versions that are not selected.
    pub(super) fn select(&self, drafts: Drafts<'b>) -> Selected<'b> {
        let location = drafts.drafts.first().map(|drafted| drafted.draft.root().location.clone());
        let mut selected =
            Selected { drafts: Vec::new(), left: Vec::new(), location: location.unwrap_or_default() };
        for drafted in drafts.drafts {
            let root = drafted.draft.root();
            let only = self.only_build(&drafted, root);
            let named = self.named_build(root);
            let beside = if named.is_none() && drafts.of_list { build_beside(&drafted.draft) } else { None };
            let known = named.or(only).or(beside);
            let is_other = only.is_some() && named.is_some() && named != only;
            match known.filter(|build| is_other || !self.selection.has(*build)) {
                Some(build) => selected.left.push((drafted, build)),
                None => selected.drafts.push(SelectedDraft { drafted, only, beside }),
            }
        }
        selected
    }

    /// Returns the platform that a stage is built for.
    pub(super) fn platform_of<'s>(&'s self, stage: &'s Stage<'_>) -> &'s Platform {
        stage.platform.as_ref().unwrap_or(&self.asked.platform)
    }

    /// Returns the build that a stage's base image is named after, unless a context replaces the image.
    pub(super) fn named_build(&self, stage: &Stage<'_>) -> Option<Build> {
        if self.is_replaced(stage) { None } else { named_in(&stage.base_name) }
    }

    /// Returns whether a stage is based on something other than the image that its FROM names.
    pub(super) fn is_replaced(&self, stage: &Stage<'_>) -> bool {
        if stage.context.is_some() || stage.base_name == SCRATCH {
            return true;
        }
        // A name that is not a valid image name is reported when it is looked up.
        let contexts = &self.build.contexts;
        let platform = &self.asked.platform;
        contexts.named(&stage.base_name, platform).is_ok_and(|named| named.is_some())
            || contexts.named_versions(&stage.base_name, platform).is_ok_and(|found| !found.is_empty())
    }

    fn only_build(&self, drafted: &Drafted<'_>, root: &Stage<'_>) -> Option<Build> {
        let of_platform = root.platform.as_ref().and_then(|platform| self.build_of(&platform.os_version));
        let asked = match &drafted.target.version {
            TargetVersion::Asked(version) => self.build_of(version),
            _ => None,
        };
        of_platform.or(asked)
    }
}

/// Returns the build that one of the images beside a variant's base is named after.
fn build_beside(draft: &Draft<'_>) -> Option<Build> {
    let stages = &draft.stages;
    stages.reachable(draft.target).iter().find_map(|id| named_in(&stages[*id].written_base))
}

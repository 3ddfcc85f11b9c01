//! Step 3: drafts whose version is known and not selected are left, before anything is looked up.

use super::FanOut;
use super::expand::Drafts;
use crate::frontend::build::Drafted;
use crate::image::Build;
use crate::plan::{Draft, SCRATCH, Stage, TargetVersion};
use crate::span::Range;
use crate::windows::versions::named_in;

/// The drafts that go on.
pub(super) struct Selected<'b> {
    pub(super) drafts: Vec<SelectedDraft<'b>>,
    /// Those that do not, with the builds that they are for.
    pub(super) left: Vec<(Drafted<'b>, Build)>,
    /// The FROM of the target's base.
    pub(super) location: Vec<Range>,
}

/// A draft, and what is known of its version.
pub(super) struct SelectedDraft<'b> {
    pub(super) drafted: Drafted<'b>,
    /// The only build that the variant may be of: its FROM depends on the version that the client asks for, or names a
    /// platform with a version.
    pub(super) only: Option<Build>,
    /// The build that images beside the base are named after: of a base that is an index, that one is meant.
    beside: Option<Build>,
}

impl SelectedDraft<'_> {
    /// Whether the base is an element of a list, which stands for one image also where that is an index of several.
    pub(super) fn is_element(&self) -> bool {
        let draft = &self.drafted.draft;
        self.drafted.target.elements.bases.contains_key(&draft.stages.root(draft.target).number())
    }

    /// The build to take of a base that is an index; none for all.
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

    /// The build that a stage's image is named after, unless a context stands for the image.
    pub(super) fn named_build(&self, stage: &Stage<'_>) -> Option<Build> {
        if self.is_replaced(stage) { None } else { named_in(&stage.base_name) }
    }

    /// Whether a stage stands on something else than the image that its FROM names.
    pub(super) fn is_replaced(&self, stage: &Stage<'_>) -> bool {
        if stage.context.is_some() || stage.base_name == SCRATCH {
            return true;
        }
        // A name that could not be an image's is reported when it is looked up.
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

/// The build that one of a variant's images beside its base is named after.
fn build_beside(draft: &Draft<'_>) -> Option<Build> {
    let stages = &draft.stages;
    stages.reachable(draft.target).iter().find_map(|id| named_in(&stages[*id].written_base))
}

//! Step 2: drafts of the stages, one for each element of the lists.

use super::FanOut;
use super::lists::{Lists, Search};
use crate::frontend::build::{Drafted, Target};
use crate::gateway::Error;
use crate::image::Wanted;
use crate::instruction::Stage;
use crate::list;
use crate::plan::{self, SCRATCH, Scope, TargetVersion};
use crate::span::first_line;
use crate::wait;
use crate::windows::ErrorKind;

/// Drafts, and whether a list produced them.
pub(super) struct Drafts<'b> {
    pub(super) drafts: Vec<Drafted<'b>>,
    pub(super) of_list: bool,
}

impl<'b> FanOut<'_, 'b> {
    /// Expands every FROM once for each element of the lists that the target reaches.
    pub(super) async fn expand(&self) -> Result<Drafts<'b>, Error> {
        let (targets, of_list) = self.targets()?;
        let drafts = targets.into_iter().enumerate();
        let drafts = drafts.map(|(position, target)| self.build.draft(target, self.lint_of(position)));
        let drafts = wait::try_all(drafts).await.map_err(|e| self.build.file.failure(e))?;
        drafts.iter().try_for_each(|drafted| self.refuse_unused_list(drafted))?;
        Ok(Drafts { drafts, of_list })
    }

    /// Returns whether a stage is built because the client names a platform and no stage.
    fn is_default(&self, stage: usize) -> bool {
        let options = &self.build.options;
        let default = || self.build.stage_number(&self.build.target_stage(&self.asked.platform));
        match self.scope {
            _ if !options.target.is_empty() => false,
            Scope::Target => true,
            // A check goes through all stages.
            Scope::Only(_) => !options.target_platforms.is_empty() && default() == Some(stage),
            Scope::All => false,
        }
    }

    /// Refuses an image without a base, chosen by nothing but the order of the stages, if another stage lists Windows
    /// bases: that one was meant.
    fn refuse_unused_list(&self, drafted: &Drafted<'b>) -> Result<(), Error> {
        let draft = &drafted.draft;
        let (stages, target) = (&draft.stages, &draft.stages[draft.target]);
        if !self.is_default(draft.target.number())
            || draft.root().base_name != SCRATCH
            || draft.root().context.is_some()
        {
            return Ok(());
        }
        let reachable = stages.reachable(draft.target);
        let unused = stages.ids().filter(|id| !reachable.contains(id)).map(|id| &stages[id]);
        let Some(unused) = unused.into_iter().find(|stage| list::is_list(&stage.base_name)) else {
            return Ok(());
        };
        let describe = |stage: &plan::Stage<'_>| {
            let line = first_line(&stage.location);
            match stage.from.map_or("", |from| from.name.as_str()) {
                "" => format!("the stage on line {line}"),
                name => format!("the stage {name} on line {line}"),
            }
        };
        let kind = ErrorKind::UnusedList {
            platform: self.asked.platform.format(),
            target: describe(target),
            unused: describe(unused),
        };
        Err(self.located(Error::new(kind), unused))
    }

    /// Returns the targets, and whether a list produced them.
    fn targets(&self) -> Result<(Vec<Target>, bool), Error> {
        let plain = Target { scope: self.scope.clone(), ..Target::of(Some(self.asked.platform.clone())) };
        let lists = self.lists(&plain)?;
        let of_list = lists.is_list;
        let of = |plain: &Target, lists: Lists| -> Vec<Target> {
            let targets = lists.variants.into_iter();
            targets.map(|elements| Target { elements, ..plain.clone() }).collect()
        };
        let Some(versions) = self.asked.versions.as_ref().filter(|_| lists.uses_version) else {
            return Ok((of(&plain, lists), of_list));
        };
        // The FROM lines depend on the version that the client wrote.
        let mut targets = Vec::new();
        for version in versions.iter().filter(|version| self.selection.includes(version)) {
            let plain = Target { version: asked(version), ..plain.clone() };
            targets.extend(of(&plain, self.lists(&plain)?));
        }
        Ok((targets, of_list || versions.len() > 1))
    }

    fn lists(&self, plain: &Target) -> Result<Lists, Error> {
        let build = self.build;
        let platform = &self.asked.platform;
        let stage = match &self.scope {
            Scope::Only(numbers) => numbers.last().map(usize::to_string).unwrap_or_default(),
            Scope::Target | Scope::All => build.target_stage(platform),
        };
        // A name that is not a valid image name is reported with the stages.
        let is_replaced = |stage: &Stage| {
            let name = &stage.name;
            let named = || build.contexts.named(name, platform).is_ok_and(|named| named.is_some());
            let versions =
                || build.contexts.named_versions(name, platform).is_ok_and(|found| !found.is_empty());
            !name.is_empty() && (named() || versions())
        };
        let search = Search {
            dockerfile: &build.file.dockerfile,
            lexer: &build.file.lexer,
            predefined: &build.predefined(plain, &stage),
            build_args: &build.options.build_args,
            target: &stage,
            is_replaced: &is_replaced,
        };
        search.run().map_err(|e| build.file.failure(e))
    }
}

/// Returns the version that the client wrote, in the form that arguments use.
pub(super) fn asked(version: &Wanted) -> TargetVersion {
    TargetVersion::Asked(version.as_str().to_owned())
}

//! The stages of one target, and how they depend on each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::args::ArgInfo;
use crate::collect::ByName;
use crate::gateway::context::{LateLocal, NamedContext};
use crate::image::{Image, Platform};
use crate::instruction::{self, Instruction};
use crate::llb::State;
use crate::span::Range;

/// The name of the empty file system.
pub const SCRATCH: &str = "scratch";

/// A stage in [`Stages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId(pub(super) usize);

impl StageId {
    /// Returns the number of its FROM in the file, for a stage that has a FROM.
    #[must_use]
    pub const fn number(self) -> usize {
        self.0
    }
}

/// A stage of one target (upstream's `dispatchState`, as far as it is known before conversion).
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    /// The parsed FROM; `None` for an image that only COPY or RUN names.
    pub from: Option<&'a instruction::Stage>,
    /// The base with variables expanded, and with its digest once it is resolved.
    pub base_name: String,
    /// The base as the user wrote it, with variables expanded.
    pub written_base: String,
    /// The stage that it is based on, if any.
    pub base: Option<StageId>,
    /// The name in progress output.
    pub name: String,
    /// Its platform, if it differs from the target's.
    pub platform: Option<Platform>,
    /// The context that replaces it (`--build-context name=..`).
    pub context: Option<NamedContext>,
    /// Its instructions, triggers first.
    pub commands: Vec<Command<'a>>,
    /// The stages it copies or mounts from.
    pub uses: BTreeMap<StageId, Use>,
    /// True if every step runs again (`--no-cache`).
    pub ignore_cache: bool,
    /// The number of its steps in progress output.
    pub steps: usize,
    /// The number of steps in the file itself: the base is named in progress output before its triggers are known.
    pub own_steps: usize,
    /// How often docker/dockerfile has counted the base as a step before the stage was needed: once each time that
    /// triggers needed further stages.
    pub early_steps: usize,
    /// The base, once resolved.
    pub resolved: Option<Resolved>,
    /// True if the triggers of its base stage have been added.
    pub(super) triggered: bool,
    /// Global arguments its FROM uses (for the outline).
    pub used_args: BTreeSet<String>,
    /// Arguments that it knows (for the outline).
    pub args: ByName<ArgInfo>,
    /// Its location.
    pub location: Vec<Range>,
}

impl Stage<'_> {
    /// Returns the image in a registry that it is based on, pinned.
    #[must_use]
    pub fn image_reference(&self) -> Option<&str> {
        self.resolved.as_ref()?.start.reference()
    }

    /// Creates a stage on a base, with nothing else known.
    pub(super) fn on(base: String, location: Vec<Range>) -> Self {
        Self {
            from: None,
            written_base: base.clone(),
            base_name: base,
            base: None,
            name: String::new(),
            platform: None,
            context: None,
            commands: Vec::new(),
            uses: BTreeMap::new(),
            ignore_cache: false,
            steps: 0,
            own_steps: 0,
            early_steps: 0,
            resolved: None,
            triggered: false,
            used_args: BTreeSet::new(),
            args: ByName::default(),
            location,
        }
    }
}

impl Stage<'_> {
    /// Records that the stage copies or mounts from another one. `place` is the location of the instruction; the last
    /// of several is kept.
    pub(super) fn uses_stage(&mut self, id: StageId, place: Arc<[Range]>) {
        let order = self.uses.get(&id).map_or(self.uses.len(), |known| known.order);
        self.uses.insert(id, Use { order, place });
    }

    /// Returns the stages that it copies or mounts from, in the order of their first mention. docker/dockerfile leaves
    /// the order to Go's maps, where a few entries mostly keep their insertion order.
    #[must_use]
    pub fn uses_in_order(&self) -> Vec<(StageId, &[Range])> {
        let mut uses: Vec<_> = self.uses.iter().collect();
        uses.sort_unstable_by_key(|(_, used)| used.order);
        uses.into_iter().map(|(id, used)| (*id, &*used.place)).collect()
    }
}

/// The use of another stage by COPY or a mount.
#[derive(Debug, Clone)]
pub struct Use {
    /// How many other stages were mentioned before.
    order: usize,
    /// The location of the instruction; shared, because an instruction with many mounts uses many stages.
    place: Arc<[Range]>,
}

/// The resolved base of a stage.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The file system, with the settings of a context, if any.
    pub start: Start,
    /// The config that the stage's image starts with.
    pub image: Image,
    /// The unchanged config of the base.
    pub base_image: Option<Image>,
    /// The platform of the stage.
    pub platform: Platform,
    /// True if there is nothing to convert, because a context replaces the whole stage.
    pub complete: bool,
}

/// The file system that a stage starts from.
#[derive(Debug, Clone)]
pub enum Start {
    /// The empty file system.
    Scratch,
    /// An image in a registry, by its full reference.
    Image(String),
    /// A context.
    Context {
        /// Its file system.
        state: Box<State>,
        /// Replaces the file system once it is known which of its files are used.
        late: Option<LateLocal>,
        /// Its full reference, if it is an image in a registry.
        reference: Option<String>,
    },
}

impl Start {
    /// Returns the full reference, if it is an image in a registry.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Scratch => None,
            Self::Image(reference) => Some(reference),
            Self::Context { reference, .. } => reference.as_deref(),
        }
    }
}

/// An instruction of a stage.
#[derive(Debug, Clone)]
pub struct Command<'a> {
    /// The instruction.
    pub instruction: Cow<'a, Instruction>,
    /// The stages that its `--from` and mounts name, one entry for each. An image is treated as a stage.
    pub sources: Vec<StageId>,
    /// True if it comes from an ONBUILD.
    pub is_trigger: bool,
}

/// All stages of a target, in file order, followed by the images that COPY and RUN name.
#[derive(Debug, Clone, Default)]
pub struct Stages<'a> {
    list: Vec<Stage<'a>>,
    by_name: HashMap<String, StageId>,
}

impl<'a> Stages<'a> {
    /// Adds a stage. If an earlier stage has the same name, the name refers to this one from now on.
    pub fn add(&mut self, mut stage: Stage<'a>, name: &str) -> StageId {
        let id = StageId(self.list.len());
        if stage.context.is_none()
            && let Some(base) = self.by_name.get(&stage.base_name)
        {
            stage.base = Some(*base);
            stage.args.clone_from(&self.list[base.0].args);
            stage.used_args.clone_from(&self.list[base.0].used_args);
        }
        if !name.is_empty() {
            self.by_name.insert(name.to_lowercase(), id);
        }
        self.list.push(stage);
        id
    }

    /// Returns the stage of that name, ignoring case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<StageId> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// Returns the stage of that number.
    #[must_use]
    pub fn by_number(&self, number: i64) -> Option<StageId> {
        usize::try_from(number).ok().filter(|n| *n < self.list.len()).map(StageId)
    }

    /// Returns the last stage so far.
    #[must_use]
    pub fn last(&self) -> Option<StageId> {
        self.list.len().checked_sub(1).map(StageId)
    }

    /// Returns the number of stages.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns every stage with its ID.
    pub fn iter(&self) -> impl Iterator<Item = (StageId, &Stage<'a>)> {
        self.list.iter().enumerate().map(|(i, stage)| (StageId(i), stage))
    }

    /// Returns every ID.
    pub fn ids(&self) -> impl Iterator<Item = StageId> + use<> {
        (0..self.list.len()).map(StageId)
    }

    /// Returns the names in progress output.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.list.iter().map(|stage| stage.name.as_str()).filter(|name| !name.is_empty()).collect()
    }

    /// Returns the stages that `from` needs, including itself (upstream's `allReachableStages`).
    #[must_use]
    pub fn reachable(&self, from: StageId) -> BTreeSet<StageId> {
        let mut found = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(id) = pending.pop() {
            if found.insert(id) {
                pending.extend(self[id].base);
                pending.extend(self[id].uses.keys());
            }
        }
        found
    }

    /// Returns the stages from `id` down to the one that is not based on another stage.
    pub fn chain(&self, id: StageId) -> impl Iterator<Item = StageId> {
        std::iter::successors(Some(id), |id| self[*id].base)
    }

    /// Returns the stage at the bottom of `id`'s chain: the one that is not based on another stage.
    #[must_use]
    pub fn root(&self, id: StageId) -> StageId {
        self.chain(id).last().unwrap_or(id)
    }
}

impl<'a> std::ops::Index<StageId> for Stages<'a> {
    type Output = Stage<'a>;

    fn index(&self, id: StageId) -> &Stage<'a> {
        &self.list[id.0]
    }
}

impl std::ops::IndexMut<StageId> for Stages<'_> {
    fn index_mut(&mut self, id: StageId) -> &mut Self::Output {
        &mut self.list[id.0]
    }
}

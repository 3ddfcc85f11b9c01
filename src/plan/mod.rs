//! Plans which stages are built, for which platform, and what each is based on.
//!
//! Mirrors the first half of moby/buildkit's `dockerfile2llb`: arguments, stages, their dependencies, and base images.
//! A [`Plan`] is for one target: a platform, and for Windows one variant of it.

pub mod args;
pub mod build;
pub mod epoch;
pub mod graph;
pub mod resolve;
pub mod stage;

mod error;

use std::collections::{BTreeMap, BTreeSet};

pub use args::{ArgInfo, BuildArgs, Globals, Platforms, TargetVersion};
pub use error::{Error, ErrorKind};
pub use stage::{Command, Resolved, SCRATCH, Stage, StageId, Stages, Start};

use crate::expand::Lexer;
use crate::gateway::Bridge;
use crate::gateway::context::Contexts;
use crate::gateway::options::Options;
use crate::image::Platform;
use crate::instruction::Dockerfile;
use crate::lint::Linter;

/// The input of a plan besides the Dockerfile.
pub struct Setting<'s> {
    /// The client's options.
    pub options: &'s Options,
    /// Build arguments, with the variant's elements in place of lists.
    pub build_args: BuildArgs,
    /// The stage to build; empty for the last stage.
    pub target: String,
    /// Build and target platform.
    pub platforms: Platforms,
    /// True if the client asked for no platform.
    pub implicit_target: bool,
    /// Expansion with the file's escape character.
    pub lexer: &'s Lexer,
    /// Named contexts.
    pub contexts: &'s Contexts,
    /// The engine.
    pub bridge: &'s Bridge,
    /// The element of this variant for each FROM that is a list, by the number of the FROM.
    pub bases: &'s BTreeMap<usize, String>,
    /// Images that replace the indexes they belong to.
    pub pins: &'s [Pin],
    /// Which stages are planned.
    pub scope: Scope,
}

impl Setting<'_> {
    /// Returns whether the target is a variant of a Windows platform.
    #[must_use]
    pub fn fans_out(&self) -> bool {
        self.platforms.target.is_windows()
    }

    /// Returns the image that replaces an index in a stage for Windows, if any.
    fn pin(&self, base: &str, platform: &Platform) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.base == base && platform.is_windows())
    }
}

/// Which stages are planned and converted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The target, and what it needs.
    #[default]
    Target,
    /// Every stage, used or not (for checks without a target).
    All,
    /// These stages, by their numbers, and what they need; the last one is the target (for checks of a file for several
    /// operating systems).
    Only(Vec<usize>),
}

impl Scope {
    /// Returns whether stages that the target does not need are converted as well.
    #[must_use]
    pub fn is_more_than_target(&self) -> bool {
        *self != Self::Target
    }
}

/// One image of an index that holds several Windows versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The base as written.
    pub base: String,
    /// The digest of the image's own manifest; empty if it is not known.
    pub digest: String,
    /// The image's `os.version`.
    pub os_version: String,
}

/// The stages of one target before anything is looked up.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// All stages of the file, and the images that COPY and RUN name.
    pub stages: Stages<'a>,
    /// The stage to build.
    pub target: StageId,
    /// Global arguments.
    pub globals: Globals,
}

impl<'a> Draft<'a> {
    /// Expands every FROM, and links the stages to those that they need.
    ///
    /// # Errors
    ///
    /// Returns an error if arguments or FROM lines are wrong.
    pub fn make(
        dockerfile: &'a Dockerfile,
        globals: Globals,
        setting: &Setting<'_>,
        lint: &Linter,
    ) -> Result<Self, Error> {
        let mut stages = build::stages(dockerfile, setting, &globals, lint)?;
        let target = match &setting.scope {
            Scope::Only(numbers) => build::last_of(&stages, numbers)?,
            Scope::Target | Scope::All => build::target(&stages, &setting.target)?,
        };
        graph::link(&mut stages, setting.lexer)?;
        if stages.len() == 1
            && let Some(only) = stages.last()
        {
            stages[only].name.clear();
        }
        Ok(Self { stages, target, globals })
    }

    /// Returns the stage at the bottom of the target: the one that is based on an image, a context or nothing.
    #[must_use]
    pub fn root(&self) -> &Stage<'a> {
        &self.stages[self.stages.root(self.target)]
    }

    /// Looks up the base of one stage, unless it is already known.
    ///
    /// # Errors
    ///
    /// Returns an error if the base is not a valid reference, or if it cannot be resolved.
    pub async fn resolve_one(
        &mut self,
        id: StageId,
        setting: &Setting<'_>,
        lint: &Linter,
    ) -> Result<(), Error> {
        resolve::resolve_one(&mut self.stages, id, setting, lint).await
    }

    /// Looks up everything that the target needs.
    ///
    /// # Errors
    ///
    /// Returns an error if bases or their triggers are wrong.
    pub async fn resolve(mut self, setting: &Setting<'_>, lint: &Linter) -> Result<Plan<'a>, Error> {
        let reachable = resolve::resolve(&mut self.stages, self.target, setting, lint).await?;
        let Self { stages, target, globals } = self;
        Ok(Plan { stages, target, reachable, globals })
    }
}

/// The stages of one target, resolved.
#[derive(Debug)]
pub struct Plan<'a> {
    /// All stages.
    pub stages: Stages<'a>,
    /// The stage to build.
    pub target: StageId,
    /// The stages that are converted.
    pub reachable: BTreeSet<StageId>,
    /// Global arguments.
    pub globals: Globals,
}

impl<'a> Plan<'a> {
    /// Returns the stage at the bottom of the target: the one that is based on an image, a context or nothing.
    #[must_use]
    pub fn root(&self) -> &Stage<'a> {
        &self.stages[self.stages.root(self.target)]
    }
}

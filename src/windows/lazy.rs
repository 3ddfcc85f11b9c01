//! Layers on Windows bases that are neither downloaded nor unpacked.
//!
//! Every step is a file operation on a tiny Windows image, the seed; what it adds is merged onto
//! the base:
//!
//! ```text
//! step    = operation on seed          each step a direct child of the seed
//! layer   = diff(seed, step)
//! variant = merge(base, layer, ..)
//! ```
//!
//! BuildKit writes layers in Windows' format because seed and base are Windows images, and since
//! a merge needs none of its parts unpacked, the base stays where it is. All versions share the
//! same layers. Steps on the seed do not stand on each other: after a partial hit in an imported
//! cache such a step is not found.
//!
//! A step that depends on the files of earlier steps (see [`super::directories`]) is made on those
//! steps, on the empty file system, where nothing is of Windows and a cache does no harm. Its layer
//! is what it has changed there:
//!
//! ```text
//! stack_i = step_i on stack_(i-1)      stack_0 is empty
//! step    = copy of diff(stack_(i-1), stack_i) on seed
//! ```
//!
//! BuildKit then refuses what it refuses on the base: a file where a directory has to be, and the
//! other way round.

use super::seed::Seed;
use crate::image::Platform;
use crate::llb::{self, Action, CopyOptions, FileAction, Metadata, ProgressGroup, State};

/// How Windows stages are layered in this build.
#[derive(Debug, Clone, Default)]
pub struct Layering {
    /// The seed; without one, steps are made on the base itself.
    pub seed: Option<Seed>,
    /// Why there is none; empty where there is one, and where no Windows platform asks for one.
    pub reason: String,
    /// More than one Windows version is built.
    pub fanned_out: bool,
    /// Nothing is built, but would be on a seed.
    pub checked: bool,
}

impl Layering {
    /// Layers for a stage, where they can be made without its base.
    #[must_use]
    pub fn layers(&self, platform: &Platform, title: String) -> Option<LazyLayers> {
        let seed = self.seed.as_ref()?.state(platform);
        Some(LazyLayers::new(seed, title))
    }
}

/// The layers of one stage.
#[derive(Debug, Clone)]
pub struct LazyLayers {
    seed: State,
    layers: Vec<State>,
    /// The same steps, to be made elsewhere.
    steps: Vec<Step>,
    /// The first steps on the empty file system, and how many they are.
    stack: (State, usize),
    /// What progress output calls the merge.
    title: String,
}

#[derive(Debug, Clone)]
struct Step {
    dir: String,
    actions: Vec<FileAction>,
    metadata: Metadata,
}

impl Step {
    fn with(&self, below: &State, metadata: Metadata) -> State {
        let mut below = below.clone();
        below.dir.clone_from(&self.dir);
        below.file(self.actions.clone(), metadata)
    }

    /// The step's settings for one of the operations that are shown as the step; a weak one is not
    /// shown alone.
    fn shown(&self, weak: bool) -> Metadata {
        let name = self.metadata.name.clone().unwrap_or_default();
        let group = ProgressGroup { id: format!("windows {name}"), name, weak };
        Metadata { progress_group: Some(group), ..self.metadata.clone() }
    }
}

impl LazyLayers {
    /// No layers on a seed; `title` is what progress output calls the merge.
    #[must_use]
    pub fn new(seed: State, title: String) -> Self {
        Self { seed, layers: Vec::new(), steps: Vec::new(), stack: (State::scratch(), 0), title }
    }

    /// Adds a step. What it does depends on the layers before it where it is made `on_layers`.
    pub fn push(&mut self, dir: &str, actions: Vec<FileAction>, metadata: Metadata, on_layers: bool) {
        let step = Step { dir: dir.to_owned(), actions, metadata };
        let made = if on_layers { self.on_layers(&step) } else { step.with(&self.seed, step.shown(false)) };
        let diff = Metadata { command: None, ..step.shown(true) };
        self.layers.push(llb::diff(&self.seed, &made, diff));
        self.steps.push(step);
    }

    /// What a step changes where the steps before it have been made, on the seed.
    fn on_layers(&mut self, step: &Step) -> State {
        let below = self.stacked();
        let above = step.with(&below, step.shown(true));
        self.stack = (above.clone(), self.steps.len() + 1);
        let changed = llb::diff(&below, &above, step.shown(true));
        let copy = Action::Copy {
            source: changed.output,
            src: "/".to_owned(),
            dest: "/".to_owned(),
            options: Box::new(CopyOptions {
                dir_contents_only: true,
                create_dest_path: true,
                ..CopyOptions::default()
            }),
        };
        self.seed.file(vec![copy], step.shown(false))
    }

    /// The steps on the empty file system. Each is made there once, however often it is asked for.
    fn stacked(&mut self) -> State {
        let (mut stack, done) = self.stack.clone();
        for step in self.steps.iter().skip(done) {
            stack = step.with(&stack, step.shown(true));
        }
        self.stack = (stack.clone(), self.steps.len());
        stack
    }

    /// Base and layers, for the result.
    #[must_use]
    pub fn result(&self, base: &State) -> State {
        let parts: Vec<&State> = std::iter::once(base).chain(&self.layers).collect();
        let merged = llb::merge(&parts, Metadata::named(self.title.as_str()));
        base.clone().with_output(merged.output)
    }

    /// Base and layers, for a step that reads them, which takes the base to be unpacked: the steps
    /// are made on it. Never from a cache: layers of an imported one are not known to be Windows
    /// layers, and would be unpacked with the names they have there.
    #[must_use]
    pub fn whole(&self, base: &State) -> State {
        let anew = |step: &Step| Metadata { ignore_cache: true, ..step.metadata.clone() };
        self.steps.iter().fold(base.clone(), |below, step| step.with(&below, anew(step)))
    }

    /// What the steps add, for a step that reads no more than that. Nothing in it is of Windows, so
    /// no layer of an image is ever made of it.
    #[must_use]
    pub fn alone(&self) -> State {
        let as_it_is = |step: &Step| step.metadata.clone();
        self.steps.iter().fold(State::scratch(), |below, step| step.with(&below, as_it_is(step)))
    }
}

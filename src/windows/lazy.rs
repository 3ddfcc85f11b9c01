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
//! same layers. Steps do not stand on each other: after a partial hit in an imported cache such a
//! step is not found. The one step that has to see the layers before it is made anew in every build.

use super::seed::Seed;
use crate::image::Platform;
use crate::llb::{self, FileAction, Metadata, ProgressGroup, State};

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
        Some(LazyLayers { seed, layers: Vec::new(), steps: Vec::new(), title })
    }
}

/// The layers of one stage.
#[derive(Debug, Clone)]
pub struct LazyLayers {
    seed: State,
    layers: Vec<State>,
    /// The same steps, to be made elsewhere.
    steps: Vec<Step>,
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
    fn on(&self, below: &State) -> State {
        self.with(below, self.metadata.clone())
    }

    fn with(&self, below: &State, metadata: Metadata) -> State {
        let mut below = below.clone();
        below.dir.clone_from(&self.dir);
        below.file(self.actions.clone(), metadata)
    }
}

impl LazyLayers {
    /// Adds a step. What it does depends on the layers before it where it is made `on_layers`.
    pub fn push(&mut self, dir: &str, actions: Vec<FileAction>, mut metadata: Metadata, on_layers: bool) {
        let below = if on_layers { self.whole(&self.seed) } else { self.seed.clone() };
        metadata.ignore_cache |= on_layers;
        let title = metadata.name.clone().unwrap_or_default();
        // Step and difference are shown as one.
        let group = |weak| Some(ProgressGroup { id: format!("windows {title}"), name: title.clone(), weak });
        let step = Step { dir: dir.to_owned(), actions, metadata };
        let made = step.with(&below, Metadata { progress_group: group(false), ..step.metadata.clone() });
        let diff = Metadata {
            name: Some(title.clone()),
            progress_group: group(true),
            ignore_cache: step.metadata.ignore_cache,
            location: step.metadata.location.clone(),
            ..Metadata::default()
        };
        self.layers.push(llb::diff(&below, &made, diff));
        self.steps.push(step);
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
        self.steps.iter().fold(State::scratch(), |below, step| step.on(&below))
    }
}

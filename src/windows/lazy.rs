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
//! step is not found.

use super::directories::Directories;
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
}

impl Layering {
    /// Layers for a stage, where they can be made without its base.
    #[must_use]
    pub fn layers(&self, platform: &Platform, title: String) -> Option<LazyLayers> {
        let seed = self.seed.as_ref()?.state(platform);
        Some(LazyLayers { seed, layers: Vec::new(), title, directories: Directories::default() })
    }
}

/// The layers of one stage.
#[derive(Debug, Clone)]
pub struct LazyLayers {
    seed: State,
    layers: Vec<State>,
    /// What progress output calls the merge.
    title: String,
    /// Where the stage is known to have directories.
    pub directories: Directories,
}

impl LazyLayers {
    /// Adds a step.
    pub fn push(&mut self, dir: &str, actions: Vec<FileAction>, metadata: Metadata) {
        let mut seed = self.seed.clone();
        dir.clone_into(&mut seed.dir);
        let title = metadata.name.clone().unwrap_or_default();
        // Step and difference are shown as one.
        let group = |weak| ProgressGroup { id: format!("windows {title}"), name: title.clone(), weak };
        let ignore_cache = metadata.ignore_cache;
        let location = metadata.location.clone();
        let step = seed.file(actions, Metadata { progress_group: Some(group(false)), ..metadata });
        let diff = Metadata {
            name: Some(title.clone()),
            progress_group: Some(group(true)),
            ignore_cache,
            location,
            ..Metadata::default()
        };
        self.layers.push(llb::diff(&seed, &step, diff));
    }

    /// Base and layers, for the result.
    #[must_use]
    pub fn result(&self, base: &State) -> State {
        self.merge(base, Metadata::named(self.title.as_str()))
    }

    /// Base and layers, for a step that reads them, which takes the base to be unpacked.
    #[must_use]
    pub fn whole(&self, base: &State) -> State {
        // Layers from an imported cache are not known to be Windows layers: see the module's
        // note about steps that stand on each other.
        self.merge(base, Metadata { ignore_cache: true, ..Metadata::internal("windows stage with its base") })
    }

    fn merge(&self, base: &State, metadata: Metadata) -> State {
        let parts: Vec<&State> = std::iter::once(base).chain(&self.layers).collect();
        let merged = llb::merge(&parts, metadata);
        base.clone().with_output(merged.output)
    }
}

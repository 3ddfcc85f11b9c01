//! Layers on Windows base images that are neither downloaded nor unpacked.
//!
//! Every step is a file operation on a tiny Windows image, the seed. What the step adds is merged onto the base:
//!
//! ```text
//! step    = operation on seed          each step a direct child of the seed
//! layer   = diff(seed, step)
//! variant = merge(base, layer, ..)
//! ```
//!
//! BuildKit writes layers in Windows' format because seed and base are Windows images. A merge needs none of its parts
//! unpacked, so the base stays where it is. All versions share the same layers. Steps on the seed are not based on
//! each other: after a partial hit in an imported cache, such a step is not found.
//!
//! A step that depends on the files of earlier steps (see [`super::directories`]) is built on those steps, starting
//! from an empty file system, which contains no Windows files and where a cache does no harm. Its layer is what it
//! changes there:
//!
//! ```text
//! stack_i = step_i on stack_(i-1)      stack_0 is empty
//! step    = copy of diff(stack_(i-1), stack_i) on seed
//! ```
//!
//! Steps that go to unrelated paths are left out of a stack, so that the stack is the same for all versions that share
//! the other steps.
//!
//! BuildKit then refuses what it refuses on the base: a file where a directory has to be, and vice versa.

use super::directories::{self, Answer, Depends};
use super::seed::Seed;
use crate::image::Platform;
use crate::lint::{Linter, Site};
use crate::llb::{self, Action, CopyOptions, FileAction, Metadata, ProgressGroup, State};

/// How Windows stages are layered in this build.
#[derive(Debug, Clone, Default)]
pub struct Layering {
    /// The seed. Without a seed, steps are built on the base itself.
    pub seed: Option<Seed>,
    /// Why there is no seed; empty if there is one, or if no Windows platform needs one.
    pub reason: String,
    /// True if more than one Windows version is built.
    pub fanned_out: bool,
    /// True if nothing is built, but would be on a seed.
    pub checked: bool,
}

impl Layering {
    /// Starts the layers of a stage; `None` if they cannot be built without its base.
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
    /// The same steps, to build them elsewhere.
    steps: Vec<Step>,
    /// Stacks of some steps on the empty file system, with the numbers of the steps.
    stacks: Vec<(Vec<usize>, State)>,
    /// A stack of the first steps, without gaps, on the empty file system, and their number.
    stack: (usize, State),
    /// The name of the merge in progress output.
    title: String,
    /// The results of the steps that did more than create directories.
    pub brought: Vec<Brought>,
}

/// The result of a step.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The seed and the files of the step: can be read without the base and without the other steps.
    pub files: State,
    /// The step's instruction.
    pub site: Site,
}

/// Where a step goes, and which of the earlier steps it depends on.
#[derive(Debug, Clone)]
pub struct Place {
    /// The destination, in the form used for comparison.
    key: String,
    depends: Depends,
}

impl Place {
    /// Returns the place of an answer.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        Self { key: directories::key(&answer.path), depends: answer.depends }
    }
}

impl Default for Place {
    /// The place of a step whose destination was not looked up.
    fn default() -> Self {
        Self { key: "/".to_owned(), depends: Depends::All }
    }
}

/// How many steps are distinguished by their places. Any further step depends on all or on nothing.
const MOST_PLACES: usize = 1000;

#[derive(Debug, Clone)]
struct Step {
    /// The destination, in the form used for comparison.
    key: String,
    /// The number of the first step that is related to this one, directly or through others.
    group: usize,
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

    /// Returns the step's metadata for one of the operations that are shown as the step. A weak operation is not shown
    /// on its own.
    fn shown(&self, weak: bool) -> Metadata {
        let name = self.metadata.name.clone().unwrap_or_default();
        let group = ProgressGroup { id: format!("windows {name}"), name, weak };
        Metadata { progress_group: Some(group), ..self.metadata.clone() }
    }
}

impl LazyLayers {
    /// Creates an empty list of layers on a seed; `title` is the name of the merge in progress output.
    #[must_use]
    pub fn new(seed: State, title: String) -> Self {
        Self {
            seed,
            layers: Vec::new(),
            steps: Vec::new(),
            stacks: Vec::new(),
            stack: (0, State::scratch()),
            title,
            brought: Vec::new(),
        }
    }

    /// Returns the seed that the steps are built on.
    #[must_use]
    pub fn seed(&self) -> &State {
        &self.seed
    }

    /// Adds a step.
    pub fn push(
        &mut self,
        dir: &str,
        actions: Vec<FileAction>,
        metadata: Metadata,
        place: Place,
        lint: &Linter,
    ) {
        let location = metadata.location.first().map_or_else(Vec::new, |location| location.ranges.clone());
        let site = Site { lint: lint.clone(), location };
        let has_files = actions.iter().any(|action| !matches!(action, Action::MkDir { .. }));
        let number = self.steps.len();
        let group = self.join(&place.key);
        let step = Step { key: place.key, group, dir: dir.to_owned(), actions, metadata };
        let made = match place.depends {
            Depends::Nothing => step.with(&self.seed, step.shown(false)),
            Depends::Related if number < MOST_PLACES => {
                let related = |(_, other): &(usize, &Step)| other.group == group;
                let mut numbers: Vec<usize> =
                    self.steps.iter().enumerate().filter(related).map(|(i, _)| i).collect();
                let below = self.related(&numbers);
                let (above, made) = self.on_layers(&step, &below);
                numbers.push(number);
                self.stacks.push((numbers, above));
                made
            }
            Depends::Related | Depends::All => {
                let (done, start) = std::mem::replace(&mut self.stack, (0, State::scratch()));
                let rest = self.steps.iter().skip(done);
                let below = rest.fold(start, |stack, step| step.with(&stack, step.shown(true)));
                let (above, made) = self.on_layers(&step, &below);
                self.stack = (number + 1, above);
                made
            }
        };
        let diff = Metadata { command: None, ..step.shown(true) };
        self.layers.push(llb::diff(&self.seed, &made, diff));
        if has_files {
            self.brought.push(Brought { files: made, site });
        }
        self.steps.push(step);
    }

    /// Joins all steps that are related to a destination into one group, and returns its number.
    fn join(&mut self, key: &str) -> usize {
        let new = self.steps.len();
        if new >= MOST_PLACES {
            return new;
        }
        let related = self.steps.iter().filter(|step| directories::are_related(&step.key, key));
        let mut groups: Vec<usize> = related.map(|step| step.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let group = groups.first().copied().unwrap_or(new);
        if groups.len() > 1 {
            let joined = self.steps.iter_mut().filter(|step| groups.binary_search(&step.group).is_ok());
            joined.for_each(|step| step.group = group);
        }
        group
    }

    /// Returns a step on some of the earlier steps, and what it changes there, on the seed.
    fn on_layers(&self, step: &Step, below: &State) -> (State, State) {
        let above = step.with(below, step.shown(true));
        let changed = llb::diff(below, &above, step.shown(true));
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
        (above, self.seed.file(vec![copy], step.shown(false)))
    }

    /// Returns these steps on the empty file system, based on the longest existing stack of them. That stack is
    /// removed: later steps are based on the new one.
    fn related(&mut self, numbers: &[usize]) -> State {
        let stacks = self.stacks.iter().enumerate();
        let longest =
            stacks.filter(|(_, (have, _))| numbers.starts_with(have)).max_by_key(|(_, (have, _))| have.len());
        let (have, start) = match longest.map(|(i, _)| i) {
            Some(i) => self.stacks.swap_remove(i),
            None => (Vec::new(), State::scratch()),
        };
        let rest = numbers.iter().skip(have.len()).filter_map(|number| self.steps.get(*number));
        rest.fold(start, |stack, step| step.with(&stack, step.shown(true)))
    }

    /// Returns the base with the layers, for the result.
    #[must_use]
    pub fn result(&self, base: &State) -> State {
        let parts: Vec<&State> = std::iter::once(base).chain(&self.layers).collect();
        let merged = llb::merge(&parts, Metadata::named(self.title.as_str()));
        base.clone().with_output(merged.output)
    }

    /// Returns the base with the layers, for a step that reads them and has the base unpacked anyway: the steps are
    /// built on the base. Never uses a cache: layers of an imported cache are not known to be Windows layers, and would
    /// be unpacked with the names that files have inside them.
    #[must_use]
    pub fn on_base(&self, base: &State) -> State {
        let anew = |step: &Step| Metadata { ignore_cache: true, ..step.metadata.clone() };
        self.steps.iter().fold(base.clone(), |below, step| step.with(&below, anew(step)))
    }

    /// Returns what the steps add, for a step that reads nothing else. It contains no Windows files, so it must never
    /// become an image layer.
    #[must_use]
    pub fn without_base(&self) -> State {
        let as_it_is = |step: &Step| step.metadata.clone();
        self.steps.iter().fold(State::scratch(), |below, step| step.with(&below, as_it_is(step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Config;
    use crate::llb::{Image, ResolveMode};

    fn layers() -> LazyLayers {
        let platform =
            Some(Platform { os: "windows".into(), architecture: "amd64".into(), ..Platform::default() });
        let seed = Image { reference: "seed".to_owned(), platform, resolve_mode: ResolveMode::Default };
        LazyLayers::new(seed.state(Metadata::default()), String::new())
    }

    /// Adds a step, and returns the numbers of the steps that it was built on.
    fn push(layers: &mut LazyLayers, key: &str, depends: Depends) -> Vec<usize> {
        let place = Place { key: key.to_owned(), depends };
        let action = Action::MkFile { path: key.to_owned(), mode: 0o644, data: Vec::new() };
        let lint = Linter::new(Config::default());
        layers.push("/", vec![action], Metadata::default(), place, &lint);
        match layers.stacks.last() {
            Some((numbers, _)) if depends == Depends::Related => numbers[..numbers.len() - 1].to_vec(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_step_is_made_on_what_it_may_meet() {
        let mut layers = layers();
        push(&mut layers, "/windows/a", Depends::Nothing);
        push(&mut layers, "/app", Depends::Nothing);
        assert_eq!(push(&mut layers, "/app", Depends::Related), [1]);
        assert_eq!(push(&mut layers, "/app", Depends::Related), [1, 2]);
        assert_eq!(push(&mut layers, "/windows", Depends::Related), [0]);
        // Indirectly related steps count too, because without the step between them the result may differ.
        push(&mut layers, "/x/a", Depends::Nothing);
        push(&mut layers, "/x", Depends::Related);
        assert_eq!(push(&mut layers, "/x/b", Depends::Related), [5, 6]);
        assert_eq!(push(&mut layers, "/", Depends::Related), [0, 1, 2, 3, 4, 5, 6, 7]);
        push(&mut layers, "/other", Depends::All);
        assert_eq!(layers.stack.0, 10);
        assert_eq!(layers.layers.len(), 10);
    }

    #[test]
    fn many_steps_take_time_as_they_are_many() {
        let mut layers = layers();
        for _ in 0..20_000 {
            push(&mut layers, "/app", Depends::Related);
        }
        let kept: usize = layers.stacks.iter().map(|(numbers, _)| numbers.len()).sum();
        assert!(kept <= MOST_PLACES && layers.stack.0 == 20_000);
    }
}

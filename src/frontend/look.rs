//! Verifies the files that the steps of Windows images added, for what a Windows host would refuse.
//!
//! The steps are read as they are built on the seed. This never reads a base image, builds nothing that the build does
//! not need anyway, and reads a step that several versions share only once. A step of an imported cache would have to
//! be downloaded, so a build that imports a cache is verified on request only (`FANLIGHT_VERIFY=1`).

mod tree;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::build::Build;
use super::solve::Ready;
use crate::convert::Named;
use crate::gateway::{Bridge, Error, FileRange, SolveRequest};
use crate::image::Config;
use crate::lint::{Rule, Site, windows as rule};
use crate::llb::Definition;
use crate::proto::frontend::Ref;
use crate::verify::base::Base;
use crate::verify::content::Content;
use crate::verify::dotnet::Installed;
use crate::verify::files::{Files, Id, Kind, Step};
use crate::verify::program::Program;
use crate::verify::read::{Need, Ranges};
use crate::verify::{About, Subject, check_step};
use crate::wait;
use tree::Tree;

/// How many steps are read at most.
const MAX_STEPS: usize = 256;
/// How many files are read at most.
const MAX_FILES: usize = 1000;
/// How many bytes of files are read at most.
const MAX_BYTES: usize = 64 << 20;
/// How many bytes of a text file are read at most.
const MAX_TEXT: usize = 64 << 10;
/// How many calls run at once.
const AT_ONCE: usize = 16;

/// The steps and images to verify.
pub(super) struct Look<'b> {
    build: &'b Build<'b>,
    steps: Vec<Built>,
    images: Vec<Image>,
    /// True if some steps are left out.
    has_more: bool,
}

/// A step to read.
struct Built {
    step: Definition,
    /// The seed that it is built on.
    seed: Rc<Definition>,
    site: Site,
}

/// An image, with what is needed to verify its files.
struct Image {
    /// Indexes of its steps in [`Look::steps`].
    steps: Vec<usize>,
    /// True if some of its steps are left out, so that a file that was not found may still exist.
    is_partial: bool,
    named: Named,
    config: Config,
    base: Base,
    architecture: String,
}

impl<'b> Look<'b> {
    /// Collects the steps of the Windows images among these targets; `None` if there is nothing to verify.
    pub(super) fn of(build: &'b Build<'b>, targets: &[Ready<'_>]) -> Option<Self> {
        let options = build.options;
        if !options.windows.verify.unwrap_or(options.cache_imports.is_empty()) {
            return None;
        }
        let mut look = Self { build, steps: Vec::new(), images: Vec::new(), has_more: false };
        let mut digests: Vec<String> = Vec::new();
        for target in targets {
            look.add(target, &mut digests);
        }
        (!look.steps.is_empty()).then_some(look)
    }

    fn add(&mut self, target: &Ready<'_>, digests: &mut Vec<String>) {
        let plan = &target.planned.plan;
        let mut states = target.converted.stages.iter();
        let Some((_, state)) = states.find(|(id, _)| *id == plan.target) else { return };
        let (Some(lazy), Some(base)) = (&state.lazy, &state.base_image) else { return };
        let files: Vec<_> =
            lazy.brought.iter().take(MAX_STEPS).map(|brought| brought.files.clone()).collect();
        let mut is_partial = files.len() < lazy.brought.len();
        let marshaler = &target.converted.marshaler;
        let seed = Rc::new(marshaler.marshal(lazy.seed()));
        let mut steps = Vec::with_capacity(files.len());
        for (digest, brought) in marshaler.digests(&files).into_iter().zip(&lazy.brought) {
            let known = digests.iter().position(|known| *known == digest);
            if known.is_none() && digests.len() == MAX_STEPS {
                is_partial = true;
                continue;
            }
            steps.push(known.unwrap_or_else(|| {
                digests.push(digest);
                self.steps.push(Built {
                    step: marshaler.marshal(&brought.files),
                    seed: Rc::clone(&seed),
                    site: brought.site.clone(),
                });
                self.steps.len() - 1
            }));
        }
        self.has_more |= is_partial;
        self.images.push(Image {
            steps,
            is_partial,
            named: state.named.clone(),
            config: target.converted.image.config.clone(),
            base: Base::of(base, plan.root().image_reference().unwrap_or_default()),
            architecture: target.platform.architecture.clone(),
        });
    }

    /// Reads the steps, and reports findings to the linter.
    ///
    /// # Errors
    ///
    /// Returns an error if a step fails, which fails the build too. A built step that cannot be read is reported and
    /// left out.
    pub(super) async fn run(self) -> Result<(), Error> {
        let bridge = self.build.bridge;
        let trees = self.steps.iter().map(|built| self.tree(built));
        let trees: Vec<(Option<Ref>, Tree)> = wait::try_all(trees).await?;
        let mut unread = self.has_more.then(|| format!("more than {MAX_STEPS} steps"));
        let mut references = Vec::new();
        let mut steps = Vec::new();
        for (reference, tree) in trees {
            unread = unread.or(tree.unread);
            references.push((reference, tree.prefix));
            steps.push(Step { entries: tree.entries, has_more: tree.has_more });
        }
        let budget = Cell::new(MAX_BYTES);
        let wanted = self.wanted(&steps);
        if wanted.len() > MAX_FILES {
            unread = unread.or_else(|| Some(format!("more than {MAX_FILES} programs and libraries")));
        }
        let wanted = &wanted[..wanted.len().min(MAX_FILES)];
        for some in wanted.chunks(AT_ONCE) {
            let read = some.iter().map(|id| {
                let entry = &steps[id.step].entries[id.index];
                let (reference, prefix) = &references[id.step];
                let path = format!("{prefix}{}", entry.path);
                let size = if let Kind::File(size) = entry.kind { size } else { 0 };
                let budget = &budget;
                async move {
                    let file = File { bridge, reference: reference.as_ref()?, path, size, budget };
                    Some(file.read().await)
                }
            });
            for (id, outcome) in some.iter().zip(wait::all(read).await) {
                let entry = &mut steps[id.step].entries[id.index];
                match outcome {
                    Some(Ok(Read::Content(content))) => entry.content = Some(content),
                    Some(Ok(Read::Text(text))) => entry.text = Some(text),
                    Some(Err(error)) => unread = unread.or_else(|| Some(error.to_string())),
                    None => {}
                }
            }
        }
        self.report(&steps);
        if let (Some(why), Some(built)) = (unread, self.steps.first()) {
            built.site.run(&rule::UNREAD, rule::unread(&why));
        }
        Ok(())
    }

    /// Builds a step, and lists the files that it added.
    async fn tree(&self, built: &Built) -> Result<(Option<Ref>, Tree), Error> {
        let bridge = self.build.bridge;
        let request = SolveRequest {
            definition: Some(built.step.to_pb()),
            cache_imports: self.build.options.cache_imports.clone(),
            evaluate: true,
            ..SolveRequest::default()
        };
        let reference = bridge.solve(request).await?.single().map_err(Error::new)?;
        let tree = match &reference {
            Some(reference) => Tree::list(bridge, reference, &built.seed).await,
            None => Tree::default(),
        };
        Ok((reference, tree))
    }

    /// Returns the files to read, each once.
    fn wanted(&self, steps: &[Step]) -> Vec<Id> {
        let mut wanted = Vec::new();
        let mut seen = BTreeSet::new();
        for image in &self.images {
            let ids = image.subject(steps).wanted().into_iter();
            wanted.extend(ids.filter(|id| seen.insert((id.step, id.index))));
        }
        wanted
    }

    fn report(&self, steps: &[Step]) {
        let of_steps = steps.iter().enumerate().flat_map(|(number, step)| check_step(number, step));
        for finding in of_steps {
            self.find(finding.about, None, finding.rule, finding.message);
        }
        for image in &self.images {
            for finding in image.subject(steps).check() {
                self.find(finding.about, Some(image), finding.rule, finding.message);
            }
        }
    }

    fn find(&self, about: About, image: Option<&Image>, rule: &'static Rule, message: String) {
        let site = match about {
            About::Step(number) => self.steps.get(number).map(|built| &built.site),
            // A program that the base image names does not come from the Dockerfile.
            About::Program(by) => image.and_then(|image| image.named.program(by)),
        };
        // The Dockerfile alone may have shown that a program is missing.
        if let Some(site) = site.filter(|site| *rule != rule::PROGRAM_MISSING || !site.has(rule)) {
            site.run(rule, message);
        }
    }
}

impl Image {
    fn subject<'s>(&'s self, steps: &'s [Step]) -> Subject<'s> {
        let program = Program::of(&self.config).filter(|program| self.named.program(program.by).is_some());
        Subject {
            files: Files::of(steps, &self.steps),
            is_complete: !self.is_partial && !self.steps.iter().any(|number| steps[*number].has_more),
            program,
            base: self.base,
            architecture: &self.architecture,
            installed: Installed::of(&self.config),
        }
    }
}

/// A file of a step.
struct File<'f> {
    bridge: &'f Bridge,
    reference: &'f Ref,
    path: String,
    size: u64,
    budget: &'f Cell<usize>,
}

/// The content that was read of a file.
enum Read {
    Content(Content),
    Text(String),
}

impl File<'_> {
    async fn read(&self) -> Result<Read, Error> {
        if self.path.ends_with(".json") {
            let bytes = self.range(Need { offset: 0, length: MAX_TEXT }).await?;
            return Ok(Read::Text(String::from_utf8_lossy(&bytes).into_owned()));
        }
        let mut ranges = Ranges::new(self.size);
        loop {
            let need = match Content::of(&ranges) {
                Ok(content) => return Ok(Read::Content(content)),
                Err(need) => ranges.next(need),
            };
            let need = need.ok_or_else(|| Error::new(format_args!("{} has too many parts", self.path)))?;
            let bytes = self.range(need).await?;
            ranges.add(need, bytes);
        }
    }

    async fn range(&self, need: Need) -> Result<Vec<u8>, Error> {
        let left = self.budget.get().checked_sub(need.length);
        let left = left.ok_or_else(|| Error::new(format_args!("more than {} MB", MAX_BYTES >> 20)))?;
        self.budget.set(left);
        let length = i64::try_from(need.length).unwrap_or(i64::MAX);
        let range = FileRange { offset: i64::try_from(need.offset).unwrap_or(i64::MAX), length };
        self.bridge.read_file(self.reference, &self.path, Some(range)).await
    }
}

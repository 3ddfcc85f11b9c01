//! The plan of a build: what it would produce, without building.
//!
//! A request of fanlight's own. Its fields are documented in `docs/plan.md`; existing fields stay, and a
//! change of meaning requires a new version.

pub mod against;
mod json;
pub mod rebase;
mod text;

use std::collections::BTreeMap;

use against::Against;
use rebase::Rebase;

use super::describe::PLAN;
use super::json::Json;
use super::json::Style;
use super::{RESULT_JSON, RESULT_TEXT};
use crate::gateway::BuildResult;
use crate::image::{Build, OsVersion, Platform, release};
use crate::llb::inspect::{ImageUse, Layer, Use};
use crate::windows::hosts::{self, Coverage};
use crate::windows::refused_run::RefusedRun;
use crate::windows::versions;

/// An image of the result.
#[derive(Debug, Clone)]
pub struct Image {
    /// The ID of the image in the result.
    pub id: String,
    /// The platform, as hosts see it in the index.
    pub platform: Platform,
    /// The stage that becomes the image.
    pub target: Place,
    /// The base of the image.
    pub base: Base,
    /// The instructions of the image, from its base on.
    pub steps: Vec<Step>,
    /// The layers that the instructions create.
    pub layers: Vec<Layer>,
    /// The images that must be downloaded for it.
    pub reads: Vec<ImageUse>,
    /// The stages that it copies or mounts from.
    pub stages: Vec<Stage>,
    /// Commands that cannot run here.
    pub refused: Vec<RefusedRun>,
    /// For a Windows image whose layers are built on their base: why they are.
    pub why_on_base: String,
}

/// A stage, and the line of its FROM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The stage's name.
    pub name: String,
    /// The line.
    pub line: u32,
}

/// The kinds of bases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseKind {
    /// An image of a registry or of an OCI layout.
    Image,
    /// `scratch`.
    Scratch,
    /// A named context.
    Context,
}

impl BaseKind {
    /// Returns the kind as in the JSON of the plan.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Scratch => "scratch",
            Self::Context => "context",
        }
    }
}

/// The base of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The kind.
    pub kind: BaseKind,
    /// The name as written, with variables expanded.
    pub name: String,
    /// The full reference with its digest; empty if it is not an image.
    pub reference: String,
    /// The line of the FROM that names it.
    pub line: u32,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The stage that contains it.
    pub stage: String,
    /// The line on which it begins.
    pub line: u32,
    /// The instruction as written.
    pub instruction: String,
    /// It comes from an ONBUILD trigger of the base.
    pub is_trigger: bool,
    /// Its effect on the image.
    pub result: StepResult,
}

/// The effect of an instruction on an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResult {
    /// It is the FROM.
    Base,
    /// It creates a layer, identified by the digest of its definition.
    Layer(String),
    /// It changes the config.
    Config,
    /// It changes nothing in the image.
    Nothing,
    /// It is a command that cannot run here.
    CannotRun,
}

/// A stage that is built for other stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The name and location of the stage.
    pub place: Place,
    /// The platform on which it runs.
    pub platform: Platform,
    /// The digest of its definition; stages with equal digests are built once.
    pub digest: String,
}

/// A base to add for a host that no image fits; its name is derived from the tags of other bases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Addition {
    /// The architecture.
    pub architecture: String,
    /// The image.
    pub base: String,
}

/// Whether an image exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It exists.
    There,
    /// It does not exist.
    Missing,
    /// The lookup failed.
    Unknown,
}

/// Returns the bases to add that a plan of these images may name.
#[must_use]
pub fn additions(images: &[Image]) -> Vec<Addition> {
    let mut found: Vec<Addition> = Vec::new();
    for of in hosts(images, &[]) {
        for base in of.hosts.into_iter().filter_map(|on| on.candidate) {
            found.push(Addition { architecture: of.architecture.clone(), base });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Answers `frontend.plan`: the images, their comparison with a pushed index, and the changes of a rebase.
/// `known` says which of the [`additions`] exist.
#[must_use]
pub fn plan(
    images: Vec<Image>,
    known: &[(Addition, Existence)],
    against: Option<Against>,
    rebase: Option<Rebase>,
) -> BuildResult {
    let document = Document { against, rebase, ..Document::new(images, known) };
    let json = Json::text(Style::Go, |json| document.write(json));
    let texts = [(RESULT_JSON, json.into_bytes()), (RESULT_TEXT, document.text().into_bytes())];
    super::answer(&PLAN, texts)
}

/// The images and the parts that they share. Images are identified by their index.
struct Document {
    images: Vec<Image>,
    layers: Vec<Shared<Layer>>,
    /// The index of each layer in the list, by its digest: a file may have thousands of layers.
    layer_numbers: BTreeMap<String, usize>,
    stages: Vec<Shared<Stage>>,
    downloads: Vec<Shared<Download>>,
    refused: Vec<RefusedRun>,
    releases: Vec<Release>,
    hosts: Vec<OfArchitecture>,
    against: Option<Against>,
    rebase: Option<Rebase>,
}

/// A part of the plan, and the images that it belongs to.
struct Shared<T> {
    what: T,
    images: Vec<usize>,
}

/// An image that must be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Download {
    read: ImageUse,
    why: String,
}

/// A Windows release that is newer than the table of releases, as far as the bases describe it.
struct Release {
    build: Build,
    /// Its name in the tag of a base; empty if no tag has one.
    name: String,
    images: Vec<usize>,
}

/// The images that the hosts of an architecture select.
struct OfArchitecture {
    architecture: String,
    hosts: Vec<OnHost>,
}

struct OnHost {
    coverage: Coverage,
    /// The index of the image in the result.
    image: Option<usize>,
    elsewhere: Vec<(&'static str, Option<usize>)>,
    /// If no image fits, a base whose image would, derived from the tag of another base.
    candidate: Option<String>,
    /// Whether that base exists.
    existence: Existence,
}

impl Document {
    fn new(images: Vec<Image>, known: &[(Addition, Existence)]) -> Self {
        let mut document = Self {
            layers: Vec::new(),
            layer_numbers: BTreeMap::new(),
            stages: Vec::new(),
            downloads: Vec::new(),
            refused: Vec::new(),
            releases: newer_releases(&images),
            hosts: hosts(&images, known),
            images: Vec::new(),
            against: None,
            rebase: None,
        };
        for (index, image) in images.iter().enumerate() {
            for layer in &image.layers {
                document.add_layer(index, layer);
            }
            for stage in &image.stages {
                share(&mut document.stages, index, stage, |a, b| a == b);
            }
            for download in downloads(image) {
                share(&mut document.downloads, index, &download, |a, b| a == b);
            }
            for refused in &image.refused {
                if !document.refused.contains(refused) {
                    document.refused.push(refused.clone());
                }
            }
        }
        document.images = images;
        document
    }

    fn add_layer(&mut self, image: usize, layer: &Layer) {
        let Some(number) = self.layer_numbers.get(&layer.digest) else {
            self.layer_numbers.insert(layer.digest.clone(), self.layers.len());
            self.layers.push(Shared { what: layer.clone(), images: vec![image] });
            return;
        };
        let images = &mut self.layers[*number].images;
        if images.last() != Some(&image) {
            images.push(image);
        }
    }
}

fn share<T: Clone>(list: &mut Vec<Shared<T>>, image: usize, what: &T, same: fn(&T, &T) -> bool) {
    match list.iter_mut().find(|shared| same(&shared.what, what)) {
        Some(shared) if shared.images.contains(&image) => {}
        Some(shared) => shared.images.push(image),
        None => list.push(Shared { what: what.clone(), images: vec![image] }),
    }
}

/// Returns the downloads for an image, each with all the lines that need it.
fn downloads(image: &Image) -> Vec<Download> {
    let mut found: Vec<Download> = Vec::new();
    for read in &image.reads {
        let same = |known: &&mut Download| {
            let of = &known.read;
            of.image == read.image && of.platform == read.platform && of.usage == read.usage
        };
        match found.iter_mut().find(same) {
            Some(known) => {
                let new: Vec<u32> =
                    read.lines.iter().copied().filter(|line| !known.read.lines.contains(line)).collect();
                known.read.lines.extend(new);
            }
            None => found.push(Download { read: read.clone(), why: why(read, image) }),
        }
    }
    found
}

fn why(read: &ImageUse, image: &Image) -> String {
    let text = match read.usage {
        Use::Run => "a command runs in it",
        Use::Mount => "a command mounts it",
        Use::Copy => "files are copied from it",
        Use::Write => "files are written to it",
    };
    if read.usage == Use::Write && read.platform.is_windows() && !image.why_on_base.is_empty() {
        return format!("{text}: {}", image.why_on_base);
    }
    text.to_owned()
}

/// Returns the releases of the images that are not in the table, in the order of the index.
fn newer_releases(images: &[Image]) -> Vec<Release> {
    let mut found: Vec<Release> = Vec::new();
    for (index, image) in images.iter().enumerate().filter(|(_, image)| image.platform.is_windows()) {
        let Some(version) = OsVersion::parse(&image.platform.os_version) else { continue };
        let build = version.build();
        if release::of_build(build.0).is_some() {
            continue;
        }
        let name = versions::newer_release_in(&image.base.name).unwrap_or_default();
        match found.iter_mut().find(|release| release.build == build) {
            Some(release) => {
                release.images.push(index);
                if release.name.is_empty() {
                    release.name = name;
                }
            }
            None => found.push(Release { build, name, images: vec![index] }),
        }
    }
    found
}

/// Returns which image of the result each Windows host selects, by architecture.
fn hosts(images: &[Image], additions: &[(Addition, Existence)]) -> Vec<OfArchitecture> {
    let mut found: Vec<OfArchitecture> = Vec::new();
    for image in images.iter().filter(|image| image.platform.is_windows()) {
        let architecture = &image.platform.architecture;
        if found.iter().any(|of| of.architecture == *architecture) {
            continue;
        }
        let of_it: Vec<usize> = (0..images.len())
            .filter(|i| images[*i].platform.is_windows() && images[*i].platform.architecture == *architecture)
            .collect();
        let versions: Vec<&str> = of_it.iter().map(|i| images[*i].platform.os_version.as_str()).collect();
        let known = of_it.iter().map(|i| &images[*i].base).find(|base| base.kind == BaseKind::Image);
        let hosts = hosts::coverage(architecture, &versions).into_iter().map(|coverage| {
            let candidate = coverage.missing.and_then(|build| versions::renamed(&known?.name, Build(build)));
            let addition =
                candidate.clone().map(|base| Addition { architecture: architecture.clone(), base });
            let existence =
                addition.and_then(|addition| Some(additions.iter().find(|(known, _)| *known == addition)?.1));
            let elsewhere = coverage.elsewhere.iter();
            OnHost {
                image: coverage.takes.map(|i| of_it[i]),
                elsewhere: elsewhere.map(|(who, takes)| (*who, takes.map(|i| of_it[i]))).collect(),
                candidate,
                existence: existence.unwrap_or(Existence::Unknown),
                coverage,
            }
        });
        found.push(OfArchitecture { architecture: architecture.clone(), hosts: hosts.collect() });
    }
    found
}

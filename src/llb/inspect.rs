//! Inspects an encoded graph: the layers of its result, and the images that must be downloaded and unpacked
//! for it.
//!
//! An image that is only merged with other file systems is not downloaded. It is needed as soon as an
//! operation works on its files; the output of that operation needs no image anymore.

use prost::Message as _;

use super::marshal::Definition;
use crate::collect::ByName;
use crate::image::Platform;
use crate::proto::pb;

/// A layer of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The digest of the operation that creates it; equal digests are the same layer.
    pub digest: String,
    /// The lines on which its instructions begin.
    pub lines: Vec<u32>,
}

/// An image whose files an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUse {
    /// The image's reference.
    pub image: String,
    /// The platform of the image.
    pub platform: Platform,
    /// What the files are needed for.
    pub usage: Use,
    /// The lines on which the operation's instructions begin.
    pub lines: Vec<u32>,
}

/// What the files of an image are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A command runs on them.
    Run,
    /// A command sees them as a mount.
    Mount,
    /// Files are copied from them.
    Copy,
    /// A step puts files on top of them.
    Write,
}

/// Settings besides the graph.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting<'s> {
    /// An image that is too small to count.
    pub seed: Option<&'s str>,
    /// The engine can run Windows commands. If not, the graph is inspected as if it had none.
    pub runs_windows: bool,
}

/// A graph under inspection.
pub struct Graph<'g> {
    setting: Setting<'g>,
    operations: ByName<Node<'g>>,
    lines: ByName<Vec<u32>>,
    root: Option<pb::Input>,
    image_uses: Vec<ImageUse>,
}

/// An operation, with the unchanged images in each of its outputs; a single entry for all outputs if they do
/// not differ.
struct Node<'g> {
    op: pb::Op,
    images: Vec<Images<'g>>,
}

/// The digests of the operations that provide the images.
type Images<'g> = Vec<&'g str>;

impl<'g> Graph<'g> {
    /// Inspects a graph. Operations that cannot be decoded are skipped.
    #[must_use]
    pub fn new(definition: &'g Definition, setting: Setting<'g>) -> Self {
        let mut graph = Self {
            setting,
            operations: ByName::default(),
            lines: lines(definition),
            root: None,
            image_uses: Vec::new(),
        };
        // Each operation comes after its inputs; the last one only names the result.
        for operation in &definition.operations {
            let Ok(op) = pb::Op::decode(operation.bytes.as_slice()) else { continue };
            graph.root = op.inputs.first().cloned();
            let images = graph.images(&operation.digest, &op);
            graph.operations.insert(operation.digest.clone(), Node { op, images });
        }
        graph
    }

    /// Returns the images that must be available, in the order of the operations that need them; an image
    /// that is needed several times is listed as often.
    #[must_use]
    pub fn image_uses(&self) -> &[ImageUse] {
        &self.image_uses
    }

    /// Returns the layers on top of the image that the result starts from, the lowest first.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut pending: Vec<&pb::Input> = self.root.iter().collect();
        while let Some(input) = pending.pop() {
            let Some(node) = self.operations.get(input.digest.as_str()) else { continue };
            let below = |index: i64| usize::try_from(index).ok().and_then(|i| node.op.inputs.get(i));
            match &node.op.op {
                Some(pb::op::Op::Merge(merge)) => {
                    // The last input is the uppermost, and is popped first.
                    pending.extend(merge.inputs.iter().filter_map(|part| below(part.input)));
                    continue;
                }
                Some(pb::op::Op::Source(source)) if is_image(source) => continue,
                Some(pb::op::Op::File(file)) => {
                    pending.extend(file.actions.first().and_then(|action| below(action.input)));
                }
                Some(pb::op::Op::Exec(exec)) => {
                    let mount = exec.mounts.iter().find(|mount| mount.output == input.index);
                    pending.extend(mount.and_then(|mount| below(mount.input)));
                    if self.is_left_out(&node.op) {
                        continue;
                    }
                }
                _ => {}
            }
            let lines = self.lines.get(input.digest.as_str()).cloned().unwrap_or_default();
            layers.push(Layer { digest: input.digest.clone(), lines });
        }
        layers.reverse();
        layers
    }

    /// Records the images that an operation needs, and returns those that stay untouched in its outputs.
    fn images(&mut self, digest: &'g str, op: &pb::Op) -> Vec<Images<'g>> {
        match &op.op {
            Some(pb::op::Op::Source(source)) => {
                let name = source.identifier.split_once("://").map_or("", |(_, name)| name);
                let counts = is_image(source) && Some(name) != self.setting.seed;
                return vec![if counts { vec![digest] } else { Vec::new() }];
            }
            Some(pb::op::Op::Merge(merge)) => {
                return vec![merge.inputs.iter().flat_map(|part| self.inside(op, part.input)).collect()];
            }
            Some(pb::op::Op::Exec(exec)) if self.is_left_out(op) => {
                let outputs = exec.mounts.iter().filter(|mount| mount.output >= 0);
                return outputs.map(|mount| self.inside(op, mount.input)).collect();
            }
            Some(pb::op::Op::Exec(exec)) => {
                for mount in &exec.mounts {
                    let usage = if mount.dest == "/" { Use::Run } else { Use::Mount };
                    self.note(digest, op, mount.input, usage);
                }
            }
            Some(pb::op::Op::File(file)) => {
                for action in &file.actions {
                    self.note(digest, op, action.input, Use::Write);
                    self.note(digest, op, action.secondary_input, Use::Copy);
                }
            }
            Some(pb::op::Op::Diff(diff)) => {
                let parts =
                    [diff.lower.as_ref().map(|part| part.input), diff.upper.as_ref().map(|part| part.input)];
                for input in parts.into_iter().flatten() {
                    self.note(digest, op, input, Use::Write);
                }
            }
            _ => {}
        }
        vec![Vec::new()]
    }

    /// Returns the untouched images in an input.
    fn inside(&self, op: &pb::Op, input: i64) -> Images<'g> {
        let Some(input) = usize::try_from(input).ok().and_then(|index| op.inputs.get(index)) else {
            return Vec::new();
        };
        let Some(node) = self.operations.get(input.digest.as_str()) else { return Vec::new() };
        let output = usize::try_from(input.index).ok().and_then(|index| node.images.get(index));
        output.or_else(|| node.images.first()).cloned().unwrap_or_default()
    }

    fn note(&mut self, digest: &str, op: &pb::Op, input: i64, usage: Use) {
        for image in self.inside(op, input) {
            let Some(Node { op: pb::Op { op: Some(pb::op::Op::Source(source)), platform, .. }, .. }) =
                self.operations.get(image)
            else {
                continue;
            };
            let name = source.identifier.split_once("://").map_or("", |(_, name)| name);
            let lines = self.lines.get(digest).cloned().unwrap_or_default();
            let platform = platform.as_ref().map_or_else(Platform::default, |p| Platform {
                architecture: p.architecture.clone(),
                os: p.os.clone(),
                os_version: p.os_version.clone(),
                os_features: None,
                variant: p.variant.clone(),
            });
            self.image_uses.push(ImageUse { image: name.to_owned(), platform, usage, lines });
        }
    }

    /// Returns whether the operation is a command that cannot run here.
    fn is_left_out(&self, op: &pb::Op) -> bool {
        !self.setting.runs_windows && op.platform.as_ref().is_some_and(|platform| platform.os == "windows")
    }
}

fn is_image(source: &pb::SourceOp) -> bool {
    ["docker-image://", "oci-layout://"].iter().any(|scheme| source.identifier.starts_with(scheme))
}

/// Returns the lines on which the instructions of each operation begin.
fn lines(definition: &Definition) -> ByName<Vec<u32>> {
    let mut found: ByName<Vec<u32>> = ByName::default();
    for entry in definition.source.iter().flat_map(|source| &source.locations) {
        let places = entry.value.iter().flat_map(|value| &value.locations);
        let starts = places.filter_map(|place| place.ranges.first()?.start);
        for line in starts.filter_map(|start| u32::try_from(start.line).ok()) {
            let lines = found.or_default(entry.key.as_deref().unwrap_or_default());
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llb::{
        Action, CopyOptions, Exec, Image, Location, Marshaler, Metadata, ResolveMode, SourceMap, State, diff,
        merge,
    };
    use crate::span::Range;

    fn image(reference: &str, platform: &str) -> State {
        Image {
            reference: reference.to_owned(),
            platform: Some(Platform::parse(platform).unwrap()),
            resolve_mode: ResolveMode::Default,
        }
        .state(Metadata::default())
    }

    /// Returns the metadata of an instruction on that line.
    fn at(line: u32) -> Metadata {
        let map = SourceMap {
            filename: "Dockerfile".into(),
            language: "Dockerfile".into(),
            data: Vec::new(),
            definition: None,
        };
        let ranges = vec![Range::lines(line, line)];
        Metadata { location: vec![Location { map: map.into(), ranges }], ..Metadata::default() }
    }

    fn mkdir(on: &State, path: &str, line: u32) -> State {
        let action =
            Action::MkDir { path: path.to_owned(), mode: 0o755, parents: true, owner: None, timestamp: None };
        on.file(vec![action], at(line))
    }

    fn copy(on: &State, from: &State, line: u32) -> State {
        let action = Action::Copy {
            source: from.output.clone(),
            src: "/a".to_owned(),
            dest: "/b".to_owned(),
            options: Box::new(CopyOptions::default()),
        };
        on.file(vec![action], at(line))
    }

    fn marshal(state: &State) -> Definition {
        Marshaler::new(Platform::parse("linux/amd64").unwrap(), true).marshal(state)
    }

    fn image_uses(definition: &Definition, setting: Setting<'_>) -> Vec<(String, String, Use, Vec<u32>)> {
        let graph = Graph::new(definition, setting);
        let plain =
            |read: &ImageUse| (read.image.clone(), read.platform.format(), read.usage, read.lines.clone());
        graph.image_uses().iter().map(plain).collect()
    }

    fn layer_lines(definition: &Definition) -> Vec<Vec<u32>> {
        Graph::new(definition, Setting::default()).layers().into_iter().map(|layer| layer.lines).collect()
    }

    #[test]
    fn steps_on_an_image_are_layers_and_need_it_once() {
        let base = image("alpine", "linux/amd64");
        let run = mkdir(&base, "/a", 2).run(Exec::new(&base, vec!["true".into()]), at(3));
        let definition = marshal(&mkdir(&run, "/b", 4));
        assert_eq!(layer_lines(&definition), [[3], [4]]);
        let definition = marshal(&mkdir(&mkdir(&base, "/a", 2), "/b", 4));
        assert_eq!(layer_lines(&definition), [[2], [4]]);
        assert_eq!(
            image_uses(&definition, Setting::default()),
            [("alpine".to_owned(), "linux/amd64".to_owned(), Use::Write, vec![2])]
        );
    }

    #[test]
    fn what_is_merged_is_not_needed() {
        let (seed, base) = (image("seed", "windows/amd64"), image("nano", "windows/amd64"));
        let layer = |line| diff(&seed, &mkdir(&seed, &format!("/{line}"), line), at(line));
        let whole = merge(&[&base, &layer(2), &layer(3)], Metadata::default());
        let setting = Setting { seed: Some("seed"), runs_windows: false };
        let definition = marshal(&whole);
        assert_eq!(image_uses(&definition, setting), []);
        assert_eq!(layer_lines(&definition), [[2], [3]]);
        // A reader of the merge needs the base, and the seed does not count.
        let definition = marshal(&copy(&State::scratch(), &whole, 7));
        assert_eq!(
            image_uses(&definition, setting),
            [("nano".to_owned(), "windows/amd64".to_owned(), Use::Copy, vec![7])]
        );
    }

    #[test]
    fn commands_that_cannot_run_are_left_out() {
        let base = image("nano", "windows/amd64");
        let exec = Exec::new(&base, vec!["cmd".into()]);
        let ran = base.run(exec, at(2));
        let definition = marshal(&ran);
        assert_eq!(image_uses(&definition, Setting::default()), []);
        assert_eq!(layer_lines(&definition), [[0_u32; 0]; 0]);
        let runs = Setting { runs_windows: true, ..Setting::default() };
        assert_eq!(
            image_uses(&definition, runs),
            [("nano".to_owned(), "windows/amd64".to_owned(), Use::Run, vec![2])]
        );
        // Steps on top of them are based on the base.
        let definition = marshal(&mkdir(&ran, "/a", 3));
        assert_eq!(
            image_uses(&definition, Setting::default()),
            [("nano".to_owned(), "windows/amd64".to_owned(), Use::Write, vec![3])]
        );
    }

    #[test]
    fn equal_steps_are_one_layer() {
        let layers = |base: &str| {
            let layer = mkdir(&State::scratch(), "/a", 2);
            let definition = marshal(&merge(&[&image(base, "linux/amd64"), &layer], at(2)));
            Graph::new(&definition, Setting::default()).layers()
        };
        assert_eq!(layers("one"), layers("two"));
        assert!(Graph::new(&Definition::default(), Setting::default()).layers().is_empty());
    }
}

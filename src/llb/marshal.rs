//! Encodes a graph as a definition.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use prost::Message as _;

use super::caps;
use super::location::{Location, SourceMap};
use super::state::State;
use super::vertex::{Constraints, Encoded, Late, Operation, Output, Vertex};
use crate::collect;
use crate::image::{Platform, digest};
use crate::proto::pb;

/// An encoded graph, ready to be solved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// Operations, each after its inputs; the last one only names the result.
    pub operations: Vec<EncodedOp>,
    /// The metadata of each operation, by digest.
    pub metadata: BTreeMap<String, pb::OpMetadata>,
    /// The source location of each operation.
    pub source: Option<pb::Source>,
}

/// An encoded operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedOp {
    /// `sha256:..` of the bytes.
    pub digest: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Definition {
    /// Returns the message to send.
    #[must_use]
    pub fn to_pb(&self) -> pb::Definition {
        pb::Definition {
            def: self.operations.iter().map(|op| op.bytes.clone()).collect(),
            metadata: self.metadata.clone().into_iter().map(Into::into).collect(),
            source: self.source.clone(),
        }
    }

    /// Returns the digest of the vertex that is the result; `None` for the empty file system.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        let last = pb::OpHead::decode(self.operations.last()?.bytes.as_slice()).ok()?;
        last.inputs.into_iter().next().map(|input| input.digest)
    }
}

/// The settings of the encoding besides the graph (upstream's marshal constraints).
#[derive(Debug, Clone)]
pub struct Marshaler {
    /// The platform of operations that name none.
    pub platform: Platform,
    /// The engine gives containers a PATH if they have none.
    pub sets_default_path: bool,
    /// The output that each late output is bound to.
    pub bindings: HashMap<Late, Option<Output>>,
}

impl Marshaler {
    /// Creates a marshaler without bindings.
    #[must_use]
    pub fn new(platform: Platform, sets_default_path: bool) -> Self {
        Self { platform, sets_default_path, bindings: HashMap::new() }
    }

    /// Encodes a state and all its inputs (upstream's `State.Marshal`).
    #[must_use]
    pub fn marshal(&self, state: &State) -> Definition {
        let mut pass =
            Pass { marshaler: self, done: HashMap::new(), out: Definition::default(), maps: Maps::default() };
        let Some(root) = state.output.as_ref().and_then(|output| pass.resolve(output)) else {
            return Definition::default();
        };
        pass.walk(&root.vertex);
        pass.finish(root)
    }

    /// Returns the digests of the states' vertices; an empty string for the empty file system. Each vertex is
    /// encoded once, however many states are based on it.
    #[must_use]
    pub fn digests(&self, states: &[State]) -> Vec<String> {
        let mut pass =
            Pass { marshaler: self, done: HashMap::new(), out: Definition::default(), maps: Maps::default() };
        let mut digests = Vec::with_capacity(states.len());
        for state in states {
            let root = state.output.as_ref().and_then(|output| self.resolve(output));
            if let Some(root) = root {
                pass.walk(&root.vertex);
            }
            let digest = root.and_then(|root| pass.done.get(&Arc::as_ptr(&root.vertex)).cloned());
            digests.push(digest.unwrap_or_default());
        }
        digests
    }

    fn resolve<'a>(&'a self, mut output: &'a Output) -> Option<&'a Output> {
        // A binding never leads back to itself, since bound outputs are created after the graph.
        while let Operation::Late(late) = &output.vertex.operation {
            output = self.bindings.get(late)?.as_ref()?;
        }
        Some(output)
    }
}

struct Pass<'a> {
    marshaler: &'a Marshaler,
    /// Digests by the address of the vertex, which lives as long as the graph.
    done: HashMap<*const Vertex, String>,
    out: Definition,
    maps: Maps,
}

impl<'a> Pass<'a> {
    fn resolve(&self, output: &'a Output) -> Option<&'a Output> {
        self.marshaler.resolve(output)
    }

    /// Encodes depth first, without recursion, since a chain is as long as a Dockerfile.
    fn walk(&mut self, root: &'a Arc<Vertex>) {
        struct Frame<'a> {
            vertex: &'a Vertex,
            inputs: Vec<&'a Output>,
            next: usize,
        }
        let enter = |vertex: &'a Vertex| Frame { vertex, inputs: vertex.operation.inputs(), next: 0 };
        let mut stack = vec![enter(root)];
        while let Some(frame) = stack.last_mut() {
            if let Some(input) = frame.inputs.get(frame.next) {
                frame.next += 1;
                if let Some(input) = self.marshaler.resolve(input)
                    && !self.done.contains_key(&Arc::as_ptr(&input.vertex))
                {
                    stack.push(enter(&input.vertex));
                }
                continue;
            }
            let vertex = frame.vertex;
            stack.pop();
            self.emit(vertex);
        }
    }

    fn emit(&mut self, vertex: &Vertex) {
        if self.done.contains_key(&std::ptr::from_ref(vertex)) {
            return;
        }
        let (digest, bytes, metadata) = self.encode(vertex);
        self.done.insert(std::ptr::from_ref(vertex), digest.clone());
        self.maps.add(&digest, &vertex.constraints.locations);
        match self.out.metadata.entry(digest.clone()) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(metadata);
                self.out.operations.push(EncodedOp { digest, bytes });
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                merge_metadata(entry.get_mut(), metadata)
            }
        }
    }

    fn encode(&self, vertex: &Vertex) -> (String, Vec<u8>, pb::OpMetadata) {
        let mut metadata = metadata_of(&vertex.constraints);
        let mut inputs = Inputs { pass: self, list: Vec::new() };
        let default_platform = &self.marshaler.platform;
        let mut platform = None;
        let body = match &vertex.operation {
            Operation::Encoded(encoded) => {
                let Encoded { digest, bytes, metadata, .. } = encoded.as_ref();
                return (digest.clone(), bytes.clone(), metadata.clone());
            }
            // `resolve` never yields these.
            Operation::Late(_) | Operation::Taken => return (String::new(), Vec::new(), metadata),
            Operation::Source(source) => {
                if source.is_platform_specific() {
                    platform = Some(vertex.constraints.platform.as_ref().unwrap_or(default_platform));
                }
                pb::op_body::Op::Source(pb::SourceOp {
                    identifier: source.identifier.clone(),
                    attrs: source.attrs.iter().map(|(k, v)| attr(k, v)).collect(),
                })
            }
            Operation::Exec(exec) => {
                let of_exec = exec.platform().unwrap_or(default_platform);
                platform = Some(of_exec);
                let sets_path = self.marshaler.sets_default_path;
                if sets_path {
                    metadata.caps.insert(caps::EXEC_META_SETS_DEFAULT_PATH.to_owned(), true);
                }
                pb::op_body::Op::Exec(exec.encode(&mut inputs, sets_path, &default_platform.os))
            }
            Operation::File(file) => {
                metadata.caps.insert(caps::FILE_BASE.to_owned(), true);
                pb::op_body::Op::File(file.encode(&mut inputs))
            }
            Operation::Merge(outputs) => pb::op_body::Op::Merge(pb::MergeOp {
                inputs: (0..)
                    .zip(outputs)
                    .map(|(i, output)| {
                        inputs.push(output);
                        pb::MergeInput { input: i }
                    })
                    .collect(),
            }),
            Operation::Diff { lower, upper } => {
                inputs.push(lower);
                let upper = upper.as_ref().map_or(-1, |upper| {
                    inputs.push(upper);
                    1
                });
                pb::op_body::Op::Diff(pb::DiffOp {
                    lower: Some(pb::LowerDiffInput { input: 0 }),
                    upper: Some(pb::UpperDiffInput { input: upper }),
                })
            }
        };
        let head = pb::OpHead {
            inputs: inputs.list,
            platform: platform.map(pb::Platform::from),
            constraints: Some(pb::WorkerConstraints::default()),
        };
        // Go writes the operation after platform and constraints.
        let mut bytes = head.encode_to_vec();
        bytes.extend(pb::OpBody { op: Some(body) }.encode_to_vec());
        (digest::of(&bytes), bytes, metadata)
    }

    fn finish(mut self, root: &Output) -> Definition {
        let mut inputs = Inputs { pass: &self, list: Vec::new() };
        inputs.push(root);
        let bytes = pb::OpHead { inputs: inputs.list, platform: None, constraints: None }.encode_to_vec();
        let mut needed = vec![caps::CONSTRAINTS, caps::PLATFORM];
        if self.out.metadata.values().any(|m| m.ignore_cache) {
            needed.push(caps::META_IGNORE_CACHE);
        }
        if self.out.metadata.values().any(|m| !m.description.is_empty()) {
            needed.push(caps::META_DESCRIPTION);
        }
        if self.out.metadata.values().any(|m| m.export_cache.is_some()) {
            needed.push(caps::META_EXPORT_CACHE);
        }
        let metadata = self.out.metadata.entry(digest::of(&bytes)).or_default();
        metadata.caps = collect::map(needed.into_iter().map(|cap| (cap.to_owned(), true)));
        self.out.operations.push(EncodedOp { digest: digest::of(&bytes), bytes });
        self.out.source = Some(self.maps.into_pb());
        self.out
    }
}

/// The inputs of the operation being encoded.
pub(super) struct Inputs<'a> {
    pass: &'a Pass<'a>,
    list: Vec<pb::Input>,
}

impl Inputs<'_> {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns the index of an input, which is added if it is new; -1 for the empty file system.
    pub(super) fn add(&mut self, output: &Output) -> i64 {
        let Some(input) = self.input(output) else { return -1 };
        let found = self.list.iter().position(|seen| *seen == input);
        let index = found.unwrap_or_else(|| {
            self.list.push(input);
            self.list.len() - 1
        });
        i64::try_from(index).unwrap_or(i64::MAX)
    }

    /// Adds an input even if it is already listed.
    fn push(&mut self, output: &Output) {
        self.list.extend(self.input(output));
    }

    fn input(&self, output: &Output) -> Option<pb::Input> {
        let output = self.pass.marshaler.resolve(output)?;
        let digest = self.pass.done.get(&Arc::as_ptr(&output.vertex))?.clone();
        Some(pb::Input { digest, index: output.index })
    }
}

/// The files that vertices refer to (upstream's `sourceMapCollector`).
#[derive(Default)]
struct Maps {
    maps: Vec<Arc<SourceMap>>,
    locations: BTreeMap<String, pb::Locations>,
}

impl Maps {
    fn add(&mut self, digest: &str, locations: &[Location]) {
        let entries: Vec<pb::Location> = locations
            .iter()
            .map(|location| pb::Location {
                source_index: self.index(&location.map),
                ranges: location.ranges.iter().map(|range| (*range).into()).collect(),
            })
            .collect();
        self.locations.entry(digest.to_owned()).or_default().locations.extend(entries);
    }

    fn index(&mut self, map: &Arc<SourceMap>) -> i32 {
        let same = |seen: &Arc<SourceMap>| {
            Arc::ptr_eq(seen, map)
                || (seen.filename == map.filename && seen.language == map.language && seen.data == map.data)
        };
        let at = self.maps.iter().position(same).unwrap_or_else(|| {
            self.maps.push(Arc::clone(map));
            self.maps.len() - 1
        });
        i32::try_from(at).unwrap_or(i32::MAX)
    }

    fn into_pb(self) -> pb::Source {
        pb::Source {
            locations: self.locations.into_iter().map(Into::into).collect(),
            infos: self.maps.iter().map(|map| map.to_pb()).collect(),
        }
    }
}

impl SourceMap {
    /// Returns the message that carries the file.
    #[must_use]
    pub fn to_pb(&self) -> pb::SourceInfo {
        pb::SourceInfo {
            filename: self.filename.clone(),
            data: self.data.clone(),
            definition: self.definition.as_ref().map(Definition::to_pb),
            language: self.language.clone(),
        }
    }
}

fn attr(key: &str, value: &str) -> pb::Attr {
    pb::Attr { key: Some(key.to_owned()), value: Some(value.to_owned()) }
}

impl From<&Platform> for pb::Platform {
    fn from(platform: &Platform) -> Self {
        Self {
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            variant: platform.variant.clone(),
            os_version: platform.os_version.clone(),
            os_features: platform.os_features.clone().unwrap_or_default(),
        }
    }
}

fn metadata_of(constraints: &Constraints) -> pb::OpMetadata {
    let metadata = &constraints.metadata;
    pb::OpMetadata {
        ignore_cache: metadata.ignore_cache,
        description: collect::map(
            constraints.description().into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())),
        ),
        export_cache: None,
        caps: collect::map(constraints.caps.iter().map(|cap| ((*cap).to_owned(), true))),
        progress_group: metadata.progress_group.as_ref().map(|group| pb::ProgressGroup {
            id: group.id.clone(),
            name: group.name.clone(),
            weak: group.weak,
        }),
        linux_resources: metadata.linux_resources.clone(),
    }
}

/// Merges the metadata of two vertices that are the same operation (upstream's `mergeMetadata`).
fn merge_metadata(into: &mut pb::OpMetadata, from: pb::OpMetadata) {
    into.ignore_cache |= from.ignore_cache;
    into.description.extend(from.description);
    into.caps.extend(from.caps);
    into.export_cache = from.export_cache.or_else(|| into.export_cache.take());
    into.progress_group = from.progress_group.or_else(|| into.progress_group.take());
    into.linux_resources = from.linux_resources.or_else(|| into.linux_resources.take());
}

impl From<crate::span::Range> for pb::Range {
    fn from(range: crate::span::Range) -> Self {
        let position = |p: crate::span::Position| pb::Position {
            line: i32::try_from(p.line).unwrap_or(i32::MAX),
            character: i32::try_from(p.character).unwrap_or(i32::MAX),
        };
        Self { start: Some(position(range.start)), end: Some(position(range.end)) }
    }
}

//! The vertices of the graph, before encoding.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::exec::Exec;
use super::file::FileOp;
use super::location::Location;
use super::source::Source;
use crate::image::Platform;
use crate::proto::pb;

/// An output of a vertex.
#[derive(Debug, Clone)]
pub struct Output {
    pub(super) vertex: Arc<Vertex>,
    pub(super) index: i64,
}

impl Output {
    /// Returns the first output of a new vertex.
    pub(super) fn of(operation: Operation, constraints: Constraints) -> Self {
        Self { vertex: Arc::new(Vertex { operation, constraints }), index: 0 }
    }

    /// Returns an output that is bound to a source later (see [`Late`]).
    #[must_use]
    pub fn late(late: Late) -> Self {
        Self::of(Operation::Late(late), Constraints::default())
    }

    /// Returns whether both are the same output of the same vertex object.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.vertex, &other.vertex) && self.index == other.index
    }
}

/// An operation with its constraints.
#[derive(Debug)]
pub struct Vertex {
    pub(super) operation: Operation,
    pub(super) constraints: Constraints,
}

/// The operation of a vertex.
#[derive(Debug)]
pub(super) enum Operation {
    Source(Source),
    Exec(Box<Exec>),
    File(FileOp),
    Merge(Vec<Output>),
    Diff {
        lower: Output,
        upper: Option<Output>,
    },
    Encoded(Box<Encoded>),
    Late(Late),
    /// Left behind by `drop`.
    Taken,
}

/// A vertex of a frontend input, which is already encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) digest: String,
    pub(super) bytes: Vec<u8>,
    pub(super) metadata: pb::OpMetadata,
    pub(super) inputs: Vec<Output>,
}

/// An output of the graph that is bound when the graph is encoded.
///
/// Which files of a local source are used is known only after every instruction has been converted; upstream
/// uses a mutable output and asynchronous states for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Late(u64);

impl Late {
    /// Creates a new late output.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for Late {
    fn default() -> Self {
        Self::new()
    }
}

/// The platform, metadata, capabilities and locations of a vertex.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraints {
    pub(super) platform: Option<Platform>,
    pub(super) metadata: Metadata,
    pub(super) caps: BTreeSet<&'static str>,
    pub(super) locations: Vec<Location>,
}

/// Properties of a vertex that are not part of its digest.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// The step's name in progress output.
    pub name: Option<String>,
    /// The instruction as written (`com.docker.dockerfile.v1.command`).
    pub command: Option<String>,
    /// Never take the result from the cache.
    pub ignore_cache: bool,
    /// The group of vertices that are shown as one step.
    pub progress_group: Option<ProgressGroup>,
    /// Limits of a container.
    pub linux_resources: Option<pb::LinuxResources>,
    /// The source location of the vertex.
    pub location: Vec<Location>,
}

impl Metadata {
    /// Creates metadata with only a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Creates metadata with a name that has the prefix for steps that no user wrote (upstream's
    /// `dockerui.WithInternalName`).
    #[must_use]
    pub fn internal(name: &str) -> Self {
        Self::named(format!("[internal] {name}"))
    }

    pub(super) fn into_constraints(mut self) -> Constraints {
        let locations = std::mem::take(&mut self.location);
        Constraints { platform: None, metadata: self, caps: BTreeSet::new(), locations }
    }
}

/// A group of vertices that are shown as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressGroup {
    /// An ID that is unique in the build.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The group is shown only together with a member that is not weak.
    pub weak: bool,
}

impl Constraints {
    pub(super) fn add_cap(&mut self, cap: &'static str) {
        self.caps.insert(cap);
    }

    pub(super) fn description(&self) -> BTreeMap<&'static str, &str> {
        let mut map = BTreeMap::new();
        if let Some(name) = &self.metadata.name {
            map.insert("llb.customname", name.as_str());
        }
        if let Some(command) = &self.metadata.command {
            map.insert("com.docker.dockerfile.v1.command", command.as_str());
        }
        map
    }
}

impl Operation {
    /// Returns the outputs that this operation reads, in the order in which upstream visits them.
    pub(super) fn inputs(&self) -> Vec<&Output> {
        match self {
            Self::Source(_) | Self::Late(_) | Self::Taken => Vec::new(),
            Self::Exec(exec) => exec.inputs(),
            Self::File(file) => file.inputs(),
            Self::Merge(inputs) => inputs.iter().collect(),
            Self::Diff { lower, upper } => std::iter::once(lower).chain(upper).collect(),
            Self::Encoded(encoded) => encoded.inputs.iter().collect(),
        }
    }

    fn take_inputs(&mut self, into: &mut Vec<Output>) {
        match std::mem::replace(self, Self::Taken) {
            Self::Source(_) | Self::Late(_) | Self::Taken => {}
            Self::Exec(exec) => into.extend(exec.into_inputs()),
            Self::File(file) => into.extend(file.into_inputs()),
            Self::Merge(inputs) => into.extend(inputs),
            Self::Diff { lower, upper } => into.extend(std::iter::once(lower).chain(upper)),
            Self::Encoded(encoded) => into.extend(encoded.inputs),
        }
    }
}

/// Drops vertices iteratively. Chains are as long as a Dockerfile, so dropping them recursively would
/// overflow the stack.
impl Drop for Vertex {
    fn drop(&mut self) {
        let mut pending = Vec::new();
        self.operation.take_inputs(&mut pending);
        while let Some(output) = pending.pop() {
            if let Some(mut vertex) = Arc::into_inner(output.vertex) {
                vertex.operation.take_inputs(&mut pending);
            }
        }
    }
}

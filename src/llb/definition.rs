//! Converts definitions of frontend inputs to states.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use prost::Message as _;

use super::location::{Location, SourceMap};
use super::marshal::{Definition, EncodedOp};
use super::state::State;
use super::vertex::{Constraints, Encoded, Operation, Output, Vertex};
use crate::collect;
use crate::collect::ByName;
use crate::image::Platform;
use crate::image::digest;
use crate::proto::pb;
use crate::span::{Position, Range};

/// A definition that is not a valid graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDefinition {
    /// An empty definition, which clients send for a name that they do not have.
    #[error("invalid nil input definition to definition op")]
    Nil,
    /// An operation that cannot be decoded.
    #[error("failed to parse llb proto op")]
    Operation,
    /// The last operation has no result.
    #[error("invalid definition with no inputs on last vertex")]
    NoResult,
    /// An input that does not exist, or not before the operation that uses it.
    #[error("invalid definition op with unknown op {0:?}")]
    Unknown(String),
    /// A location in a file that does not exist.
    #[error("failed to find source map with index {0}")]
    SourceMap(i32),
}

/// Returns the state that a definition describes (upstream's `llb.NewDefinitionOp`).
///
/// # Errors
///
/// Returns an error if the definition is not a valid graph.
pub fn from_definition(definition: &pb::Definition) -> Result<State, InvalidDefinition> {
    // On the wire, the empty file tree is an empty definition too (upstream's `IsNil`).
    if definition.metadata.is_empty() {
        return Err(InvalidDefinition::Nil);
    }
    let Some((last, operations)) = definition.def.split_last() else {
        return Ok(State::scratch());
    };
    let locations = locations(definition.source.as_ref())?;
    let metadata = metadata(definition);
    let mut vertices: HashMap<String, Arc<Vertex>> = HashMap::new();
    let output = |vertices: &HashMap<String, Arc<Vertex>>, input: &pb::Input| {
        let vertex =
            vertices.get(&input.digest).ok_or_else(|| InvalidDefinition::Unknown(input.digest.clone()))?;
        Ok(Output { vertex: Arc::clone(vertex), index: input.index })
    };
    for bytes in operations {
        let op = pb::OpHead::decode(bytes.as_slice()).map_err(|_| InvalidDefinition::Operation)?;
        let digest = digest::of(bytes);
        let inputs = op.inputs.iter().map(|input| output(&vertices, input)).collect::<Result<_, _>>()?;
        let constraints = Constraints {
            platform: op.platform.as_ref().map(platform_from_pb),
            locations: locations.get(&digest).cloned().unwrap_or_default(),
            ..Constraints::default()
        };
        let metadata = metadata.get(&digest).cloned().unwrap_or_default();
        let encoded = Encoded { digest: digest.clone(), bytes: bytes.clone(), metadata, inputs };
        vertices.insert(
            digest,
            Arc::new(Vertex { operation: Operation::Encoded(Box::new(encoded)), constraints }),
        );
    }
    let last = pb::OpHead::decode(last.as_slice()).map_err(|_| InvalidDefinition::Operation)?;
    let result = last.inputs.first().ok_or(InvalidDefinition::NoResult)?;
    Ok(State::new(Some(output(&vertices, result)?)))
}

fn locations(source: Option<&pb::Source>) -> Result<ByName<Vec<Location>>, InvalidDefinition> {
    let Some(source) = source else { return Ok(ByName::default()) };
    let maps: Vec<Arc<SourceMap>> = source.infos.iter().map(|info| Arc::new(map_from_pb(info))).collect();
    let mut found: ByName<Vec<Location>> = ByName::default();
    for entry in &source.locations {
        for location in entry.value.iter().flat_map(|locations| &locations.locations) {
            let index = usize::try_from(location.source_index).ok();
            let map = index
                .and_then(|index| maps.get(index))
                .ok_or(InvalidDefinition::SourceMap(location.source_index))?;
            found.or_default(entry.key()).push(Location {
                map: Arc::clone(map),
                ranges: location.ranges.iter().map(range_from_pb).collect(),
            });
        }
    }
    Ok(found)
}

fn metadata(definition: &pb::Definition) -> BTreeMap<String, pb::OpMetadata> {
    let entries = definition.metadata.iter();
    collect::map(entries.map(|entry| (entry.key().to_owned(), entry.value.clone().unwrap_or_default())))
}

fn map_from_pb(info: &pb::SourceInfo) -> SourceMap {
    SourceMap {
        filename: info.filename.clone(),
        language: info.language.clone(),
        data: info.data.clone(),
        definition: info.definition.as_ref().map(|definition| Definition {
            operations: definition
                .def
                .iter()
                .map(|bytes| EncodedOp { digest: digest::of(bytes), bytes: bytes.clone() })
                .collect(),
            metadata: metadata(definition),
            source: definition.source.clone(),
        }),
    }
}

fn range_from_pb(range: &pb::Range) -> Range {
    let position = |p: Option<&pb::Position>| {
        p.map_or_else(Position::default, |p| Position {
            line: u32::try_from(p.line).unwrap_or_default(),
            character: u32::try_from(p.character).unwrap_or_default(),
        })
    };
    Range { start: position(range.start.as_ref()), end: position(range.end.as_ref()) }
}

fn platform_from_pb(platform: &pb::Platform) -> Platform {
    Platform {
        os: platform.os.clone(),
        architecture: platform.architecture.clone(),
        variant: platform.variant.clone(),
        os_version: platform.os_version.clone(),
        os_features: (!platform.os_features.is_empty()).then(|| platform.os_features.clone()),
    }
}

//! The result of a solve or a build.
//!
//! Mirrors `solver/result` of moby/buildkit: either one reference or one for each platform, plus metadata.

use std::collections::BTreeMap;

use crate::collect;
use crate::proto::frontend::result::Result as Wire;
use crate::proto::frontend::{self, Attestations, Ref};

/// The file trees of a result. `None` is an empty tree.
#[derive(Debug, Clone, PartialEq)]
pub enum References {
    /// A single tree.
    One(Option<Ref>),
    /// A tree for each platform ID.
    Map(BTreeMap<String, Option<Ref>>),
}

impl Default for References {
    fn default() -> Self {
        Self::One(None)
    }
}

/// References, metadata and attestations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuildResult {
    /// The files.
    pub references: References,
    /// Metadata by the names of `exporter/containerimage/exptypes`.
    pub metadata: BTreeMap<String, Vec<u8>>,
    /// Attestations by platform ID.
    pub attestations: BTreeMap<String, Attestations>,
}

/// Error: a single reference was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid map result")]
pub struct MapResult;

impl BuildResult {
    /// Returns the reference if the result is not by platform (upstream's `SingleRef`).
    ///
    /// # Errors
    ///
    /// Returns [`MapResult`] otherwise.
    pub fn single(self) -> Result<Option<Ref>, MapResult> {
        match self.references {
            References::One(reference) => Ok(reference),
            References::Map(_) => Err(MapResult),
        }
    }

    /// Iterates over the references, skipping empty trees.
    pub fn each(&self) -> impl Iterator<Item = &Ref> {
        let (one, map) = match &self.references {
            References::One(one) => (one.as_ref(), None),
            References::Map(map) => (None, Some(map.values().flatten())),
        };
        one.into_iter().chain(map.into_iter().flatten())
    }
}

/// Maps an empty ID to an empty tree.
fn found(reference: Ref) -> Option<Ref> {
    (!reference.id.is_empty()).then_some(reference)
}

fn by_id(id: String) -> Option<Ref> {
    found(Ref { id, def: None })
}

impl From<frontend::SolveResponse> for BuildResult {
    fn from(response: frontend::SolveResponse) -> Self {
        let Some(result) = response.result else {
            return Self { references: References::One(by_id(response.r#ref)), ..Self::default() };
        };
        let references = match result.result {
            None => References::One(None),
            Some(Wire::RefDeprecated(id)) => References::One(by_id(id)),
            Some(Wire::Ref(reference)) => References::One(found(reference)),
            Some(Wire::RefsDeprecated(map)) => {
                References::Map(collect::map(map.refs.into_iter().map(|(key, id)| (key, by_id(id)))))
            }
            Some(Wire::Refs(map)) => {
                let entries = map.refs.into_iter();
                References::Map(collect::map(
                    entries.map(|e| (e.key.unwrap_or_default(), e.value.and_then(found))),
                ))
            }
        };
        Self { references, metadata: result.metadata, attestations: result.attestations }
    }
}

impl BuildResult {
    /// Converts the result to a message; `arrays` says whether BuildKit supports [`Ref`] in it (capability
    /// `proto.refarray`).
    pub(super) fn into_message(self, arrays: bool) -> frontend::Result {
        let id = |reference: Option<Ref>| reference.map_or_else(String::new, |reference| reference.id);
        let result = match self.references {
            References::One(one) if arrays => Wire::Ref(one.unwrap_or_default()),
            References::One(one) => Wire::RefDeprecated(id(one)),
            References::Map(map) if arrays => Wire::Refs(frontend::RefMap {
                refs: map.into_iter().map(|(key, one)| (key, one.unwrap_or_default()).into()).collect(),
            }),
            References::Map(map) => Wire::RefsDeprecated(frontend::RefMapDeprecated {
                refs: collect::map(map.into_iter().map(|(key, one)| (key, id(one)))),
            }),
        };
        frontend::Result { result: Some(result), metadata: self.metadata, attestations: self.attestations }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(id: &str) -> Ref {
        Ref { id: id.into(), def: None }
    }

    #[test]
    fn there_and_back_in_both_forms() {
        let refs = [("linux/amd64".to_owned(), Some(reference("a"))), ("linux/arm64".to_owned(), None)];
        for references in [
            References::One(None),
            References::One(Some(reference("x"))),
            References::Map(BTreeMap::from(refs)),
        ] {
            let result = BuildResult { references, ..Default::default() };
            for arrays in [true, false] {
                let message = result.clone().into_message(arrays);
                let response = frontend::SolveResponse { result: Some(message), r#ref: String::new() };
                assert_eq!(BuildResult::from(response), result, "arrays: {arrays}");
            }
        }
    }

    #[test]
    fn an_answer_from_before_results() {
        let response = frontend::SolveResponse { result: None, r#ref: "old".into() };
        assert_eq!(BuildResult::from(response).single(), Ok(Some(reference("old"))));
    }

    #[test]
    fn a_map_is_not_single() {
        let map = BuildResult { references: References::Map(BTreeMap::new()), ..Default::default() };
        assert_eq!(map.each().count(), 0);
        assert_eq!(map.single(), Err(MapResult));
    }
}

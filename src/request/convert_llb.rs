//! Returns the operations of a build as JSON, without building.
//!
//! Mirrors `frontend/subrequests/convertllb` of moby/buildkit.

use std::collections::BTreeMap;

use prost::Message as _;

use super::RESULT_JSON;
use super::describe::CONVERT_LLB;
use super::json::{Item as _, Json, Style};
use crate::gateway::{BuildResult, Error};
use crate::llb::Definition;
use crate::proto::pb;

/// Answers `frontend.convertllb`: every operation, its metadata and its source location, by digest.
///
/// # Errors
///
/// Returns an error if an operation of a context cannot be decoded.
pub fn convert_llb(definition: &Definition) -> Result<BuildResult, Error> {
    let mut operations = BTreeMap::new();
    for operation in &definition.operations {
        let op = pb::Op::decode(operation.bytes.as_slice()).map_err(Error::new)?;
        operations.insert(operation.digest.as_str(), op);
    }
    let text = Json::text(Style::Proto, |json| {
        json.object(|json| {
            json.name("def");
            json.map(operations.iter().map(|(digest, op)| (*digest, op)));
            json.style = Style::Go;
            json.name("metadata");
            json.map(definition.metadata.iter().map(|(digest, metadata)| (digest.as_str(), metadata)));
            json.style = Style::Proto;
            json.name("source");
            match &definition.source {
                Some(source) => source.write(json),
                None => json.object(|_| ()),
            }
        });
    });
    Ok(super::answer(&CONVERT_LLB, [(RESULT_JSON, text.into_bytes())]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::llb::marshal::EncodedOp;

    /// Compares definitions with the output of docker/dockerfile's encoder: every field of every operation,
    /// random operations, an empty definition, and that of a Dockerfile.
    #[test]
    fn as_upstream() {
        for name in ["every-field", "random", "scratch", "dockerfile"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/request/convertllb").join(name);
            let wire = std::fs::read(path.with_extension("pb")).unwrap();
            let expected = std::fs::read_to_string(path.with_extension("json")).unwrap();
            let wire = pb::Definition::decode(wire.as_slice()).unwrap();
            let definition = Definition {
                operations: wire
                    .def
                    .into_iter()
                    .map(|bytes| EncodedOp { digest: format!("sha256:{:x}", Sha256::digest(&bytes)), bytes })
                    .collect(),
                metadata: wire
                    .metadata
                    .into_iter()
                    .map(|entry| (entry.key.unwrap_or_default(), entry.value.unwrap_or_default()))
                    .collect(),
                source: wire.source,
            };
            let answer = convert_llb(&definition).unwrap();
            let text = String::from_utf8(answer.metadata["result.json"].clone()).unwrap();
            assert!(text == expected, "{name}:\n{text}");
            assert_eq!(answer.metadata["version"], b"0.1.0");
        }
    }

    #[test]
    fn an_operation_that_is_none() {
        let operations = vec![EncodedOp { digest: "sha256:x".into(), bytes: vec![0xff] }];
        let definition = Definition { operations, ..Definition::default() };
        assert!(convert_llb(&definition).is_err());
    }
}

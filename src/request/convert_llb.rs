//! The operations of a build as JSON, without building.
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

/// The answer to `frontend.convertllb`: every operation, what goes with it and where it comes
/// from, by digest.
///
/// # Errors
///
/// An operation of a context that is no operation.
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
    Ok(super::answer(&CONVERT_LLB, [(RESULT_JSON, text)]))
}

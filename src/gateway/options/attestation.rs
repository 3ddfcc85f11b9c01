//! Attestations: `attest:sbom`, `attest:provenance`, and the build arguments that replace them.
//!
//! Mirrors `frontend/attestations` of moby/buildkit. BuildKit itself creates provenance; a frontend only
//! checks the option.

use std::collections::BTreeMap;

use super::error::ErrorKind;
use crate::collect;
use crate::go::{csv, unicode};
use crate::image::Reference;

const DEFAULT_GENERATOR: &str = "docker/buildkit-syft-scanner:stable-1";

/// The request for a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sbom {
    /// The image of the scanner, as a normalized reference.
    pub generator: String,
    /// The parameters of the scanner.
    pub parameters: BTreeMap<String, String>,
}

/// Returns the request for a bill of materials, if any.
pub(super) fn sbom(options: &BTreeMap<String, String>) -> Result<Option<Sbom>, ErrorKind> {
    let mut found = BTreeMap::new();
    for (key, value) in options {
        let kind = key.strip_prefix("attest:").or_else(|| key.strip_prefix("build-arg:BUILDKIT_ATTEST_"));
        if let Some(kind) = kind {
            found.insert(unicode::to_lower(kind), value);
        }
    }
    let mut sbom = None;
    for (kind, value) in found {
        let fields = if value.is_empty() { Ok(Vec::new()) } else { csv::fields(value) };
        let fields = fields.map_err(|error| ErrorKind::Attestation { kind: kind.clone(), error })?;
        match kind.as_str() {
            "sbom" => sbom = Some(fields),
            "provenance" => {}
            _ => return Err(ErrorKind::AttestationType(kind)),
        }
    }
    sbom.map(|fields| scanner(&fields)).transpose()
}

fn scanner(fields: &[String]) -> Result<Sbom, ErrorKind> {
    let fields = fields.iter().map(|field| field.split_once('=').unwrap_or((field, "")));
    let mut parameters = collect::map(fields.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let text = parameters.remove("generator").unwrap_or_else(|| DEFAULT_GENERATOR.to_owned());
    let generator = Reference::parse_normalized(&text).map_err(|error| ErrorKind::Scanner { text, error })?;
    Ok(Sbom { generator: generator.tag_name_only().to_string(), parameters })
}

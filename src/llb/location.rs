//! Where in the user's files a vertex comes from.

use std::sync::Arc;

use super::marshal::Definition;
use crate::span::Range;

/// A file that vertices point into (upstream's `llb.SourceMap`).
#[derive(Debug, Clone)]
pub struct SourceMap {
    /// The name the client knows.
    pub filename: String,
    /// The language, by GitHub linguist's names.
    pub language: String,
    /// The text.
    pub data: Vec<u8>,
    /// How BuildKit gets at the file.
    pub definition: Option<Definition>,
}

/// Ranges in a file.
#[derive(Debug, Clone)]
pub struct Location {
    /// The file.
    pub map: Arc<SourceMap>,
    /// The ranges.
    pub ranges: Vec<Range>,
}

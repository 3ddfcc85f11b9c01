//! The locations of vertices in the user's files.

use std::sync::Arc;

use super::marshal::Definition;
use crate::span::Range;

/// A file that vertices refer to (upstream's `llb.SourceMap`).
#[derive(Debug, Clone)]
pub struct SourceMap {
    /// The name that the client uses.
    pub filename: String,
    /// The language, as named by GitHub linguist.
    pub language: String,
    /// The text.
    pub data: Vec<u8>,
    /// The definition with which BuildKit gets the file.
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

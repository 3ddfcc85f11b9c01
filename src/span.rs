//! Locations in a Dockerfile, and errors that carry them.
//!
//! Mirrors `parser.Range` and `parser.LocationError` of moby/buildkit's `frontend/dockerfile/parser`.

use std::fmt;

/// A point in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Line, counted from 1.
    pub line: u32,
    /// Character in the line, counted from 0. docker/dockerfile leaves it at 0 for whole lines.
    pub character: u32,
}

/// A range of a file, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Range {
    /// First position.
    pub start: Position,
    /// Last position.
    pub end: Position,
}

impl Range {
    /// Creates a range of whole lines from `first` to `last`.
    #[must_use]
    pub const fn lines(first: u32, last: u32) -> Self {
        Self { start: Position { line: first, character: 0 }, end: Position { line: last, character: 0 } }
    }
}

/// Returns the line where a location begins; 0 if the location is empty.
#[must_use]
pub fn first_line(location: &[Range]) -> u32 {
    location.first().map_or(0, |range| range.start.line)
}

/// An error of kind `K` with its locations, the innermost first.
///
/// A location is a list of ranges, since one instruction can have several. Upstream's `LocationError.Locations` has the
/// same shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<K> {
    /// What went wrong.
    pub kind: K,
    /// The locations where it went wrong.
    pub locations: Vec<Vec<Range>>,
}

impl<K> Located<K> {
    /// Creates an error at one location.
    pub fn at(kind: K, location: &[Range]) -> Self {
        let locations = if location.is_empty() { Vec::new() } else { vec![location.to_vec()] };
        Self { kind, locations }
    }

    /// Creates an error without a location.
    pub const fn nowhere(kind: K) -> Self {
        Self { kind, locations: Vec::new() }
    }

    /// Adds an outer location (upstream's `parser.WithLocation`).
    #[must_use]
    pub fn with_location(mut self, location: &[Range]) -> Self {
        self.locations.push(location.to_vec());
        self
    }

    /// Replaces all locations with this one (upstream's `parser.SetLocation`).
    #[must_use]
    pub fn set_location(mut self, location: &[Range]) -> Self {
        self.locations = vec![location.to_vec()];
        self
    }

    /// Converts the kind of the error.
    pub fn map<L>(self, f: impl FnOnce(K) -> L) -> Located<L> {
        Located { kind: f(self.kind), locations: self.locations }
    }
}

impl<K: fmt::Display> fmt::Display for Located<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl<K: std::error::Error> std::error::Error for Located<K> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

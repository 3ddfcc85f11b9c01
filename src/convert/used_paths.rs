//! Records which paths of a file system are used, so that no others are sent.

use std::collections::BTreeSet;

use crate::go::path;

/// Absolute paths.
#[derive(Debug, Clone, Default)]
pub(super) struct UsedPaths(BTreeSet<String>);

impl UsedPaths {
    /// Adds a source path of COPY, ADD or a mount.
    pub(super) fn add(&mut self, source: &str) {
        self.0.insert(path::join(&["/", source]));
    }

    /// Adds everything.
    pub(super) fn add_all(&mut self) {
        self.0.insert("/".to_owned());
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Returns the paths relative to the root, sorted; empty if everything is used, or nothing (upstream's
    /// `normalizeContextPaths`).
    pub(super) fn to_follow(&self) -> Vec<String> {
        if self.0.contains("/") {
            return Vec::new();
        }
        let mut follow: Vec<String> = self.0.iter().map(|p| path::join(&[".", p])).collect();
        follow.sort_unstable();
        follow
    }
}

//! Directories of the client.

use crate::gateway::options::Options;
use crate::llb::{Late, Local, Metadata, State};

/// The name of the ignore file.
pub(super) const IGNORE_FILE: &str = ".dockerignore";

/// A directory of the client that is sent once it is known which of its files are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDirectory {
    /// The directory's name in the session.
    pub(super) name: String,
    pub(super) session_id: String,
    pub(super) shared_key_hint: String,
    /// Patterns of files that are not sent.
    pub(super) exclude_patterns: Vec<String>,
    /// The label in progress output.
    pub(super) label: String,
}

impl LocalDirectory {
    /// Returns the directory, of which only `follow_paths` are sent; everything if `follow_paths` is empty.
    #[must_use]
    pub fn state(&self, follow_paths: Vec<String>) -> State {
        let source = Local {
            name: self.name.clone(),
            session_id: self.session_id.clone(),
            follow_paths,
            exclude_patterns: self.exclude_patterns.clone(),
            shared_key_hint: self.shared_key_hint.clone(),
            differ_none: false,
        };
        source.state(Metadata::named(&self.label))
    }

    /// Returns the patterns of files that are not sent.
    #[must_use]
    pub fn ignore_patterns(&self) -> &[String] {
        &self.exclude_patterns
    }
}

/// A named context in a directory: an output of the graph to be bound to [`LateLocal::state`] (upstream's
/// `asyncLocalOutput`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateLocal {
    /// The output to bind.
    pub late: Late,
    /// The directory.
    pub directory: LocalDirectory,
}

impl LateLocal {
    /// Returns the state to bind the output to; see [`LocalDirectory::state`].
    #[must_use]
    pub fn state(&self, follow_paths: Vec<String>) -> State {
        self.directory.state(follow_paths)
    }
}

/// Returns a few files of a directory, sent without comparing them to an earlier copy.
pub(super) fn files(
    options: &Options,
    name: &str,
    paths: Vec<String>,
    shared_key_hint: String,
    label: String,
) -> State {
    let source = Local {
        name: name.to_owned(),
        session_id: options.session_of(name).to_owned(),
        follow_paths: paths,
        exclude_patterns: Vec::new(),
        shared_key_hint,
        differ_none: true,
    };
    source.state(Metadata::named(label))
}

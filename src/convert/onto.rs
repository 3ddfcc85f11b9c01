//! Putting a file operation on top of a stage.

use super::stage::StageState;
use crate::llb::{FileAction, Metadata};

/// Adds a step: as a layer of its own on a lazy Windows base, else on the file system as it is.
/// `on_layers` is for a step that depends on the files of the steps before it.
pub(super) fn apply(state: &mut StageState, actions: Vec<FileAction>, metadata: Metadata, on_layers: bool) {
    match &mut state.lazy {
        Some(lazy) => lazy.push(&state.state.dir, actions, metadata, on_layers),
        None => state.state = state.state.file(actions, metadata),
    }
}

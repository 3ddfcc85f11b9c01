//! Putting a file operation on top of a stage.

use super::stage::StageState;
use crate::lint::Linter;
use crate::llb::{FileAction, Metadata};
use crate::windows::lazy::Place;

/// Adds a step: as a layer of its own on a lazy Windows base, else on the file system as it is.
/// `place` is where it goes and on what it depends there.
pub(super) fn apply(
    state: &mut StageState,
    actions: Vec<FileAction>,
    metadata: Metadata,
    place: Place,
    lint: &Linter,
) {
    match &mut state.lazy {
        Some(lazy) => lazy.push(&state.state.dir, actions, metadata, place, lint),
        None => state.state = state.state.file(actions, metadata),
    }
}

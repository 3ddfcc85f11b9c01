//! The image's history, with a line for each instruction.

use super::stage::StageState;
use crate::go;
use crate::image::History;

const COMMENT: &str = "buildkit.dockerfile.v0";

/// Adds a line for an instruction that changes only the config.
pub(super) fn config(state: &mut StageState, line: String) {
    add(state, line, true);
}

/// Adds a line for an instruction that creates a layer (upstream's `commitToHistory` with a state).
pub(super) fn layer(state: &mut StageState, line: &str) {
    add(state, format!("{line} # buildkit"), false);
}

/// Returns roughly how many bytes a line takes: its text and the rest of its entry.
pub(super) fn weight(line: &History) -> usize {
    line.created_by.len() + 128
}

/// Adds a line unchanged.
pub(super) fn add(state: &mut StageState, created_by: String, empty_layer: bool) {
    state.image.history.push(History {
        created: state.epoch.map(go::time::format_unix),
        created_by,
        comment: COMMENT.to_owned(),
        empty_layer,
        ..History::default()
    });
}

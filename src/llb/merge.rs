//! Merges file systems, and computes the difference between two.

use super::caps;
use super::state::State;
use super::vertex::{Metadata, Operation, Output};

/// Merges file systems, the last one uppermost (upstream's `llb.Merge`).
///
/// Empty file systems are skipped; the settings are those of the first one that is not empty.
#[must_use]
pub fn merge(states: &[&State], metadata: Metadata) -> State {
    let filled: Vec<&State> = states.iter().copied().filter(|s| s.output.is_some()).collect();
    match filled.as_slice() {
        [] => State::scratch(),
        [only] => (*only).clone(),
        [first, ..] => {
            let inputs = filled.iter().filter_map(|s| s.output.clone()).collect();
            let mut constraints = metadata.into_constraints();
            constraints.add_cap(caps::MERGE_OP);
            (*first).clone().with_output(Some(Output::of(Operation::Merge(inputs), constraints)))
        }
    }
}

/// Returns the content that `upper` adds to `lower` (upstream's `llb.Diff`).
#[must_use]
pub fn diff(lower: &State, upper: &State, metadata: Metadata) -> State {
    let Some(lower_output) = lower.output.clone() else {
        return upper.clone();
    };
    let mut constraints = metadata.into_constraints();
    constraints.add_cap(caps::DIFF_OP);
    let operation = Operation::Diff { lower: lower_output, upper: upper.output.clone() };
    lower.clone().with_output(Some(Output::of(operation, constraints)))
}

//! ENV.

use super::history;
use super::stage::{StageState, key_value};
use crate::instruction::{Instruction, KeyValue};
use crate::lint::{Linter, checks};

/// Upstream's `dispatchEnv`.
pub(super) fn dispatch(state: &mut StageState, pairs: &[KeyValue], instruction: &Instruction, lint: &Linter) {
    let mut line = "ENV".to_owned();
    for pair in pairs {
        checks::legacy_form(pair, &instruction.word, &instruction.location, lint);
        checks::secret_key("ENV", &pair.key, &instruction.location, lint);
        let entry = format!("{}={}", pair.key, pair.value);
        line.push(' ');
        line.push_str(&entry);
        state.state.env.set(pair.key.as_str(), pair.value.as_str());
        let env = &mut state.image.config.env;
        match env.iter_mut().find(|old| key_value(old).0 == pair.key) {
            Some(old) => *old = entry,
            None => env.push(entry),
        }
    }
    history::config(state, line);
}

//! ENV.

use super::history;
use super::stage::{StageState, key_value};
use crate::env::Env;
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
        let known = state.state.env.get(&pair.key).is_some();
        state.state.env.set(pair.key.as_str(), pair.value.as_str());
        let env = &mut state.image.config.env;
        // What no step has seen is not in the config either, which need not be searched then.
        let mut old = if known { env.iter_mut() } else { [].iter_mut() };
        match old.find(|old| key_value(old).0 == pair.key) {
            Some(old) => *old = entry,
            None => env.push(entry),
        }
    }
    history::config(state, line);
}

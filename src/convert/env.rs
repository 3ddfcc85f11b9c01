//! ENV.

use super::history;
use super::stage::{StageState, key_value};
use crate::env::Env;
use crate::instruction::{Instruction, KeyValue, check};
use crate::lint::{Linter, secret};

/// Converts ENV (upstream's `dispatchEnv`).
pub(super) fn dispatch(state: &mut StageState, pairs: &[KeyValue], instruction: &Instruction, lint: &Linter) {
    let mut line = "ENV".to_owned();
    for pair in pairs {
        check::legacy_form(pair, &instruction.word, &instruction.location, lint);
        secret::check("ENV", &pair.key, &instruction.location, lint);
        let entry = format!("{}={}", pair.key, pair.value);
        line.push(' ');
        line.push_str(&entry);
        let known = state.fs.env.get(&pair.key).is_some();
        state.fs.env.set(pair.key.as_str(), pair.value.as_str());
        // If no step has seen the variable, the config does not have it either and need not be searched.
        let entries = if known { state.image.config.env.iter() } else { [].iter() };
        let mut old =
            entries.enumerate().filter(|(_, old)| state.is_same_variable(key_value(old).0, &pair.key));
        let place = old.next().map(|(place, _)| place);
        // A base for Windows may have `Path` and `PATH`.
        let rest: Vec<usize> = old.map(|(place, _)| place).filter(|_| state.for_windows).collect();
        let env = &mut state.image.config.env;
        rest.into_iter().rev().for_each(|place| drop(env.remove(place)));
        match place {
            Some(place) => env[place] = entry,
            None => env.push(entry),
        }
    }
    history::config(state, line);
}

//! Checks that do not depend on variables, platforms or base images.
//!
//! From upstream's `dockerfile2llb/validations.go`.

use std::collections::HashSet;

use super::{Dockerfile, KeyValue};
use crate::go::unicode::{to_lower, to_upper};
use crate::lint::{Linter, message, rule};
use crate::span::Range;

/// Stage names with a special meaning.
const RESERVED_STAGES: [&str; 2] = ["context", "scratch"];

/// Checks names and casing over all stages.
pub fn stages(dockerfile: &Dockerfile, linter: &Linter) {
    stage_names(dockerfile, linter);
    instruction_casing(dockerfile, linter);
}

fn stage_names(dockerfile: &Dockerfile, linter: &Linter) {
    let mut seen = HashSet::new();
    for stage in dockerfile.stages.iter().filter(|stage| !stage.name.is_empty()) {
        if RESERVED_STAGES.contains(&stage.name.as_str()) {
            let message = message::reserved_stage_name(&stage.name);
            linter.run(&rule::RESERVED_STAGE_NAME, &stage.location, message);
        }
        if !seen.insert(stage.name.as_str()) {
            let message = message::duplicate_stage_name(&stage.name);
            linter.run(&rule::DUPLICATE_STAGE_NAME, &stage.location, message);
        }
    }
}

/// Checks that instructions follow the casing of the majority; upper case if both are equally frequent.
fn instruction_casing(dockerfile: &Dockerfile, linter: &Linter) {
    let words = || {
        dockerfile.stages.iter().flat_map(|stage| {
            let instructions = stage.instructions.iter();
            std::iter::once((stage.original_word.as_str(), stage.location.as_slice()))
                .chain(instructions.map(|it| (it.word.as_str(), it.location.as_slice())))
        })
    };
    let (mut lower_count, mut upper_count) = (0_usize, 0_usize);
    for (word, _) in words() {
        if word == to_lower(word) {
            lower_count += 1;
        } else if word == to_upper(word) {
            upper_count += 1;
        }
    }
    let lowercase = lower_count > upper_count;
    for (word, location) in words() {
        let (cased, name) =
            if lowercase { (to_lower(word), "lowercase") } else { (to_upper(word), "uppercase") };
        if word != cased {
            let message = message::consistent_instruction_casing(word, name);
            linter.run(&rule::CONSISTENT_INSTRUCTION_CASING, location, message);
        }
    }
}

/// Checks that a pair of ENV or LABEL (`word`) is written with `=`.
pub fn legacy_form(pair: &KeyValue, word: &str, location: &[Range], linter: &Linter) {
    if pair.no_delimiter {
        linter.run(&rule::LEGACY_KEY_VALUE_FORMAT, location, message::legacy_key_value_format(word));
    }
}

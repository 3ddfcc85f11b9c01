//! The checks that need no variable, no platform and no base image.
//!
//! From upstream's `dockerfile2llb/validations.go`.

use std::collections::HashSet;

use super::{Linter, message, rule};
use crate::go::unicode::{to_lower, to_upper};
use crate::instruction::{Dockerfile, KeyValue};
use crate::span::Range;
use crate::syntax::text::equal_fold;

/// Stage names with a meaning of their own.
const RESERVED_STAGES: [&str; 2] = ["context", "scratch"];

/// Names of variables that hold secrets: one of these words between underscores.
const SECRET_WORDS: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

/// Words that take the suspicion away.
const HARMLESS_WORDS: [&str; 3] = ["public", "file", "version"];

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

/// Instructions follow the casing of most of them; upper case where there are as many of each.
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

/// Checks that a pair of ENV or LABEL (`word`) has its `=`.
pub fn legacy_form(pair: &KeyValue, word: &str, location: &[Range], linter: &Linter) {
    if pair.no_delimiter {
        linter.run(&rule::LEGACY_KEY_VALUE_FORMAT, location, message::legacy_key_value_format(word));
    }
}

/// Checks that a variable of ARG or ENV (`word`) does not look like a secret.
pub fn secret_key(word: &str, key: &str, location: &[Range], linter: &Linter) {
    if is_secret(key) {
        let message = message::secrets_used_in_arg_or_env(word, key);
        linter.run(&rule::SECRETS_USED_IN_ARG_OR_ENV, location, message);
    }
}

/// Whether the name of a variable tells that it holds a secret.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    let has = |words: &[&str]| key.split('_').any(|part| words.iter().any(|word| equal_fold(part, word)));
    has(&SECRET_WORDS) && !has(&HARMLESS_WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_words_between_underscores() {
        for key in ["api_key", "DATABASE_PASSWORD", "GITHUB_TOKEN", "secret_MESSAGE", "AUTH", "a_Passwd_b"] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["git_author", "tokenizer", "PUBLIC_KEY", "KEY_FILE", "token_version", "", "_", "monkey"] {
            assert!(!is_secret(key), "{key}");
        }
    }
}

//! Names of variables that look like secrets.
//!
//! From upstream's `dockerfile2llb/validations.go`.

use super::{Linter, message, rule};
use crate::span::Range;
use crate::syntax::text::equal_fold;

/// Words between underscores that mark a variable as a secret.
const SECRET_WORDS: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

/// Words that mark a variable as harmless.
const HARMLESS_WORDS: [&str; 3] = ["public", "file", "version"];

/// Reports a variable of ARG or ENV (`word`) that looks like a secret.
pub fn check(word: &str, key: &str, location: &[Range], linter: &Linter) {
    if is_secret(key) {
        let message = message::secrets_used_in_arg_or_env(word, key);
        linter.run(&rule::SECRETS_USED_IN_ARG_OR_ENV, location, message);
    }
}

/// Returns whether a variable is a secret, judging by its name.
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

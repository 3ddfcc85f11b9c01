use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::env::EnvList;
use crate::go::regexp::Budget;

/// A row of `testdata/expand/words.json`. The first row has only the variables, and the others have all but these.
#[derive(Deserialize)]
struct Case {
    /// The variables of all rows, as `NAME=value`.
    #[serde(default)]
    env: Vec<String>,
    /// The word to expand.
    #[serde(rename = "w", default)]
    word: String,
    /// The index of the lexer in [`lexers`].
    #[serde(rename = "c", default)]
    lexer: usize,
    /// The error, if the word cannot be expanded. Then the row has no results.
    #[serde(rename = "e")]
    error: Option<String>,
    /// The expanded word.
    #[serde(rename = "r", default)]
    result: String,
    /// The variables of the word that are set.
    #[serde(rename = "m", default)]
    matched: BTreeSet<String>,
    /// The variables of the word that are not set.
    #[serde(rename = "u", default)]
    unmatched: BTreeSet<String>,
    /// The expanded word, split at white space outside of quotes.
    #[serde(rename = "ws", default)]
    words: Vec<String>,
}

fn environment(pairs: &[String]) -> EnvList {
    let mut env = EnvList::new();
    for (key, value) in pairs.iter().filter_map(|pair| pair.split_once('=')) {
        env.set(key, value);
    }
    env
}

/// Returns the lexers, in the order of `ci/originals/expand.go`, which asks the same ones.
fn lexers() -> [Lexer; 8] {
    let plain = Lexer::new('\\');
    [
        plain,
        Lexer::new('`'),
        Lexer { raw_quotes: true, ..plain },
        Lexer { raw_escapes: true, ..plain },
        Lexer { raw_quotes: true, raw_escapes: true, ..plain },
        Lexer { skip_process_quotes: true, ..plain },
        Lexer { skip_unset_env: true, ..plain },
        Lexer { skip_unset_env: true, skip_process_quotes: true, raw_escapes: true, ..plain },
    ]
}

#[test]
fn expands_as_buildkit_does() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../testdata/expand/words.json")).unwrap();
    let env = environment(&cases[0].env);
    for case in &cases[1..] {
        let lexer = lexers()[case.lexer];
        let told = format!("{:?} with {lexer:?}", case.word);
        match lexer.process_word(&case.word, &env) {
            Ok(expansion) => {
                assert_eq!(case.error, None, "{told}");
                assert_eq!(expansion.result, case.result, "{told}");
                assert_eq!(expansion.matched, case.matched, "{told}");
                assert_eq!(expansion.unmatched, case.unmatched, "{told}");
                assert_eq!(lexer.process_words(&case.word, &env).unwrap(), case.words, "{told}");
            }
            Err(error) => assert_eq!(Some(error.to_string()), case.error, "{told}"),
        }
    }
}

#[test]
fn nesting_has_no_limit() {
    const DEEP: usize = 300_000;
    let lexer = Lexer::new('\\');
    let env = environment(&["A=a b".to_owned()]);
    let nested = |open: &str| format!("{}x{}", open.repeat(DEEP), "}".repeat(DEEP));
    assert_eq!(lexer.process_word(&nested("${B:-"), &env).unwrap().result, "x");
    assert_eq!(lexer.process_words(&nested("${B:-"), &env).unwrap(), ["x"]);
    assert_eq!(lexer.process_word(&nested("${B-c"), &env).unwrap().result, "c".repeat(DEEP) + "x");
    assert_eq!(lexer.process_words(&nested("${A:-"), &env).unwrap(), ["a", "b"]);
    assert_eq!(lexer.process_word(&nested("${A#"), &env).unwrap().result, "");
    let quoted = format!("{}x{}", "\"${B:-".repeat(DEEP), "}\"".repeat(DEEP));
    assert_eq!(lexer.process_words(&quoted, &env).unwrap(), ["x"]);
    let kept = Lexer { skip_unset_env: true, ..lexer };
    assert_eq!(kept.process_word(&nested("${B:-"), &env).unwrap().result, nested("${B:-"));
    assert_eq!(lexer.process_word(&"${B:-".repeat(DEEP), &env).unwrap_err().kind, ErrorKind::MissingBrace);
    assert_eq!(lexer.process_word(&"${B/".repeat(DEEP), &env).unwrap_err().kind, ErrorKind::MissingSlash);
}

#[test]
fn limits_are_errors() {
    let lexer = Lexer::new('\\');
    let mut env = EnvList::new();
    env.set("L", "a".repeat(10_000));
    assert_eq!(lexer.process_word("${L//a/$L}", &env).unwrap_err().kind, ErrorKind::TooLong);
    assert_eq!(lexer.process_word(&"$L".repeat(2000), &env).unwrap_err().kind, ErrorKind::TooLong);
    let too_slow = |word: &str, env: &EnvList| {
        let mut pass = Pass::new(lexer, word, env);
        pass.budget = Budget::new(1_000_000);
        assert!(matches!(pass.whole().unwrap_err().kind, ErrorKind::TooSlow(_)), "{word:.20}");
    };
    let deep = |open: &str| open.repeat(100_000) + &"}".repeat(100_000);
    env.set("P", "*a".repeat(20_000));
    env.set("V", "a".repeat(1 << 20));
    too_slow("${L#${P}b}", &env);
    too_slow(&deep("${V:-"), &env);
    too_slow(&deep("${V#*b"), &env);
    too_slow(&"${V//a*b/}".repeat(100_000), &env);
    // A replacement that is empty but has many parts.
    env.set("R", "$1".repeat(20_000));
    too_slow("${V//a/$R}", &env);
    too_slow(&("${L//a/".repeat(30) + "$R" + &"}".repeat(30)), &env);
}

proptest! {
    #[test]
    fn any_word_is_expanded_or_refused(word in "[$A{}:?#%/*\\\\'\" <`é\\-+\\n]{0,40}", choice in 0usize..8) {
        let env = environment(&["A=a*b".to_owned(), "é=1".to_owned()]);
        let lexer = lexers()[choice];
        let expansion = lexer.process_word(&word, &env);
        let words = lexer.process_words(&word, &env);
        prop_assert_eq!(expansion.err(), words.err());
    }
}

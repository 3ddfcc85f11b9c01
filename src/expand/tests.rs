use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::env::EnvList;

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    env: Vec<String>,
    #[serde(rename = "w", default)]
    word: String,
    #[serde(rename = "c", default)]
    lexer: usize,
    #[serde(rename = "e")]
    error: Option<String>,
    #[serde(rename = "r", default)]
    result: String,
    #[serde(rename = "m", default)]
    matched: BTreeSet<String>,
    #[serde(rename = "u", default)]
    unmatched: BTreeSet<String>,
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

/// The settings the cases were made with.
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
fn limits_are_errors() {
    let lexer = Lexer::new('\\');
    let mut env = EnvList::new();
    let deep = format!("{}x{}", "${A:-".repeat(100_000), "}".repeat(100_000));
    assert_eq!(lexer.process_word(&deep, &env).unwrap_err().kind, ErrorKind::TooDeep);
    env.set("L", "a".repeat(10_000));
    assert_eq!(lexer.process_word("${L//a/$L}", &env).unwrap_err().kind, ErrorKind::TooLong);
    assert_eq!(lexer.process_word(&"$L".repeat(2000), &env).unwrap_err().kind, ErrorKind::TooLong);
    env.set("P", "*a".repeat(20_000));
    assert!(matches!(lexer.process_word("${L#${P}b}", &env).unwrap_err().kind, ErrorKind::TooSlow(_)));
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

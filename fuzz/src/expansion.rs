//! Expansion of variables in a word.

use fanlight::fuzzing::{Env, EnvList, Lexer};

/// Checks an input: the first byte selects the lexer's settings; the rest is the word.
pub fn check(data: &[u8]) {
    let Some((choice, word)) = data.split_first() else { return };
    let Some(word) = super::text(word) else { return };
    let bit = |bit: u8| choice & bit != 0;
    let lexer = Lexer {
        raw_quotes: bit(1),
        raw_escapes: bit(2),
        skip_process_quotes: bit(4),
        skip_unset_env: bit(8),
        ..Lexer::new(if bit(16) { '`' } else { '\\' })
    };
    let mut env = EnvList::new();
    for (key, value) in [("A", "a"), ("B", "b c"), ("E", ""), ("P", "*/x?"), ("D", "$A \"${B}\"")] {
        env.set(key, value);
    }
    check_word(lexer, word, &env);
    check_kept(word);
}

/// Checks that one text and a list of words are consistent results for the same word.
fn check_word(lexer: Lexer, word: &str, env: &EnvList) {
    let one = lexer.process_word(word, env);
    let words = lexer.process_words(word, env);
    assert_eq!(one.as_ref().err(), words.as_ref().err());
    let unset = lexer.unset_names(word, env);
    unset.iter().for_each(|name| assert!(env.get(name).is_none(), "{name} is set"));
    let (Ok(one), Ok(words)) = (one, words) else { return };
    assert_eq!(one.unmatched, unset);
    one.matched.iter().for_each(|name| assert!(env.get(name).is_some(), "{name} is not set"));
    // Text before ${NAME:-default} is missing in the words, as in docker/dockerfile.
    if !word.contains("${") {
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(letters(&one.result), letters(&words.concat()));
    }
    if !word.contains(['$', '"', '\'', lexer.escape, '\u{feff}']) {
        assert_eq!(one.result, word);
        if !word.contains('<') {
            assert_eq!(words, word.split_whitespace().collect::<Vec<_>>());
        }
    }
}

/// Checks that a lexer that keeps quotes, escapes and unset variables keeps the whole word, if nothing is
/// set.
fn check_kept(word: &str) {
    let kept = Lexer { raw_quotes: true, raw_escapes: true, skip_unset_env: true, ..Lexer::new('\\') };
    // A slash or a backslash may be lost or doubled, as in docker/dockerfile.
    if word.contains(['\\', '/', '\u{feff}']) {
        return;
    }
    if let Ok(expansion) = kept.process_word(word, &EnvList::new()) {
        assert_eq!(expansion.result, word);
        assert!(expansion.matched.is_empty());
    }
}

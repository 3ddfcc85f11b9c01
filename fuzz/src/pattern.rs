//! Ignore files and the patterns in them.

use fanlight::fuzzing::{PatternMatcher, glob, path, read_ignore_file};

/// Checks an input: the first line is a path; the others are an ignore file.
pub fn check(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let (file, ignore) = (&data[..end], &data[end + 1..]);
    let Some(file) = super::text(file) else { return };
    let Ok(patterns) = read_ignore_file(ignore) else { return };
    check_reading(&patterns);
    let file = path::clean(file);
    for pattern in &patterns {
        check_glob(pattern, &file);
    }
    check_list(&patterns, &file);
}

/// Checks that patterns that were read are unchanged when read again.
fn check_reading(patterns: &[String]) {
    let plain: Vec<&String> =
        patterns.iter().filter(|pattern| !pattern.starts_with(['#', '\u{feff}', '!'])).collect();
    let text: String = plain.iter().flat_map(|pattern| [pattern.as_str(), "\n"]).collect();
    // A leading slash is removed each time, and the text after it can be white space, or a mark.
    if plain.iter().any(|pattern| pattern.starts_with('/') || pattern.trim() != pattern.as_str()) {
        return;
    }
    let again = read_ignore_file(text.as_bytes());
    assert_eq!(again.as_ref().map(|again| again.iter().collect()), Ok(plain));
}

/// Checks that an ignore pattern without `**`, classes and escapes behaves like a shell pattern.
fn check_glob(pattern: &str, file: &str) {
    let shell = |c: char| c.is_ascii_alphanumeric() || "/*?_-.".contains(c);
    if !pattern.chars().all(shell) || pattern.contains("**") || file.starts_with('/') || file.contains('\n') {
        return;
    }
    let cleaned = path::clean(pattern);
    let Ok(matcher) = PatternMatcher::new(&[pattern]) else { panic!("{pattern:?} is refused") };
    let mut found = false;
    // The file itself, and every directory that contains it.
    let ends = file.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
    for end in ends.chain([file.len()]) {
        found |= glob::matches(&cleaned, &file[..end]).unwrap_or(false);
    }
    assert_eq!(matcher.matches_or_parent_matches(file), Ok(found), "{pattern:?} {file:?}");
}

/// Checks that repeating all patterns changes nothing, and that an exception for everything excludes nothing.
fn check_list(patterns: &[String], file: &str) {
    let Ok(matcher) = PatternMatcher::new(patterns) else { return };
    let Ok(once) = matcher.matches_or_parent_matches(file) else { return };
    let all = [patterns, &["!**".to_owned()]].concat();
    assert_eq!(PatternMatcher::new(&all).and_then(|all| all.matches_or_parent_matches(file)), Ok(false));
    if !matcher.has_exclusions() {
        let twice = [patterns, patterns].concat();
        let twice = PatternMatcher::new(&twice).and_then(|twice| twice.matches_or_parent_matches(file));
        assert_eq!(twice, Ok(once));
    }
}

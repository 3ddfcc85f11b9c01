//! Matches paths against a list of patterns with exceptions.

use std::cell::RefCell;

use super::regexp;
use crate::go::regexp::{BUDGET, Budget, Program, TooSlow};
use crate::go::{glob, path};

/// Why a list of patterns is invalid. The texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// An exclamation mark without a pattern.
    #[error("illegal exclusion pattern: \"!\"")]
    EmptyExclusion,
    /// An unclosed class, or a backslash at the end.
    #[error("syntax error in pattern")]
    Syntax,
    /// A pattern and a path that take too much time.
    #[error(transparent)]
    TooSlow(#[from] TooSlow),
}

impl From<glob::BadPattern> for PatternError {
    fn from(_: glob::BadPattern) -> Self {
        Self::Syntax
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    exclusion: bool,
    /// The number of directories in the pattern.
    depth: usize,
    kind: Kind,
}

/// How a pattern is matched. Most patterns need no search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The path equals the pattern.
    Exact,
    /// The path starts with the pattern, without the `**` at its end.
    Prefix,
    /// The path ends with the pattern, without the `**` at its start.
    Suffix,
    /// A search.
    Program(Program),
    /// Not a valid pattern, which is reported only when it is used.
    Broken,
}

impl Pattern {
    fn text(&self) -> &str {
        &self.text
    }

    fn matches(&self, path: &str, budget: &mut Budget) -> Result<bool, PatternError> {
        // Compares bytes, as upstream does: a byte order mark is skipped when the pattern is read, but counts
        // here.
        let (text, bytes) = (self.text.as_bytes(), path.as_bytes());
        match &self.kind {
            Kind::Exact => Ok(path == self.text),
            Kind::Prefix => Ok(bytes.starts_with(&text[..text.len() - 2])),
            Kind::Suffix => {
                // `**/foo` matches `foo` too.
                let suffix = &text[2..];
                Ok(bytes.ends_with(suffix) || suffix.strip_prefix(b"/") == Some(bytes))
            }
            Kind::Program(program) => Ok(program.matches(path, budget)?),
            Kind::Broken => Err(PatternError::Syntax),
        }
    }
}

/// A list of patterns, of which the last one that matches a path decides.
///
/// All searches share one budget, so a file full of wildcards cannot consume unlimited time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternMatcher {
    patterns: Vec<Pattern>,
    budget: RefCell<Budget>,
}

/// The limit on the instructions that all searches together may run: a matter of seconds.
const WORK: usize = 20 * BUDGET;

/// The limit on the instructions of all patterns together, beyond which further patterns count as broken.
const MAX_LIST_SIZE: usize = 1_000_000;

impl PatternMatcher {
    /// Compiles patterns (`patternmatcher.New`); blank patterns are dropped.
    ///
    /// # Errors
    ///
    /// Returns [`PatternError`] for patterns that `filepath.Match` rejects, and for a lone `!`.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, PatternError> {
        let mut compiled = Vec::with_capacity(patterns.len());
        let mut instructions = 0;
        for pattern in patterns {
            let pattern = pattern.as_ref().trim();
            if pattern.is_empty() {
                continue;
            }
            let cleaned = path::clean(pattern);
            let (exclusion, text) = match cleaned.strip_prefix('!') {
                Some("") => return Err(PatternError::EmptyExclusion),
                Some(text) => (true, text.to_owned()),
                None => (false, cleaned),
            };
            glob::matches(&text, ".")?;
            let depth = text.split('/').count();
            let kind = if instructions > MAX_LIST_SIZE { Kind::Broken } else { regexp::compile(&text) };
            if let Kind::Program(program) = &kind {
                instructions += program.len();
            }
            compiled.push(Pattern { text, exclusion, depth, kind });
        }
        Ok(Self { patterns: compiled, budget: RefCell::new(Budget::new(WORK)) })
    }

    /// Returns the patterns in order, cleaned, without exclamation marks.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(Pattern::text)
    }

    /// Returns whether any pattern is an exception (`Exclusions`).
    #[must_use]
    pub fn has_exclusions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.exclusion)
    }

    /// Returns whether `file`, or a directory that contains it, matches (`MatchesOrParentMatches`). Runs the patterns that
    /// can change the result: exceptions once something matched, other patterns until then.
    ///
    /// # Errors
    ///
    /// Returns [`PatternError`] for a pattern whose error is found only when it is used.
    pub fn matches_or_parent_matches(&self, file: &str) -> Result<bool, PatternError> {
        let parent = path::dir(file);
        let parents = if parent == "." { "" } else { parent.as_str() };
        let mut budget = self.budget.borrow_mut();
        let mut matched = false;
        for pattern in &self.patterns {
            if pattern.exclusion != matched {
                continue;
            }
            let of_file = pattern.matches(file, &mut budget)?;
            let mut ends = parents.match_indices('/').map(|(at, _)| at).chain([parents.len()]);
            let mut of_parent =
                || ends.any(|end| pattern.matches(&parents[..end], &mut budget).unwrap_or(false));
            if of_file || (!parents.is_empty() && of_parent()) {
                matched = !pattern.exclusion;
            }
        }
        Ok(matched)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Case {
        #[serde(default)]
        paths: Vec<String>,
        #[serde(default)]
        patterns: Vec<String>,
        error: Option<String>,
        #[serde(default)]
        exclusions: bool,
        #[serde(default)]
        kept: Vec<String>,
        #[serde(default)]
        full: Vec<u8>,
    }

    /// Returns 0 for no, 1 for yes, 2 for an error.
    fn code(result: Result<bool, PatternError>) -> u8 {
        result.map_or(2, u8::from)
    }

    #[test]
    fn matches_as_moby_does() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../testdata/pattern/match.json")).unwrap();
        let paths = &cases[0].paths;
        for case in &cases[1..] {
            let told = &case.patterns;
            let matcher = match PatternMatcher::new(&case.patterns) {
                Ok(matcher) => matcher,
                Err(error) => {
                    assert_eq!(Some(error.to_string()), case.error, "{told:?}");
                    continue;
                }
            };
            assert_eq!(case.error, None, "{told:?}");
            assert_eq!(matcher.has_exclusions(), case.exclusions, "{told:?}");
            let kept: Vec<&str> = matcher.patterns().collect();
            assert_eq!(kept, case.kept, "{told:?}");
            for (index, path) in paths.iter().enumerate() {
                assert_eq!(
                    code(matcher.matches_or_parent_matches(path)),
                    case.full[index],
                    "{told:?} {path:?} {matcher:?}"
                );
            }
        }
    }

    #[test]
    fn many_wildcards_take_no_exponential_time() {
        let matcher = PatternMatcher::new(&["**/*a*a*a*a*a*a*a*a*a*a*a*a*b/**/x?y"]).unwrap();
        let path = "a".repeat(2000);
        assert_eq!(matcher.matches_or_parent_matches(&path), Ok(false));
    }

    #[test]
    fn many_large_patterns_take_little_room_and_time() {
        let counted = "[a]{1000}".repeat(150);
        let matcher = PatternMatcher::new(&vec![counted; 10_000]).unwrap();
        let programs = matcher.patterns.iter().filter(|pattern| matches!(pattern.kind, Kind::Program(_)));
        assert!(programs.count() < 20);

        let matcher = PatternMatcher::new(&vec!["**/*a*a*a*a*b"; 10_000]).unwrap();
        matcher.budget.replace(Budget::new(1_000_000));
        let path = "a".repeat(4000);
        while matcher.matches_or_parent_matches(&path) == Ok(false) {}
        assert_eq!(matcher.budget.borrow().left(), 0);
    }

    proptest! {
        #[test]
        fn any_pattern_is_matched_or_refused(pattern in "[!a/.*?\\[\\]^\\\\dQE:\\-é(){}$|+123,]{0,16}", path in "[a/.é]{0,12}") {
            if let Ok(matcher) = PatternMatcher::new(&[&pattern]) {
                let _ = matcher.matches_or_parent_matches(&path);
            }
        }
    }
}

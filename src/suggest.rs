//! Suggestions for misspelled words.

use crate::go::unicode::{to_lower, to_upper};

/// A suggestion for a misspelled name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint(String);

impl Hint {
    /// Creates a hint that names an option.
    #[must_use]
    pub fn new(option: String) -> Self {
        Self(option)
    }

    /// Finds the option closest to `value`, if it is close enough. Returns `None` if `value` is itself an option
    /// (upstream's `suggest.WrapError`).
    #[must_use]
    pub fn search(value: &str, options: &[&str]) -> Option<Self> {
        suggest(value, options.iter().copied(), true).map(Self)
    }

    /// Formats a hint as ` (did you mean NAME?)`; empty without a hint.
    #[must_use]
    pub fn show(hint: Option<&Self>) -> String {
        hint.map_or_else(String::new, |hint| format!(" (did you mean {}?)", hint.0))
    }
}

/// Finds the option closest to `value`, at most two edits away. Unless case matters, the answer is in the case of
/// `value` (upstream's `suggest.Search`).
///
/// Returns `None` if an option equals `value`: then the word was not the mistake. Of equally close options it returns
/// the first; upstream returns any.
#[must_use]
pub fn suggest<'a>(
    value: &str,
    options: impl IntoIterator<Item = &'a str>,
    case_sensitive: bool,
) -> Option<String> {
    let wanted = if case_sensitive { value.to_owned() } else { to_lower(value) };
    let length = wanted.chars().count();
    let mut closest = None;
    let mut distance = 3;
    for option in options {
        let option = if case_sensitive { option.to_owned() } else { to_lower(option) };
        if option == wanted {
            return None;
        }
        // The difference in length can already rule an option out, without comparing a huge word.
        if option.chars().count().abs_diff(length) >= distance {
            continue;
        }
        let edits = strsim::levenshtein(&wanted, &option);
        if edits < distance {
            distance = edits;
            closest = Some(option);
        }
    }
    let closest = closest.filter(|option| !option.is_empty())?;
    if case_sensitive || value == wanted {
        Some(closest)
    } else if value == to_upper(value) {
        Some(to_upper(&closest))
    } else {
        Some(closest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_are_found() {
        let options = ["from", "run", "env"];
        assert_eq!(suggest("FROMM", options, false).as_deref(), Some("FROM"));
        assert_eq!(suggest("Fron", options, false).as_deref(), Some("from"));
        assert_eq!(suggest("rum", options, false).as_deref(), Some("run"));
        assert_eq!(suggest("RUM", options, true), None);
        assert_eq!(suggest("RUN", options, false), None);
        assert_eq!(suggest("banana", options, false), None);
        assert_eq!(suggest(&"r".repeat(5_000_000), options, false), None);
    }
}

//! "Did you mean ..?" for a mistyped name.
//!
//! Mirrors moby/buildkit's `util/suggest`.

/// A name that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint(String);

impl Hint {
    /// ` (did you mean NAME?)`, or nothing.
    #[must_use]
    pub fn show(hint: Option<&Self>) -> String {
        hint.map_or_else(String::new, |hint| format!(" (did you mean {}?)", hint.0))
    }
}

/// The option nearest to `value`, if it is near enough; none where `value` is itself an option.
#[must_use]
pub fn search(value: &str, options: &[&str], case_sensitive: bool) -> Option<String> {
    // As near as a typing mistake; the same bound as in HCL.
    let mut nearest = 3;
    let mut found = None;
    let folded = if case_sensitive { value.to_owned() } else { value.to_lowercase() };
    for option in options {
        let candidate = if case_sensitive { (*option).to_owned() } else { option.to_lowercase() };
        if candidate == folded {
            return None;
        }
        if candidate.len().abs_diff(folded.len()) >= 4 * nearest {
            continue;
        }
        let distance = strsim::levenshtein(&folded, &candidate);
        if distance < nearest {
            nearest = distance;
            found = Some(if case_sensitive { candidate } else { match_case(&candidate, value) });
        }
    }
    found
}

/// [`search`] as a hint for an error's text.
#[must_use]
pub fn hint(value: &str, options: &[&str], case_sensitive: bool) -> Option<Hint> {
    search(value, options, case_sensitive).map(Hint)
}

fn match_case(text: &str, like: &str) -> String {
    if like == like.to_lowercase() {
        text.to_lowercase()
    } else if like == like.to_uppercase() {
        text.to_uppercase()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(search("buid", &["build", "base"], true).as_deref(), Some("build"));
        assert_eq!(search("build", &["build"], true), None);
        assert_eq!(search("something", &["build"], true), None);
        assert_eq!(search("RUM", &["run"], false).as_deref(), Some("RUN"));
    }
}

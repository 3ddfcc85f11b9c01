//! "Did you mean ..?" in an error's text.

use crate::lint;

/// A name that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint(String);

impl Hint {
    /// The option nearest to `value`, if it is near enough; none where `value` is itself an option
    /// (upstream's `suggest.WrapError`).
    #[must_use]
    pub fn search(value: &str, options: &[&str]) -> Option<Self> {
        lint::suggest(value, options.iter().copied(), true).map(Self)
    }

    /// ` (did you mean NAME?)`, or nothing.
    #[must_use]
    pub fn show(hint: Option<&Self>) -> String {
        hint.map_or_else(String::new, |hint| format!(" (did you mean {}?)", hint.0))
    }
}

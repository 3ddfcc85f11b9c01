//! Permissions: octal, or symbolic in the form that `chmod` takes.
//!
//! Accepts what `Parse` of `github.com/tonistiigi/dchapes-mode` accepts. The text itself is sent to BuildKit,
//! which applies it.

use super::number::{NumberError, parse_int};

/// Why a text is not a valid mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// Not a mode, or one with invalid bits.
    #[error("invalid syntax")]
    Syntax,
    /// It starts like a number, but is invalid or too large.
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl ModeError {
    /// Returns whether the text looked like a number. docker/dockerfile's message then mentions only octal
    /// numbers.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// Checks a mode: octal up to 7777, or comma-separated clauses like `u=rwX,go-w`.
///
/// # Errors
///
/// Returns [`ModeError`] with upstream's text.
pub fn check_mode(text: &str) -> Result<(), ModeError> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let bits = parse_int(text, 8, 16)?;
        return if bits > 0o7777 { Err(ModeError::Syntax) } else { Ok(()) };
    }
    text.split(',').all(is_clause).then_some(()).ok_or(ModeError::Syntax)
}

/// Returns whether a clause is `[augo]*` and one or more of `[+-=][rstwXxugo]*`.
fn is_clause(clause: &str) -> bool {
    let actions = clause.trim_start_matches(['a', 'u', 'g', 'o']);
    let permissions = |c: char| "rstwXxugo".contains(c);
    actions.starts_with(['+', '-', '=']) && actions.chars().all(|c| "+-=".contains(c) || permissions(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_upstream() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/mode.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let error = check_mode(text).err();
            assert_eq!(
                error.as_ref().map(ToString::to_string).as_deref(),
                case["error"].as_str(),
                "{text:?}"
            );
            assert_eq!(error.is_some_and(|e| e.is_number()), case["number"], "{text:?}");
        }
    }
}

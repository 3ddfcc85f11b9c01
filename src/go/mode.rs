//! Permissions: octal, or symbolic as `chmod` takes them.
//!
//! Mirrors what `Parse` of `github.com/tonistiigi/dchapes-mode` accepts. The text itself goes to
//! BuildKit, which applies it.

use super::number::{NumberError, parse_int};

/// Why a text is no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// No mode, or one with bits that are none.
    #[error("invalid syntax")]
    Syntax,
    /// It starts like a number, and is none or too large.
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl ModeError {
    /// Whether the text looked like a number. docker/dockerfile then speaks of octal numbers only.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// Checks a mode: octal up to 7777, or clauses like `u=rwX,go-w` with commas between.
///
/// # Errors
/// [`ModeError`] with upstream's wording.
pub fn check_mode(text: &str) -> Result<(), ModeError> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let bits = parse_int(text, 8, 16)?;
        return if bits > 0o7777 { Err(ModeError::Syntax) } else { Ok(()) };
    }
    text.split(',').all(is_clause).then_some(()).ok_or(ModeError::Syntax)
}

/// `[augo]*` and one or more of `[+-=][rstwXxugo]*`.
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

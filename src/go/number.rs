//! Numbers and booleans as Go's `strconv` parses them, with its error texts.

use super::quote::Quoted;

/// The error for a text that `strconv` rejects (`*strconv.NumError`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("strconv.{function}: parsing {}: {kind}", Quoted(.text))]
pub struct NumberError {
    /// The Go function, part of the message.
    pub function: &'static str,
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub kind: NumberErrorKind,
}

/// The kind of error in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberErrorKind {
    /// Not a number of that base.
    #[error("invalid syntax")]
    Syntax,
    /// A number that does not fit.
    #[error("value out of range")]
    Range,
}

use NumberErrorKind::{Range, Syntax};

/// Parses `1 t T TRUE true True` and `0 f F FALSE false False` (`strconv.ParseBool`).
///
/// # Errors
///
/// Returns [`NumberErrorKind::Syntax`] for any other text.
pub fn parse_bool(text: &str) -> Result<bool, NumberError> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(NumberError { function: "ParseBool", text: text.to_owned(), kind: Syntax }),
    }
}

/// Parses a number in a base from 2 to 36 with at most 64 bits (`strconv.ParseUint`): only digits, no sign.
///
/// # Errors
///
/// Returns [`NumberError`]; as in Go, a number is out of range as soon as it has one digit too many.
pub fn parse_uint(text: &str, base: u32, bits: u32) -> Result<u64, NumberError> {
    unsigned(text, base, bits).map_err(|kind| NumberError {
        function: "ParseUint",
        text: text.to_owned(),
        kind,
    })
}

/// Parses a number in a base from 2 to 36 with 1 to 64 bits (`strconv.ParseInt`): digits after an optional
/// sign.
///
/// # Errors
///
/// See [`parse_uint`].
pub fn parse_int(text: &str, base: u32, bits: u32) -> Result<i64, NumberError> {
    signed(text, base, bits).map_err(|kind| NumberError { function: "ParseInt", text: text.to_owned(), kind })
}

/// Parses a decimal number with 64 bits (`strconv.Atoi`).
///
/// # Errors
///
/// See [`parse_uint`].
pub fn atoi(text: &str) -> Result<i64, NumberError> {
    signed(text, 10, 64).map_err(|kind| NumberError { function: "Atoi", text: text.to_owned(), kind })
}

fn unsigned(text: &str, base: u32, bits: u32) -> Result<u64, NumberErrorKind> {
    if text.is_empty() {
        return Err(Syntax);
    }
    let limit = u64::MAX >> (64 - bits.clamp(1, 64));
    text.chars().try_fold(0u64, |value, c| {
        let digit = c.to_digit(base).ok_or(Syntax)?;
        value
            .checked_mul(u64::from(base))
            .and_then(|v| v.checked_add(u64::from(digit)))
            .filter(|v| *v <= limit)
            .ok_or(Range)
    })
}

fn signed(text: &str, base: u32, bits: u32) -> Result<i64, NumberErrorKind> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let value = unsigned(digits, base, bits)?;
    let cutoff = 1u64 << (bits.clamp(1, 64) - 1);
    if negative {
        0i64.checked_sub_unsigned(value).filter(|_| value <= cutoff).ok_or(Range)
    } else {
        i64::try_from(value).ok().filter(|_| value < cutoff).ok_or(Range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_go() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/strconv.json")).unwrap();
        fn show<T: std::fmt::Display>(result: Result<T, NumberError>) -> String {
            result.map_or_else(|error| format!("!{error}"), |value| value.to_string())
        }
        for case in cases {
            let text = case["in"].as_str().unwrap();
            assert_eq!(crate::go::quote(text), case["quote"]);
            if case["bool"].is_null() {
                continue;
            }
            assert_eq!(show(parse_int(text, 10, 64)), case["i64"]);
            assert_eq!(show(parse_int(text, 10, 32)), case["i32"]);
            assert_eq!(show(parse_uint(text, 8, 32)), case["o32"]);
            assert_eq!(show(parse_uint(text, 10, 32)), case["u32"]);
            assert_eq!(show(atoi(text)), case["atoi"]);
            assert_eq!(show(parse_bool(text)), case["bool"]);
        }
    }
}

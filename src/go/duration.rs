//! Durations in nanoseconds, formatted and parsed like Go's `time.Duration`.

use std::fmt::{self, Write as _};

/// Why a text is not a valid duration. The texts are Go's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Not a number with a unit, or too large.
    #[error("time: invalid duration {}", Plain(.0))]
    Invalid(String),
    /// A number without a unit.
    #[error("time: missing unit in duration {}", Plain(.0))]
    MissingUnit(String),
    /// A unit that Go does not support.
    #[error("time: unknown unit {} in duration {}", Plain(.unit), Plain(.text))]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole duration.
        text: String,
    },
}

/// Quotes like package `time`: byte by byte, with everything beyond ASCII as `\x..`.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for byte in self.0.bytes() {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..0x80 => f.write_char(char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char('"')
    }
}

const NANOSECOND: u64 = 1;
const MICROSECOND: u64 = 1000 * NANOSECOND;
const MILLISECOND: u64 = 1000 * MICROSECOND;
const SECOND: u64 = 1000 * MILLISECOND;

/// Formats nanoseconds as `1h2m3.5s` (`time.Duration.String`).
#[must_use]
pub fn format(nanoseconds: i64) -> String {
    let length = nanoseconds.unsigned_abs();
    let mut out = String::from(if nanoseconds < 0 { "-" } else { "" });
    let (unit, suffix) = match length {
        0 => return "0s".to_owned(),
        _ if length < MICROSECOND => (NANOSECOND, "ns"),
        _ if length < MILLISECOND => (MICROSECOND, "µs"),
        _ if length < SECOND => (MILLISECOND, "ms"),
        _ => (SECOND, "s"),
    };
    let (mut whole, fraction) = (length / unit, length % unit);
    if unit == SECOND {
        let minutes = whole / 60;
        if minutes >= 60 {
            out.push_str(&format!("{}h", minutes / 60));
        }
        if minutes > 0 {
            out.push_str(&format!("{}m", minutes % 60));
        }
        whole %= 60;
    }
    out.push_str(&whole.to_string());
    if fraction > 0 {
        // The number of zeros in the unit is the number of digits of its fraction.
        let digits = unit.ilog10() as usize;
        out.push('.');
        out.push_str(format!("{fraction:0digits$}").trim_end_matches('0'));
    }
    out + suffix
}

/// Parses `1h30m`, `-1.5s`, `0` (`time.ParseDuration`) to nanoseconds.
///
/// # Errors
///
/// Returns [`ErrorKind`] with Go's text.
pub fn parse(text: &str) -> Result<i64, ErrorKind> {
    const LIMIT: u64 = 1 << 63;
    let invalid = || ErrorKind::Invalid(text.to_owned());
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (whole, tail) = split_digits(rest);
        let (fraction, tail) = tail.strip_prefix('.').map_or(("", tail), split_digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let mut value = if whole.is_empty() { 0 } else { whole.parse::<u64>().map_err(|_| invalid())? };
        if value > LIMIT {
            return Err(invalid());
        }
        let end = tail.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(tail.len());
        let (name, tail) = tail.split_at(end);
        let unit = match name {
            "" => return Err(ErrorKind::MissingUnit(text.to_owned())),
            "ns" => NANOSECOND,
            "us" | "µs" | "μs" => MICROSECOND,
            "ms" => MILLISECOND,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3600 * SECOND,
            _ => return Err(ErrorKind::UnknownUnit { unit: name.to_owned(), text: text.to_owned() }),
        };
        value = value.checked_mul(unit).filter(|v| *v <= LIMIT).ok_or_else(invalid)?;
        value += fraction_of(fraction, unit);
        total = total.checked_add(value).filter(|t| *t <= LIMIT && value <= LIMIT).ok_or_else(invalid)?;
        rest = tail;
    }
    match i64::try_from(total) {
        Ok(total) => Ok(if negative { -total } else { total }),
        Err(_) if negative => Ok(i64::MIN),
        Err(_) => Err(invalid()),
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Returns the fraction of a unit. Digits that overflow are dropped, and the product is computed in floating
/// point, since Go's result shows its rounding.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0u64, 1f64);
    for byte in digits.bytes() {
        if value > (i64::MAX as u64) / 10 {
            break;
        }
        let next = value * 10 + u64::from(byte - b'0');
        if next > 1 << 63 {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::time::format_unix;

    #[test]
    fn agrees_with_go() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/image/go_time.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let out = case["out"].as_str().unwrap();
            match case["fn"].as_str().unwrap() {
                "unix" => assert_eq!(format_unix(text.parse().unwrap()), out, "{text}"),
                "duration" => assert_eq!(format(text.parse().unwrap()), out, "{text}"),
                _ => match parse(text) {
                    Ok(value) => assert_eq!(value.to_string(), out, "{text}"),
                    Err(error) => assert_eq!(Some(error.to_string().as_str()), case["error"].as_str()),
                },
            }
        }
    }
}

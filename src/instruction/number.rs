//! Numbers and sizes as Go reads them.

use std::time::Duration;

use crate::syntax::text::{lower, quote};

/// A number that is none, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a number.
    #[error("strconv.ParseInt: parsing {}: invalid syntax", quote(.0))]
    Syntax(String),
    /// A number that is too large.
    #[error("strconv.ParseInt: parsing {}: value out of range", quote(.0))]
    Range(String),
    /// Not a duration, or too long.
    #[error("time: invalid duration {}", quote_ascii(.0))]
    Duration(String),
    /// A duration that does not say of what.
    #[error("time: missing unit in duration {}", quote_ascii(.0))]
    MissingUnit(String),
    /// A duration in something unknown.
    #[error("time: unknown unit {} in duration {}", quote_ascii(.unit), quote_ascii(.duration))]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The duration.
        duration: String,
    },
}

/// A text in quotes, every byte that is not printable ASCII as a number (the quoting of Go's `time`).
fn quote_ascii(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=0x7F => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// A signed number of 32 bits, in decimal (Go's `strconv.ParseInt(text, 10, 32)`).
pub(super) fn parse_i32(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let syntax = || NumberError::Syntax(text.to_owned());
    let range = || NumberError::Range(text.to_owned());
    if digits.is_empty() {
        return Err(syntax());
    }
    let mut value = 0_i64;
    for c in digits.chars() {
        value = value * 10 + i64::from(c.to_digit(10).ok_or_else(syntax)?);
        if value > i64::from(u32::MAX) {
            return Err(range());
        }
    }
    let value = if text.starts_with('-') { -value } else { value };
    if i32::try_from(value).is_ok() { Ok(value) } else { Err(range()) }
}

/// An unsigned number of 32 bits (Go's `strconv.ParseUint(text, radix, 32)`).
pub(super) fn parse_u32(text: &str, radix: u32) -> Option<u32> {
    if text.starts_with('+') { None } else { u32::from_str_radix(text, radix).ok() }
}

/// The nanoseconds of a unit of time.
fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// The longest duration of Go, less one nanosecond if it is positive.
const MAX_NANOS: u64 = 1 << 63;

/// A duration like `1h30m` (Go's `time.ParseDuration`); a negative one comes back as `None`.
pub(super) fn parse_duration(text: &str) -> Result<Option<Duration>, NumberError> {
    let invalid = || NumberError::Duration(text.to_owned());
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return Ok(Some(Duration::ZERO));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut nanos = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = split_digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split_digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let whole = match whole {
            "" => 0,
            whole => whole.parse().ok().filter(|whole| *whole <= MAX_NANOS).ok_or_else(invalid)?,
        };
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        if name.is_empty() {
            return Err(NumberError::MissingUnit(text.to_owned()));
        }
        let unit = unit(name)
            .ok_or_else(|| NumberError::UnknownUnit { unit: name.to_owned(), duration: text.to_owned() })?;
        nanos = whole
            .checked_mul(unit)
            .and_then(|part| part.checked_add(fraction_nanos(fraction, unit)))
            .filter(|part| *part <= MAX_NANOS)
            .and_then(|part| nanos.checked_add(part))
            .filter(|sum| *sum <= MAX_NANOS)
            .ok_or_else(invalid)?;
        rest = after;
    }
    if nanos == 0 {
        return Ok(Some(Duration::ZERO));
    }
    if negative {
        return Ok(None);
    }
    if nanos == MAX_NANOS { Err(invalid()) } else { Ok(Some(Duration::from_nanos(nanos))) }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The nanoseconds of a fraction of a unit. Digits that do not fit are left out, as Go leaves them out.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go computes it in floating point, and the last nanosecond depends on it"
)]
fn fraction_nanos(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1_f64);
    for digit in digits.bytes().map(|byte| u64::from(byte - b'0')) {
        if value > (MAX_NANOS - 1) / 10 || value * 10 + digit > MAX_NANOS {
            break;
        }
        value = value * 10 + digit;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// A number of bytes like `1.5GiB` (docker/go-units' `RAMInBytes`). Units count by 1024.
#[expect(clippy::cast_possible_truncation, reason = "the fraction of a byte is dropped")]
pub(super) fn parse_size(text: &str) -> Option<i64> {
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let (number, suffix) = text.split_at(last + 1);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let size = parse_float(number).filter(|size| *size >= 0.0)?;
    if suffix.len() > 3 {
        return None;
    }
    let suffix = lower(suffix);
    let factor = match suffix.as_bytes() {
        [] | [b'b'] => 1.0,
        [prefix, b'i', b'b'] | [prefix, b'b'] | [prefix] => {
            let power = b"kmgtp".iter().position(|unit| unit == prefix)?;
            1024_f64.powi(i32::try_from(power).ok()? + 1)
        }
        _ => return None,
    };
    let bytes = size * factor;
    // What does not fit becomes the smallest number, as the processor docker/dockerfile runs on has it.
    Some(if bytes < 9_223_372_036_854_775_808.0 { bytes as i64 } else { i64::MIN })
}

/// A floating point number in Go's syntax (`strconv.ParseFloat`), infinities and NaN excepted.
fn parse_float(text: &str) -> Option<f64> {
    let text = &remove_underscores(text)?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        let value = parse_hex_float(&unsigned[2..])?;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The text without the underscores between its digits; `None` for one that stands elsewhere.
fn remove_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let hex = text.trim_start_matches(['+', '-']).starts_with("0x");
    let digit = |at: usize| {
        // The `x` of `0x` may have one after it.
        bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || hex && byte.is_ascii_alphabetic())
    };
    let misplaced = |(at, _): (usize, &str)| at == 0 || !digit(at - 1) || !digit(at + 1);
    (!text.match_indices('_').any(misplaced)).then(|| text.replace('_', ""))
}

/// `1.8p3`: digits of base 16 and a power of two, which must be there.
fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, power) = text.split_once(['p', 'P'])?;
    let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0_f64;
    for c in whole.chars().chain(fraction.chars()) {
        value = value.mul_add(16.0, f64::from(c.to_digit(16)?));
    }
    let power: i32 = power.parse().ok()?;
    let value = value * 2_f64.powi(power.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?);
    Some(value).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let nanos = |text| parse_duration(text).map(|duration| duration.map(|it| it.as_nanos()));
        assert_eq!(nanos("1h2m3.5s"), Ok(Some(3_723_500_000_000)));
        assert_eq!(nanos("+.5ms1us"), Ok(Some(501_000)));
        assert_eq!(nanos("0"), Ok(Some(0)));
        assert_eq!(nanos("-1s"), Ok(None));
        assert_eq!(nanos("2562047h47m16.854775807s"), Ok(Some(9_223_372_036_854_775_807)));
        let error = |text| parse_duration(text).unwrap_err().to_string();
        assert_eq!(error("2562047h47m16.854775808s"), "time: invalid duration \"2562047h47m16.854775808s\"");
        assert_eq!(error("10"), "time: missing unit in duration \"10\"");
        assert_eq!(error("1x\u{e9}2s"), "time: unknown unit \"x\\xc3\\xa9\" in duration \"1x\\xc3\\xa92s\"");
        for text in ["", "-", ".s", "s", "99999999999999999999s"] {
            assert_eq!(parse_duration(text), Err(NumberError::Duration(text.into())));
        }
    }

    #[test]
    fn sizes() {
        for (text, size) in [
            ("32", 32),
            ("32b", 32),
            ("32B", 32),
            ("1.5k", 1536),
            ("32 KiB", 32 << 10),
            ("32.5kB", 33280),
            ("1P", 1 << 50),
            ("1e3", 1000),
            ("0x1p4", 16),
            ("1\u{212A}", 1024),
            ("1_0", 10),
            ("0x_1p0", 1),
            ("1e30", i64::MIN),
        ] {
            assert_eq!(parse_size(text), Some(size), "{text}");
        }
        for text in [
            "", "hello", "-32", "32bb", "32 mibb", "x32", "32i", "1 ", " 1", "1e400", "inf0", "0x10", "32ki",
            "1__0", "_1", "1_.0",
        ] {
            assert_eq!(parse_size(text).is_some(), matches!(text, "1 "), "{text}");
        }
    }

    #[test]
    fn integers() {
        assert_eq!(parse_i32("-5"), Ok(-5));
        assert_eq!(parse_i32("+2147483647"), Ok(2_147_483_647));
        assert_eq!(parse_i32("2147483648"), Err(NumberError::Range("2147483648".into())));
        assert_eq!(parse_i32("99999999999x"), Err(NumberError::Range("99999999999x".into())));
        assert_eq!(
            parse_i32("1x").unwrap_err().to_string(),
            "strconv.ParseInt: parsing \"1x\": invalid syntax"
        );
        assert_eq!(parse_u32("755", 8), Some(0o755));
        assert_eq!([parse_u32("+1", 10), parse_u32("8", 8), parse_u32("", 10)], [None; 3]);
    }
}

//! Sizes in bytes.

use crate::go::float;
use crate::go::unicode::to_lower;

/// Parses a number of bytes like `1.5GiB` (docker/go-units' `RAMInBytes`). Units are multiples of 1024.
#[expect(clippy::cast_possible_truncation, reason = "the fraction of a byte is dropped")]
pub(super) fn parse_size(text: &str) -> Option<i64> {
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let (number, suffix) = text.split_at(last + 1);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let size = parse_float(number).filter(|size| *size >= 0.0)?;
    if suffix.len() > 3 {
        return None;
    }
    let suffix = to_lower(suffix);
    let factor = match suffix.as_bytes() {
        [] | [b'b'] => 1.0,
        [prefix, b'i', b'b'] | [prefix, b'b'] | [prefix] => {
            let power = b"kmgtp".iter().position(|unit| unit == prefix)?;
            1024_f64.powi(i32::try_from(power).ok()? + 1)
        }
        _ => return None,
    };
    let bytes = size * factor;
    // A number that does not fit becomes the smallest one, as on the processors that docker/dockerfile runs
    // on.
    Some(if bytes < 9_223_372_036_854_775_808.0 { bytes as i64 } else { i64::MIN })
}

/// Parses a floating point number in Go's syntax (`strconv.ParseFloat`), except infinities and NaN.
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
    float::parse_float(text)
}

/// Removes underscores between digits; `None` if one is elsewhere.
fn remove_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let hex = text.trim_start_matches(['+', '-']).starts_with("0x");
    let digit = |at: usize| {
        // An underscore may follow the `x` of `0x`.
        bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || hex && byte.is_ascii_alphabetic())
    };
    let misplaced = |(at, _): (usize, &str)| at == 0 || !digit(at - 1) || !digit(at + 1);
    (!text.match_indices('_').any(misplaced)).then(|| text.replace('_', ""))
}

/// Parses `1.8p3`: hexadecimal digits and a power of two, which is required.
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
}

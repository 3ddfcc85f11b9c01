//! Floating point numbers in decimal digits.
//!
//! The standard library's parser is correct to the last bit for any number of digits, with a table of 10 KB
//! that does not compress. Here, numbers of up to 15 digits with up to 22 decimal places are exact, and
//! others nearly so: enough for sizes, and for detecting numbers that are too large.

/// The digits of the smallest number that is too large, which has 309 digits before the decimal point.
const TOO_LARGE: &str = "179769313486231580793";
const TOO_LARGE_DIGITS: i64 = 309;

/// Digits that fit into 64 bits.
const MAX_DIGITS: usize = 19;

/// Powers of ten up to this one are exact.
const EXACT: i64 = 22;

/// Parses `12`, `1.5`, `.5`, `1e-3`, with or without a sign; `None` for other texts, and for numbers that are
/// too large.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let exponent = exponent.map_or(Some(0), parse_exponent)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let zeros = all().take_while(|byte| *byte == b'0').count();
    let digits: Vec<u8> = all().skip(zeros).collect();
    // The number is 0.DIGITS times ten to this power.
    let place = exponent.saturating_add(i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?);
    let is_too_large =
        place > TOO_LARGE_DIGITS || (place == TOO_LARGE_DIGITS && digits.as_slice() >= TOO_LARGE.as_bytes());
    if !digits.is_empty() && is_too_large {
        return None;
    }
    let kept = &digits[..digits.len().min(MAX_DIGITS)];
    let number = kept.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    let value = scale(number, place.saturating_sub(i64::try_from(kept.len()).ok()?));
    Some(if text.starts_with('-') { -value } else { value })
}

/// Parses digits with or without a sign; an exponent that no number has becomes the largest one.
fn parse_exponent(text: &str) -> Option<i64> {
    const MAX: i64 = 1 << 40;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0_i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(MAX));
    Some(if text.starts_with('-') { -value } else { value })
}

#[expect(clippy::cast_precision_loss, reason = "a number of more than 15 digits is nearly exact")]
fn scale(number: u64, mut power: i64) -> f64 {
    let mut value = number as f64;
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-EXACT, EXACT);
        let factor = (0..step.abs()).fold(1.0, |factor, _| factor * 10.0);
        value = if step < 0 { value / factor } else { value * factor };
        power -= step;
    }
    // Rounding in steps may exceed the largest number even though the digits do not.
    value.min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_other_texts() {
        for text in ["0", "-0", "1.5", ".5", "5.", "+1e3", "1E-3", "000.10", "1e22", "123456789012345"] {
            assert_eq!(parse_float(text), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "e1", "1e", "1e+", "inf", "NaN", "0x1", "1 ", "--1", "1.2.3"] {
            assert_eq!(parse_float(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_too_large() {
        for text in [
            "1e309",
            "1.8e308",
            "1.797693134862315808e308",
            "1e99999999999999999999",
            "179769313486231580793e288",
        ] {
            assert_eq!(parse_float(text), None, "{text}");
        }
        let largest = "17976931348623157".to_owned() + &"0".repeat(292);
        for text in ["1.7976931348623157e308", "0e999", "1e-99999999999999999999", "1e308", &largest] {
            assert!(parse_float(text).is_some_and(f64::is_finite), "{text}");
        }
    }

    proptest! {
        #[test]
        fn as_the_standard_library(digits in "[0-9]{1,15}", places in 0..16_usize, power in -20..=6_i32) {
            let at = digits.len().saturating_sub(places);
            let text = format!("{}.{}e{power}", &digits[..at], &digits[at..]);
            let (ours, theirs): (f64, f64) = (parse_float(&text).unwrap(), text.parse().unwrap());
            // Beyond 22 decimal places, only the last bit differs.
            prop_assert!((ours - theirs).abs() <= theirs.abs() * f64::EPSILON, "{text}: {ours} {theirs}");
        }
    }
}

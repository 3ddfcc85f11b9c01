//! Times in the RFC 3339 form that Go writes into image configs.

use std::fmt::Write as _;

/// The error for a text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot parse {} as an RFC 3339 time", super::quote::Quoted(.0))]
pub struct InvalidTime(pub String);

/// The seconds since 1970 with a year of four digits: others cannot be written as JSON.
pub const JSON_SECONDS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Formats `seconds` since 1970 in UTC as `2006-01-02T15:04:05Z` (`time.Unix(s, 0).UTC()` with
/// `time.RFC3339`, and also with `RFC3339Nano`, as there is no fraction).
///
/// Years beyond 9999 have more digits and years before 0 a sign, as in Go's `Format`.
#[must_use]
pub fn format_unix(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let sign = if year < 0 { "-" } else { "" };
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", year.unsigned_abs())
}

/// Parses an RFC 3339 time into seconds since 1970, without the fraction; `None` if it is not one.
#[must_use]
pub fn unix_seconds(text: &str) -> Option<i64> {
    let normal = normalize_rfc3339(text).ok()?;
    let part = |range: std::ops::Range<usize>| normal.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    let rest = normal.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match rest.split_at_checked(1)? {
        ("Z", _) => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if sign == "-" { -60 * minutes } else { 60 * minutes }
        }
    };
    let seconds = part(11..13)? * 3600 + part(14..16)? * 60 + part(17..19)?;
    Some(days_since_1970(year, month, day) * 86_400 + seconds - offset)
}

/// Returns the days since 1970-01-01 of a date, the inverse of [`civil`].
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the date of a number of days since 1970-01-01 in the Gregorian calendar.
///
/// Counts in eras of 400 years that start on March 1, so the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Rewrites a time the way Go decodes and encodes it in JSON: the fraction loses trailing zeros and
/// everything after nanoseconds, a zero offset becomes `Z`, other offsets are kept.
///
/// # Errors
///
/// Returns [`InvalidTime`] if `time.Time.UnmarshalJSON` rejects the text, or if the time could not be written
/// again.
pub fn normalize_rfc3339(text: &str) -> Result<String, InvalidTime> {
    normalize(text.as_bytes()).ok_or_else(|| InvalidTime(text.to_owned()))
}

fn normalize(text: &[u8]) -> Option<String> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    punctuation(&mut rest, b'-')?;
    let month = number(&mut rest, 2).filter(|m| (1..=12).contains(m))?;
    punctuation(&mut rest, b'-')?;
    let day = number(&mut rest, 2).filter(|d| (1..=days_in(month, year)).contains(d))?;
    punctuation(&mut rest, b'T')?;
    // Go accepts a single digit for the hour, but only for the hour.
    let digits = if rest.get(1) == Some(&b':') { 1 } else { 2 };
    let hour = number(&mut rest, digits).filter(|h| *h < 24)?;
    punctuation(&mut rest, b':')?;
    let minute = number(&mut rest, 2).filter(|m| *m < 60)?;
    punctuation(&mut rest, b':')?;
    let second = number(&mut rest, 2).filter(|s| *s < 60)?;

    let mut out = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if let [b'.' | b',', digit, ..] = rest
        && digit.is_ascii_digit()
    {
        rest = &rest[1..];
        let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let fraction = std::str::from_utf8(&rest[..length.min(9)]).ok()?.trim_end_matches('0');
        rest = &rest[length..];
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(fraction);
        }
    }
    match rest {
        b"Z" => out.push('Z'),
        [sign @ (b'+' | b'-'), offset @ ..] if offset.len() == 5 => {
            let mut offset = offset;
            let hours = number(&mut offset, 2).filter(|h| *h < 24)?;
            punctuation(&mut offset, b':')?;
            let minutes = number(&mut offset, 2).filter(|m| *m < 60)?;
            if hours == 0 && minutes == 0 {
                out.push('Z');
            } else {
                write!(out, "{}{hours:02}:{minutes:02}", char::from(*sign)).ok()?;
            }
        }
        _ => return None,
    }
    Some(out)
}

fn number(rest: &mut &[u8], digits: usize) -> Option<u32> {
    let (head, tail) = rest.split_at_checked(digits)?;
    *rest = tail;
    head.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0')))
}

fn punctuation(rest: &mut &[u8], expected: u8) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    (*first == expected).then_some(())
}

const fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_there_and_back() {
        for seconds in [0, 951_782_399, 951_782_400, 1_794_268_800, -1, -62_167_219_200, 253_402_300_799] {
            assert_eq!(unix_seconds(&format_unix(seconds)), Some(seconds));
        }
        assert_eq!(unix_seconds("1970-01-01T01:00:00.75+01:00"), Some(0));
        assert_eq!(unix_seconds("1969-12-31T22:30:00-01:30"), Some(0));
        assert_eq!(unix_seconds("yesterday"), None);
    }
}

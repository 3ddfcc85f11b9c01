//! Character classes and case as in Go's `unicode` package.
//!
//! Names of variables, quoted text in messages and lower-cased references all depend on these, so they follow
//! Unicode 15.0, the version that Go ships, instead of Rust's newer one.

use super::unicode_tables::{DIGITS, MARKS, NEWER};

fn within(table: &[(u32, u32)], c: char) -> bool {
    let c = u32::from(c);
    table
        .binary_search_by(|&(low, high)| {
            if high < c {
                std::cmp::Ordering::Less
            } else if low > c {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Returns whether `c` is a letter (`unicode.IsLetter`).
#[must_use]
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c.is_alphabetic() && !c.is_numeric() && !within(MARKS, c) && !within(NEWER, c)
}

/// Returns whether `c` is a decimal digit of any script (`unicode.IsDigit`).
#[must_use]
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(DIGITS, c) }
}

/// Returns whether `c` is printed as itself in a quoted string (`strconv.IsPrint`).
#[must_use]
pub fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return c == ' ' || c.is_ascii_graphic();
    }
    // Rust has the same categories, but exposes them only through its debug escapes, in which a mark at the
    // start is escaped too; the letter before it prevents that.
    let mut buffer = [b'a'; 5];
    let width = c.encode_utf8(&mut buffer[1..]).len();
    let Ok(text) = std::str::from_utf8(&buffer[..=width]) else { return false };
    text.escape_debug().eq(text.chars()) && !within(NEWER, c)
}

/// Returns the lower case of a character (`unicode.ToLower`): always a single character, without the
/// positional rules of Rust's `str::to_lowercase`.
#[must_use]
pub fn lower(c: char) -> char {
    if within(NEWER, c) { c } else { c.to_lowercase().next().unwrap_or(c) }
}

/// Converts a text to lower case (`strings.ToLower`).
#[must_use]
pub fn to_lower(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// Converts a text to upper case (`strings.ToUpper`), for comparison with ASCII: a character whose upper case
/// is several characters is left unchanged.
#[must_use]
pub fn to_upper(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_not_marks_numbers_or_newcomers() {
        assert!(is_letter('é') && is_letter('字') && !is_letter('_'));
        for c in ['\u{345}', 'Ⅷ', 'Ⓐ', '\u{1c89}', '٣'] {
            assert!(!is_letter(c), "{c:?}");
        }
        assert!(is_digit('٣') && is_digit('7') && !is_digit('Ⅷ') && !is_digit('²'));
    }

    #[test]
    fn printable_is_what_unicode_15_has() {
        for c in ['a', ' ', 'é', '\u{301}', '€', '😀', '"', '\\'] {
            assert!(is_print(c), "{c:?}");
        }
        for c in ['\0', '\u{7f}', '\u{a0}', '\u{2028}', '\u{200b}', '\u{feff}', '\u{20c1}', '\u{e000}'] {
            assert!(!is_print(c), "{c:?}");
        }
    }

    #[test]
    fn case_is_one_to_one() {
        assert_eq!(to_lower("ÀΣİ\u{212a}"), "àσik");
        assert_eq!(to_upper("sigınt\u{17f}ß"), "SIGINTSß");
    }
}

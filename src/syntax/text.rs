//! Text as Go's standard library sees it: white space, letter case, quoting, invalid UTF-8.

/// Decodes bytes as Go does: every byte that is no part of a valid character becomes U+FFFD.
#[must_use]
pub fn lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    out
}

/// Whether a byte, taken as a Latin-1 character, is white space (Go's `unicode.IsSpace(rune(b))`).
///
/// Upstream reads flags and HEALTHCHECK byte by byte, so 0x85 and 0xA0 count even inside a character.
#[must_use]
pub fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xA0)
}

/// White space between words (`[\t\v\f\r ]`, upstream's `reWhitespace`).
#[must_use]
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0B | 0x0C | b'\r' | b' ')
}

/// White space of a Go regular expression (`\s`), which has no vertical tab.
#[must_use]
pub fn is_regex_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

/// The characters of white space that are not ASCII, encoded.
const WIDE_SPACE: [&[u8]; 19] = [
    b"\xC2\x85",
    b"\xC2\xA0",
    b"\xE1\x9A\x80",
    b"\xE2\x80\x80",
    b"\xE2\x80\x81",
    b"\xE2\x80\x82",
    b"\xE2\x80\x83",
    b"\xE2\x80\x84",
    b"\xE2\x80\x85",
    b"\xE2\x80\x86",
    b"\xE2\x80\x87",
    b"\xE2\x80\x88",
    b"\xE2\x80\x89",
    b"\xE2\x80\x8A",
    b"\xE2\x80\xA8",
    b"\xE2\x80\xA9",
    b"\xE2\x80\xAF",
    b"\xE2\x81\x9F",
    b"\xE3\x80\x80",
];

/// Cuts white space from the left, of text that may be invalid UTF-8.
#[must_use]
pub fn trim_start(mut bytes: &[u8]) -> &[u8] {
    loop {
        match bytes {
            [b'\t'..=b'\r' | b' ', rest @ ..] => bytes = rest,
            [0x80..=0xFF, ..] => match WIDE_SPACE.iter().find_map(|space| bytes.strip_prefix(*space)) {
                Some(rest) => bytes = rest,
                None => return bytes,
            },
            _ => return bytes,
        }
    }
}

/// Cuts white space from both sides, of text that may be invalid UTF-8.
#[must_use]
pub fn trim(bytes: &[u8]) -> &[u8] {
    let mut bytes = trim_start(bytes);
    loop {
        match bytes {
            [rest @ .., b'\t'..=b'\r' | b' '] => bytes = rest,
            [.., 0x80..=0xFF] => match WIDE_SPACE.iter().find_map(|space| bytes.strip_suffix(*space)) {
                Some(rest) => bytes = rest,
                None => return bytes,
            },
            _ => return bytes,
        }
    }
}

/// Lower case, character by character (Go's `strings.ToLower`).
#[must_use]
pub fn lower(text: &str) -> String {
    // The first character of a longer mapping is Go's simple mapping: it is only U+0130, to `i`.
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// Upper case, character by character (Go's `strings.ToUpper`).
///
/// A character whose upper case is several characters stays as it is.
#[must_use]
pub fn upper(text: &str) -> String {
    let one = |c: char| {
        let mut mapped = c.to_uppercase();
        match (mapped.next(), mapped.next()) {
            (Some(only), None) => only,
            _ => c,
        }
    };
    text.chars().map(one).collect()
}

/// Whether two texts are equal when case is ignored, `ascii` being lower case ASCII letters
/// (Go's `strings.EqualFold`, for which the Kelvin sign is a k and the long s is an s).
#[must_use]
pub fn equal_fold(text: &str, ascii: &str) -> bool {
    let fold = |c: char| match c {
        '\u{212A}' => 'k',
        '\u{017F}' => 's',
        c => c.to_ascii_lowercase(),
    };
    text.chars().map(fold).eq(ascii.chars())
}

/// A boolean (Go's `strconv.ParseBool`).
#[must_use]
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A text in double quotes (Go's `strconv.Quote`, `%q`).
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0B' => out.push_str("\\v"),
            '\0'..=' ' | '\x7F' if c != ' ' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_ascii() || is_print(c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// Whether a character that is not ASCII is printed as it is (Go's `strconv.IsPrint`).
fn is_print(c: char) -> bool {
    // Standing first, a combining mark would be escaped too.
    let text = ['a', c].iter().collect::<String>();
    text.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_are_replaced_one_by_one() {
        assert_eq!(lossy(b"a\xE2\x80b\xFF"), "a\u{FFFD}\u{FFFD}b\u{FFFD}");
        assert_eq!(lossy("é€".as_bytes()), "é€");
    }

    #[test]
    fn trims_what_go_trims() {
        assert_eq!(trim("\u{A0}\u{3000} \x0Ba b\u{85}\u{2009}\r\n".as_bytes()), b"a b");
        assert_eq!(trim_start("\u{200B}a".as_bytes()), "\u{200B}a".as_bytes());
        assert_eq!(trim(b"\xA0a\x80"), b"\xA0a\x80");
        assert_eq!(trim(b" \t"), b"");
        for c in '\0'..=char::MAX {
            let encoded = c.to_string();
            assert_eq!(trim(encoded.as_bytes()).is_empty(), c.is_whitespace(), "{c:?}");
        }
    }

    #[test]
    fn maps_case_one_to_one() {
        assert_eq!(lower("ÀİΣ\u{212A}"), "àiσk");
        assert_eq!(upper("aßé"), "AßÉ");
        assert!(equal_fold("aſ", "as") && equal_fold("As", "as") && !equal_fold("a", "as"));
    }

    #[test]
    fn quotes_like_go() {
        assert_eq!(quote("a\"b\\c\n\x01é\u{200B}\u{301}\u{1F600}\u{E0001}"), {
            "\"a\\\"b\\\\c\\n\\x01é\\u200b\u{301}😀\\U000e0001\""
        });
        assert_eq!(quote("\u{7F}\u{A0}\u{FFFD}"), "\"\\x7f\\u00a0\u{FFFD}\"");
    }
}

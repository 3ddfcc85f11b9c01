//! Text that may be invalid UTF-8, and several kinds of white space, as upstream treats them.

/// Decodes bytes as Go does: every byte that is not part of a valid character becomes U+FFFD.
#[must_use]
pub fn lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    out
}

/// Returns whether a byte, as a Latin-1 character, is white space (Go's `unicode.IsSpace(rune(b))`).
///
/// Upstream reads flags and HEALTHCHECK byte by byte, so 0x85 and 0xA0 count even inside a character.
#[must_use]
pub fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xA0)
}

/// Returns whether a byte is white space between words (`[\t\v\f\r ]`, upstream's `reWhitespace`).
#[must_use]
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0B | 0x0C | b'\r' | b' ')
}

/// Returns whether a byte is white space of a Go regular expression (`\s`), which excludes the vertical tab.
#[must_use]
pub fn is_regex_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

/// The encoded white space characters that are not ASCII.
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

/// Trims white space on the left, of text that may be invalid UTF-8.
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

/// Trims white space on both sides, of text that may be invalid UTF-8.
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

/// Returns whether two texts are equal, ignoring case. `ascii` consists of lower case ASCII letters (Go's
/// `strings.EqualFold`, for which the Kelvin sign is a k and the long s is an s).
#[must_use]
pub fn equal_fold(text: &str, ascii: &str) -> bool {
    let fold = |c: char| match c {
        '\u{212A}' => 'k',
        '\u{017F}' => 's',
        c => c.to_ascii_lowercase(),
    };
    text.chars().map(fold).eq(ascii.chars())
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
    fn folds_what_go_folds() {
        assert!(equal_fold("aſ", "as") && equal_fold("As", "as") && !equal_fold("a", "as"));
    }
}

//! Percent escapes, whose rules depend on the part of a URL.

use std::fmt::Write as _;

use super::ErrorKind;

/// A part of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

/// Returns whether a byte must be escaped (`shouldEscape`).
pub(super) const fn needs_escape(byte: u8, part: Part) -> bool {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => false,
        b'!' | b'(' | b')' | b'*' => !matches!(part, Part::Host | Part::Zone | Part::Fragment),
        b'\'' | b'[' | b']' | b'<' | b'>' | b'"' => !matches!(part, Part::Host | Part::Zone),
        b'$' | b'&' | b'+' | b',' | b';' | b'=' => matches!(part, Part::Query),
        b':' => matches!(part, Part::User | Part::Query),
        b'/' => !matches!(part, Part::Path | Part::Fragment),
        b'?' => !matches!(part, Part::Fragment),
        b'@' => !matches!(part, Part::Path | Part::Fragment),
        _ => true,
    }
}

/// Escapes the bytes that must be escaped.
pub(super) fn escape(bytes: &[u8], part: Part) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte == b' ' && part == Part::Query {
            out.push('+');
        } else if needs_escape(byte, part) {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// Decodes escapes (`unescape`).
pub(super) fn unescape(text: &str, part: Part) -> Result<Vec<u8>, ErrorKind> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'%' => {
                let hex = |index: usize| bytes.get(index).and_then(|b| char::from(*b).to_digit(16));
                let escape = || {
                    let end = bytes.len().min(at + 2);
                    ErrorKind::Escape(bytes[at - 1..end].to_vec())
                };
                let (Some(high), Some(low)) = (hex(at), hex(at + 1)) else { return Err(escape()) };
                let value = u8::try_from(high * 16 + low).unwrap_or_default();
                let allowed = match part {
                    // In a host, only `%25` and bytes beyond ASCII may be escaped.
                    Part::Host => high >= 8 || value == b'%',
                    Part::Zone => value == b'%' || value == b' ' || !needs_escape(value, Part::Host),
                    _ => true,
                };
                if !allowed {
                    return Err(escape());
                }
                out.push(value);
                at += 2;
            }
            b'+' if part == Part::Query => out.push(b' '),
            _ => {
                if matches!(part, Part::Host | Part::Zone) && byte.is_ascii() && needs_escape(byte, part) {
                    return Err(ErrorKind::HostCharacter(char::from(byte).to_string()));
                }
                out.push(byte);
            }
        }
    }
    Ok(out)
}

/// Returns whether a text needs no further escapes (`validEncoded`).
pub(super) fn is_valid(text: &str, part: Part) -> bool {
    text.bytes().all(|byte| b"!$&'()*+,;=:@[]%".contains(&byte) || !needs_escape(byte, part))
}

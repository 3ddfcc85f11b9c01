//! Go's quoted strings: `strconv.Quote`, which is `%q` in messages.

use std::fmt::{self, Write as _};

use super::unicode::is_print;

/// Text that displays as Go's `%q`.
///
/// ```text
/// format!("failed to process {}", Quoted("a\tb"))   // failed to process "a\tb"
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\u{7}' => f.write_str("\\a")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{c}' => f.write_str("\\f")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{b}' => f.write_str("\\v")?,
                c if is_print(c) => f.write_char(c)?,
                c if c < ' ' || c == '\u{7f}' => write!(f, "\\x{:02x}", u32::from(c))?,
                c if u32::from(c) < 0x1_0000 => write!(f, "\\u{:04x}", u32::from(c))?,
                c => write!(f, "\\U{:08x}", u32::from(c))?,
            }
        }
        f.write_char('"')
    }
}

/// Quotes `text` like Go's `%q`.
#[must_use]
pub fn quote(text: &str) -> String {
    Quoted(text).to_string()
}

/// Quotes bytes like Go's `%q`: those that are not part of a character become `\x..`.
#[must_use]
pub fn quote_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        let quoted = quote(chunk.valid());
        out.push_str(&quoted[1..quoted.len() - 1]);
        out.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_characters_are_shown_as_bytes() {
        assert_eq!(quote_bytes(b"a\xc3\n\xc3\xa9"), "\"a\\xc3\\n\u{e9}\"");
    }
}

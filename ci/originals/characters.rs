//! Prints what this Rust's standard library says about every character, for the functions in `src/go/unicode.rs`.
//! ci/fixtures compiles this program, and unicode.go reads its output.
//!
//! `FIRST LAST PRINTABLE ALPHABETIC NUMERIC`: characters with the same answers, each 0 or 1.

use std::io::{BufWriter, Write as _};

fn main() -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut first, mut last, mut answers) = (0, 0, answers('\0'));
    for c in '\u{1}'..=char::MAX {
        let (code, its_answers) = (u32::from(c), self::answers(c));
        if its_answers != answers || code != last + 1 {
            writeln!(out, "{first} {last} {} {} {}", answers[0], answers[1], answers[2])?;
            (first, answers) = (code, its_answers);
        }
        last = code;
    }
    writeln!(out, "{first} {last} {} {} {}", answers[0], answers[1], answers[2])?;
    out.flush()
}

fn answers(c: char) -> [u8; 3] {
    [is_printable(c), c.is_alphabetic(), c.is_numeric()].map(u8::from)
}

/// The same as `is_print` of `src/go/unicode.rs`, except for the characters that it looks up in a table.
fn is_printable(c: char) -> bool {
    let mut buffer = [b'a'; 5];
    let width = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=width]).is_ok_and(|text| text.escape_debug().eq(text.chars()))
}

//! Parses `.dockerignore`.

use crate::go::path::clean;

/// The error for a line that is longer than Go's `bufio.Scanner` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("bufio.Scanner: token too long")]
pub struct TooLongLine;

/// The size of Go's line buffer in bytes. A line must leave room for one more byte.
const BUFFER: usize = 64 * 1024;

/// Reads the patterns of an ignore file (`ignorefile.ReadAll`): a byte order mark, comments and empty lines
/// are dropped; the other lines are trimmed and cleaned, and lose a leading slash.
///
/// # Errors
///
/// Returns [`TooLongLine`] if a line is too long.
pub fn read_ignore_file(text: &[u8]) -> Result<Vec<String>, TooLongLine> {
    let mut patterns = Vec::new();
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        if content.len() >= BUFFER {
            return Err(TooLongLine);
        }
        let content =
            if index == 0 { content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content) } else { content };
        patterns.extend(pattern(&String::from_utf8_lossy(content)));
    }
    Ok(patterns)
}

fn pattern(line: &str) -> Option<String> {
    let pattern = line.trim();
    if line.starts_with('#') || pattern.is_empty() {
        return None;
    }
    let (mark, pattern) = match pattern.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", pattern),
    };
    if pattern.is_empty() {
        return Some(mark.to_owned());
    }
    let pattern = clean(pattern);
    let relative = pattern.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&pattern);
    Some(format!("{mark}{relative}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_moby_does() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/pattern/ignorefile.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let patterns = read_ignore_file(text.as_bytes()).unwrap();
            assert_eq!(serde_json::json!(patterns), case["patterns"], "{text:?}");
        }
    }

    #[test]
    fn lines_have_a_longest_length() {
        let line = |length: usize| "a".repeat(length);
        assert!(read_ignore_file(line(BUFFER - 1).as_bytes()).is_ok());
        assert!(read_ignore_file(format!("{}\nb", line(BUFFER - 1)).as_bytes()).is_ok());
        assert_eq!(read_ignore_file(line(BUFFER).as_bytes()), Err(TooLongLine));
        assert_eq!(read_ignore_file(format!("b\n{}\n", line(BUFFER)).as_bytes()), Err(TooLongLine));
    }
}

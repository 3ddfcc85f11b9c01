//! The lines of a file, with the limit of upstream's reader.

use super::error::MAX_LINE;

/// The size of the buffer that a line must fit into, including its line end.
const BUFFER: usize = MAX_LINE + 1;

/// Lines with their line ends, up to the end of the text or the first line that is too long.
///
/// Behaves like Go's `bufio.Scanner` with upstream's `scanLines`: reading stops before a line that is too
/// long, and a caller that continues gets the part of it that was buffered.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    too_long: bool,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { rest: text, too_long: false }
    }

    /// Returns whether a line was too long.
    pub(super) const fn too_long(&self) -> bool {
        self.too_long
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let window = &self.rest[..self.rest.len().min(BUFFER)];
        let end = match window.iter().position(|byte| *byte == b'\n') {
            Some(newline) => newline + 1,
            None if window.len() == BUFFER && !self.too_long => {
                self.too_long = true;
                self.rest = window;
                return None;
            }
            None if window.is_empty() => return None,
            None => window.len(),
        };
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(line)
    }
}

/// Removes the line end, of any length (upstream's `trimNewline`).
pub(super) fn trim_newline(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_line_ends() {
        let lines: Vec<_> = Lines::new(b"a\r\n\nb").collect();
        assert_eq!(lines, [&b"a\r\n"[..], b"\n", b"b"]);
        assert_eq!(trim_newline(b"a\r\n\r\n"), b"a");
    }

    #[test]
    fn stops_before_a_line_that_is_too_long() {
        let mut text = vec![b'x'; MAX_LINE];
        assert_eq!(Lines::new(&text).next().map(<[u8]>::len), Some(MAX_LINE));
        text.push(b'\n');
        assert_eq!(Lines::new(&text).next().map(<[u8]>::len), Some(MAX_LINE + 1));
        text[MAX_LINE] = b'x';
        text.extend_from_slice(b"x\nrest\n");
        let mut lines = Lines::new(&text);
        assert_eq!(lines.next(), None);
        assert!(lines.too_long());
        assert_eq!(lines.next().map(<[u8]>::len), Some(BUFFER));
        assert_eq!(lines.next(), None);
    }
}

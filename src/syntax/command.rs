//! Splits the line of an instruction into its word, its flags and the rest.

use super::text::{is_blank, is_space_byte, lossy, trim};

/// The parts of a line (upstream's `splitCommand`).
pub(super) struct Command<'a> {
    /// The instruction's word.
    pub(super) word: String,
    /// The words that start with `--`, with quotes and escapes removed.
    pub(super) flags: Vec<String>,
    /// The rest, trimmed.
    pub(super) rest: &'a [u8],
}

impl<'a> Command<'a> {
    pub(super) fn split(line: &'a [u8], escape: u8) -> Self {
        let line = trim(line);
        let end = line.iter().position(|byte| is_blank(*byte)).unwrap_or(line.len());
        let (word, rest) = line.split_at(end);
        let start = rest.iter().position(|byte| !is_blank(*byte)).unwrap_or(rest.len());
        let mut flags = Flags { line: &rest[start..], at: 0, escape };
        let words = flags.by_ref().collect();
        Self { word: lossy(word), flags: words, rest: trim(&flags.line[flags.at..]) }
    }
}

/// Takes flags from the front of a line until something else follows (upstream's `extractBuilderFlags`).
///
/// Like upstream, it reads bytes, each of them as a Latin-1 character.
struct Flags<'a> {
    line: &'a [u8],
    at: usize,
    escape: u8,
}

impl Flags<'_> {
    fn take(&mut self) -> Option<u8> {
        let byte = self.line.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }
}

impl Iterator for Flags<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.line.get(self.at).is_some_and(|byte| is_space_byte(*byte)) {
            self.at += 1;
        }
        if !self.line[self.at..].starts_with(b"--") {
            return None;
        }
        let mut word = String::new();
        let mut quote = None;
        while let Some(mut byte) = self.take() {
            if quote == Some(byte) {
                quote = None;
                continue;
            }
            if quote.is_none() {
                if is_space_byte(byte) {
                    self.at -= 1;
                    break;
                }
                if matches!(byte, b'\'' | b'"') {
                    quote = Some(byte);
                    continue;
                }
            }
            if byte == self.escape {
                // An escape character at the end of the line is dropped.
                let Some(escaped) = self.take() else { break };
                byte = escaped;
            }
            word.push(char::from(byte));
        }
        // A lone `--` ends the flags.
        (word != "--").then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> (String, Vec<String>, String) {
        let command = Command::split(line.as_bytes(), b'\\');
        (command.word, command.flags, lossy(command.rest))
    }

    fn parts(word: &str, flags: &[&str], rest: &str) -> (String, Vec<String>, String) {
        (word.into(), flags.iter().map(|flag| (*flag).into()).collect(), rest.into())
    }

    #[test]
    fn flags_come_first() {
        assert_eq!(split("COPY --from=a  --link b --c"), parts("COPY", &["--from=a", "--link"], "b --c"));
        assert_eq!(split(" CMD\t--a='b c'\"d\" --e=\\ f\\"), parts("CMD", &["--a=b cd", "--e= f"], ""));
        assert_eq!(split("CMD --a -- --b"), parts("CMD", &["--a"], "--b"));
        assert_eq!(split("CMD --"), parts("CMD", &[], ""));
        assert_eq!(split(""), parts("", &[], ""));
    }

    #[test]
    fn flags_are_read_as_bytes() {
        assert_eq!(split("COPY --exclude=é . /"), parts("COPY", &["--exclude=Ã©"], ". /"));
        assert_eq!(split("COPY --exclude=à . /").1, ["--exclude=Ã"]);
    }
}

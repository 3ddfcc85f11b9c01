//! Reads the characters of a word one at a time.

/// A reader with one character of look-ahead. Like Go's `text/scanner`, it skips a byte order mark at the
/// start.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.strip_prefix('\u{feff}').unwrap_or(text) }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    /// Reads one character as text.
    pub(super) fn take_one(&mut self) -> &'a str {
        let (one, rest) = self.rest.split_at(self.peek().map_or(0, char::len_utf8));
        self.rest = rest;
        one
    }

    /// Reads characters while they are accepted.
    pub(super) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let (text, rest) = self.rest.split_at(self.rest.find(|c| !accept(c)).unwrap_or(self.rest.len()));
        self.rest = rest;
        text
    }
}

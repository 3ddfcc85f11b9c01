//! JSON as Go's `encoding/json` parses it.
//!
//! Differs from `serde_json` where existing image configs depend on it: repeated keys are all kept, invalid
//! UTF-8 and lone surrogates become U+FFFD, numbers keep their text.

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object: all pairs in order, including repeated keys.
    Object(Vec<(String, Value)>),
}

/// The error for a text that is not JSON, with the offset in bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The text violates the grammar.
    #[error("invalid JSON at byte {0}")]
    Syntax(usize),
    /// The text ends early.
    #[error("unexpected end of JSON input")]
    End,
    /// Nested deeper than [`DEEPEST`].
    #[error("JSON is nested deeper than {DEEPEST} levels")]
    TooDeep,
}

/// The deepest nesting of values, as in Go.
pub const DEEPEST: usize = 10_000;

/// The number of levels that are kept as a tree. Values that are nested deeper are flattened into the last of
/// them: nothing reads them, but their numbers must be valid, and a tree of any depth is not safe to walk.
const KEPT: usize = 500;

/// A list or an object under construction, with the name of its next value.
enum Kept {
    Array(Vec<Value>),
    Object(Vec<(String, Value)>, String),
}

impl Kept {
    fn push(&mut self, value: Value) {
        match self {
            Self::Array(items) => items.push(value),
            Self::Object(pairs, key) => pairs.push((std::mem::take(key), value)),
        }
    }
}

impl From<Kept> for Value {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Array(items) => Self::Array(items),
            Kept::Object(pairs, _) => Self::Object(pairs),
        }
    }
}

impl Value {
    /// Parses a single value that fills the whole text.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind`] for anything else.
    pub fn parse(text: &[u8]) -> Result<Self, ErrorKind> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        reader.space();
        if reader.at < text.len() { Err(ErrorKind::Syntax(reader.at)) } else { Ok(value) }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn fail<T>(&self) -> Result<T, ErrorKind> {
        Err(if self.at < self.text.len() { ErrorKind::Syntax(self.at) } else { ErrorKind::End })
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, word: &[u8]) -> Result<(), ErrorKind> {
        for byte in word {
            if self.peek() != Some(*byte) {
                return self.fail();
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Parses one value. Open lists and objects are kept in lists, not on the stack.
    fn value(&mut self) -> Result<Value, ErrorKind> {
        // The closing bracket of each open list or object, and those of them that are kept.
        let mut brackets: Vec<u8> = Vec::new();
        let mut kept: Vec<Kept> = Vec::new();
        loop {
            self.space();
            let opened = match self.peek() {
                Some(b'[') => Some((b']', Kept::Array(Vec::new()))),
                Some(b'{') => Some((b'}', Kept::Object(Vec::new(), String::new()))),
                _ => None,
            };
            let mut value = if let Some((close, list)) = opened {
                if brackets.len() >= DEEPEST {
                    return Err(ErrorKind::TooDeep);
                }
                self.at += 1;
                self.space();
                if self.peek() != Some(close) {
                    brackets.push(close);
                    if brackets.len() <= KEPT {
                        kept.push(list);
                    }
                    self.key(close, &mut kept)?;
                    continue;
                }
                self.at += 1;
                Some(list.into())
            } else {
                Some(self.scalar()?)
            };
            // The value belongs to the innermost list or object, and may be its last.
            loop {
                let Some(&close) = brackets.last() else { return value.map_or_else(|| self.fail(), Ok) };
                if let (Some(list), Some(value)) = (kept.last_mut(), value.take()) {
                    list.push(value);
                }
                self.space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.key(close, &mut kept)?;
                        break;
                    }
                    Some(byte) if byte == close => self.at += 1,
                    _ => return self.fail(),
                }
                if brackets.len() <= KEPT {
                    value = kept.pop().map(Value::from);
                }
                brackets.pop();
            }
        }
    }

    /// Reads a name and its colon, if `close` ends an object.
    fn key(&mut self, close: u8, kept: &mut [Kept]) -> Result<(), ErrorKind> {
        if close != b'}' {
            return Ok(());
        }
        self.space();
        let name = self.string()?;
        self.space();
        self.expect(b":")?;
        if let Some(Kept::Object(_, key)) = kept.last_mut() {
            *key = name;
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<Value, ErrorKind> {
        match self.peek() {
            Some(b'n') => self.expect(b"null").map(|()| Value::Null),
            Some(b't') => self.expect(b"true").map(|()| Value::Bool(true)),
            Some(b'f') => self.expect(b"false").map(|()| Value::Bool(false)),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail(),
        }
    }

    fn digits(&mut self) -> Result<(), ErrorKind> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.fail();
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, ErrorKind> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number(String::from_utf8_lossy(&self.text[start..self.at]).into_owned()))
    }

    fn string(&mut self) -> Result<String, ErrorKind> {
        self.expect(b"\"")?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b >= b' ' && b != b'"' && b != b'\\') {
                self.at += 1;
            }
            push_utf8(&mut out, &self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return self.fail(),
            }
        }
    }

    /// Reads the rest of an escape, after its backslash.
    fn escape(&mut self) -> Result<char, ErrorKind> {
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return self.fail(),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, ErrorKind> {
        let first = self.hex()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let after = self.at;
        if first < 0xdc00 && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // The second escape is a character of its own.
            self.at = after;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32, ErrorKind> {
        let mut value = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) else {
                return self.fail();
            };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

/// Appends bytes; each one that is not part of a character becomes U+FFFD.
fn push_utf8(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
}

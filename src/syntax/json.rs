//! JSON as far as a Dockerfile has it: arrays of strings, and one key of an object.
//!
//! Go's decoder sets the rules: nesting up to 10,000 deep, unpaired surrogates become U+FFFD, a number
//! that does not fit a float is an error, and so is anything after the value.

/// The deepest nesting Go reads.
const MAX_DEPTH: usize = 10_000;

/// The text is not JSON, or not of the kind asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid;

/// The elements of an array; `None` for one that is not a string.
pub(super) fn array(text: &str) -> Result<Vec<Option<String>>, Invalid> {
    let mut reader = Reader { text, at: 0 };
    let mut elements = Vec::new();
    reader.skip_space();
    reader.expect(b'[')?;
    if !reader.accept(b']') {
        loop {
            elements.push(reader.element()?);
            if !reader.accept(b',') {
                break;
            }
        }
        reader.expect(b']')?;
    }
    reader.end()?;
    Ok(elements)
}

/// The member `key` of an object, where it is a string. Of several, the last one counts.
pub(super) fn string_member(text: &str, key: &str) -> Option<String> {
    let mut reader = Reader { text, at: 0 };
    let mut found = None;
    reader.skip_space();
    reader.expect(b'{').ok()?;
    if !reader.accept(b'}') {
        loop {
            let name = reader.key().ok()?;
            let value = reader.element().ok()?;
            if name == key {
                found = value;
            }
            if !reader.accept(b',') {
                break;
            }
        }
        reader.expect(b'}').ok()?;
    }
    reader.end().ok()?;
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Passes over `byte` and the white space around it, if it is next.
    fn accept(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
            self.skip_space();
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Invalid> {
        if self.accept(byte) { Ok(()) } else { Err(Invalid) }
    }

    fn end(&mut self) -> Result<(), Invalid> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { Err(Invalid) }
    }

    fn key(&mut self) -> Result<String, Invalid> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// A value inside the outermost array or object: its text if it is a string.
    fn element(&mut self) -> Result<Option<String>, Invalid> {
        if self.peek() == Some(b'"') {
            return self.string().map(Some);
        }
        self.skip_value()?;
        Ok(None)
    }

    /// Passes over a value. The brackets that are open are kept in a list, not on the stack.
    fn skip_value(&mut self) -> Result<(), Invalid> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek() {
                Some(bracket @ (b'[' | b'{')) => {
                    self.at += 1;
                    self.skip_space();
                    // The outermost bracket is the caller's.
                    if open.len() + 2 > MAX_DEPTH {
                        return Err(Invalid);
                    }
                    // ASCII has the closing bracket two after the opening one.
                    open.push(bracket + 2);
                    if self.peek() != Some(bracket + 2) {
                        if bracket == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => drop(self.string()?),
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => self.word()?,
            }
            loop {
                let Some(close) = open.last().copied() else { return Ok(()) };
                if self.accept(b',') {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                self.expect(close)?;
                open.pop();
            }
        }
    }

    fn word(&mut self) -> Result<(), Invalid> {
        let rest = &self.text[self.at..];
        let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
        self.at += word.ok_or(Invalid)?.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Invalid> {
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
        match self.text[start..self.at].parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(()),
            _ => Err(Invalid),
        }
    }

    fn digits(&mut self) -> Result<(), Invalid> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(Invalid) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, Invalid> {
        if self.peek() != Some(b'"') {
            return Err(Invalid);
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain =
                rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).ok_or(Invalid)?;
            out.push_str(&rest[..plain]);
            self.at += plain + 1;
            match rest.as_bytes()[plain] {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escape()?),
                _ => return Err(Invalid),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Invalid> {
        let byte = self.peek().ok_or(Invalid)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\x08',
            b'f' => '\x0C',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex4()?;
                self.surrogate(first).or_else(|| char::from_u32(first)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(Invalid),
        })
    }

    /// The character of a pair of surrogates, if `first` is one and the second follows.
    fn surrogate(&mut self, first: u32) -> Option<char> {
        let high = (0xD800..0xDC00).contains(&first).then(|| first - 0xD800)?;
        let digits = self.text.as_bytes().get(self.at..)?.strip_prefix(b"\\u")?.first_chunk::<4>()?;
        let second = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        let low = (0xDC00..0xE000).contains(&second).then(|| second - 0xDC00)?;
        let pair = char::from_u32(0x1_0000 + (high << 10) + low)?;
        self.at += 6;
        Some(pair)
    }

    fn hex4(&mut self) -> Result<u32, Invalid> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Invalid)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Invalid);
        }
        self.at += 4;
        Ok(digits.iter().fold(0, |value, digit| value * 16 + char::from(*digit).to_digit(16).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        array(text).ok()?.into_iter().collect()
    }

    #[test]
    fn arrays_of_strings() {
        assert_eq!(strings(" [ ] "), Some(vec![]));
        assert_eq!(strings(r#"["a" , "b\n\u00e9\ud83d\ude00\ud800\/"]"#), {
            Some(vec!["a".into(), "b\né😀\u{FFFD}/".into()])
        });
        for wrong in ["", "[", "[,]", r#"["a",]"#, r#"["a"] x"#, r#"["a\q"]"#, "[\"\t\"]", r#"["a" "b"]"#] {
            assert_eq!(array(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn other_elements_are_seen_and_checked() {
        let text = r#"[1, -0.5e+3, true, null, {"a": [1, {}], "b": []}, [[]], "x"]"#;
        let elements = array(text).unwrap();
        assert_eq!(elements.len(), 7);
        assert_eq!(elements.iter().flatten().collect::<Vec<_>>(), ["x"]);
        for wrong in ["[01]", "[1.]", "[1e999]", "[tru]", "[{]", "[{\"a\"}]", "[[}]", "[-]", "[{\"a\":}]"] {
            assert_eq!(array(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(array(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(array(&nested(MAX_DEPTH + 1)), Err(Invalid));
        assert_eq!(array(&"[".repeat(1_000_000)), Err(Invalid));
    }

    #[test]
    fn members() {
        assert_eq!(string_member(r#"{"a": 1, "syntax": "x", "b": {}}"#, "syntax"), Some("x".into()));
        assert_eq!(string_member(r#"{"syntax": "x", "syntax": "y"}"#, "syntax"), Some("y".into()));
        assert_eq!(string_member(r#"{"syntax": "x""#, "syntax"), None);
        assert_eq!(string_member("{}", "syntax"), None);
    }
}

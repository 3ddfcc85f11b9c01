//! Parses a line of comma-separated values (`csvvalue.Fields` of `github.com/tonistiigi/go-csvvalue`), with
//! the error texts of `encoding/csv`.

/// Why a line cannot be split into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The line is empty.
    #[error("EOF")]
    Empty,
    /// A quote inside a field that does not start with one.
    #[error("parse error on line 1, column {0}: bare \" in non-quoted-field")]
    BareQuote(usize),
    /// A quoted field continues after its closing quote, or has none.
    #[error("parse error on line 1, column {0}: extraneous or missing \" in quoted-field")]
    Quote(usize),
}

/// Returns the fields of `line`. A field in double quotes may contain commas, and quotes written twice. One
/// line break at the end is ignored.
///
/// # Errors
///
/// Returns [`ErrorKind`], with columns counted in bytes from 1.
pub fn fields(line: &str) -> Result<Vec<String>, ErrorKind> {
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(ErrorKind::Empty);
    }
    let mut fields = Vec::new();
    let mut pos = 0;
    loop {
        let rest = &line[pos..];
        if rest.starts_with('"') {
            let (field, length) = quoted(rest, pos)?;
            fields.push(field);
            pos += length;
        } else {
            let field = rest.split(',').next().unwrap_or_default();
            if let Some(quote) = field.find('"') {
                return Err(ErrorKind::BareQuote(pos + quote + 1));
            }
            fields.push(field.to_owned());
            pos += field.len();
        }
        if pos == line.len() {
            return Ok(fields);
        }
        // The comma.
        pos += 1;
    }
}

/// Parses the field at the start of `rest`, which is at `pos` of the line; returns it and its length
/// including quotes.
fn quoted(rest: &str, pos: usize) -> Result<(String, usize), ErrorKind> {
    let mut field = String::new();
    let mut at = 1;
    loop {
        let Some(quote) = rest[at..].find('"') else {
            return Err(ErrorKind::Quote(pos + at + 1));
        };
        field.push_str(&rest[at..at + quote]);
        at += quote + 1;
        match rest[at..].chars().next() {
            None | Some(',') => return Ok((field, at)),
            Some('"') => {
                field.push('"');
                at += 1;
            }
            Some(_) => return Err(ErrorKind::Quote(pos + at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_as_csvvalue_reads_them() {
        for (line, expected) in [
            ("a", &["a"] as &[&str]),
            ("a,b,", &["a", "b", ""]),
            (",", &["", ""]),
            ("a b\r\n", &["a b"]),
            ("a\n", &["a"]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"a\"\"b\"", &["a\"b"]),
            ("\"\"", &[""]),
            ("\"\",", &["", ""]),
            ("\"\"\"\",x", &["\"", "x"]),
            ("ä,\"ö\"", &["ä", "ö"]),
        ] {
            assert_eq!(fields(line).unwrap(), expected, "{line:?}");
        }
    }

    #[test]
    fn errors_as_csv_words_them() {
        for (line, expected) in [
            ("", "EOF"),
            ("\n", "EOF"),
            ("a\"b", "parse error on line 1, column 2: bare \" in non-quoted-field"),
            ("a,b\"", "parse error on line 1, column 4: bare \" in non-quoted-field"),
            ("\"a", "parse error on line 1, column 2: extraneous or missing \" in quoted-field"),
            ("\"a\"b", "parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
            ("x,\"a\"\"b", "parse error on line 1, column 7: extraneous or missing \" in quoted-field"),
        ] {
            assert_eq!(fields(line).unwrap_err().to_string(), expected, "{line:?}");
        }
    }
}

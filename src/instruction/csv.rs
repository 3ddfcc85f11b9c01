//! One line of comma-separated values, as in `--mount=type=cache,target=/x`.
//!
//! The rules, and the messages, are those of Go's `encoding/csv`, as tonistiigi/go-csvvalue has them.

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// The list is empty.
    #[error("EOF")]
    Empty,
    /// A quote inside a field that does not start with one; the column, in bytes from 1.
    #[error("parse error on line 1, column {0}: bare \" in non-quoted-field")]
    BareQuote(usize),
    /// A quoted field that does not end, or goes on after its end; the column, in bytes from 1.
    #[error("parse error on line 1, column {0}: extraneous or missing \" in quoted-field")]
    Quote(usize),
}

/// The fields of `line`. One line end after them is passed over.
pub(super) fn fields(line: &str) -> Result<Vec<String>, CsvError> {
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(CsvError::Empty);
    }
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let column = |at: &str| line.len() - at.len() + 1;
        let end;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = quoted_field(quoted).map_err(|at| CsvError::Quote(column(at)))?;
            fields.push(field);
            end = after;
        } else {
            let length = rest.find(',').unwrap_or(rest.len());
            let (field, after) = rest.split_at(length);
            if let Some(quote) = field.find('"') {
                return Err(CsvError::BareQuote(column(rest) + quote));
            }
            fields.push(field.to_owned());
            end = after;
        }
        match end.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// The field after an opening quote and what follows its closing quote; where it does not close, the place.
fn quoted_field(mut rest: &str) -> Result<(String, &str), &str> {
    let mut field = String::new();
    loop {
        let (part, after) = rest.split_once('"').ok_or(rest)?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None if after.is_empty() || after.starts_with(',') => return Ok((field, after)),
            None => return Err(&rest[part.len()..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_fields() {
        assert_eq!(fields("a,,b=c\r\n").unwrap(), ["a", "", "b=c"]);
        assert_eq!(fields("\"a,\"\"b\"\"\",\"\",c,").unwrap(), ["a,\"b\"", "", "c", ""]);
    }

    #[test]
    fn says_where_it_is_wrong() {
        assert_eq!(fields("\n"), Err(CsvError::Empty));
        assert_eq!(fields("ab,c\"d"), Err(CsvError::BareQuote(5)));
        assert_eq!(fields("a,\"b\"c"), Err(CsvError::Quote(5)));
        assert_eq!(fields("a,\"bcd"), Err(CsvError::Quote(4)));
    }
}

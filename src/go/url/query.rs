//! `key=value&key=value`.

use std::collections::BTreeMap;

use super::ErrorKind;
use super::escape::{Part, unescape};

/// The values of each key, in order.
pub type Values = BTreeMap<String, Vec<String>>;

/// The maximum number of pairs that Go reads.
const MAX_PARAMETERS: usize = 10_000;

/// The kind of error in a query. The texts are Go's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Too many pairs; no pair is read.
    #[error("number of URL query parameters exceeded limit")]
    TooMany,
    /// A semicolon, which used to separate pairs.
    #[error("invalid semicolon separator in query")]
    Semicolon,
    /// An invalid escape.
    #[error(transparent)]
    Escape(ErrorKind),
}

/// Parses a query (`url.ParseQuery`); returns the valid pairs, and an error for the rest.
#[must_use]
pub fn parse_query(query: &str) -> (Values, Option<QueryError>) {
    let mut values = Values::new();
    let mut error = None;
    if query.matches('&').count() >= MAX_PARAMETERS {
        return (values, Some(QueryError::TooMany));
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if pair.contains(';') {
            // As in Go, a semicolon replaces an earlier error, and an invalid escape (below) does not.
            error = Some(QueryError::Semicolon);
            continue;
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let read = |text| unescape(text, Part::Query).map(|b| String::from_utf8_lossy(&b).into_owned());
        match read(key).and_then(|key| Ok((key, read(value)?))) {
            Ok((key, value)) => values.entry(key).or_default().push(value),
            // Keep the first error, as Go does.
            Err(kind) => error = error.or(Some(QueryError::Escape(kind))),
        }
    }
    (values, error)
}

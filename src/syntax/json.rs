//! The JSON that occurs in Dockerfiles: arrays of strings, and a key of an object.

use crate::go::float::parse_float;
use crate::go::json_value::Value;

/// The result of parsing a text as an array of strings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Array {
    /// An array of strings.
    Strings(Vec<String>),
    /// An array with other values.
    Other,
    /// Not an array, or not one that Go can parse.
    None,
}

/// Parses an array of strings, as Go parses a `[]any` and upstream checks its elements.
pub(super) fn array(text: &str) -> Array {
    match Value::parse(text.as_bytes()) {
        Ok(value) if !numbers_fit(&value) => Array::None,
        Ok(Value::Array(elements)) => {
            elements.into_iter().map(string).collect::<Option<_>>().map_or(Array::Other, Array::Strings)
        }
        Ok(_) | Err(_) => Array::None,
    }
}

/// Returns the member `key` of an object, if it is a string. If it is repeated, the last one counts.
pub(super) fn string_member(text: &[u8], key: &str) -> Option<String> {
    let value = Value::parse(text).ok().filter(numbers_fit)?;
    let Value::Object(members) = value else { return None };
    members.into_iter().rev().find(|(name, _)| name == key).and_then(|(_, value)| string(value))
}

fn string(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

/// Returns whether Go can represent every number, which it parses as floating point.
fn numbers_fit(value: &Value) -> bool {
    match value {
        Value::Number(text) => parse_float(text).is_some(),
        Value::Array(elements) => elements.iter().all(numbers_fit),
        Value::Object(members) => members.iter().all(|(_, value)| numbers_fit(value)),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(items: &[&str]) -> Array {
        Array::Strings(items.iter().map(|item| (*item).to_owned()).collect())
    }

    #[test]
    fn arrays_of_strings() {
        assert_eq!(array(" [ ] "), strings(&[]));
        assert_eq!(array(r#"["a" , "b\n\u00e9\ud83d\ude00\ud800\/"]"#), strings(&["a", "b\né😀\u{FFFD}/"]));
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        for other in ["[1]", "[null]", r#"["a", {}]"#, r#"[["a"]]"#, &deep(10_000)] {
            assert_eq!(array(other), Array::Other, "{other:.9}");
        }
        for none in ["", "[", "[,]", r#"["a",]"#, r#"["a"] x"#, r#"["a\q"]"#, "[\"\t\"]", "[1e999]", "{}"] {
            assert_eq!(array(none), Array::None, "{none}");
        }
        // Go parses ten thousand levels, and the numbers in all of them.
        let number = deep(10_000).replacen("[]", "[1e999]", 1);
        for none in [deep(10_001), deep(1_000_000), "[".repeat(1_000_000), "{\"\":".repeat(1_000_000), number]
        {
            assert_eq!(array(&none), Array::None, "{none:.9}");
        }
    }

    #[test]
    fn members() {
        let member = |text: &str| string_member(text.as_bytes(), "syntax");
        assert_eq!(member(r#"{"a": 1, "syntax": "x", "b": {}}"#).as_deref(), Some("x"));
        assert_eq!(member(r#"{"syntax": "x", "syntax": "y"}"#).as_deref(), Some("y"));
        for none in [r#"{"syntax": "x", "syntax": 1}"#, r#"{"syntax": "x""#, "{}", "[]"] {
            assert_eq!(member(none), None, "{none}");
        }
    }
}

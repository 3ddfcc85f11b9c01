//! Indented JSON text as Go's `json.MarshalIndent(v, "", "  ")` writes it.

use std::collections::BTreeMap;

use crate::collect;
use crate::gateway::base64;
use crate::go::json::push_string;

/// The rules for names and numbers of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `encoding/json` over the generated structs: names as in the contract, plain numbers.
    Go,
    /// `protojson`: names in camel case, 64-bit numbers as strings, enumerations by name.
    Proto,
}

/// A JSON text under construction.
#[derive(Debug)]
pub(super) struct Json {
    out: String,
    depth: usize,
    /// The current object or array is still empty.
    first: bool,
    pub(super) style: Style,
}

/// A value that can be an element of a list or of a map.
pub(super) trait Item {
    /// Writes the value.
    fn write(&self, json: &mut Json);
}

/// A field that is omitted if empty (`omitempty`).
pub(super) trait Field {
    /// Returns whether the field is omitted.
    fn is_empty(&self) -> bool;
    /// Writes the value.
    fn write(&self, json: &mut Json);
}

impl Json {
    /// Returns the text that `write` produces.
    pub(super) fn text(style: Style, write: impl FnOnce(&mut Self)) -> String {
        let mut json = Self { out: String::new(), depth: 0, first: true, style };
        write(&mut json);
        json.out
    }

    /// Writes an object with the fields that `write` adds.
    pub(super) fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.nested('{', '}', write);
    }

    /// Writes an array of items.
    pub(super) fn array<'i, T: Item + 'i>(&mut self, items: impl IntoIterator<Item = &'i T>) {
        self.nested('[', ']', |json| {
            for item in items {
                json.next();
                item.write(json);
            }
        });
    }

    /// Writes a field, unless it is empty.
    pub(super) fn field(&mut self, name: &str, value: &impl Field) {
        if !value.is_empty() {
            self.name(name);
            value.write(self);
        }
    }

    /// Writes a field even if it is empty.
    pub(super) fn item(&mut self, name: &str, value: &impl Item) {
        self.name(name);
        value.write(self);
    }

    /// Writes the name of the field whose value comes next.
    pub(super) fn name(&mut self, name: &str) {
        match self.style {
            Style::Go => self.key(name),
            Style::Proto => self.key(&camel_case(name)),
        }
    }

    /// Writes the key of the map entry whose value comes next.
    pub(super) fn key(&mut self, key: &str) {
        self.next();
        push_string(&mut self.out, key);
        self.out.push_str(": ");
    }

    pub(super) fn string(&mut self, text: &str) {
        push_string(&mut self.out, text);
    }

    /// Writes text that is already JSON: a number, `true`, `null`.
    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes a map with its keys sorted by bytes, as both of Go's encoders do.
    pub(super) fn map<'i, T: Item + 'i>(&mut self, entries: impl IntoIterator<Item = (&'i str, &'i T)>) {
        self.sorted(&collect::map(entries.into_iter().map(|(key, value)| (key, value as &dyn Item))));
    }

    fn sorted(&mut self, entries: &BTreeMap<&str, &dyn Item>) {
        self.object(|json| {
            for (key, value) in entries {
                json.key(key);
                value.write(json);
            }
        });
    }

    fn nested(&mut self, open: char, close: char, write: impl FnOnce(&mut Self)) {
        self.out.push(open);
        self.depth += 1;
        self.first = true;
        write(self);
        self.depth -= 1;
        if !self.first {
            self.line();
        }
        self.first = false;
        self.out.push(close);
    }

    fn next(&mut self) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.line();
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// Converts a name of the contract to the JSON name that `protoc` derives from it.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

macro_rules! numbers {
    ($($type:ty: $quoted:expr;)*) => { $(
        impl Item for $type {
            fn write(&self, json: &mut Json) {
                if $quoted && json.style == Style::Proto {
                    json.string(&self.to_string());
                } else {
                    json.raw(&self.to_string());
                }
            }
        }

        impl Field for $type {
            fn is_empty(&self) -> bool {
                *self == 0
            }

            fn write(&self, json: &mut Json) {
                Item::write(self, json);
            }
        }
    )* };
}

numbers! {
    i32: false;
    u32: false;
    i64: true;
    u64: true;
}

impl Item for &str {
    fn write(&self, json: &mut Json) {
        json.string(self);
    }
}

impl Item for String {
    fn write(&self, json: &mut Json) {
        json.string(self);
    }
}

impl Field for String {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, json: &mut Json) {
        json.string(self);
    }
}

impl Item for bool {
    fn write(&self, json: &mut Json) {
        json.raw(if *self { "true" } else { "false" });
    }
}

impl Field for bool {
    fn is_empty(&self) -> bool {
        !self
    }

    fn write(&self, json: &mut Json) {
        Item::write(self, json);
    }
}

/// Written as base64.
impl Item for Vec<u8> {
    fn write(&self, json: &mut Json) {
        // The base64 alphabet needs no escaping.
        json.out.push('"');
        json.out.push_str(&base64::encode(self));
        json.out.push('"');
    }
}

impl Field for Vec<u8> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, json: &mut Json) {
        Item::write(self, json);
    }
}

impl<T: Item> Field for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, json: &mut Json) {
        json.array(self);
    }
}

/// A message that is present is written, even if it is empty.
impl<T: Item> Field for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn write(&self, json: &mut Json) {
        if let Some(item) = self {
            item.write(json);
        }
    }
}

impl<T: Item> Field for BTreeMap<String, T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, json: &mut Json) {
        json.map(self.iter().map(|(key, value)| (key.as_str(), value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_protojson() {
        for (name, camel) in
            [("proxy_env", "proxyEnv"), ("TmpfsOpt", "TmpfsOpt"), ("SSHOpt", "SSHOpt"), ("a_1_b", "a1B")]
        {
            assert_eq!(camel_case(name), camel);
        }
    }

    #[test]
    fn empty_and_nested() {
        let text = Json::text(Style::Go, |json| {
            json.object(|json| {
                json.field("omitted", &String::new());
                json.item("list", &"<".to_owned());
                json.name("none");
                json.array::<String>([]);
                json.name("some");
                json.array(&[1_i64, -1]);
                json.name("object");
                json.object(|_| ());
            });
        });
        let expected = "{\n  \"list\": \"\\u003c\",\n  \"none\": [],\n  \"some\": [\n    1,\n    -1\n  ],\n  \
                        \"object\": {}\n}";
        assert_eq!(text, expected);
    }
}

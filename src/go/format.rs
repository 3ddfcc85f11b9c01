//! Values as Go's `%v` prints them, for the history lines of an image.

use crate::collect;

/// A list of strings as `%v`: `[a b c]`.
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    format!("[{}]", items.join(" "))
}

/// A list of strings as `%q`: `["a" "b"]`.
#[must_use]
pub fn quoted_list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<String> = items.iter().map(|item| super::quote(item.as_ref())).collect();
    format!("[{}]", items.join(" "))
}

/// A map of strings as `%v`, keys sorted: `map[a:1 b:2]`.
#[must_use]
pub fn map<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let sorted = collect::map(entries);
    let entries: Vec<String> = sorted.iter().map(|(k, v)| format!("{k}:{v}")).collect();
    format!("map[{}]", entries.join(" "))
}

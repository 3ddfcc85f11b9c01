//! Formats values as Go's `%v`, for the history lines of an image.

/// Formats a list of strings as `%v`: `[a b c]`.
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    format!("[{}]", items.join(" "))
}

/// Formats a list of strings as `%q`: `["a" "b"]`.
#[must_use]
pub fn quoted_list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<String> = items.iter().map(|item| super::quote(item.as_ref())).collect();
    format!("[{}]", items.join(" "))
}

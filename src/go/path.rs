//! Slash-separated paths: Go's package `path`, which equals `path/filepath` on Linux.

/// Returns the shortest equivalent path (`path.Clean`): no doubled slashes, no `.`, no inner `..`, no
/// trailing slash; an empty path is `.`.
#[must_use]
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if rooted => {}
            element => kept.push(element),
        }
    }
    match (rooted, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
    }
}

/// Joins elements with slashes and cleans the result (`path.Join`): empty elements are ignored, and without
/// any other the result is empty.
#[must_use]
pub fn join(elements: &[&str]) -> String {
    let present: Vec<&str> = elements.iter().copied().filter(|e| !e.is_empty()).collect();
    if present.is_empty() { String::new() } else { clean(&present.join("/")) }
}

/// Returns the last element (`path.Base`): `.` for an empty path, `/` for one of slashes only.
#[must_use]
pub fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        _ if trimmed.is_empty() => "/",
        Some((_, last)) => last,
        None => trimmed,
    }
}

/// Returns everything but the last element, cleaned (`path.Dir`).
#[must_use]
pub fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// Returns whether the path starts at the root (`path.IsAbs`).
#[must_use]
pub fn is_abs(path: &str) -> bool {
    path.starts_with('/')
}

/// Returns the file name extension with its dot; empty if there is none (`path.Ext`).
#[must_use]
pub fn ext(path: &str) -> &str {
    let name = &path[path.rfind('/').map_or(0, |slash| slash + 1)..];
    name.rfind('.').map_or("", |dot| &name[dot..])
}

/// Returns the file name of a URL: the last element of its path, if it has one and the URL is valid.
#[must_use]
pub fn url_base(url: &str) -> Option<String> {
    let path = super::url::Url::parse(url).ok()?.path();
    Some(base(&path).to_owned()).filter(|name| name != "." && name != "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_go() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/go.json")).unwrap();
        for case in cases {
            let path = case["in"].as_str().unwrap();
            assert_eq!(clean(path), case["clean"], "{path:?}");
            assert_eq!(base(path), case["base"], "{path:?}");
            assert_eq!(dir(path), case["dir"], "{path:?}");
            assert_eq!(ext(path), case["ext"], "{path:?}");
            assert_eq!(join(&[path, case["with"].as_str().unwrap()]), case["join"], "{case}");
        }
        assert_eq!(join(&["", ""]), "");
    }
}

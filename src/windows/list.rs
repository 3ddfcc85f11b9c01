//! Lists of bases: `REPO:a,b,c` and `x-{a,b}-y`.
//!
//! Neither a comma nor a brace is legal in an image reference or a stage name, so no list can be
//! mistaken for a name.

use super::ErrorKind;

/// How many variants of one platform are built at most.
pub const MAX_ELEMENTS: usize = 64;

/// Whether a base is a list: neither a comma nor a brace is legal in a reference or a stage name.
#[must_use]
pub fn is_list(text: &str) -> bool {
    text.contains([',', '{', '}'])
}

/// The elements of a list: `REPO:a,b,c`, or `x-{a,b}-y`.
///
/// # Errors
///
/// An empty element; braces that are not one group; too many elements.
pub fn elements(list: &str) -> Result<Vec<String>, ErrorKind> {
    let found = if list.contains(['{', '}']) { brace_list(list)? } else { comma_list(list) };
    if found.iter().any(String::is_empty) {
        return Err(ErrorKind::EmptyElement(list.to_owned()));
    }
    if found.len() > MAX_ELEMENTS {
        return Err(ErrorKind::TooMany(found.len()));
    }
    Ok(found)
}

fn brace_list(list: &str) -> Result<Vec<String>, ErrorKind> {
    let broken = || ErrorKind::Braces(list.to_owned());
    let (prefix, rest) = list.split_once('{').ok_or_else(broken)?;
    let (inner, suffix) = rest.split_once('}').ok_or_else(broken)?;
    if inner.contains('{') || [prefix, suffix].iter().any(|text| is_list(text)) {
        return Err(broken());
    }
    if inner.split(',').any(|element| element.trim().is_empty()) {
        return Err(ErrorKind::EmptyElement(list.to_owned()));
    }
    Ok(inner.split(',').map(|element| format!("{prefix}{}{suffix}", element.trim())).collect())
}

fn comma_list(list: &str) -> Vec<String> {
    let is_reference = |text: &str| text.contains(['/', ':', '@']);
    let mut parts = list.split(',').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let repository = is_reference(first).then(|| repository(first));
    std::iter::once(first.to_owned())
        .chain(parts.map(|part| match repository {
            // A bare tag belongs to the first element's repository.
            Some(repository) if !part.is_empty() && !is_reference(part) => format!("{repository}:{part}"),
            _ => part.to_owned(),
        }))
        .collect()
}

/// A reference without its tag and digest. A colon before the last slash is a port.
fn repository(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or(reference);
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    name[last..].find(':').map_or(name, |colon| &name[..last + colon])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        elements(text).unwrap()
    }

    #[test]
    fn a_bare_tag_takes_the_first_repository() {
        assert_eq!(list("host:5000/nano:a,b"), ["host:5000/nano:a", "host:5000/nano:b"]);
        assert_eq!(list("nano:a, b ,other:c"), ["nano:a", "nano:b", "other:c"]);
        assert_eq!(list("nano@sha256:00,b"), ["nano@sha256:00", "nano:b"]);
        assert_eq!(list("host:5000/nano,b"), ["host:5000/nano", "host:5000/nano:b"]);
        assert_eq!(list("1809,ltsc2022"), ["1809", "ltsc2022"]);
    }

    #[test]
    fn braces_stand_in_the_middle() {
        assert_eq!(list("windows-{a,b}"), ["windows-a", "windows-b"]);
        assert_eq!(list("nano:{a@sha256:1,b@sha256:2}"), ["nano:a@sha256:1", "nano:b@sha256:2"]);
        assert_eq!(list("{a}"), ["a"]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["a,", ",a", "a,,b", "{a,}", "{}"] {
            assert_eq!(elements(text), Err(ErrorKind::EmptyElement(text.to_owned())), "{text}");
        }
        for text in ["{a", "a}", "{a}{b}", "{a,{b}}", "x,{a,b}", "{a,b},x", "}a{"] {
            assert_eq!(elements(text), Err(ErrorKind::Braces(text.to_owned())), "{text}");
        }
        assert_eq!(elements(&vec!["a"; 65].join(",")), Err(ErrorKind::TooMany(65)));
    }
}

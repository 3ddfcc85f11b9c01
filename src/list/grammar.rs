//! Parses lists into their elements.

use super::ErrorKind;

/// How many images of one platform a list or an index may produce.
pub const MAX_ELEMENTS: usize = 64;

/// Returns whether a text is a list.
#[must_use]
pub fn is_list(text: &str) -> bool {
    text.contains([',', '{', '}'])
}

/// Returns the elements of a list.
///
/// # Errors
///
/// Returns an error for an empty element, for braces that are not one group, and for too many elements.
pub fn elements(list: &str) -> Result<Vec<String>, ErrorKind> {
    let found = complete(parse(list)?.into_elements());
    check_count(&format!("the list {}", excerpt(list)), found.len())?;
    Ok(found)
}

/// Refuses more than [`MAX_ELEMENTS`] of `what`.
///
/// # Errors
///
/// Returns [`ErrorKind::TooMany`].
pub fn check_count(what: &str, count: usize) -> Result<(), ErrorKind> {
    if count <= MAX_ELEMENTS {
        return Ok(());
    }
    Err(ErrorKind::TooMany { what: what.to_owned(), count })
}

/// Returns the beginning of a list, quoted, for messages.
fn excerpt(list: &str) -> String {
    const MAX_EXCERPT_LEN: usize = 60;
    if list.len() <= MAX_EXCERPT_LEN {
        return format!("{list:?}");
    }
    format!("{:?}", format!("{}...", &list[..list.floor_char_boundary(MAX_EXCERPT_LEN)]))
}

/// The parts of a list. A list without braces has neither prefix nor suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The text before the braces.
    pub prefix: String,
    /// The texts between the commas.
    pub inner: Vec<String>,
    /// The text after the braces.
    pub suffix: String,
}

impl Parts {
    /// Returns the elements as written, with prefix and suffix around each.
    #[must_use]
    pub fn into_elements(self) -> Vec<String> {
        let Self { prefix, inner, suffix } = self;
        inner.into_iter().map(|element| format!("{prefix}{element}{suffix}")).collect()
    }
}

/// Splits a list.
///
/// # Errors
///
/// Returns an error for an empty element, and for braces that are not one group.
pub fn parse(list: &str) -> Result<Parts, ErrorKind> {
    let broken = || ErrorKind::Braces(list.to_owned());
    let (prefix, inner, suffix) = if list.contains(['{', '}']) {
        let (prefix, rest) = list.split_once('{').ok_or_else(broken)?;
        let (inner, suffix) = rest.split_once('}').ok_or_else(broken)?;
        (prefix, inner, suffix)
    } else {
        ("", list, "")
    };
    if inner.contains('{') || is_list(prefix) || is_list(suffix) {
        return Err(broken());
    }
    let inner: Vec<String> = inner.split(',').map(|element| element.trim().to_owned()).collect();
    if inner.iter().any(String::is_empty) {
        return Err(ErrorKind::EmptyElement(list.to_owned()));
    }
    Ok(Parts { prefix: prefix.to_owned(), inner, suffix: suffix.to_owned() })
}

/// Prepends the repository of the first element to bare tags, if the first element is an image reference. A digest does
/// not make a name a reference: `a@sha256:..` is a tag in the first element's repository, too.
#[must_use]
pub fn complete(elements: Vec<String>) -> Vec<String> {
    let Some(repository) =
        elements.first().filter(|first| is_reference(first)).map(|first| repository(first).to_owned())
    else {
        return elements;
    };
    let complete =
        |element: String| if is_reference(&element) { element } else { format!("{repository}:{element}") };
    elements.into_iter().map(complete).collect()
}

/// Returns whether a name has the form of an image reference instead of a tag.
fn is_reference(text: &str) -> bool {
    name(text).contains(['/', ':'])
}

/// Returns a reference without its digest.
fn name(reference: &str) -> &str {
    reference.split_once('@').map_or(reference, |(name, _)| name)
}

/// Returns a reference without its tag and digest. A colon before the last slash is a port.
fn repository(reference: &str) -> &str {
    let name = name(reference);
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    name[last..].find(':').map_or(name, |colon| &name[..last + colon])
}

/// Refuses a FROM whose first element is `NAME@DIGEST` and that has other bare names: NAME may be the repository of the
/// others, or a tag like them.
///
/// # Errors
///
/// Returns [`ErrorKind::Ambiguous`].
pub fn check_pins(elements: &[String]) -> Result<(), ErrorKind> {
    let [first, others @ ..] = elements else { return Ok(()) };
    let is_bare = |element: &String| !is_reference(element);
    if !first.contains('@') || !is_bare(first) || !others.iter().any(is_bare) {
        return Ok(());
    }
    Err(ErrorKind::Ambiguous { first: name(first).to_owned(), list: elements.join(",") })
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
        assert_eq!(list("host:5000/nano,b"), ["host:5000/nano", "host:5000/nano:b"]);
        assert_eq!(list("1809,ltsc2022"), ["1809", "ltsc2022"]);
    }

    #[test]
    fn a_pinned_tag_takes_the_first_repository() {
        assert_eq!(list("nano:a@sha256:1,b@sha256:2"), ["nano:a@sha256:1", "nano:b@sha256:2"]);
        assert_eq!(list("host/nano@sha256:1,b@sha256:2"), ["host/nano@sha256:1", "host/nano:b@sha256:2"]);
        // The repository is written before the argument.
        assert_eq!(list("a@sha256:1,b"), ["a@sha256:1", "b"]);
    }

    #[test]
    fn a_pinned_name_beside_bare_names_is_ambiguous() {
        let check = |text| check_pins(&list(text)).is_err();
        assert!(check("nano@sha256:1,b"));
        assert!(check("nano@sha256:1,b@sha256:2"));
        for text in ["nano:a@sha256:1,b", "nano@sha256:1,other:b", "a,b@sha256:2", "nano@sha256:1"] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn braces_stand_in_the_middle() {
        assert_eq!(list("windows-{a,b}"), ["windows-a", "windows-b"]);
        assert_eq!(list("nano:{a@sha256:1,b@sha256:2}"), ["nano:a@sha256:1", "nano:b@sha256:2"]);
        assert_eq!(list("{a}"), ["a"]);
    }

    #[test]
    fn what_is_not_a_list_is_refused() {
        for text in ["a,", ",a", "a,,b", "{a,}", "{}"] {
            assert_eq!(elements(text), Err(ErrorKind::EmptyElement(text.to_owned())), "{text}");
        }
        for text in ["{a", "a}", "{a}{b}", "{a,{b}}", "x,{a,b}", "{a,b},x", "}a{"] {
            assert_eq!(elements(text), Err(ErrorKind::Braces(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_list_has_a_greatest_length() {
        let error = elements(&vec!["a"; 65].join(",")).unwrap_err().to_string();
        assert!(error.contains("has 65 elements; at most 64") && error.contains("...\""), "{error}");
        assert_eq!(list(&vec!["a"; 64].join(",")).len(), 64);
    }
}

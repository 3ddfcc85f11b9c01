//! Short texts with a syntax of their own: references, platforms, lists of bases, addresses.

use fanlight::fuzzing::{OsVersion, Platform, Reference, Url, Wanted, duration, list, source};

/// Checks the text as everything that it could be.
pub fn check(data: &[u8]) {
    let Some(text) = super::text(data) else { return };
    check_reference(text);
    check_platform(text);
    check_list(text);
    check_address(text);
    if let Ok(time) = duration::parse(text) {
        assert_eq!(duration::parse(&duration::format(time)), Ok(time));
    }
    if let Some(version) = OsVersion::parse(text) {
        assert_eq!(version.as_str(), text);
        assert_eq!(Wanted::parse(text).map(|wanted| wanted.build()), Some(Some(version.build())));
    }
}

/// Checks that a written reference parses as the same reference, in its long and in its short form. The short
/// form of `docker.io/example.com/a` is that of another image, as in distribution/reference.
fn check_reference(text: &str) {
    let Ok(reference) = Reference::parse_normalized(text) else { return };
    assert!(!list::is_list(text), "a reference is a list");
    let again = |written: String| assert_eq!(Reference::parse_normalized(&written).as_ref(), Ok(&reference));
    again(reference.to_string());
    let first = reference.path().split_once('/').map_or("", |(first, _)| first);
    if !first.contains('.') && first != "localhost" {
        again(reference.familiar());
    }
    assert_eq!(Reference::parse(&reference.to_string()).as_ref(), Ok(&reference));
    let tagged = reference.clone().tag_name_only();
    assert_eq!(tagged.clone().tag_name_only(), tagged);
    assert!(tagged.tag().is_some() || tagged.digest().is_some());
    assert_eq!(reference.trim().to_string(), tagged.name());
}

/// Checks that a written platform parses as the same platform.
fn check_platform(text: &str) {
    let Ok(platform) = Platform::parse(text) else { return };
    // Features are sorted when written.
    let written = platform.format_all();
    let swallowed = |part: &str| matches!(part, "." | "..");
    if text.contains('%') || text.split('/').any(swallowed) {
        // A character that was percent-encoded is not always encoded again when written, and a component that
        // consists of dots is cleaned away like that of a path, as in containerd.
        return;
    }
    assert_eq!(Platform::parse(&written).map(|again| again.format_all()), Ok(written));
    assert_eq!(platform.normalize().normalize(), platform.normalize());
}

/// Checks that the elements of a list form a list of the same elements, in either form.
fn check_list(text: &str) {
    let Ok(elements) = list::elements(text) else { return };
    assert!(!elements.is_empty());
    assert!(!elements.iter().any(|element| list::is_list(element)), "{elements:?}");
    let braces = format!("{{{}}}", elements.join(","));
    let trimmed: Vec<&str> = elements.iter().map(|element| element.trim()).collect();
    if !trimmed.contains(&"") {
        assert_eq!(list::elements(&braces).as_deref().unwrap_or_default(), trimmed);
    }
}

/// Parses addresses, and checks that a written URL parses as the same URL. Without a scheme, or with percent
/// signs, it may not, as in Go: the path of `%2F/a b` is written as if it began with a host.
fn check_address(text: &str) {
    let _ = (source::is_http(text), source::is_git(text), source::git_ref(text));
    let Ok(url) = Url::parse(text) else { return };
    let written = url.to_string();
    if url.scheme.is_empty() || written.contains('%') {
        return;
    }
    let again = Url::parse(&written).map(|again| again.to_string());
    assert_eq!(again, Ok(written));
}

//! Windows versions: names, builds, order.

use std::fmt;

use crate::image::Reference;

/// Names that Microsoft's tags use, with their builds, oldest first.
const NAMES: [(&str, u32); 11] = [
    ("ltsc2016", 14393),
    ("1809", 17763),
    ("ltsc2019", 17763),
    ("1903", 18362),
    ("1909", 18363),
    ("2004", 19041),
    ("20h2", 19042),
    ("ltsc2022", 20348),
    ("23h2", 25398),
    ("24h2", 26100),
    ("ltsc2025", 26100),
];

/// The builds that are named, each once, newest first.
pub fn known_builds() -> Vec<u32> {
    let mut builds: Vec<u32> = NAMES.iter().rev().map(|(_, build)| *build).collect();
    builds.dedup();
    builds
}

/// The names, for messages.
pub(super) fn names() -> String {
    NAMES.map(|(name, _)| name).join(", ")
}

/// An `os.version`: `10.0.BUILD.REVISION`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// What hosts compare.
    pub build: u32,
    /// The update, which hosts do not compare.
    pub revision: u32,
}

impl Version {
    /// Reads an `os.version`; none for a text that is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match numbers.as_slice() {
            [_, _, build] => Some(Self { build: *build, revision: 0 }),
            [_, _, build, revision] => Some(Self { build: *build, revision: *revision }),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "10.0.{}.{}", self.build, self.revision)
    }
}

/// The build that a name, a number or an `os.version` means.
#[must_use]
pub fn build_of(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    if let Some((_, build)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some(*build);
    }
    // Four digits or fewer are a name, as 2004 is.
    if let Ok(build) = text.parse::<u32>() {
        return (build > 9999).then_some(build);
    }
    Version::parse(text).map(|version| version.build)
}

/// The build that a base's tag names, as in `ltsc2022` and `1.25-nanoserver-ltsc2022`. Such an
/// image is for that version alone.
#[must_use]
pub fn named_in(base: &str) -> Option<u32> {
    let tag = Reference::parse_normalized(base).ok().and_then(|r| r.tag().map(str::to_lowercase))?;
    let build = |word| NAMES.iter().find(|(name, _)| *name == word).map(|(_, build)| *build);
    tag.split(['-', '_']).find_map(build)
}

/// What Microsoft's tags call a build; empty for one they have no name for.
#[must_use]
pub fn name_of(build: u32) -> &'static str {
    // The long-term name of a build comes after its other one.
    NAMES.iter().rfind(|(_, known)| *known == build).map_or("", |(name, _)| name)
}

/// A base like this one for another build, by the version that its tag names; none where it names
/// none.
#[must_use]
pub fn renamed(base: &str, build: u32) -> Option<String> {
    let without_digest = base.split('@').next().unwrap_or(base);
    let (repository, tag) = without_digest.rsplit_once(':')?;
    let is_version = |word: &&str| NAMES.iter().any(|(name, _)| *name == word.to_lowercase());
    let old = tag.split(['-', '_']).find(is_version)?;
    // Images made of nanoserver have kept the older name of this one.
    let new = if build == 17763 && tag.contains("nanoserver-") { "1809" } else { name_of(build) };
    Some(format!("{repository}:{}", tag.replacen(old, new, 1)))
}

/// A short name for a base in progress output: its tag, or what its version is called.
#[must_use]
pub fn label(base: &str, os_version: &str) -> String {
    let tag = Reference::parse_normalized(base).ok().and_then(|r| r.tag().map(str::to_owned));
    if let Some(tag) = tag.filter(|tag| tag != "latest") {
        return tag;
    }
    let build = Version::parse(os_version).map(|version| version.build);
    let name = build.and_then(|build| NAMES.iter().rev().find(|(_, known)| *known == build));
    name.map_or_else(|| os_version.to_owned(), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_builds_are_newest_first() {
        assert!(known_builds().is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn names_numbers_and_versions_mean_builds() {
        assert_eq!(build_of("ltsc2022"), Some(20348));
        assert_eq!(build_of("LTSC2019"), Some(17763));
        assert_eq!(build_of("2004"), Some(19041));
        assert_eq!(build_of("26100"), Some(26100));
        assert_eq!(build_of("10.0.20348"), Some(20348));
        assert_eq!(build_of("10.0.17763.6414"), Some(17763));
        assert_eq!(build_of("ltsc2077"), None);
        assert_eq!(build_of("3"), None);
        assert_eq!(build_of(""), None);
    }

    #[test]
    fn a_base_is_called_by_its_tag() {
        assert_eq!(label("mcr.microsoft.com/windows/nanoserver:ltsc2022", "10.0.20348.1"), "ltsc2022");
        assert_eq!(label("127.0.0.1:5000/nanoserver", "10.0.26100.1"), "ltsc2025");
        assert_eq!(label("nanoserver", "10.0.99999.1"), "10.0.99999.1");
    }

    #[test]
    fn a_version_in_a_tag_is_a_word_of_it() {
        assert_eq!(named_in("host:5000/nano:ltsc2022"), Some(20348));
        assert_eq!(named_in("golang:1.25-nanoserver-LTSC2025"), Some(26100));
        assert_eq!(named_in("golang:1.25-nanoserver"), None);
        assert_eq!(named_in("ltsc2022/nano"), None);
    }

    #[test]
    fn a_base_for_another_version() {
        let of = |base, build| renamed(base, build).unwrap_or_default();
        assert_eq!(of("host:5000/nanoserver:ltsc2022", 17763), "host:5000/nanoserver:ltsc2019");
        assert_eq!(of("golang:1.25-nanoserver-ltsc2025@sha256:00", 17763), "golang:1.25-nanoserver-1809");
        assert_eq!(of("servercore:1809-amd64", 26100), "servercore:ltsc2025-amd64");
        assert_eq!(of("golang:1.25", 26100), "");
        assert_eq!(of("host:5000/golang", 26100), "");
        assert_eq!(name_of(17763), "ltsc2019");
        assert_eq!(name_of(1), "");
    }

    #[test]
    fn newer_builds_are_greater() {
        let parse = |text| Version::parse(text).unwrap();
        assert!(parse("10.0.26100.1") > parse("10.0.20348.9999"));
        assert_eq!(Version::parse("10.0"), None);
    }
}

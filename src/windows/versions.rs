//! The Windows version that a base image's tag names.

use crate::image::{Build, OsVersion, Reference, release};

/// Returns the build that a base's tag names, as in `ltsc2022` and `1.25-nanoserver-ltsc2022`. Such an image is for
/// that version only.
#[must_use]
pub fn named_in(base: &str) -> Option<Build> {
    let reference = Reference::parse_normalized(base).ok()?;
    reference.tag()?.split(['-', '_']).find_map(build_in)
}

/// Returns the name of a release in a base's tag that is newer than the table, in lower case.
#[must_use]
pub fn newer_release_in(base: &str) -> Option<String> {
    let reference = Reference::parse_normalized(base).ok()?;
    let word = reference.tag()?.split(['-', '_']).find(|word| release::may_be_newer(word))?;
    Some(word.to_ascii_lowercase())
}

/// Returns the build that a word of a tag names: `ltsc2022`, or `10.0.20348.2700`, as Microsoft tags every update. A
/// smaller number in the third place is the version of some program.
fn build_in(word: &str) -> Option<Build> {
    const OLDEST_BUILD: Build = Build(10_240);
    let version = || {
        OsVersion::parse(word).filter(|version| word.starts_with("10.0.") && version.build() >= OLDEST_BUILD)
    };
    Build::from_name(word).or_else(|| version().map(|version| version.build()))
}

/// Returns the name of this base for another build, by replacing the version in its tag; `None` if the tag has no
/// version.
#[must_use]
pub fn renamed(base: &str, build: Build) -> Option<String> {
    let without_digest = base.split('@').next().unwrap_or(base);
    let (repository, tag) = without_digest.rsplit_once(':')?;
    let old = tag.split(['-', '_']).find(|word| Build::from_name(word).is_some())?;
    let of_nanoserver = release::of_build(build.0)
        .and_then(|release| release.nanoserver)
        .filter(|_| tag.contains("nanoserver-"));
    let new = of_nanoserver.unwrap_or(build.name());
    Some(format!("{repository}:{}", tag.replacen(old, new, 1)))
}

/// Returns a short name for a base in progress output: its tag, or the name of its version.
#[must_use]
pub fn label(base: &str, os_version: &str) -> String {
    let tag = Reference::parse_normalized(base).ok().and_then(|r| r.tag().map(str::to_owned));
    if let Some(tag) = tag.filter(|tag| tag != "latest") {
        return tag;
    }
    let name = OsVersion::parse(os_version).map_or("", |version| version.build().name());
    if name.is_empty() { os_version.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_called_by_its_tag() {
        assert_eq!(label("mcr.microsoft.com/windows/nanoserver:ltsc2022", "10.0.20348.1"), "ltsc2022");
        assert_eq!(label("127.0.0.1:5000/nanoserver", "10.0.26100.1"), "ltsc2025");
        assert_eq!(label("nanoserver", "10.0.99999.1"), "10.0.99999.1");
    }

    #[test]
    fn a_version_in_a_tag_is_a_word_of_it() {
        assert_eq!(named_in("host:5000/nano:ltsc2022"), Some(Build(20348)));
        assert_eq!(named_in("golang:1.25-nanoserver-LTSC2025"), Some(Build(26100)));
        assert_eq!(named_in("nanoserver:10.0.20348.2700"), Some(Build(20348)));
        assert_eq!(named_in("nanoserver:10.0.17763.1-amd64"), Some(Build(17763)));
        for other in ["sdk:10.0.100", "app:10.0.1.2", "app:9.0.20348", "app:10.0"] {
            assert_eq!(named_in(other), None, "{other}");
        }
        assert_eq!(named_in("golang:1.25-nanoserver"), None);
        assert_eq!(named_in("ltsc2022/nano"), None);
    }

    #[test]
    fn a_base_for_another_version() {
        let of = |base, build| renamed(base, Build(build)).unwrap_or_default();
        assert_eq!(of("host:5000/nanoserver:ltsc2022", 17763), "host:5000/nanoserver:ltsc2019");
        assert_eq!(of("golang:1.25-nanoserver-ltsc2025@sha256:00", 17763), "golang:1.25-nanoserver-1809");
        assert_eq!(of("servercore:1809-amd64", 26100), "servercore:ltsc2025-amd64");
        assert_eq!(of("golang:1.25", 26100), "");
        assert_eq!(of("host:5000/golang", 26100), "");
    }
}

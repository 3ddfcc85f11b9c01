//! Windows versions: `os.version`, its build, and the names of releases.

use std::fmt;

use super::Reference;
use super::release::{self, RELEASES, Release};
use crate::suggest::Hint;

/// Smaller builds are not accepted as bare numbers: `2004` is a name.
const SMALLEST_BARE_BUILD: u32 = 10_000;

/// The build of a Windows release, which hosts compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Build(pub u32);

impl Build {
    /// Returns the build of a release by its case-insensitive name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is_it = |release: &&Release| release.names.iter().any(|known| known.eq_ignore_ascii_case(name));
        selectable().find(is_it).map(|release| Self(release.build))
    }

    /// Returns the name of the build in Microsoft's tags; empty for an unknown build.
    #[must_use]
    pub fn name(self) -> &'static str {
        release::of_build(self.0).map_or("", Release::name)
    }

    /// Returns all builds that have a name, newest first.
    #[must_use]
    pub fn known() -> Vec<Self> {
        selectable().rev().map(|release| Self(release.build)).collect()
    }

    /// Returns the name that a misspelled one may have meant. Short names are too similar to tell.
    #[must_use]
    pub fn similar(name: &str) -> Option<Hint> {
        const SHORT_NAME_LEN: usize = 4;
        let names: Vec<&str> = all_names().into_iter().filter(|name| name.len() > SHORT_NAME_LEN).collect();
        // The year of a server, as hosts are named.
        if name.len() == SHORT_NAME_LEN && names.contains(&format!("ltsc{name}").as_str()) {
            return Some(Hint::new(format!("ltsc{name}")));
        }
        if name.len() > SHORT_NAME_LEN { Hint::search(&name.to_lowercase(), &names) } else { None }
    }

    /// Returns the name that a misspelled word of an image's tag may have meant.
    #[must_use]
    pub fn similar_in_tag(image: &str) -> Option<Hint> {
        let reference = Reference::parse_normalized(image).ok()?;
        reference.tag()?.split(['-', '_']).find_map(Self::similar)
    }

    /// Returns all names, for messages.
    #[must_use]
    pub fn names() -> String {
        all_names().join(", ")
    }
}

fn selectable() -> impl DoubleEndedIterator<Item = &'static Release> {
    RELEASES.iter().filter(|release| release.is_selectable())
}

/// Returns the names that select a build, oldest first.
fn all_names() -> Vec<&'static str> {
    selectable().flat_map(|release| release.names).copied().collect()
}

/// Formats the build as `10.0.BUILD`.
impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "10.0.{}", self.0)
    }
}

/// The `os.version` of an image: `10.0.BUILD.REVISION`, or without the revision.
///
/// Ordered by build and revision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OsVersion {
    build: Build,
    /// The update, which hosts do not compare. A number too large for the type becomes the largest one.
    revision: Option<u64>,
    text: String,
}

impl OsVersion {
    /// Parses an `os.version`; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let (numbers, revision) = match parts.as_slice() {
            [numbers @ .., revision] if numbers.len() == 3 => (numbers, Some(number(revision)?)),
            numbers if numbers.len() == 3 => (numbers, None),
            _ => return None,
        };
        let numbers: Vec<u32> =
            numbers.iter().map(|part| u32::try_from(number(part)?).ok()).collect::<Option<_>>()?;
        Some(Self { build: Build(numbers[2]), revision, text: text.to_owned() })
    }

    /// Returns the build.
    #[must_use]
    pub const fn build(&self) -> Build {
        self.build
    }

    /// Returns the version as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for OsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Parses digits; a number that is too large becomes the largest one.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A Windows version in the form that people use: `ltsc2022`, `20348`, `10.0.20348`, `10.0.20348.2700`, or
/// `ltsc2099`, which is newer than the table of releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// `None` for a newer release, until a base reveals its build.
    build: Option<Build>,
    /// Only this revision, if the build has several.
    revision: Option<u64>,
    text: String,
}

impl Wanted {
    /// Parses a version; `None` if the text is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let named = |build| Self { build: Some(build), revision: None, text: text.to_owned() };
        if let Some(build) = Build::from_name(text) {
            return Some(named(build));
        }
        if release::may_be_newer(text) {
            return Some(Self { build: None, revision: None, text: text.to_owned() });
        }
        if let Some(bare) = number(text) {
            let build = u32::try_from(bare).ok().filter(|build| *build >= SMALLEST_BARE_BUILD)?;
            return Some(named(Build(build)));
        }
        let version = OsVersion::parse(text)?;
        Some(Self { revision: version.revision, ..named(version.build) })
    }

    /// Returns the build; `None` for the name of a newer release that no base has revealed.
    #[must_use]
    pub const fn build(&self) -> Option<Build> {
        self.build
    }

    /// Returns the same version with its build, now known.
    #[must_use]
    pub fn learned(&self, build: Build) -> Self {
        Self { build: Some(build), ..self.clone() }
    }

    /// Returns whether the client wrote this name, in any case.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }

    /// Returns whether both belong to the same release.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let is_known = self.build.is_some() || other.build.is_some();
        if is_known { self.build == other.build } else { self.is_named(&other.text) }
    }

    /// Returns whether this names a revision that is `version`'s.
    #[must_use]
    pub fn is_exactly(&self, version: &OsVersion) -> bool {
        self.build == Some(version.build) && self.revision.is_some() && self.revision == version.revision
    }

    /// Returns whether this names a revision of `version`'s build, but another one.
    #[must_use]
    pub fn is_other_revision(&self, version: &OsVersion) -> bool {
        self.build == Some(version.build) && self.revision.is_some() && self.revision != version.revision
    }

    /// Returns the version as the client wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the version as an `os.version`: a name is replaced by its build, if that is known.
    #[must_use]
    pub fn os_version(&self) -> String {
        match self.build {
            Some(build) if OsVersion::parse(&self.text).is_none() => build.to_string(),
            _ => self.text.clone(),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.os_version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> OsVersion {
        OsVersion::parse(text).unwrap()
    }

    #[test]
    fn known_builds_are_newest_first() {
        assert!(Build::known().is_sorted_by(|a, b| a > b));
        assert_eq!(
            Build::names(),
            "ltsc2016, 1809, ltsc2019, 1903, 1909, 2004, 20H2, ltsc2022, 23H2, 24H2, ltsc2025"
        );
    }

    #[test]
    fn newer_versions_are_greater() {
        assert!(version("10.0.26100.1") > version("10.0.20348.9999"));
        assert!(version("10.0.20348.2762") > version("10.0.20348.887"));
        assert!(version("10.0.20348.1") > version("10.0.20348"));
    }

    #[test]
    fn a_version_has_three_or_four_numbers() {
        for text in
            ["", "10.0", "10.0.x", "10.0.1.", "10.0.1.x", "10.0.1.2.3", "10.0.4294967296.1", "+10.0.1"]
        {
            assert_eq!(OsVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_revision_of_any_size_belongs_to_its_build() {
        let large = version("10.0.20348.9999999999999999999999");
        assert_eq!(large.build(), version("10.0.20348.2").build());
        assert!(large > version("10.0.20348.2"));
    }

    #[test]
    fn names_numbers_and_versions_are_wanted() {
        let build = |text| Wanted::parse(text).and_then(|wanted| wanted.build()).map(|build| build.0);
        assert_eq!(build("ltsc2022"), Some(20348));
        assert_eq!(build("LTSC2019"), Some(17763));
        assert_eq!(build("2004"), Some(19041));
        assert_eq!(build("26100"), Some(26100));
        assert_eq!(build("10.0.20348"), Some(20348));
        assert_eq!(build("10.0.17763.6414"), Some(17763));
        assert_eq!(Wanted::parse("ltsc2099").map(|wanted| wanted.build()), Some(None));
        for text in ["ltsc209", "3", "", "10.0", "99999999999"] {
            assert_eq!(build(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_named_revision_is_exact() {
        let wanted = |text| Wanted::parse(text).unwrap();
        assert!(wanted("10.0.20348.2700").is_exactly(&version("10.0.20348.2700")));
        assert!(!wanted("10.0.20348.2700").is_exactly(&version("10.0.20348.2701")));
        assert!(!wanted("10.0.20348").is_exactly(&version("10.0.20348.2700")));
        assert_eq!(wanted("ltsc2022").os_version(), "10.0.20348");
        assert_eq!(wanted("10.0.20348.1").os_version(), "10.0.20348.1");
    }

    #[test]
    fn a_build_has_its_long_term_name() {
        assert_eq!(Build(17763).name(), "ltsc2019");
        assert_eq!(Build(1).name(), "");
        assert_eq!(Build(20348).to_string(), "10.0.20348");
    }
}

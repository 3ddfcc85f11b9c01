//! The releases of Windows. A new release is a row of [`RELEASES`], which selection, hosts and warnings use.

/// The date until which [`RELEASES`] is correct. Support that ends later is not reported as ended until this
/// program is updated.
const AS_OF: &str = "2026-11-01";

/// From this build on, hosts also run older images: Windows Server 2022.
pub const STABLE: u32 = 20348;

/// The kind of servicing of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Long-term servicing: from [`STABLE`] on, hosts of the next such release run its images.
    LongTerm,
    /// Other releases with base images.
    ShortTerm,
    /// A short-term release that is too old to be selected or looked up: each would cost a lookup in an index
    /// that cannot be read.
    Forgotten,
    /// Only hosts: the release has no base images.
    HostOnly,
}

/// The hosts on which a release runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// The name.
    pub name: &'static str,
    /// The short name, in `FANLIGHT_HOSTS`.
    pub short: &'static str,
    /// There are also `arm64` hosts besides `amd64`.
    pub arm64: bool,
}

/// A release.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// The build, by which hosts and images are compared.
    pub build: u32,
    /// The kind of servicing.
    pub kind: Kind,
    /// The names in Microsoft's tags. The last one is preferred.
    pub names: &'static [&'static str],
    /// The name in tags of nanoserver, and of images based on it, if it differs.
    pub nanoserver: Option<&'static str>,
    /// The day its support ends, from Microsoft's lifecycle pages: the end of extended support, if any.
    /// `None` for a release without base images.
    pub support_ends: Option<&'static str>,
    /// Windows Server.
    pub server: Option<Edition>,
    /// Windows 10 and later.
    pub client: Option<Edition>,
}

/// The releases, oldest first.
pub static RELEASES: [Release; 14] = [
    images(14393, Kind::LongTerm, &["ltsc2016"], "2027-01-12").server("Windows Server 2016", "2016", false),
    images(16299, Kind::Forgotten, &["1709"], "2019-04-09"),
    images(17134, Kind::Forgotten, &["1803"], "2019-11-12"),
    images(17763, Kind::LongTerm, &["1809", "ltsc2019"], "2029-01-09").nanoserver("1809").server(
        "Windows Server 2019",
        "2019",
        false,
    ),
    images(18362, Kind::ShortTerm, &["1903"], "2020-12-08"),
    images(18363, Kind::ShortTerm, &["1909"], "2021-05-11"),
    images(19041, Kind::ShortTerm, &["2004"], "2021-12-14"),
    images(19042, Kind::ShortTerm, &["20H2"], "2022-08-09"),
    images(STABLE, Kind::LongTerm, &["ltsc2022"], "2031-10-14").server("Windows Server 2022", "2022", false),
    hosts(22621).client("Windows 11 22H2", "11-22H2", true),
    hosts(22631).client("Windows 11 23H2", "11-23H2", true),
    images(25398, Kind::ShortTerm, &["23H2"], "2025-10-24").server(
        "Windows Server 23H2",
        "server-23H2",
        false,
    ),
    images(26100, Kind::LongTerm, &["24H2", "ltsc2025"], "2034-11-14")
        .server("Windows Server 2025", "2025", true)
        .client("Windows 11 24H2", "11-24H2", true),
    hosts(26200).client("Windows 11 25H2", "11-25H2", true),
];

const fn images(
    build: u32,
    kind: Kind,
    names: &'static [&'static str],
    support_ends: &'static str,
) -> Release {
    let support_ends = Some(support_ends);
    Release { build, kind, names, nanoserver: None, support_ends, server: None, client: None }
}

const fn hosts(build: u32) -> Release {
    let kind = Kind::HostOnly;
    Release { build, kind, names: &[], nanoserver: None, support_ends: None, server: None, client: None }
}

impl Release {
    const fn nanoserver(self, name: &'static str) -> Self {
        Self { nanoserver: Some(name), ..self }
    }

    const fn server(self, name: &'static str, short: &'static str, arm64: bool) -> Self {
        Self { server: Some(Edition { name, short, arm64 }), ..self }
    }

    const fn client(self, name: &'static str, short: &'static str, arm64: bool) -> Self {
        Self { client: Some(Edition { name, short, arm64 }), ..self }
    }

    /// Returns whether its names select it and it is looked up.
    #[must_use]
    pub fn is_selectable(&self) -> bool {
        matches!(self.kind, Kind::LongTerm | Kind::ShortTerm)
    }

    /// Returns its name in tags; empty if it has no images.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.last().copied().unwrap_or_default()
    }
}

/// Returns the release of a build.
#[must_use]
pub fn of_build(build: u32) -> Option<&'static Release> {
    RELEASES.iter().find(|release| release.build == build)
}

/// Returns whether a word looks like Microsoft's name of a release that is not in the table: `ltsc2099`,
/// `99H1`.
#[must_use]
pub fn may_be_newer(word: &str) -> bool {
    let is_known = RELEASES.iter().any(|release| release.names.iter().any(|n| n.eq_ignore_ascii_case(word)));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let long_term = |word: &str| word.len() == 8 && word.starts_with("ltsc20") && is_number(&word[6..]);
    let half = |word: &str| word.len() == 4 && is_number(&word[..2]) && ["h1", "h2"].contains(&&word[2..]);
    let lower = word.to_ascii_lowercase();
    !is_known && lower.is_ascii() && (long_term(&lower) || half(&lower))
}

/// Returns the name of hosts of a build: `Windows Server 2025`.
#[must_use]
pub fn server(build: u32) -> &'static str {
    of_build(build).and_then(|release| release.server).map_or("Windows", |edition| edition.name)
}

/// Returns the builds of the long-term releases, oldest first.
pub fn long_term() -> impl DoubleEndedIterator<Item = u32> {
    RELEASES.iter().filter(|release| release.kind == Kind::LongTerm).map(|release| release.build)
}

/// Returns the name of a build and the day its support ended, if it did.
#[must_use]
pub fn support_ended(build: u32) -> Option<(&'static str, &'static str)> {
    let release = of_build(build)?;
    release.support_ends.filter(|ends| *ends < AS_OF).map(|ends| (release.name(), ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_has_ended_by_the_date_of_the_table() {
        assert_eq!(support_ended(16299), Some(("1709", "2019-04-09")));
        assert_eq!(support_ended(19042), Some(("20H2", "2022-08-09")));
        assert_eq!(support_ended(25398), Some(("23H2", "2025-10-24")));
        for build in [14393, 17763, 20348, 22621, 26100, 99999] {
            assert_eq!(support_ended(build), None, "{build}");
        }
    }

    #[test]
    fn names_of_releases_to_come_have_the_shape_of_the_known_ones() {
        for word in ["ltsc2099", "LTSC2098", "99H1", "98h2"] {
            assert!(may_be_newer(word), "{word}");
        }
        for word in
            ["ltsc2022", "20H2", "ltsc20999", "ltsc209x", "ltsc1999", "99H3", "2099", "h1", "", "ltsc20é"]
        {
            assert!(!may_be_newer(word), "{word}");
        }
    }

    #[test]
    fn every_row_is_whole() {
        assert!(RELEASES.is_sorted_by(|a, b| a.build < b.build));
        assert!(long_term().any(|build| build == STABLE));
        for release in RELEASES {
            let has_hosts = release.server.is_some() || release.client.is_some();
            let has_images = release.kind != Kind::HostOnly;
            assert_eq!(!release.names.is_empty(), has_images, "{release:?}");
            assert_eq!(release.support_ends.is_some(), has_images, "{release:?}");
            assert!(has_images || has_hosts, "{release:?}");
            assert!(release.kind != Kind::LongTerm || release.server.is_some(), "{release:?}");
            assert!(release.nanoserver.is_none_or(|name| release.names.contains(&name)), "{release:?}");
            let ends = release.support_ends.unwrap_or(AS_OF);
            let is_digit =
                |(at, c): (usize, u8)| if [4, 7].contains(&at) { c == b'-' } else { c.is_ascii_digit() };
            assert!(ends.len() == 10 && ends.bytes().enumerate().all(is_digit), "{ends}");
        }
        let mut names: Vec<String> =
            RELEASES.iter().flat_map(|release| release.names).map(|name| name.to_lowercase()).collect();
        let editions = RELEASES.iter().flat_map(|release| [release.server, release.client]).flatten();
        names.extend(editions.flat_map(|edition| [edition.name, edition.short]).map(str::to_lowercase));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "two releases have one name");
    }
}

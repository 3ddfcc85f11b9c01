//! Which Windows hosts run which images, and which image of an index each host takes.
//!
//! The rules are those of containerd's `platforms` package, which Docker Engine uses as well, for process isolation: a
//! host before Windows Server 2022 runs exactly its own build, and a later one runs every build from a lowest build up
//! to its own. Engine releases differ in that lowest build, and in which of several fitting images they take. The
//! revision, the fourth number, is never compared. `testdata/windows/hosts` holds the answers of the originals.

use std::cmp::Reverse;

use super::ErrorKind;
use crate::go::number::{atoi, parse_uint};
use crate::image::Build;
use crate::image::release::{Edition, RELEASES, Release, STABLE, long_term};

/// A release of Windows that runs containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Its full name.
    pub name: &'static str,
    /// Its short name in `FANLIGHT_HOSTS`.
    pub short: &'static str,
    /// The build, by which hosts and images are compared.
    pub build: u32,
    /// True if there are hosts with this processor besides `amd64`.
    pub arm64: bool,
}

/// Returns the hosts that a plan covers: servers, then clients.
#[must_use]
pub fn hosts() -> Vec<Host> {
    let editions: [fn(&Release) -> Option<Edition>; 2] = [|release| release.server, |release| release.client];
    let mut hosts = Vec::new();
    for edition in editions {
        for release in &RELEASES {
            if let Some(Edition { name, short, arm64 }) = edition(release) {
                hosts.push(Host { name, short, build: release.build, arm64 });
            }
        }
    }
    hosts
}

impl Host {
    /// Finds a host by its full or short name, ignoring case, or a server by the name in the tags of its images.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let is_it =
            |host: &Self| [host.name, host.short].iter().any(|known| known.eq_ignore_ascii_case(name));
        let build = Build::from_name(name).map(|build| build.0);
        let is_server = |host: &Self| host.name.contains("Server") && Some(host.build) == build;
        hosts().into_iter().find(is_it).or_else(|| hosts().into_iter().find(is_server))
    }

    /// Returns whether there are hosts of this release with that processor.
    #[must_use]
    pub fn has(&self, architecture: &str) -> bool {
        architecture == "amd64" || self.arm64
    }
}

/// The rule by which some releases of the engines choose an image.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The engines, for messages.
    pub engines: &'static str,
    /// Returns the lowest build that a host runs.
    lowest: fn(u32) -> u32,
    /// Which of several fitting images comes first.
    order: Order,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    /// In the order of the index, as the image specification requires.
    Index,
    /// The greatest `os.version`, compared as text.
    Version,
    /// The greatest revision, whatever the build.
    Revision,
}

/// The rule that a plan shows first: Microsoft's, with every long-term release of [`RELEASES`]. A build's index lists
/// the newest version first, so current engines act by this rule, and so does Docker's classic image store. Only on a
/// host of a long-term release that an engine does not know, it also takes images that are too old for the host.
const CURRENT: Rule = Rule {
    engines: "the image specification",
    lowest: |host| long_term_before(&mut long_term(), host),
    order: Order::Index,
};

/// The rules of the engine releases, newest first. Each has the long-term releases that its version of the package
/// knows (`compatLTSCReleases`), so a new row of [`RELEASES`] changes none of them.
const RULES: [Rule; 3] = [
    Rule {
        engines: "containerd 2.3.5 and later, and Docker Engine 29 from moby 2.0.0-beta.22 on",
        lowest: |host| long_term_before(&mut [STABLE, 26100].into_iter(), host),
        order: Order::Version,
    },
    Rule {
        engines: "containerd 2.1.6 to 2.3.4, and Docker Engine 29 of moby 2.0.0-beta.2 to 2.0.0-beta.21",
        lowest: |host| newest_long_term_below(&mut [STABLE, 26100].into_iter(), host),
        order: Order::Version,
    },
    Rule {
        engines: "containerd up to 2.1.5, and Docker Engine 28",
        lowest: |_| STABLE,
        order: Order::Revision,
    },
];

/// Returns the long-term release before the one that the host belongs to, but none before Windows Server 2022.
/// `releases` are the long-term releases, oldest first.
fn long_term_before(releases: &mut dyn DoubleEndedIterator<Item = u32>, host: u32) -> u32 {
    let is_own = newest(releases, host).is_some();
    releases.next_back().filter(|_| is_own).map_or(STABLE, |build| build.max(STABLE))
}

/// Returns the newest long-term release that is older than the host. By this rule, later releases of Windows 11 refuse
/// images that they can run.
fn newest_long_term_below(releases: &mut dyn DoubleEndedIterator<Item = u32>, host: u32) -> u32 {
    newest(releases, host.saturating_sub(1)).map_or(STABLE, |build| build.max(STABLE))
}

/// Returns the newest of the releases up to a build, and leaves those before it.
fn newest(releases: &mut dyn DoubleEndedIterator<Item = u32>, build: u32) -> Option<u32> {
    while let Some(release) = releases.next_back() {
        if release <= build {
            return Some(release);
        }
    }
    None
}

impl Rule {
    /// Returns whether a host runs images with that `os.version`. Images without one run everywhere.
    #[must_use]
    pub fn runs(&self, host: u32, os_version: &str) -> bool {
        if os_version.is_empty() {
            return true;
        }
        let Some(build) = build(os_version) else { return false };
        if host < STABLE {
            return build == host;
        }
        ((self.lowest)(host)..=host).contains(&build)
    }

    /// Returns the index of the image that a host takes, from the `os.version`s of an index in order.
    #[must_use]
    pub fn takes(&self, host: u32, os_versions: &[&str]) -> Option<usize> {
        let fitting = (0..os_versions.len()).filter(|index| self.runs(host, os_versions[*index]));
        match self.order {
            Order::Index => fitting.min(),
            // The first of equals.
            Order::Version => fitting.max_by_key(|index| (os_versions[*index], Reverse(*index))),
            Order::Revision => fitting.max_by_key(|index| (revision(os_versions[*index]), Reverse(*index))),
        }
    }
}

/// Parses the build of an `os.version` of Windows 10 or later (upstream's `getWindowsOSVersion`).
fn build(os_version: &str) -> Option<u32> {
    let mut parts = os_version.split('.');
    let mut number = |bits| parse_uint(parts.next()?, 10, bits).ok();
    let (major, minor, build) = (number(8)?, number(8)?, number(16)?);
    if (major, minor) == (10, 0) { u32::try_from(build).ok() } else { None }
}

fn revision(os_version: &str) -> i64 {
    os_version.split('.').nth(3).and_then(|part| atoi(part).ok()).unwrap_or_default()
}

/// Which image of an index a host takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The host.
    pub host: Host,
    /// The image that it takes, if any.
    pub takes: Option<usize>,
    /// Engines that take another image, with that image.
    pub elsewhere: Vec<(&'static str, Option<usize>)>,
    /// The build to add, if no image fits.
    pub missing: Option<u32>,
}

/// Returns which image every host of an architecture takes, from the `os.version`s of an index in order.
#[must_use]
pub fn coverage(architecture: &str, os_versions: &[&str]) -> Vec<Coverage> {
    let of_host = |host: Host| {
        let takes = CURRENT.takes(host.build, os_versions);
        let elsewhere = RULES.iter().map(|rule| (rule.engines, rule.takes(host.build, os_versions)));
        Coverage {
            host,
            takes,
            elsewhere: elsewhere.filter(|(_, other)| *other != takes).collect(),
            missing: if takes.is_none() { best_for(&CURRENT, host.build) } else { None },
        }
    };
    hosts().into_iter().filter(|host| host.has(architecture)).map(of_host).collect()
}

/// Returns the short names of the hosts, for messages.
#[must_use]
pub fn names() -> String {
    hosts().iter().map(|host| host.short).collect::<Vec<_>>().join(", ")
}

/// A host that finds no image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The host.
    pub host: Host,
    /// The processor.
    pub architecture: String,
    /// The engines with which it finds no image; empty for all.
    pub engines: &'static str,
    /// The build of an image that it would take.
    pub add: u32,
}

/// Refuses a result in which one of these hosts finds no image with some release of the engines. `images` are the
/// architectures and `os.version`s of the Windows images, in the order of the index.
///
/// # Errors
///
/// Returns an error if there is no Windows image at all, or with the hosts that find none.
pub fn check(hosts: &[Host], images: &[(&str, &str)]) -> Result<(), ErrorKind> {
    if !hosts.is_empty() && images.is_empty() {
        return Err(ErrorKind::NoImageForHosts);
    }
    let mut architectures: Vec<&str> = images.iter().map(|(architecture, _)| *architecture).collect();
    architectures.sort_unstable();
    architectures.dedup();
    let mut found = Vec::new();
    for host in hosts.iter().copied() {
        // Some releases exist for one processor only.
        let has: Vec<&&str> = architectures.iter().filter(|architecture| host.has(architecture)).collect();
        let has = if has.is_empty() { vec![&"amd64"] } else { has };
        for architecture in has {
            let of_it = images.iter().filter(|(of, _)| of == architecture);
            let versions: Vec<&str> = of_it.map(|(_, version)| *version).collect();
            found.extend(uncovered(host, architecture, &versions));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(ErrorKind::WithoutImage(found)) }
}

/// Finds the hosts with these names.
///
/// # Errors
///
/// Returns an error for an unknown name.
pub fn find_all(names: &[String]) -> Result<Vec<Host>, ErrorKind> {
    let find = |name: &String| Host::find(name).ok_or_else(|| ErrorKind::UnknownHost { name: name.clone() });
    names.iter().map(find).collect()
}

fn uncovered(host: Host, architecture: &str, versions: &[&str]) -> Option<Uncovered> {
    let of = |engines, rule: &Rule| Uncovered {
        host,
        architecture: architecture.to_owned(),
        engines,
        add: best_for(rule, host.build).unwrap_or(host.build),
    };
    if CURRENT.takes(host.build, versions).is_none() {
        return Some(of("", &RULES[1]));
    }
    let refuses = |rule: &&Rule| rule.takes(host.build, versions).is_none();
    RULES.iter().find(refuses).map(|rule| of(rule.engines, rule))
}

/// Returns the newest long-term release whose images a host runs.
fn best_for(rule: &Rule, host: u32) -> Option<u32> {
    long_term().rfind(|build| rule.runs(host, &Build(*build).to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::image::release::Kind;

    /// Returns the rows of the vectors, split into fields; `-` means no `os.version`.
    fn vectors(containerd: &str) -> Vec<Vec<String>> {
        let path =
            format!("{}/testdata/windows/hosts/containerd-{containerd}.tsv", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    fn version(text: &str) -> &str {
        if text == "-" { "" } else { text }
    }

    /// Compares with containerd's own matcher, for each of its releases that differ.
    #[test]
    fn as_containerd() {
        for (rule, containerd) in RULES.iter().zip(["2.4", "2.3.4", "2.1.5"]) {
            let rows = vectors(containerd);
            assert!(rows.len() > 700);
            for row in rows {
                let host: u32 = row[1].parse().unwrap();
                match row[0].as_str() {
                    "match" => {
                        let runs = rule.runs(host, version(&row[2]));
                        assert_eq!(runs.to_string(), row[3], "{containerd}: {row:?}");
                    }
                    _ => {
                        let list: Vec<&str> =
                            row[2].split(',').filter(|text| !text.is_empty()).map(version).collect();
                        let taken = rule.takes(host, &list).map_or(-1, |index| index as i64);
                        assert_eq!(taken.to_string(), row[3], "{containerd}: {row:?}");
                    }
                }
            }
        }
    }

    /// Docker's classic image store: takes images up to the host's build, those of its own build first, otherwise in
    /// the order of the index.
    fn classic(host: u32, os_versions: &[&str]) -> Option<usize> {
        let may = |index: &usize| build(os_versions[*index]).is_none_or(|build| build <= host);
        let fitting: Vec<usize> = (0..os_versions.len()).filter(may).collect();
        let own = fitting.iter().find(|index| build(os_versions[**index]) == Some(host));
        own.or_else(|| fitting.first()).copied()
    }

    /// Returns whether the newest engines know the long-term release that a host belongs to.
    fn is_known_to_engines(host: u32) -> bool {
        host < STABLE || (CURRENT.lowest)(host) == (RULES[0].lowest)(host)
    }

    proptest! {
        /// With the newest image first, current releases take the first that fits. So does Docker's classic store, if
        /// any image fits and all have a version.
        #[test]
        fn newest_first_is_the_same_everywhere(
            mut builds in prop::collection::vec(prop::sample::select(vec![14393, 17763, 19041, 20348, 25398, 26100, 26200, 40000]), 0..6),
            revision in 0..9999_u32,
            unversioned in any::<bool>(),
            host in prop::sample::select(vec![14393, 17763, 19042, 20348, 22621, 25398, 26100, 26200, 40100]),
        ) {
            builds.sort_unstable();
            builds.dedup();
            let mut texts: Vec<String> = builds.iter().rev().map(|build| format!("10.0.{build}.{revision}")).collect();
            texts.extend(unversioned.then(String::new));
            let list: Vec<&str> = texts.iter().map(String::as_str).collect();
            let first = CURRENT.takes(host, &list);
            if is_known_to_engines(host) {
                prop_assert_eq!(first, RULES[0].takes(host, &list));
            }
            if first.is_some() && !unversioned {
                prop_assert_eq!(first, RULES[0].takes(host, &list));
                prop_assert_eq!(first, classic(host, &list));
            }
        }
    }

    #[test]
    fn only_microsofts_rule_knows_a_release_that_is_newer_than_the_engines() {
        let known = [14393, 17763, 20348, 26100];
        for (host, before) in [(20348, 20348), (25398, 20348), (26100, 20348), (40000, 20348)] {
            assert_eq!(long_term_before(&mut known.into_iter(), host), before, "{host}");
            assert!(host == 40000 || is_known_to_engines(host), "{host}");
        }
        let with_newer = [14393, 17763, 20348, 26100, 40000];
        for (host, before) in [(26100, 20348), (39999, 20348), (40000, 26100), (40100, 26100)] {
            assert_eq!(long_term_before(&mut with_newer.into_iter(), host), before, "{host}");
        }
        assert_eq!((RULES[0].lowest)(40100), STABLE);
        assert_eq!((RULES[1].lowest)(40100), 26100);
    }

    /// The table in the documentation.
    #[test]
    fn what_hosts_take() {
        let three = ["10.0.26100.2033", "10.0.20348.2762", "10.0.17763.6414"];
        let of = |list: &[&str], short: &str| {
            coverage("amd64", list).into_iter().find(|c| c.host.short == short).unwrap()
        };
        let (newest, middle, oldest) = (Some(0), Some(1), Some(2));
        for (host, takes, missing) in [
            ("2016", None, Some(14393)),
            ("2019", oldest, Some(17763)),
            ("2022", middle, Some(20348)),
            ("server-23H2", middle, Some(20348)),
            ("2025", newest, None),
            ("11-22H2", middle, Some(20348)),
            ("11-23H2", middle, Some(20348)),
            ("11-24H2", newest, None),
            ("11-25H2", newest, None),
        ] {
            assert_eq!(of(&three, host).takes, takes, "{host}");
            assert_eq!(of(&three[..1], host).missing, missing, "{host}");
        }
        assert_eq!(of(&[], "11-25H2").missing, Some(26100));
        assert!(coverage("amd64", &[""]).iter().all(|c| c.takes == Some(0)));
        let shorts = |architecture: &str| -> Vec<&str> {
            coverage(architecture, &[]).iter().map(|c| c.host.short).collect()
        };
        let all = ["2016", "2019", "2022", "server-23H2", "2025", "11-22H2", "11-23H2", "11-24H2", "11-25H2"];
        assert_eq!(shorts("amd64"), all);
        assert_eq!(shorts("arm64"), all[4..]);
    }

    /// The engines of each rule are those whose releases pin a version of the package with that rule.
    #[test]
    fn engines_are_those_of_the_releases() {
        let rule_of = |platforms: &str| match platforms {
            "v1.0.0-rc.5" => 0,
            "v1.0.0-rc.2" | "v1.0.0-rc.3" | "v1.0.0-rc.4" => 1,
            "v0.2.1" | "v1.0.0-rc.0" | "v1.0.0-rc.1" => 2,
            other => panic!("what is the rule of platforms {other}?"),
        };
        let text = include_str!("../../testdata/windows/releases.tsv");
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let of = |module: &str, rule: usize| {
            let rows = rows.iter().filter(|row| row[0].starts_with(module) && rule_of(row[2]) == rule);
            rows.map(|row| row[1].trim_start_matches('v')).collect::<Vec<_>>()
        };
        let page = include_str!("../../docs/hosts.md");
        for (rule, release) in RULES.iter().enumerate() {
            let containerd = of("github.com/containerd/containerd", rule);
            let moby = of("github.com/moby/moby", rule);
            let (first, last) = (containerd[0], containerd[containerd.len() - 1]);
            let want = match rule {
                0 => format!("containerd {first} and later, and Docker Engine 29 from moby {} on", moby[0]),
                1 => format!(
                    "containerd {first} to {last}, and Docker Engine 29 of moby {} to {}",
                    moby[0],
                    moby[moby.len() - 1]
                ),
                // Docker Engine 28 is built from a repository without go.mod.
                _ => format!("containerd up to {last}, and Docker Engine 28"),
            };
            assert_eq!(release.engines, want);
            assert!(page.contains(&want), "docs/hosts.md lacks: {want}");
        }
        // In each series, a rule applies from one release to another without a gap.
        for pair in rows.windows(2).filter(|pair| pair[0][0] == pair[1][0]) {
            assert!(rule_of(pair[0][2]) >= rule_of(pair[1][2]), "{pair:?}");
        }
    }

    #[test]
    fn the_pages_have_every_release() {
        let squeeze = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = include_str!("../../docs/hosts.md").lines().map(squeeze).collect();
        let has =
            |row: &str| assert!(lines.iter().any(|line| line.starts_with(row)), "docs/hosts.md lacks: {row}");
        let vectors = vectors("2.4");
        let short: Vec<String> = hosts().iter().map(|host| format!("`{}`", host.short)).collect();
        let plan = squeeze(include_str!("../../docs/plan.md"));
        assert!(
            plan.contains(&format!("The names are {}, or ", short.join(", "))),
            "docs/plan.md: {short:?}"
        );
        for host in hosts() {
            let Host { name, build, .. } = host;
            let lowest = if build < STABLE { build } else { (CURRENT.lowest)(build) };
            let runs = if lowest == build { build.to_string() } else { format!("{lowest} to {build}") };
            has(&format!("| {name} | {build} | {runs} |"));
            assert!(
                vectors.iter().any(|row| row[1] == build.to_string()),
                "ci/hosts does not ask for {build}"
            );
            let found = (Host::find(name), Host::find(&host.short.to_lowercase()));
            assert_eq!(found, (Some(host), Some(host)));
        }
        for release in RELEASES.iter().filter(|release| release.kind == Kind::LongTerm) {
            let name = format!("`{}`", release.name());
            let ends = release.support_ends.unwrap();
            let arm64 = release.server.is_some_and(|server| server.arm64);
            let row = |line: &&String| {
                let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
                matches!(cells[..], [of, build, until, architectures] if build == release.build.to_string()
                    && until == ends && of.contains(&name) && architectures.contains("arm64") == arm64)
            };
            assert!(
                lines.iter().any(|line| row(&line)),
                "docs/hosts.md lacks the tag {name} with {ends}, and arm64: {arm64}"
            );
        }
    }

    #[test]
    fn hosts_that_find_nothing() {
        let error = |hosts: &str, images: &[(&str, &str)]| {
            let names: Vec<String> = hosts.split(',').map(str::to_owned).collect();
            let outcome = find_all(&names).and_then(|hosts| check(&hosts, images));
            outcome.err().map(|error| error.to_string())
        };
        let two = [("amd64", "10.0.20348.1"), ("amd64", "10.0.17763.1")];
        assert_eq!(error("2019,2022,2025,windows 11 24H2", &two), None);
        assert_eq!(
            error("2016,2022", &two).unwrap(),
            "FANLIGHT_HOSTS: Windows hosts that find no image in this build:\n  Windows Server 2016 (build 14393, amd64): \
             add ltsc2016 (10.0.14393)"
        );
        // With some engines only.
        assert!(error("11-25H2", &two).unwrap().ends_with(
            "(build 26200, amd64), with containerd 2.1.6 to 2.3.4, and Docker Engine 29 of moby 2.0.0-beta.2 to \
             2.0.0-beta.21: add ltsc2025 (10.0.26100)"
        ));
        assert_eq!(error("2025", &[("arm64", "10.0.26100.1")]), None);
        // There is no Server 2022 for arm64, so the missing image is the one for amd64.
        assert!(
            error("2022", &[("arm64", "10.0.26100.1")])
                .unwrap()
                .contains("(build 20348, amd64): add ltsc2022")
        );
        assert!(error("2025", &[("arm64", "10.0.26100.1"), two[1]]).unwrap().contains("amd64"));
        assert!(
            error("Server 2022", &two)
                .unwrap()
                .contains("unknown Windows host \"Server 2022\": available: 2016, 2019")
        );
        assert!(error("2022", &[]).unwrap().contains("no image for Windows"));
        assert_eq!(check(&[], &[]), Ok(()));
    }

    #[test]
    fn older_releases_take_others() {
        let of = |name: &str, list: &[&str]| {
            coverage("amd64", list).into_iter().find(|c| c.host.name == name).unwrap().elsewhere
        };
        let list = ["10.0.26100.2033", "10.0.20348.2762"];
        assert_eq!(of("Windows Server 2025", &list), [(RULES[2].engines, Some(1))]);
        assert_eq!(of("Windows Server 2022", &list), []);
        assert_eq!(of("Windows 11 25H2", &["10.0.20348.2762"]), [(RULES[1].engines, None)]);
    }
}

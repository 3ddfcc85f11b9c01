//! Which Windows hosts run which images, and which image of an index each takes.
//!
//! The rules are those of containerd's `platforms` package, which Docker Engine uses as well, for
//! process isolation: a host before Windows Server 2022 runs exactly its own build, a later one what
//! lies between a lowest build and its own. Releases differ in that lowest build, and in which of
//! several images that fit they take. The revision, the fourth number, is never compared.
//! `testdata/windows/hosts` holds what the originals say.

use std::cmp::Reverse;

use crate::go::number::{atoi, parse_uint};
use crate::image::Build;

/// From this build on, hosts run older images as well: Windows Server 2022.
const STABLE: u32 = 20348;
/// Builds of the long-term releases that images are made for, oldest first.
const LONG_TERM: [u32; 3] = [17763, STABLE, 26100];

/// A release of Windows that containers run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// What it is called.
    pub name: &'static str,
    /// What hosts and images are compared by.
    pub build: u32,
    /// There are hosts with this processor besides `amd64`.
    pub arm64: bool,
}

const fn host(name: &'static str, build: u32, arm64: bool) -> Host {
    Host { name, build, arm64 }
}

/// The hosts that a plan speaks of.
pub const HOSTS: [Host; 8] = [
    host("Windows Server 2019", 17763, false),
    host("Windows Server 2022", STABLE, false),
    host("Windows Server 23H2", 25398, false),
    host("Windows Server 2025", 26100, true),
    host("Windows 11 22H2", 22621, true),
    host("Windows 11 23H2", 22631, true),
    host("Windows 11 24H2", 26100, true),
    host("Windows 11 25H2", 26200, true),
];

/// How releases of the engines choose.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The engines.
    pub engines: &'static str,
    /// The lowest build that a host runs.
    lowest: fn(u32) -> u32,
    /// Which of several that fit comes first.
    order: Order,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    /// As the index has them, which is what the image specification asks for.
    Index,
    /// The greatest `os.version`, as text.
    Version,
    /// The greatest revision, whatever the build.
    Revision,
}

/// What a plan shows first. The index of a build lists the newest version first, so that this is what
/// current releases do, and Docker's classic image store as well.
const CURRENT: Rule =
    Rule { engines: "the image specification", lowest: long_term_before, order: Order::Index };

/// The releases, newest first.
const RELEASES: [Rule; 3] = [
    Rule {
        engines: "containerd 2.3.5 and Docker Engine 29",
        lowest: long_term_before,
        order: Order::Version,
    },
    Rule { engines: "containerd 2.1.8 to 2.3.4", lowest: newest_long_term_below, order: Order::Version },
    Rule {
        engines: "containerd up to 2.1.5 and Docker Engine 28",
        lowest: |_| STABLE,
        order: Order::Revision,
    },
];

/// The long-term release before the one that the host belongs to, none before Windows Server 2022.
fn long_term_before(host: u32) -> u32 {
    let own = LONG_TERM.iter().rposition(|build| *build <= host).unwrap_or_default();
    LONG_TERM[own.saturating_sub(1)].max(STABLE)
}

/// The newest long-term release that is older than the host: later releases of Windows 11 so refuse
/// what they can run.
fn newest_long_term_below(host: u32) -> u32 {
    LONG_TERM.iter().rfind(|build| **build < host).map_or(STABLE, |build| (*build).max(STABLE))
}

impl Rule {
    /// Whether a host runs images of that `os.version`. Without one they run everywhere.
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

    /// The image of an index that a host takes, by its `os.version`s in order.
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

/// The build of an `os.version` of Windows 10 and later (upstream's `getWindowsOSVersion`).
fn build(os_version: &str) -> Option<u32> {
    let mut parts = os_version.split('.');
    let mut number = |bits| parse_uint(parts.next()?, 10, bits).ok();
    let (major, minor, build) = (number(8)?, number(8)?, number(16)?);
    if (major, minor) == (10, 0) { u32::try_from(build).ok() } else { None }
}

fn revision(os_version: &str) -> i64 {
    os_version.split('.').nth(3).and_then(|part| atoi(part).ok()).unwrap_or_default()
}

/// What a host does with an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The host.
    pub host: Host,
    /// The image it takes.
    pub takes: Option<usize>,
    /// Engines that take another one, with that.
    pub elsewhere: Vec<(&'static str, Option<usize>)>,
    /// The build whose image is missing, where none fits.
    pub missing: Option<u32>,
}

/// What every host of that architecture does with an index, by its `os.version`s in order.
#[must_use]
pub fn coverage(architecture: &str, os_versions: &[&str]) -> Vec<Coverage> {
    let of_host = |host: Host| {
        let takes = CURRENT.takes(host.build, os_versions);
        let elsewhere = RELEASES.iter().map(|rule| (rule.engines, rule.takes(host.build, os_versions)));
        Coverage {
            host,
            takes,
            elsewhere: elsewhere.filter(|(_, other)| *other != takes).collect(),
            missing: if takes.is_none() { best_for(host.build) } else { None },
        }
    };
    let hosts = HOSTS.into_iter().filter(|host| architecture == "amd64" || host.arm64);
    hosts.map(of_host).collect()
}

/// The newest long-term release whose images a host runs.
fn best_for(host: u32) -> Option<u32> {
    let runs = |build: &&u32| CURRENT.runs(host, &Build(**build).to_string());
    LONG_TERM.iter().rfind(runs).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows of the vectors, split into their fields; `-` stands for no `os.version`.
    fn vectors(containerd: &str) -> Vec<Vec<String>> {
        let path =
            format!("{}/testdata/windows/hosts/containerd-{containerd}.tsv", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    fn version(text: &str) -> &str {
        if text == "-" { "" } else { text }
    }

    /// What containerd's own matcher says, of each of its releases that differ.
    #[test]
    fn as_containerd() {
        for (rule, containerd) in RELEASES.iter().zip(["2.4", "2.3.4", "2.1.5"]) {
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

    /// Docker's classic image store: images up to the host's build, its own first, else as the index has them.
    fn classic(host: u32, os_versions: &[&str]) -> Option<usize> {
        let may = |index: &usize| build(os_versions[*index]).is_none_or(|build| build <= host);
        let fitting: Vec<usize> = (0..os_versions.len()).filter(may).collect();
        let own = fitting.iter().find(|index| build(os_versions[**index]) == Some(host));
        own.or_else(|| fitting.first()).copied()
    }

    proptest! {
        /// With the newest image first, the first that fits is the one that current releases take, and
        /// Docker's classic store where one fits at all and all have a version.
        #[test]
        fn newest_first_is_the_same_everywhere(
            mut builds in prop::collection::vec(prop::sample::select(vec![14393, 17763, 19041, 20348, 25398, 26100, 26200, 28000]), 0..6),
            revision in 0..9999_u32,
            unversioned in any::<bool>(),
            host in prop::sample::select(vec![14393, 17763, 19042, 20348, 22621, 25398, 26100, 26200, 29000]),
        ) {
            builds.sort_unstable();
            builds.dedup();
            let mut texts: Vec<String> = builds.iter().rev().map(|build| format!("10.0.{build}.{revision}")).collect();
            texts.extend(unversioned.then(String::new));
            let list: Vec<&str> = texts.iter().map(String::as_str).collect();
            let first = CURRENT.takes(host, &list);
            prop_assert_eq!(first, RELEASES[0].takes(host, &list));
            if first.is_some() && !unversioned {
                prop_assert_eq!(first, classic(host, &list));
            }
        }
    }

    /// The table of the documentation.
    #[test]
    fn what_hosts_take() {
        let three = ["10.0.26100.2033", "10.0.20348.2762", "10.0.17763.6414"];
        let takes = |list: &[&str]| coverage("amd64", list).iter().map(|c| c.takes).collect::<Vec<_>>();
        let (newest, middle, oldest) = (Some(0), Some(1), Some(2));
        assert_eq!(takes(&three), [oldest, middle, middle, newest, middle, middle, newest, newest]);
        assert_eq!(takes(&[""]), [Some(0); 8]);
        let alone = coverage("amd64", &["10.0.26100.2033"]);
        let missing: Vec<_> = alone.iter().map(|c| c.missing).collect();
        assert_eq!(
            missing,
            [Some(17763), Some(20348), Some(20348), None, Some(20348), Some(20348), None, None]
        );
        let newest = coverage("amd64", &[]);
        assert_eq!(newest.last().unwrap().missing, Some(26100));
        assert_eq!(coverage("arm64", &[]).len(), 5);
    }

    #[test]
    fn older_releases_take_others() {
        let of = |name: &str, list: &[&str]| {
            coverage("amd64", list).into_iter().find(|c| c.host.name == name).unwrap().elsewhere
        };
        let list = ["10.0.26100.2033", "10.0.20348.2762"];
        assert_eq!(of("Windows Server 2025", &list), [(RELEASES[2].engines, Some(1))]);
        assert_eq!(of("Windows Server 2022", &list), []);
        assert_eq!(of("Windows 11 25H2", &["10.0.20348.2762"]), [(RELEASES[1].engines, None)]);
    }
}

//! Which variants are built, and in which order they stand in the index.

use super::ErrorKind;
use super::versions::{self, Version};
use crate::image::Platform;

/// A Windows platform as the client asked for it, its versions folded into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The platform, without a version.
    pub platform: Platform,
    /// Only these versions, as they were written, each build once; none for all.
    pub versions: Option<Vec<String>>,
}

impl Asked {
    /// The builds of the versions.
    #[must_use]
    pub fn builds(&self) -> Option<Vec<u32>> {
        let build = |version: &String| Version::parse(version).map(|version| version.build);
        Some(self.versions.as_ref()?.iter().filter_map(build).collect())
    }
}

/// What can be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The base as written.
    pub base: String,
    /// The `os.version` of the base, empty where it has none.
    pub os_version: String,
}

impl Candidate {
    fn version(&self) -> Option<Version> {
        Version::parse(&self.os_version)
    }

    fn describe(&self) -> String {
        let version = if self.os_version.is_empty() { "without os.version" } else { &self.os_version };
        format!("{} ({version})", self.base)
    }
}

/// A requested platform: one that is not Windows, or all requests for one Windows architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Built as it is.
    One(Platform),
    /// Fans out.
    Windows(Asked),
}

/// Folds the client's list. Clients send the same Windows platform several times, with versions
/// or, where they do not know them, without.
#[must_use]
pub fn fold(platforms: &[Platform]) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    for platform in platforms {
        if platform.os != "windows" {
            // Twice is twice, as with docker/dockerfile.
            requests.push(Request::One(platform.clone()));
            continue;
        }
        let version = Version::parse(&platform.os_version).map(|_| platform.os_version.clone());
        let bare = Platform { os_version: String::new(), os_features: None, ..platform.clone() };
        let known = requests.iter_mut().find_map(|request| match request {
            Request::Windows(asked) if asked.platform == bare => Some(asked),
            _ => None,
        });
        match (known, version) {
            (None, version) => {
                let versions = version.map(|version| vec![version]);
                requests.push(Request::Windows(Asked { platform: bare, versions }));
            }
            (Some(asked), Some(version)) => {
                let build = |version: &str| Version::parse(version).map(|version| version.build);
                let is_new = |known: &&mut Vec<String>| !known.iter().any(|v| build(v) == build(&version));
                if let Some(versions) = asked.versions.as_mut().filter(is_new) {
                    versions.push(version);
                }
            }
            (Some(asked), None) => asked.versions = None,
        }
    }
    requests
}

/// The builds that `FANLIGHT_VERSIONS` names.
///
/// # Errors
///
/// A name nobody knows.
pub fn builds(versions: &str) -> Result<Option<Vec<u32>>, ErrorKind> {
    let mut found = Vec::new();
    for name in versions.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        found.push(versions::build_of(name).ok_or_else(|| ErrorKind::UnknownVersion(name.to_owned()))?);
    }
    Ok((!found.is_empty()).then_some(found))
}

/// Whether builds are asked for, and each of them is there.
#[must_use]
pub fn all_there(candidates: &[Candidate], wanted: &[Option<Vec<u32>>]) -> bool {
    let is_there =
        |build: &u32| candidates.iter().any(|c| c.version().is_some_and(|version| version.build == *build));
    let mut wanted = wanted.iter().flatten().flatten().peekable();
    wanted.peek().is_some() && wanted.all(is_there)
}

/// The candidates to build, newest first.
///
/// # Errors
///
/// A build that is asked for and not there; two candidates with the same build.
pub fn select(candidates: &[Candidate], selections: [Option<&[u32]>; 2]) -> Result<Vec<usize>, ErrorKind> {
    let mut chosen: Vec<usize> = (0..candidates.len()).collect();
    for builds in selections.into_iter().flatten() {
        let build = |index: usize| candidates[index].version().map(|version| version.build);
        if let Some(missing) = builds.iter().find(|asked| !chosen.iter().any(|i| build(*i) == Some(**asked)))
        {
            return Err(ErrorKind::NoMatch {
                asked: format!("10.0.{missing}"),
                found: candidates.iter().map(Candidate::describe).collect::<Vec<_>>().join(", "),
            });
        }
        chosen.retain(|index| build(*index).is_some_and(|build| builds.contains(&build)));
    }
    for (position, index) in chosen.iter().enumerate() {
        let one = &candidates[*index];
        let build = one.version().map(|version| version.build);
        let twin = chosen[..position]
            .iter()
            .map(|other| &candidates[*other])
            .find(|other| other.version().map(|version| version.build) == build);
        if let Some(twin) = twin {
            return Err(ErrorKind::Collision {
                first: twin.base.clone(),
                second: one.base.clone(),
                version: build
                    .map_or_else(|| "without os.version".to_owned(), |build| format!("10.0.{build}")),
            });
        }
    }
    chosen.sort_by_key(|index| std::cmp::Reverse(candidates[*index].version()));
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(versions: &[&str]) -> Vec<Candidate> {
        let candidate = |v: &&str| Candidate { base: format!("base-{v}"), os_version: (*v).to_owned() };
        versions.iter().map(candidate).collect()
    }

    #[test]
    fn newest_builds_come_first_and_bases_without_version_last() {
        let all = candidates(&["10.0.17763.1", "", "10.0.26100.1", "10.0.20348.1"]);
        assert_eq!(select(&all, [None, None]).unwrap(), [2, 3, 0, 1]);
        assert_eq!(select(&all, [Some(&[20348, 17763]), None]).unwrap(), [3, 0]);
        assert_eq!(select(&all, [Some(&[20348, 17763]), Some(&[17763])]).unwrap(), [0]);
    }

    #[test]
    fn builds_that_are_asked_for_are_there_or_not() {
        let all = candidates(&["10.0.17763.1", "", "10.0.26100.1"]);
        assert!(all_there(&all, &[Some(vec![26100]), Some(vec![17763, 26100])]));
        assert!(!all_there(&all, &[Some(vec![26100]), Some(vec![20348])]));
        assert!(!all_there(&all, &[None, None]));
    }

    #[test]
    fn what_is_not_there_is_an_error_that_lists_what_is() {
        let all = candidates(&["10.0.17763.1"]);
        let error = select(&all, [Some(&[20348]), None]).unwrap_err().to_string();
        assert!(
            error.contains("10.0.20348") && error.contains("base-10.0.17763.1 (10.0.17763.1)"),
            "{error}"
        );
        assert!(select(&all, [Some(&[17763]), Some(&[20348])]).is_err());
    }

    #[test]
    fn one_build_twice_is_an_error_that_names_both() {
        let error = select(&candidates(&["10.0.17763.1", "10.0.17763.2"]), [None, None]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("base-10.0.17763.1") && text.contains("base-10.0.17763.2"), "{text}");
    }

    #[test]
    fn requests_fold() {
        let parse = |text: &str| Platform::parse(text).unwrap();
        let bare = parse("windows/amd64");
        let asked = |versions: Option<&[&str]>| {
            let versions = versions.map(|versions| versions.iter().map(|v| (*v).to_owned()).collect());
            Request::Windows(Asked { platform: bare.clone(), versions })
        };
        assert_eq!(fold(&[parse("windows/amd64"), parse("windows/amd64")]), [asked(None)]);
        assert_eq!(
            fold(&[
                parse("windows(10.0.17763)/amd64"),
                parse("linux/arm64"),
                parse("windows(10.0.20348.1)/amd64"),
                parse("windows(10.0.20348.2)/amd64"),
            ]),
            [asked(Some(&["10.0.17763", "10.0.20348.1"])), Request::One(parse("linux/arm64"))]
        );
        assert_eq!(fold(&[parse("windows(10.0.17763)/amd64"), parse("windows/amd64")]), [asked(None)]);
    }

    #[test]
    fn version_names_are_read() {
        assert_eq!(builds("ltsc2022, 26100").unwrap(), Some(vec![20348, 26100]));
        assert_eq!(builds("").unwrap(), None);
        assert!(matches!(builds("ltsc2023"), Err(ErrorKind::UnknownVersion(_))));
    }
}

//! Selects the versions that are built, and their order in the index.

use std::cmp::Reverse;

use super::ErrorKind;
use crate::image::{Build, OsVersion, Platform, Wanted};

/// A Windows platform as the client asked for it, with all requested versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The platform, without a version.
    pub platform: Platform,
    /// Only these versions, each build once; `None` for all.
    pub versions: Option<Vec<Wanted>>,
    /// Features that the base must have, for one build or for all. docker buildx replay asks for the features of an
    /// image.
    pub features: Vec<(Option<Build>, String)>,
}

impl Asked {
    /// Returns every version of `windows/amd64`, for a client that names no platform.
    #[must_use]
    pub fn any() -> Self {
        Self { platform: Platform::new("windows", "amd64"), versions: None, features: Vec::new() }
    }

    /// Returns whether a base has the features that are asked for.
    #[must_use]
    pub fn fits(&self, candidate: &Candidate) -> bool {
        let concerns = |build: &Option<Build>| build.is_none() || *build == candidate.build();
        let asked = self.features.iter().filter(|(build, _)| concerns(build));
        asked.into_iter().all(|(_, feature)| candidate.features.contains(feature))
    }

    /// Returns the platform with one of its versions, as the client wrote it.
    #[must_use]
    pub fn with_version(&self, version: &Wanted) -> Platform {
        Platform { os_version: version.as_str().to_owned(), ..self.platform.clone() }
    }

    /// Returns the version that the client wrote for a build.
    #[must_use]
    pub fn written_for(&self, build: Build) -> Option<&Wanted> {
        self.versions.as_ref()?.iter().find(|version| version.build() == Some(build))
    }
}

/// A requested platform: one that is not Windows, or all requests for one Windows architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A platform that is built as it is.
    One(Platform),
    /// A platform that fans out.
    Windows(Asked),
}

/// Folds the client's list. Clients send the same Windows platform several times, with versions or, if they do not know
/// them, without.
///
/// # Errors
///
/// Returns an error for an unknown version.
pub fn fold(platforms: &[Platform]) -> Result<Vec<Request>, ErrorKind> {
    let mut requests: Vec<Request> = Vec::new();
    for platform in platforms {
        if !platform.is_windows() {
            // A platform that is listed twice is built twice, as with docker/dockerfile.
            requests.push(Request::One(platform.clone()));
            continue;
        }
        let version = version_of(platform)?;
        let bare = platform.without_version();
        let build = version.as_ref().and_then(Wanted::build);
        let features =
            platform.os_features.iter().flatten().map(|feature| (build, feature.clone())).collect();
        let known = requests.iter_mut().find_map(|request| match request {
            Request::Windows(asked) if asked.platform == bare => Some(asked),
            _ => None,
        });
        match (known, version) {
            (None, version) => {
                let versions = version.map(|version| vec![version]);
                requests.push(Request::Windows(Asked { platform: bare, versions, features }));
            }
            (Some(asked), Some(version)) => {
                asked.features.extend(features);
                let is_new = |known: &&mut Vec<Wanted>| !known.iter().any(|v| v.is_same(&version));
                if let Some(versions) = asked.versions.as_mut().filter(is_new) {
                    versions.push(version);
                }
            }
            (Some(asked), None) => {
                asked.features.extend(features);
                asked.versions = None;
            }
        }
    }
    Ok(requests)
}

fn version_of(platform: &Platform) -> Result<Option<Wanted>, ErrorKind> {
    if platform.os_version.is_empty() {
        return Ok(None);
    }
    let version = Wanted::parse(&platform.os_version);
    version.map(Some).ok_or_else(|| ErrorKind::PlatformVersion(Box::new(platform.clone())))
}

/// The versions that a client selects, with `--platform` and with `FANLIGHT_VERSIONS`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'s> {
    /// The versions of `--platform`.
    pub asked: Option<&'s [Wanted]>,
    /// The versions of `FANLIGHT_VERSIONS`, which apply to all architectures.
    pub named: Option<&'s [Wanted]>,
}

impl<'s> Selection<'s> {
    fn lists(self) -> impl Iterator<Item = &'s [Wanted]> {
        [self.asked, self.named].into_iter().flatten()
    }

    /// Returns whether every version is built.
    #[must_use]
    pub fn is_everything(self) -> bool {
        self.asked.is_none() && self.named.is_none()
    }

    /// Returns whether a build is selected.
    #[must_use]
    pub fn has(self, build: Build) -> bool {
        self.lists().all(|list| list.iter().any(|wanted| wanted.build() == Some(build)))
    }

    /// Returns whether a version is in both lists, as far as they are given.
    #[must_use]
    pub fn includes(self, version: &Wanted) -> bool {
        self.lists().all(|list| list.iter().any(|wanted| wanted.is_same(version)))
    }

    /// Returns the selected versions; `None` for all.
    #[must_use]
    pub fn wanted(self) -> Option<Vec<&'s Wanted>> {
        let list = self.lists().next()?;
        Some(list.iter().filter(|wanted| self.includes(wanted)).collect())
    }

    /// Returns whether exactly this revision is selected.
    fn names(self, version: &OsVersion) -> bool {
        self.lists().flatten().any(|wanted| wanted.is_exactly(version))
    }

    /// Returns which of several revisions of one build is taken: the selected one, or else the newest.
    #[must_use]
    pub fn revision(self, versions: &[&OsVersion]) -> usize {
        let named = versions.iter().position(|version| self.names(version));
        let newest = || (0..versions.len()).max_by_key(|index| (versions[*index], Reverse(*index)));
        named.or_else(newest).unwrap_or_default()
    }
}

/// An image that can be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The base image as written.
    pub base: String,
    /// The `os.version` of the base; `None` for a HostProcess base.
    pub version: Option<OsVersion>,
    /// The `os.features` of the base.
    pub features: Vec<String>,
    /// True if the base is an index of several versions.
    pub of_index: bool,
}

impl Candidate {
    fn build(&self) -> Option<Build> {
        self.version.as_ref().map(OsVersion::build)
    }

    /// Describes the base with its version, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        let version = self.version.as_ref().map_or("without os.version", OsVersion::as_str);
        let features = self.features.iter().map(|feature| format!(" with {feature}")).collect::<String>();
        format!("{} ({version}{features})", self.base)
    }

    /// Returns whether the other candidate is another revision in the same index.
    fn is_revision_of(&self, other: &Self) -> bool {
        self.of_index && other.of_index && self.base == other.base && self.version != other.version
    }
}

/// The candidates that are built.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Indexes of the candidates to build, newest first.
    pub order: Vec<usize>,
    /// Revisions of an index that a newer one of the same build replaces.
    pub superseded: Vec<usize>,
    /// Selected versions that were not found.
    pub missing: Vec<Wanted>,
}

impl Chosen {
    /// Returns an error if `FANLIGHT_VERSIONS` names a revision, and the candidate of its build has another one. In
    /// `--platform`, a revision only stands for its build: a builder on Windows may send its own version.
    fn other_revision(&self, candidates: &[Candidate], selection: Selection<'_>) -> Option<ErrorKind> {
        for wanted in selection.named? {
            for candidate in self.order.iter().map(|index| &candidates[*index]) {
                let Some(version) = &candidate.version else { continue };
                if wanted.is_other_revision(version) {
                    let (wanted, found) = (wanted.as_str().to_owned(), candidate.describe());
                    return Some(ErrorKind::OtherRevision { wanted, found, build: version.build() });
                }
            }
        }
        None
    }
}

/// Chooses what is built.
///
/// # Errors
///
/// Returns an error if two candidates have the same build, so that no host could choose between them, or if the client
/// names a revision that no candidate has.
pub fn choose(candidates: &[Candidate], selection: Selection<'_>) -> Result<Chosen, ErrorKind> {
    let mut chosen = Chosen::default();
    let selected = |index: &usize| match candidates[*index].build() {
        Some(build) => selection.has(build),
        None => selection.is_everything(),
    };
    for index in (0..candidates.len()).filter(selected) {
        let twin =
            chosen.order.iter().position(|other| candidates[*other].build() == candidates[index].build());
        let Some(position) = twin else {
            chosen.order.push(index);
            continue;
        };
        let other = chosen.order[position];
        let [first, second] = [other, index].map(|index| &candidates[index]);
        let versions = [first, second].map(|one| one.version.as_ref());
        let [Some(one), Some(two)] = versions else { return Err(collision(first, second)) };
        let named = [one, two].map(|version| selection.names(version));
        if !first.is_revision_of(second) && named[0] == named[1] {
            return Err(collision(first, second));
        }
        let taken = [other, index][selection.revision(&[one, two])];
        chosen.superseded.push(if taken == other { index } else { other });
        chosen.order[position] = taken;
    }
    if let Some(error) = chosen.other_revision(candidates, selection) {
        return Err(error);
    }
    let is_there = |wanted: &&Wanted| {
        wanted.build().is_some() && chosen.order.iter().any(|i| candidates[*i].build() == wanted.build())
    };
    let missing = selection.wanted().unwrap_or_default().into_iter().filter(|wanted| !is_there(wanted));
    chosen.missing = missing.cloned().collect();
    chosen.order.sort_by_key(|index| Reverse(candidates[*index].version.clone()));
    Ok(chosen)
}

fn collision(first: &Candidate, second: &Candidate) -> ErrorKind {
    if first == second && !first.of_index {
        return ErrorKind::SameBase { base: first.describe() };
    }
    ErrorKind::Collision { first: first.describe(), second: second.describe() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(base: &str, version: &str) -> Candidate {
        Candidate {
            base: base.to_owned(),
            version: OsVersion::parse(version),
            features: Vec::new(),
            of_index: false,
        }
    }

    fn candidates(versions: &[&str]) -> Vec<Candidate> {
        versions.iter().map(|version| candidate(&format!("base-{version}"), version)).collect()
    }

    fn index(versions: &[&str]) -> Vec<Candidate> {
        versions.iter().map(|version| Candidate { of_index: true, ..candidate("golang", version) }).collect()
    }

    fn wanted(versions: &[&str]) -> Vec<Wanted> {
        versions.iter().map(|version| Wanted::parse(version).unwrap()).collect()
    }

    fn order(candidates: &[Candidate], asked: &[&str], named: &[&str]) -> Result<Chosen, ErrorKind> {
        let lists = [asked, named].map(wanted);
        let [asked, named] = lists.each_ref().map(|list| (!list.is_empty()).then_some(list.as_slice()));
        choose(candidates, Selection { asked, named })
    }

    #[test]
    fn newest_builds_come_first_and_bases_without_version_last() {
        let all = candidates(&["10.0.17763.1", "", "10.0.26100.1", "10.0.20348.1"]);
        assert_eq!(order(&all, &[], &[]).unwrap().order, [2, 3, 0, 1]);
        assert_eq!(order(&all, &["ltsc2022", "17763"], &[]).unwrap().order, [3, 0]);
        assert_eq!(order(&all, &["20348", "17763"], &["1809"]).unwrap().order, [0]);
    }

    #[test]
    fn what_is_selected_and_not_there_is_missing() {
        let all = candidates(&["10.0.17763.1"]);
        assert_eq!(order(&all, &["20348"], &[]).unwrap().missing, wanted(&["20348"]));
        assert_eq!(order(&all, &[], &["ltsc2019", "ltsc2025"]).unwrap().missing, wanted(&["ltsc2025"]));
        assert_eq!(order(&all, &["17763"], &["ltsc2019"]).unwrap().missing, []);
    }

    #[test]
    fn one_build_twice_is_an_error_that_names_both() {
        for versions in
            [["10.0.17763.1", "10.0.17763.2"], ["10.0.20348.9999999999999999999", "10.0.20348.2"], ["", ""]]
        {
            let text = order(&candidates(&versions), &[], &[]).unwrap_err().to_string();
            for version in versions {
                assert!(text.contains(&format!("base-{version} (")), "{text}");
            }
        }
    }

    #[test]
    fn one_base_for_several_elements_is_an_error_that_names_the_list() {
        let twice = [candidate("base", "10.0.17763.1"), candidate("base", "10.0.17763.1")];
        let text = order(&twice, &[], &[]).unwrap_err().to_string();
        assert!(
            text.contains("base (10.0.17763.1)") && text.contains("if the list is in another FROM"),
            "{text}"
        );
    }

    #[test]
    fn a_revision_that_is_named_is_taken() {
        let all = candidates(&["10.0.17763.1", "10.0.17763.2"]);
        let chosen = order(&all, &[], &["10.0.17763.1"]).unwrap();
        assert_eq!((chosen.order, chosen.superseded), (vec![0], vec![1]));
        assert!(order(&all, &[], &["10.0.17763"]).is_err());
        // A revision that no base has is an error, except in --platform.
        let text = order(&all[..1], &[], &["10.0.17763.9"]).unwrap_err().to_string();
        assert!(
            text.contains("no base is 10.0.17763.9; available: base-10.0.17763.1 (10.0.17763.1)"),
            "{text}"
        );
        assert_eq!(order(&all[..1], &["10.0.17763.9"], &[]).unwrap().order, [0]);
        assert_eq!(order(&all[..1], &[], &["10.0.17763"]).unwrap().order, [0]);
    }

    #[test]
    fn the_newest_revision_of_an_index_is_taken() {
        let all = index(&["10.0.20348.2700", "10.0.26100.1", "10.0.20348.2762", "10.0.20348.887"]);
        let chosen = order(&all, &[], &[]).unwrap();
        assert_eq!((chosen.order, chosen.superseded), (vec![1, 2], vec![0, 3]));
        assert_eq!(order(&all, &[], &["10.0.20348.2700"]).unwrap().order, [0]);
    }

    #[test]
    fn one_version_with_other_features_is_an_error() {
        let mut all = index(&["10.0.20348.1", "10.0.20348.1"]);
        all[1].features = vec!["win32k".to_owned()];
        let text = order(&all, &[], &[]).unwrap_err().to_string();
        assert!(text.contains("golang (10.0.20348.1) and golang (10.0.20348.1 with win32k)"), "{text}");
    }

    #[test]
    fn requests_fold() {
        let parse = |text: &str| Platform::parse(text).unwrap();
        let bare = parse("windows/amd64");
        let asked = |versions: Option<&[&str]>| {
            Request::Windows(Asked {
                platform: bare.clone(),
                versions: versions.map(wanted),
                features: Vec::new(),
            })
        };
        let folded = |platforms: &[Platform]| fold(platforms).unwrap();
        assert_eq!(folded(&[parse("windows/amd64"), parse("windows/amd64")]), [asked(None)]);
        assert_eq!(
            folded(&[
                parse("windows(10.0.17763)/amd64"),
                parse("linux/arm64"),
                parse("windows(ltsc2022)/amd64"),
                parse("windows(10.0.20348.2)/amd64"),
            ]),
            [asked(Some(&["10.0.17763", "ltsc2022"])), Request::One(parse("linux/arm64"))]
        );
        assert_eq!(folded(&[parse("windows(10.0.17763)/amd64"), parse("windows/amd64")]), [asked(None)]);
        for text in ["windows(nonsense)/amd64", "windows(2025)/amd64", "windows(ltsc25)/amd64"] {
            assert!(fold(&[parse(text)]).is_err(), "{text}");
        }
    }

    #[test]
    fn features_that_are_asked_for_have_to_be_there() {
        let platforms = ["windows(10.0.20348+win32k)/amd64", "windows(10.0.26100)/amd64"];
        let folded = fold(&platforms.map(|text| Platform::parse(text).unwrap())).unwrap();
        let [Request::Windows(asked)] = folded.as_slice() else { panic!("{folded:?}") };
        let mut base = candidate("base", "10.0.20348.1");
        assert!(!asked.fits(&base));
        base.features = vec!["win32k".to_owned()];
        assert!(asked.fits(&base));
        assert!(asked.fits(&candidate("base", "10.0.26100.1")));
    }
}

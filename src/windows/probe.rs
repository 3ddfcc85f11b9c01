//! Finds the versions in an index by asking the engine for each.
//!
//! An engine that selects by `os.version` takes the first entry of the index that a host of that version could run. A
//! host older than Windows Server 2022 runs only its own build, and 2022 runs nothing older, so for these the answer is
//! exact. Windows Server 2025 and later long-term releases also run images of the release before, so such an image
//! hides what comes after it in the index. Engines do not agree on what a host just newer than such a release runs
//! (containerd's platform matcher has had both rules). With engines where it runs nothing older than that release,
//! asking for such a host is exact again; with the others, the answer shows that the release may be hidden.

use super::index::Entry;
use super::select::Selection;
use crate::image::release::{STABLE, long_term};
use crate::image::{Build, OsVersion, Wanted};

/// A version that no image has: an engine that finds one ignores versions.
const NO_VERSION: &str = "10.0.1";
/// The version that finds releases newer than the known ones.
const ANY_NEWER_VERSION: &str = "10.0.65535";

/// A question to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The `os.version` to ask for.
    pub os_version: String,
    /// The build to find; `None` if any answer is useful.
    build: Option<Build>,
}

/// The image that an engine answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its `os.version`.
    pub os_version: String,
    /// Its `os.features`.
    pub features: Vec<String>,
}

/// The result of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The versions that were found.
    pub entries: Vec<Entry>,
    /// A release that may exist, hidden behind another entry.
    pub hidden: Option<Hidden>,
}

/// A release that may be hidden behind another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The release.
    pub build: Build,
    /// The `os.version` of the entry before it.
    pub behind: String,
}

/// Returns whether an engine may answer with an older release although an index has this one.
fn can_be_hidden(build: Build) -> bool {
    build.0 > STABLE && long_term().any(|known| known == build.0)
}

/// Returns the `os.version` to ask for to find a build. For a build that can be hidden it is just newer, see above.
#[must_use]
pub fn version_to_ask(build: Build) -> String {
    let asked = if can_be_hidden(build) { Build(build.0 + 1) } else { build };
    asked.to_string()
}

/// Returns all questions for the selected versions.
#[must_use]
pub fn questions(selection: Selection<'_>) -> Vec<Question> {
    let builds = match selection.wanted() {
        Some(wanted) => wanted.into_iter().filter_map(Wanted::build).collect(),
        None => Build::known(),
    };
    let known =
        builds.into_iter().map(|build| Question { os_version: version_to_ask(build), build: Some(build) });
    let any = |os_version: &str| Question { os_version: os_version.to_owned(), build: None };
    let newer = selection.is_everything().then(|| any(ANY_NEWER_VERSION));
    std::iter::once(any(NO_VERSION)).chain(newer).chain(known).collect()
}

/// Returns the versions in the index, from the answers to all questions; an answer is `None` if the index lists no
/// image for the version. Returns `None` if the engine takes the first entry for any version.
#[must_use]
pub fn found(answers: &[(Question, Option<Answer>)]) -> Option<Found> {
    let mut found: Vec<Entry> = Vec::new();
    let newest = long_term().next_back().unwrap_or(STABLE);
    let mut hidden = None;
    for (question, answer) in answers {
        let Some(answer) = answer else { continue };
        if question.os_version == NO_VERSION {
            return None;
        }
        let Some(version) = OsVersion::parse(&answer.os_version) else { continue };
        let build = version.build();
        if let Some(asked) = question.build.filter(|asked| *asked != build) {
            if can_be_hidden(asked) {
                hidden.get_or_insert_with(|| Hidden { build: asked, behind: answer.os_version.clone() });
            }
            continue;
        }
        let is_known = |entry: &Entry| entry.version.as_ref().map(OsVersion::build) == Some(build);
        // The newest host may get any of the releases.
        let is_newer = question.build.is_some() || build.0 > newest;
        if is_newer && !found.iter().any(is_known) {
            found.push(Entry {
                digest: String::new(),
                version: Some(version),
                features: answer.features.clone(),
                found_by: question.os_version.clone(),
                is_certain: true,
            });
        }
    }
    Some(Found { entries: found, hidden })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulates an engine on which hosts newer than 2025 run nothing older than `floor`.
    fn answer(host: u32, index: &[u32], floor: u32) -> Option<u32> {
        let from = if host > NEWEST { floor } else { 20348 };
        let fits = |build: &&u32| {
            if host < 20348 { **build == host } else { (from..=host).contains(*build) }
        };
        index.iter().find(fits).copied()
    }

    fn build(os_version: &str) -> u32 {
        OsVersion::parse(os_version).unwrap().build().0
    }

    fn with_version(os_version: &str) -> Answer {
        Answer { os_version: os_version.to_owned(), features: Vec::new() }
    }

    /// The newest release that the simulated engine and these tests know. With a later long-term release in the table,
    /// [`found`] reports that it may be hidden behind this one, see CONTRIBUTING.md.
    const NEWEST: u32 = 26100;

    fn probe(index: &[u32], floor: u32) -> (Vec<u32>, Option<Hidden>) {
        let ask = |question: Question| {
            let answer = answer(build(&question.os_version), index, floor);
            (question, answer.map(|build| with_version(&format!("10.0.{build}.7"))))
        };
        let is_known = |question: &Question| question.build.is_none_or(|build| build.0 <= NEWEST);
        let answers: Vec<_> = questions(Selection::default()).into_iter().filter(is_known).map(ask).collect();
        let found = found(&answers).unwrap();
        let mut builds: Vec<u32> = found
            .entries
            .iter()
            .map(|entry| {
                // Pinning by the question selects that entry again.
                let found = entry.version.as_ref().unwrap().build().0;
                assert_eq!(answer(build(&entry.found_by), index, floor), Some(found));
                found
            })
            .collect();
        builds.sort_unstable_by(|a, b| b.cmp(a));
        (builds, found.hidden)
    }

    #[test]
    fn every_order_is_seen_through() {
        for index in [[26100, 20348, 17763], [17763, 20348, 26100], [20348, 26100, 17763]] {
            assert_eq!(probe(&index, 26100), (vec![26100, 20348, 17763], None), "{index:?}");
        }
        assert_eq!(probe(&[17763], 26100), (vec![17763], None));
        assert_eq!(probe(&[40100, 26100], 26100), (vec![40100, 26100], None));
    }

    #[test]
    fn some_engines_hide_the_newest_behind_another() {
        assert_eq!(probe(&[26100, 20348, 17763], 20348), (vec![26100, 20348, 17763], None));
        let hidden = Hidden { build: Build(26100), behind: "10.0.20348.7".to_owned() };
        assert_eq!(probe(&[20348, 26100], 20348), (vec![20348], Some(hidden)));
        // Nothing comes before it that could hide it.
        assert_eq!(probe(&[17763, 26100], 20348), (vec![26100, 17763], None));
    }

    #[test]
    fn an_engine_that_does_not_select_is_found_out() {
        let same = |question| (question, Some(with_version("10.0.20348.7")));
        let answers: Vec<_> = questions(Selection::default()).into_iter().map(same).collect();
        assert_eq!(found(&answers), None);
    }

    #[test]
    fn only_what_is_selected_is_asked_for() {
        let wanted = [Wanted::parse("ltsc2022").unwrap(), Wanted::parse("10.0.26100.7").unwrap()];
        let asked = questions(Selection { named: Some(&wanted), ..Selection::default() });
        let versions: Vec<&str> = asked.iter().map(|question| question.os_version.as_str()).collect();
        assert_eq!(versions, [NO_VERSION, "10.0.20348", "10.0.26101"]);
    }
}

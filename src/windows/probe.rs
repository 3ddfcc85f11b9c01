//! Asking an index for its versions, one by one.
//!
//! An engine that selects by `os.version` takes the first entry of the index that a host of that
//! version could run. A host older than Windows Server 2022 runs its own build alone, and 2022 runs
//! nothing older, so there the answer is exact. Windows Server 2025 runs images of 2022 as well, so
//! one of those hides what stands after it. What a host just newer than 2025 runs, engines do not
//! agree on (containerd's platform matcher has had both): with those that take it to run nothing
//! older than 2025, asking that way is exact again; with the others, the answer shows that 2025 may
//! be hidden.

use super::index::Entry;
use super::versions::{Version, known_builds};

/// Windows Server 2025.
const NEWEST_LTSC: u32 = 26100;
/// A version that no image has: an engine that finds one does not look at versions.
const NO_VERSION: &str = "10.0.1";
/// What newer releases than the known ones are found with.
const NEWEST: &str = "10.0.65535";

/// What an engine is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The `os.version`.
    pub os_version: String,
    /// The build that is looked for; none where any answer tells something.
    build: Option<u32>,
}

/// What the answers tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The versions that are there.
    pub entries: Vec<Entry>,
    /// The `os.version` of an entry that may hide Windows Server 2025.
    pub hiding: Option<String>,
}

/// Everything to ask.
#[must_use]
pub fn questions() -> Vec<Question> {
    let known = known_builds().into_iter().map(|build| {
        // Just newer than that, see above.
        let asked = if build == NEWEST_LTSC { build + 1 } else { build };
        Question { os_version: format!("10.0.{asked}"), build: Some(build) }
    });
    let any = |os_version: &str| Question { os_version: os_version.to_owned(), build: None };
    [any(NO_VERSION), any(NEWEST)].into_iter().chain(known).collect()
}

/// What is in the index, by the `os.version` each question was answered with. None if the engine
/// takes the first entry whatever it is asked for.
#[must_use]
pub fn found(answers: &[(Question, Option<String>)]) -> Option<Found> {
    let mut found: Vec<Entry> = Vec::new();
    let mut hiding = None;
    for (question, os_version) in answers {
        let Some(os_version) = os_version else { continue };
        if question.os_version == NO_VERSION {
            return None;
        }
        let Some(version) = Version::parse(os_version) else { continue };
        if let Some(build) = question.build.filter(|build| *build != version.build) {
            if build == NEWEST_LTSC {
                hiding = Some(os_version.clone());
            }
            continue;
        }
        let build_of = |entry: &Entry| Version::parse(&entry.os_version).map(|version| version.build);
        // The newest host may get any of the releases.
        let newer = question.build.is_some() || version.build > NEWEST_LTSC;
        if newer && !found.iter().any(|entry| build_of(entry) == Some(version.build)) {
            found.push(Entry {
                digest: String::new(),
                os_version: os_version.clone(),
                asked: question.os_version.clone(),
            });
        }
    }
    Some(Found { entries: found, hiding })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine whose hosts newer than 2025 run nothing older than `floor`.
    fn answer(host: u32, index: &[u32], floor: u32) -> Option<u32> {
        let from = if host > 26100 { floor } else { 20348 };
        let fits = |build: &&u32| {
            if host < 20348 { **build == host } else { (from..=host).contains(*build) }
        };
        index.iter().find(fits).copied()
    }

    fn probe(index: &[u32], floor: u32) -> (Vec<u32>, Option<String>) {
        let ask = |question: Question| {
            let host = Version::parse(&question.os_version).unwrap().build;
            let answer = answer(host, index, floor).map(|build| format!("10.0.{build}.7"));
            (question, answer)
        };
        let answers: Vec<_> = questions().into_iter().map(ask).collect();
        let found = found(&answers).unwrap();
        let mut builds: Vec<u32> = found
            .entries
            .iter()
            .map(|entry| {
                // What is pinned by the question selects that entry again.
                let host = Version::parse(&entry.asked).unwrap().build;
                let build = Version::parse(&entry.os_version).unwrap().build;
                assert_eq!(answer(host, index, floor), Some(build));
                build
            })
            .collect();
        builds.sort_unstable_by(|a, b| b.cmp(a));
        (builds, found.hiding)
    }

    #[test]
    fn every_order_is_seen_through() {
        for index in [[26100, 20348, 17763], [17763, 20348, 26100], [20348, 26100, 17763]] {
            assert_eq!(probe(&index, 26100), (vec![26100, 20348, 17763], None), "{index:?}");
        }
        assert_eq!(probe(&[17763], 26100), (vec![17763], None));
        assert_eq!(probe(&[27890, 26100], 26100), (vec![27890, 26100], None));
    }

    #[test]
    fn some_engines_hide_the_newest_behind_another() {
        assert_eq!(probe(&[26100, 20348, 17763], 20348), (vec![26100, 20348, 17763], None));
        let hiding = Some("10.0.20348.7".to_owned());
        assert_eq!(probe(&[20348, 26100], 20348), (vec![20348], hiding));
        // Nothing stands before it that could hide it.
        assert_eq!(probe(&[17763, 26100], 20348), (vec![26100, 17763], None));
    }

    #[test]
    fn an_engine_that_does_not_select_is_found_out() {
        let answers: Vec<_> =
            questions().into_iter().map(|question| (question, Some("10.0.20348.7".to_owned()))).collect();
        assert_eq!(found(&answers), None);
    }
}

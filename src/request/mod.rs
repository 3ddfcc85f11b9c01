//! Requests other than a build, and their answers.
//!
//! Mirrors moby/buildkit's `frontend/subrequests` and `dockerui/requests.go`. An answer has no files: it is
//! metadata, as JSON for programs and as text for people.

mod convert_llb;
pub mod describe;
mod excerpt;
#[cfg(test)]
mod golden;
mod json;
mod lint;
mod message;
mod outline;
pub mod plan;
mod table;
mod targets;

pub use convert_llb::convert_llb;
pub use describe::{Definition, describe};
pub use lint::lint;
pub use outline::outline;
pub use targets::targets;

use crate::collect;
use crate::gateway::BuildResult;
use crate::proto::pb;
use crate::span::Range;

/// Keys of an answer's metadata.
const RESULT_JSON: &str = "result.json";
const RESULT_TEXT: &str = "result.txt";
const RESULT_STATUS: &str = "result.statuscode";
const VERSION: &str = "version";

/// A request other than a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The available requests: [`describe()`].
    Describe,
    /// The arguments, secrets and SSH sockets of a target: [`outline()`].
    Outline,
    /// The stages: [`targets()`].
    Targets,
    /// The violations of the checks: [`lint()`].
    Lint,
    /// The operations: [`convert_llb()`].
    ConvertLlb,
    /// What a build would produce: [`plan::plan`].
    Plan,
}

impl Kind {
    /// Returns the request with that ID; `None` if it is unknown, for which
    /// [`Error::unsupported_subrequest`](crate::gateway::Error::unsupported_subrequest) is the answer.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let all = [Self::Describe, Self::Outline, Self::Targets, Self::Lint, Self::ConvertLlb, Self::Plan];
        all.into_iter().find(|kind| kind.definition().name == id)
    }

    /// Returns the name, version and options.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::Describe => &describe::DESCRIBE,
            Self::Outline => &describe::OUTLINE,
            Self::Targets => &describe::TARGETS,
            Self::Lint => &describe::LINT,
            Self::ConvertLlb => &describe::CONVERT_LLB,
            Self::Plan => &describe::PLAN,
        }
    }
}

/// Creates an answer with these texts and the version of the request.
fn answer<const N: usize>(definition: &Definition, texts: [(&str, Vec<u8>); N]) -> BuildResult {
    let mut metadata = collect::map(texts.map(|(key, text)| (key.to_owned(), text)));
    metadata.insert(VERSION.to_owned(), definition.version.as_bytes().to_vec());
    BuildResult { metadata, ..BuildResult::default() }
}

/// Returns a location in the only source of an answer; `None` if it is not known (upstream's
/// `toSourceLocation`).
fn location(ranges: &[Range]) -> Option<pb::Location> {
    let ranges: Vec<pb::Range> = ranges.iter().map(|range| (*range).into()).collect();
    (!ranges.is_empty()).then_some(pb::Location { source_index: 0, ranges })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_by_name() {
        assert_eq!(Kind::parse("frontend.lint"), Some(Kind::Lint));
        assert_eq!(Kind::parse("frontend.convertllb").map(Kind::definition), Some(&describe::CONVERT_LLB));
        assert_eq!(Kind::parse("frontend.Lint"), None);
    }
}

//! The available requests, and the answer that lists them.
//!
//! Mirrors `frontend/subrequests/describe.go` and the definitions beside it in moby/buildkit.

use super::json::{Item, Json, Style};
use super::table::Table;
use super::{RESULT_JSON, RESULT_STATUS, RESULT_TEXT};
use crate::gateway::BuildResult;

/// A request other than a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The ID with which a client requests it.
    pub name: &'static str,
    /// The version of the answer.
    pub version: &'static str,
    /// The purpose of the request.
    pub description: &'static str,
    /// The options that the request reads, each with its description.
    pub options: &'static [(&'static str, &'static str)],
    /// The keys of the answer's metadata.
    pub metadata: &'static [&'static str],
}

/// `frontend.outline`.
pub const OUTLINE: Definition = Definition {
    name: "frontend.outline",
    version: "1.0.0",
    description: "List all parameters current build target supports",
    options: &[("target", "Target build stage")],
    metadata: &[RESULT_JSON, RESULT_TEXT],
};

/// `frontend.targets`.
pub const TARGETS: Definition = Definition {
    name: "frontend.targets",
    version: "1.0.0",
    description: "List all targets current build supports",
    options: &[],
    metadata: &[RESULT_JSON, RESULT_TEXT],
};

/// `frontend.lint`.
pub const LINT: Definition = Definition {
    name: "frontend.lint",
    version: "1.0.0",
    description: "Lint a Dockerfile",
    options: &[],
    metadata: &[RESULT_JSON, RESULT_TEXT, RESULT_STATUS],
};

/// `frontend.convertllb`.
pub const CONVERT_LLB: Definition = Definition {
    name: "frontend.convertllb",
    version: "0.1.0",
    description: "Convert Dockerfile to LLB",
    options: &[],
    metadata: &[RESULT_JSON],
};

/// `frontend.plan`, which docker/dockerfile does not have.
pub const PLAN: Definition = Definition {
    name: "frontend.plan",
    version: "1.0.0",
    description: "Show what a build would do, for every image and every Windows host",
    options: &[("target", "Target build stage"), ("platform", "Target platforms")],
    metadata: &[RESULT_JSON, RESULT_TEXT],
};

/// `frontend.subrequests.describe`.
pub const DESCRIBE: Definition = Definition {
    name: "frontend.subrequests.describe",
    version: "1.0.0",
    description: "List available subrequest types",
    options: &[],
    metadata: &[RESULT_JSON, RESULT_TEXT],
};

/// The requests that [`describe`] lists: like docker/dockerfile, not all that are answered, and last the one
/// that docker/dockerfile does not have.
const LISTED: [Definition; 4] = [OUTLINE, TARGETS, DESCRIBE, PLAN];

/// Answers `frontend.subrequests.describe`.
#[must_use]
pub fn describe() -> BuildResult {
    list(&LISTED)
}

fn list(requests: &[Definition]) -> BuildResult {
    let text = Json::text(Style::Go, |json| json.array(requests));
    let mut table = Table::new(1);
    table.push("NAME\tVERSION\tDESCRIPTION\n");
    for Definition { name, version, description, .. } in requests {
        let name = name.strip_prefix("frontend.").unwrap_or(name);
        table.push(&format!("{name}\t{version}\t{description}\n"));
    }
    super::answer(&DESCRIBE, [(RESULT_JSON, text.into_bytes()), (RESULT_TEXT, table.to_text().into_bytes())])
}

/// A name and a description, written as an object.
struct Named(&'static str, &'static str);

impl Item for Named {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("name", &self.0.to_owned());
            json.item("description", &self.1.to_owned());
        });
    }
}

impl Item for Definition {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("name", &self.name.to_owned());
            json.item("version", &self.version.to_owned());
            json.item("type", &"rpc".to_owned());
            json.item("description", &self.description.to_owned());
            let options: Vec<Named> = self.options.iter().map(|(name, what)| Named(name, what)).collect();
            json.name("opts");
            // Go distinguishes an unset list from an empty one.
            if options.is_empty() && self.name == DESCRIBE.name {
                json.raw("null");
            } else {
                json.array(&options);
            }
            json.name("inputs");
            json.raw("null");
            let metadata: Vec<Named> = self.metadata.iter().map(|name| Named(name, "")).collect();
            json.name("metadata");
            json.array(&metadata);
            json.name("refs");
            json.raw("null");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::Vector;
    use super::*;

    #[test]
    fn as_upstream() {
        let upstream = LISTED.into_iter().filter(|request| *request != PLAN);
        Vector::read("describe", "describe").check(&list(&upstream.collect::<Vec<_>>()));
    }

    #[test]
    fn the_plan_is_listed() {
        let text = String::from_utf8(describe().metadata[RESULT_TEXT].clone()).unwrap();
        assert!(text.lines().last().unwrap().starts_with("plan                 1.0.0   Show"), "{text}");
    }
}

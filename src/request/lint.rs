//! The findings of the checks in a Dockerfile, and the error that prevents its build.
//!
//! Mirrors `frontend/subrequests/lint` of moby/buildkit, and `DockerfileLint` of `dockerfile2llb`.

use super::describe::LINT;
use super::excerpt::excerpt;
use super::json::{Item, Json, Style};
use super::{RESULT_JSON, RESULT_STATUS, RESULT_TEXT};
use crate::collect;
use crate::gateway::{BuildResult, Error};
use crate::go::sort::sort_by;
use crate::lint::Warning;
use crate::llb::SourceMap;
use crate::proto::pb;
use crate::span::Range;

/// The error that prevents the build of a Dockerfile under check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFailure {
    /// The message.
    pub message: String,
    /// The locations of the error (as in [`Located`](crate::span::Located)).
    pub locations: Vec<Vec<Range>>,
}

impl From<Error> for BuildFailure {
    fn from(error: Error) -> Self {
        Self { message: error.to_string(), locations: error.locations() }
    }
}

/// Answers `frontend.lint`: every warning with its location, in the order of discovery, and the error that
/// prevents the build of `file`. The status is 1 if there is a warning or an error.
#[must_use]
pub fn lint(file: &SourceMap, warnings: &[Warning], failure: Option<&BuildFailure>) -> BuildResult {
    let json = Json::text(Style::Go, |json| {
        json.object(|json| {
            json.name("warnings");
            if warnings.is_empty() {
                json.raw("null");
            } else {
                json.array(warnings);
            }
            json.name("sources");
            json.array(&[file.to_pb()]);
            if let Some(failure) = failure {
                json.item("buildError", failure);
            }
        });
    });
    let status = if warnings.is_empty() && failure.is_none() { "0" } else { "1" };
    let texts = [
        (RESULT_JSON, json.into_bytes()),
        (RESULT_TEXT, text(file, warnings)),
        (RESULT_STATUS, status.into()),
    ];
    super::answer(&LINT, texts)
}

/// Returns the warnings by line, each with an excerpt. The build failure is not included.
fn text(file: &SourceMap, warnings: &[Warning]) -> Vec<u8> {
    let mut sorted: Vec<&Warning> = warnings.iter().collect();
    sort_by(&mut sorted, |a, b| match (a.location.first(), b.location.first()) {
        (None, None) => a.rule.name < b.rule.name,
        (None, Some(_)) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => a.start.line < b.start.line,
    });
    let mut out = Vec::new();
    let lines: Vec<&[u8]> = file.data.split(|byte| *byte == b'\n').collect();
    for Warning { rule, message, location } in sorted {
        out.extend_from_slice(format!("\nWARNING: {}", rule.name).as_bytes());
        if !rule.url.is_empty() {
            out.extend_from_slice(format!(" - {}", rule.url).as_bytes());
        }
        out.extend_from_slice(format!("\n{message}\n").as_bytes());
        excerpt(&mut out, &file.filename, &lines, location);
    }
    out
}

impl Item for Warning {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("ruleName", &self.rule.name.to_owned());
            json.field("description", &self.rule.description.to_owned());
            json.field("url", &self.rule.url.to_owned());
            json.field("detail", &self.message);
            json.item("location", &place(&self.location));
        });
    }
}

impl Item for BuildFailure {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("message", &self.message);
            json.item("location", &place(&merged(&self.locations)));
        });
    }
}

fn place(ranges: &[Range]) -> pb::Location {
    pb::Location { source_index: 0, ranges: ranges.iter().map(|range| (*range).into()).collect() }
}

/// Merges all locations into ranges that do not overlap (upstream's `mergeLocations`).
fn merged(locations: &[Vec<Range>]) -> Vec<Range> {
    let ranges = collect::by_key(locations.concat(), |range| range.start.line);
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start.line <= last.end.line => {
                last.end.line = last.end.line.max(range.end.line);
            }
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::super::golden::{Vector, ranges, text};
    use super::*;
    use crate::image::Platform;
    use crate::lint::rule::RULES;
    use crate::llb::{Image, Marshaler, Metadata, ResolveMode};

    /// Compares the answer for warnings that upstream finds with upstream's format and order.
    #[test]
    fn as_upstream() {
        for name in ["many", "crlf", "outline", "fails"] {
            let vector = Vector::read("lint", name);
            let warnings: Vec<Warning> = vector.list("warnings", |warning| Warning {
                rule: RULES.iter().find(|rule| rule.name == warning["ruleName"]).unwrap(),
                message: text(&warning["detail"]),
                location: ranges(&warning["location"]),
            });
            let failure = vector.json.get("buildError").map(|error| BuildFailure {
                message: text(&error["message"]),
                locations: vec![ranges(&error["location"])],
            });
            let platform = Platform::new("linux", "amd64");
            let source = Image {
                reference: "docker.io/library/file:latest".into(),
                platform: Some(platform.clone()),
                resolve_mode: ResolveMode::Default,
            };
            let file = SourceMap {
                filename: "Dockerfile".into(),
                language: "Dockerfile".into(),
                data: vector.dockerfile.clone(),
                definition: Some(Marshaler::new(platform, true).marshal(&source.state(Metadata::default()))),
            };
            let answer = lint(&file, &warnings, failure.as_ref());
            vector.check(&answer);
            let clean = warnings.is_empty() && failure.is_none();
            assert_eq!(answer.metadata["result.statuscode"], if clean { b"0" } else { b"1" });
        }
    }

    #[test]
    fn places_are_merged() {
        let lines = |list: &[(u32, u32)]| list.iter().map(|(a, b)| Range::lines(*a, *b)).collect::<Vec<_>>();
        let merged = merged(&[lines(&[(7, 8)]), lines(&[(1, 3), (2, 2)]), lines(&[(3, 5), (10, 10)])]);
        assert_eq!(merged, lines(&[(1, 5), (7, 8), (10, 10)]));
    }
}

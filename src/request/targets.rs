//! The stages of a Dockerfile.
//!
//! Mirrors `frontend/subrequests/targets` of moby/buildkit, and `ListTargets` of `dockerfile2llb`.

use super::describe::TARGETS;
use super::json::{Item, Json, Style};
use super::table::Table;
use super::{RESULT_JSON, RESULT_TEXT, location};
use crate::gateway::BuildResult;
use crate::instruction::Stage;

/// Answers `frontend.targets`: name, description, base and platform of every stage, as written. `default` is
/// the number of the stage that is built if none is named, `source` the text of the Dockerfile.
#[must_use]
pub fn targets(stages: &[Stage], default: Option<usize>, source: &[u8]) -> BuildResult {
    let targets: Vec<Target<'_>> = stages
        .iter()
        .enumerate()
        .map(|(number, stage)| Target { stage, is_default: Some(number) == default })
        .collect();
    let text = Json::text(Style::Go, |json| {
        json.object(|json| {
            json.name("targets");
            if targets.is_empty() {
                json.raw("null");
            } else {
                json.array(&targets);
            }
            json.name("sources");
            json.array(&[source.to_vec()]);
        });
    });
    let mut table = Table::new(1);
    table.push("TARGET\tDESCRIPTION\n");
    for Target { stage, is_default } in targets {
        let name = match (stage.name.as_str(), is_default) {
            ("", true) => "(default)".to_owned(),
            (name, true) => format!("{name} (default)"),
            (name, false) => name.to_owned(),
        };
        table.push(&format!("{name}\t{}\n", stage.doc_comment));
    }
    super::answer(&TARGETS, [(RESULT_JSON, text.into_bytes()), (RESULT_TEXT, table.to_text().into_bytes())])
}

/// A stage that can be built.
struct Target<'s> {
    stage: &'s Stage,
    /// It is built if no other stage is requested.
    is_default: bool,
}

impl Item for Target<'_> {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.field("name", &self.stage.name);
            json.field("default", &self.is_default);
            json.field("description", &self.stage.doc_comment);
            json.field("base", &self.stage.base);
            json.field("platform", &self.stage.platform);
            json.field("location", &location(&self.stage.location));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::Vector;
    use super::*;
    use crate::{instruction, syntax};

    #[test]
    fn as_upstream() {
        for name in ["outline", "tabs", "crlf", "onlyargs"] {
            let vector = Vector::read("targets", name);
            let tree = syntax::parse(&vector.dockerfile).unwrap();
            let dockerfile = instruction::parse(&tree, None).unwrap();
            let last = dockerfile.stages.len().checked_sub(1);
            vector.check(&targets(&dockerfile.stages, last, &vector.dockerfile));
        }
    }
}

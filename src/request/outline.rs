//! The inputs that a target accepts: arguments, secrets, SSH sockets.
//!
//! Mirrors `frontend/subrequests/outline` of moby/buildkit, and `outline.go` of `dockerfile2llb`.

use std::collections::{BTreeMap, BTreeSet};

use super::describe::OUTLINE;
use super::json::{Item, Json, Style};
use super::table::Table;
use super::{RESULT_JSON, RESULT_TEXT, location};
use crate::collect;
use crate::collect::ByName;
use crate::convert::{Converted, SecretInfo, StageState};
use crate::gateway::BuildResult;
use crate::plan::{ArgInfo, Plan};
use crate::span::first_line;

/// Answers `frontend.outline` for a converted target. `source` is the text of the Dockerfile.
#[must_use]
pub fn outline(plan: &Plan<'_>, converted: &Converted, source: &[u8]) -> BuildResult {
    let stages = in_order(plan, converted);
    let from = plan.stages[plan.target].from;
    let outline = Outline {
        name: from.map(|from| from.name.clone()).unwrap_or_default(),
        description: from.map(|from| from.doc_comment.clone()).unwrap_or_default(),
        args: args(&stages),
        secrets: demands(stages.iter().map(|state| &state.outline.secrets)),
        ssh: demands(stages.iter().map(|state| &state.outline.ssh)),
    };
    outline.answer(source)
}

/// The inputs that a target accepts.
struct Outline<'c> {
    name: String,
    description: String,
    args: Vec<Arg<'c>>,
    secrets: Vec<Demand<'c>>,
    ssh: Vec<Demand<'c>>,
}

impl Outline<'_> {
    fn answer(&self, source: &[u8]) -> BuildResult {
        let json = Json::text(Style::Go, |json| {
            json.object(|json| {
                json.field("name", &self.name);
                json.field("description", &self.description);
                json.field("args", &self.args);
                json.field("secrets", &self.secrets);
                json.field("ssh", &self.ssh);
                json.field("sources", &vec![source.to_vec()]);
            });
        });
        let texts = [(RESULT_JSON, json.into_bytes()), (RESULT_TEXT, self.text().into_bytes())];
        super::answer(&OUTLINE, texts)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let Self { name, description, .. } = self;
        if !name.is_empty() || !description.is_empty() {
            let mut lines = format!("TARGET:\t{}\n", if name.is_empty() { "(default)" } else { name });
            if !description.is_empty() {
                lines.push_str(&format!("DESCRIPTION:\t{description}\n"));
            }
            section(&mut text, 1, &lines);
        }
        listing(&mut text, "BUILD ARG\tVALUE\tDESCRIPTION\n", self.args.iter().map(Arg::row));
        listing(&mut text, "SECRET\tREQUIRED\n", self.secrets.iter().map(Demand::row));
        listing(&mut text, "SSH\tREQUIRED\n", self.ssh.iter().map(Demand::row));
        text
    }
}

/// Appends aligned lines, followed by an empty line.
fn section(out: &mut String, padding: usize, lines: &str) {
    let mut table = Table::new(padding);
    table.push(lines);
    out.push_str(&table.to_text());
    out.push('\n');
}

/// Appends a list with a heading; nothing if the list is empty.
fn listing(out: &mut String, head: &str, rows: impl Iterator<Item = String>) {
    let rows: String = rows.collect();
    if !rows.is_empty() {
        section(out, 3, &format!("{head}{rows}"));
    }
}

/// Returns the target, then the stages that it needs: the first entry for a name is the one that counts.
fn in_order<'c>(plan: &Plan<'_>, converted: &'c Converted) -> Vec<&'c StageState> {
    let states = collect::map(converted.stages.iter().map(|(id, state)| (*id, state)));
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    let mut pending = vec![plan.target];
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            order.extend(states.get(&id));
            let stage = &plan.stages[id];
            pending.extend(stage.uses_in_order().into_iter().rev().map(|(used, _)| used));
            pending.extend(stage.base);
        }
    }
    order
}

/// An argument that a target uses.
struct Arg<'c> {
    info: &'c ArgInfo,
}

impl Arg<'_> {
    fn row(&self) -> String {
        let ArgInfo { definition, value, .. } = self.info;
        format!("{}\t{value}\t{}\n", definition.key, definition.doc_comment)
    }
}

impl Item for Arg<'_> {
    fn write(&self, json: &mut Json) {
        let ArgInfo { definition, value, location: place, .. } = self.info;
        json.object(|json| {
            json.item("name", &definition.key);
            json.field("description", &definition.doc_comment);
            json.field("value", value);
            json.field("location", &location(place));
        });
    }
}

fn args<'c>(stages: &[&'c StageState]) -> Vec<Arg<'c>> {
    let mut found: BTreeMap<&str, Arg<'c>> = BTreeMap::new();
    for state in stages {
        for key in used(state) {
            if let Some(info) = state.outline.args.get(key) {
                found.entry(key).or_insert(Arg { info });
            }
        }
    }
    collect::by_key(found.into_values().collect(), |arg| first_line(&arg.info.location))
}

/// Returns the arguments that a stage uses, and those that their values depend on (upstream's `markAllUsed`).
fn used(state: &StageState) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    let mut pending: Vec<&str> = state.outline.used_args.iter().map(String::as_str).collect();
    while let Some(key) = pending.pop() {
        if used.insert(key)
            && let Some(info) = state.outline.args.get(key)
        {
            pending.extend(info.uses.iter().map(String::as_str));
        }
    }
    used
}

/// A secret or an SSH socket that a target uses.
struct Demand<'c> {
    name: &'c str,
    info: &'c SecretInfo,
}

impl Demand<'_> {
    fn row(&self) -> String {
        format!("{}\t{}\n", self.name, if self.info.required { "true" } else { "" })
    }
}

impl Item for Demand<'_> {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("name", &self.name.to_owned());
            json.field("required", &self.info.required);
            json.field("location", &location(&self.info.location));
        });
    }
}

fn demands<'c>(stages: impl Iterator<Item = &'c ByName<SecretInfo>>) -> Vec<Demand<'c>> {
    let mut found: BTreeMap<&str, Demand<'c>> = BTreeMap::new();
    for (name, info) in stages.flat_map(ByName::iter) {
        found.entry(name).or_insert(Demand { name, info });
    }
    collect::by_key(found.into_values().collect(), |demand| first_line(&demand.info.location))
}

#[cfg(test)]
mod tests {
    use super::super::golden::{Vector, ranges, text};
    use super::*;
    use crate::instruction::OptionalKeyValue;

    fn demands_of(list: &[(String, SecretInfo)]) -> Vec<Demand<'_>> {
        list.iter().map(|(name, info)| Demand { name, info }).collect()
    }

    /// Compares upstream's data with upstream's output.
    #[test]
    fn as_upstream() {
        for name in ["outline", "tabs", "crlf"] {
            let vector = Vector::read("outline", name);
            let infos: Vec<ArgInfo> = vector.list("args", |arg| ArgInfo {
                definition: OptionalKeyValue {
                    key: text(&arg["name"]),
                    value: None,
                    doc_comment: text(&arg["description"]),
                },
                value: text(&arg["value"]),
                uses: BTreeSet::new(),
                location: ranges(&arg["location"]),
            });
            let named = |key: &str| {
                vector.list(key, |demand| {
                    let required = demand["required"] == true;
                    (text(&demand["name"]), SecretInfo { required, location: ranges(&demand["location"]) })
                })
            };
            let (secrets, ssh) = (named("secrets"), named("ssh"));
            let outline = Outline {
                name: text(&vector.json["name"]),
                description: text(&vector.json["description"]),
                args: infos.iter().map(|info| Arg { info }).collect(),
                secrets: demands_of(&secrets),
                ssh: demands_of(&ssh),
            };
            vector.check(&outline.answer(&vector.dockerfile));
        }
    }

    #[test]
    fn a_name_and_a_description() {
        let outline = |name: &str, description: &str| Outline {
            name: name.into(),
            description: description.into(),
            args: Vec::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
        };
        assert_eq!(outline("a", "").text(), "TARGET: a\n\n");
        assert_eq!(outline("", "b").text(), "TARGET:      (default)\nDESCRIPTION: b\n\n");
    }
}

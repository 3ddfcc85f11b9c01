//! RUN in stages for Windows.

use std::collections::{BTreeMap, HashSet};

use super::{Error, ErrorKind, advice};
use crate::instruction::{Instruction, Kind, Run};
use crate::lint::{Linter, windows as rule};
use crate::plan::{Plan, StageId};
use crate::span::{Located, Range};

/// A RUN that no Linux engine can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands.
    pub location: Vec<Range>,
    /// The stage that it stands in.
    pub stage: String,
    /// As it is written.
    pub code: String,
    /// The comments above it.
    pub comments: Vec<String>,
    /// What to write instead, for each thing that it does.
    pub advice: Vec<&'static str>,
}

impl Refused {
    /// Reports it to the checks.
    pub fn report(&self, lint: &Linter) {
        let lint = lint.with_comments(&self.comments);
        lint.run(&rule::RUN, &self.location, rule::run(&self.instead()));
    }

    /// What to write instead, in one line.
    #[must_use]
    pub fn instead(&self) -> String {
        self.advice.join(", and ")
    }

    /// The line where it begins.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.first().map_or(0, |range| range.start.line)
    }
}

/// Every RUN in every stage that is built for Windows, each once.
#[must_use]
pub fn refused<'p, 'a: 'p>(plans: impl IntoIterator<Item = &'p Plan<'a>>) -> Vec<Refused> {
    let mut seen: HashSet<Vec<Range>> = HashSet::new();
    let mut found: Vec<Refused> = Vec::new();
    for plan in plans {
        for id in built_for_windows(plan) {
            let stage = &plan.stages[id];
            for command in &stage.commands {
                let Kind::Run(run) = &command.instruction.kind else { continue };
                let location = command.instruction.location.clone();
                if seen.insert(location.clone()) {
                    let Instruction { code, comments, .. } = command.instruction.as_ref();
                    let (code, comments) = (code.clone(), comments.clone());
                    let stage = stage.name.clone();
                    found.push(Refused { location, stage, code, comments, advice: advise(run) });
                }
            }
        }
    }
    found
}

/// The stages that are built for Windows. A context stands for its whole stage; what stands on it is built.
fn built_for_windows(plan: &Plan<'_>) -> Vec<StageId> {
    // A stage stands on earlier ones, so that a chain of any length is walked once.
    let mut for_windows: BTreeMap<StageId, bool> = BTreeMap::new();
    for id in &plan.reachable {
        let stage = &plan.stages[*id];
        let of_base = stage.base.and_then(|base| for_windows.get(&base).copied());
        let own = || stage.resolved.as_ref().is_some_and(|resolved| resolved.platform.is_windows());
        for_windows.insert(*id, of_base.unwrap_or_else(own));
    }
    let is_built = |id: &StageId| plan.stages[*id].context.is_none();
    for_windows.into_iter().filter(|(id, is)| *is && is_built(id)).map(|(id, _)| id).collect()
}

/// Refuses them all in one error.
///
/// # Errors
///
/// Where there is one.
pub fn check(refused: &[Refused]) -> Result<(), Error> {
    if refused.is_empty() {
        return Ok(());
    }
    let lines = refused.iter().map(|one| (one.line(), one.advice.clone())).collect();
    let locations = refused.iter().map(|line| line.location.clone()).collect();
    Err(Located { kind: ErrorKind::Run(lines), locations })
}

/// What to write instead of a RUN.
fn advise(run: &Run) -> Vec<&'static str> {
    let mut script = run.command.args.join(" ");
    for file in &run.command.files {
        script.push('\n');
        script.push_str(&file.data);
    }
    advice::of_script(&script)
}

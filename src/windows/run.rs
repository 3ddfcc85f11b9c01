//! RUN in stages for Windows.

use super::{Error, ErrorKind, advice};
use crate::instruction::{Kind, Run};
use crate::lint::{Linter, windows as rule};
use crate::plan::Plan;
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
    let mut found: Vec<Refused> = Vec::new();
    for (plan, id) in plans.into_iter().flat_map(|plan| plan.reachable.iter().map(move |id| (plan, id))) {
        let root = &plan.stages[plan.stages.root(*id)];
        let Some(resolved) = &root.resolved else { continue };
        // A context stands for its whole stage; what stands on it is built.
        if !resolved.platform.is_windows() || plan.stages[*id].context.is_some() {
            continue;
        }
        for command in &plan.stages[*id].commands {
            let Kind::Run(run) = &command.instruction.kind else { continue };
            let location = command.instruction.location.clone();
            if found.iter().any(|other| other.location == location) {
                continue;
            }
            found.push(Refused {
                location,
                stage: plan.stages[*id].name.clone(),
                code: command.instruction.code.clone(),
                comments: command.instruction.comments.clone(),
                advice: advise(run),
            });
        }
    }
    found
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

//! RUN in stages for Windows.

use std::collections::{BTreeMap, HashSet};

use super::advice::{self, Advice, Language};
use super::error::MAX_SHOWN;
use super::{Error, ErrorKind};
use crate::instruction::{Instruction, Kind, Run};
use crate::lint::{Linter, windows as rule};
use crate::plan::{Plan, StageId};
use crate::span::{Located, Range, first_line};
use crate::syntax::parse_heredoc;

/// A RUN that an engine on Linux cannot run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRun {
    /// Its location.
    pub location: Vec<Range>,
    /// The name of its stage.
    pub stage: String,
    /// The instruction as written.
    pub code: String,
    /// The comments above it.
    pub comments: Vec<String>,
    /// What to write instead, for each thing that it does.
    pub advice: Vec<Advice>,
}

impl RefusedRun {
    /// Reports it to the linter.
    pub fn report(&self, lint: &Linter) {
        let lint = lint.with_comments(&self.comments);
        lint.run(&rule::RUN, &self.location, rule::run(&self.instead()));
    }

    /// Returns what to write instead, in one line.
    #[must_use]
    pub fn instead(&self) -> String {
        let advice: Vec<String> = self.advice.iter().map(Advice::to_string).collect();
        advice.join(", and ")
    }

    /// Returns the line where it begins.
    #[must_use]
    pub fn line(&self) -> u32 {
        first_line(&self.location)
    }
}

/// Returns every RUN in every stage that is built for Windows, each once.
#[must_use]
pub fn find<'p, 'a: 'p>(plans: impl IntoIterator<Item = &'p Plan<'a>>) -> Vec<RefusedRun> {
    let mut seen: HashSet<Vec<Range>> = HashSet::new();
    let mut found: Vec<RefusedRun> = Vec::new();
    for plan in plans {
        // A stage is based on earlier ones, so the final shell of its base is known.
        let mut shells: BTreeMap<StageId, Language> = BTreeMap::new();
        for id in built_for_windows(plan) {
            let stage = &plan.stages[id];
            let mut language = stage.base.and_then(|base| shells.get(&base).copied());
            for command in &stage.commands {
                let run = match &command.instruction.kind {
                    Kind::Shell(shell) => {
                        language = Some(advice::language_of(shell));
                        continue;
                    }
                    Kind::Run(run) => run,
                    _ => continue,
                };
                let location = command.instruction.location.clone();
                if seen.insert(location.clone()) {
                    let Instruction { code, comments, .. } = command.instruction.as_ref();
                    let (code, comments) = (code.clone(), comments.clone());
                    let stage = stage.name.clone();
                    let advice = advise(run, language.unwrap_or_else(|| shell_of_base(plan, id)));
                    found.push(RefusedRun { location, stage, code, comments, advice });
                }
            }
            shells.insert(id, language.unwrap_or_else(|| shell_of_base(plan, id)));
        }
    }
    found
}

/// Returns the language of the shell in the config of a stage's base.
fn shell_of_base(plan: &Plan<'_>, id: StageId) -> Language {
    let resolved = plan.stages[id].resolved.as_ref();
    resolved.map_or(Language::Cmd, |resolved| advice::language_of(&resolved.image.config.shell))
}

/// Returns the stages that are built for Windows. A stage that a context replaces is not built, but stages based on it
/// are.
fn built_for_windows(plan: &Plan<'_>) -> Vec<StageId> {
    // A stage is based on earlier ones, so a chain of any length is walked once.
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
/// Returns an error if there are any.
pub fn check(refused: &[RefusedRun]) -> Result<(), Error> {
    if refused.is_empty() {
        return Ok(());
    }
    let advice = |(index, one): (usize, &RefusedRun)| {
        let advice = if index < MAX_SHOWN { one.advice.clone() } else { Vec::new() };
        (one.line(), advice)
    };
    let lines = refused.iter().enumerate().map(advice).collect();
    // An excerpt carries the whole file.
    let locations = refused.iter().take(MAX_SHOWN).map(|one| one.location.clone()).collect();
    Err(Located { kind: ErrorKind::Run(lines), locations })
}

/// Returns what to write instead of a RUN whose script is in the language of the stage's shell.
pub(super) fn advise(run: &Run, shell: Language) -> Vec<Advice> {
    let line = &run.command;
    let language = if line.prepend_shell { shell } else { Language::Cmd };
    let script = line.args.join(" ");
    match line.files.as_slice() {
        [] => advice::of_script(&script, language),
        // A heredoc without a command is the script.
        [file, ..] if matches!(parse_heredoc(&script), Ok(Some(_))) => {
            advice::of_script(&file.data, language)
        }
        // Input for another command, usually a script.
        files => {
            let data: String = files.iter().map(|file| file.data.as_str()).collect();
            let reader =
                advice::language_of(&script.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            advice::of_script(&data, reader)
        }
    }
}

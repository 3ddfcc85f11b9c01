//! Links stages that use each other, and refuses circular dependencies.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::stage::{Command, SCRATCH, Stage, StageId, Stages};
use super::{Error, ErrorKind};
use crate::env::EnvList;
use crate::expand::Lexer;
use crate::instruction::{Instruction, Kind};
use crate::span::{Located, Range};

/// Links every instruction of every stage to the stages that it uses (upstream's `buildStageDependencyGraph`).
///
/// # Errors
///
/// Returns an error if a `--from` has a variable or a number that no stage has, or if stages need each other.
pub fn link<'a>(stages: &mut Stages<'a>, lexer: &Lexer) -> Result<(), Error> {
    for id in stages.ids() {
        let Some(from) = stages[id].from else { continue };
        let mut commands = Vec::with_capacity(from.instructions.len());
        for instruction in &from.instructions {
            commands.push(link_command(stages, id, Cow::Borrowed(instruction), lexer)?);
        }
        stages[id].commands = commands;
    }
    circular(stages)
}

/// Links one instruction of stage `id` (upstream's `toCommand`).
///
/// # Errors
///
/// Returns the same errors as [`link`].
pub fn link_command<'a>(
    stages: &mut Stages<'a>,
    id: StageId,
    instruction: Cow<'a, Instruction>,
    lexer: &Lexer,
) -> Result<Command<'a>, Error> {
    let sources = match &instruction.kind {
        Kind::Copy(copy) if !copy.from.is_empty() => {
            let expansion = lexer
                .process_word(&copy.from, &EnvList::new())
                .map_err(|e| Located::nowhere(ErrorKind::Expand(e)))?;
            // As in docker/dockerfile, these errors have no location.
            if expansion.result != copy.from {
                return Err(Located::nowhere(ErrorKind::VariableInFrom));
            }
            let source = match crate::go::number::atoi(&copy.from).ok() {
                Some(number) => stages
                    .by_number(number)
                    .ok_or_else(|| Located::nowhere(ErrorKind::StageNumber(number)))?,
                None => named(stages, &copy.from, &instruction.location),
            };
            vec![source]
        }
        Kind::Run(run) => {
            let mounts = run.mounts::<ErrorKind>(None).map_err(|e| Located::at(e, &instruction.location))?;
            // A mount without a source is an entry as well: it counts among the stages.
            let from = mounts.iter().map(|m| if m.from.is_empty() { SCRATCH } else { m.from.as_str() });
            from.map(|from| named(stages, from, &[])).collect()
        }
        _ => Vec::new(),
    };
    if !sources.is_empty() {
        let place: Arc<[Range]> = Arc::from(instruction.location.as_slice());
        for source in &sources {
            stages[id].uses_stage(*source, Arc::clone(&place));
        }
    }
    Ok(Command { instruction, sources, is_trigger: false })
}

/// Returns the stage of that name, or a new entry for an image.
fn named(stages: &mut Stages<'_>, name: &str, location: &[Range]) -> StageId {
    stages.by_name(name).unwrap_or_else(|| stages.add(Stage::on(name.to_owned(), location.to_vec()), ""))
}

/// Refuses circular dependencies (upstream's `validateCircularDependency`, without recursion).
fn circular(stages: &Stages<'_>) -> Result<(), Error> {
    let mut done: HashSet<StageId> = HashSet::new();
    for start in stages.ids() {
        if done.contains(&start) {
            continue;
        }
        let mut path = vec![(start, edges(stages, start))];
        let mut on_path: HashSet<StageId> = HashSet::from([start]);
        let mut places: Vec<&[Range]> = Vec::new();
        while let Some((id, pending)) = path.last_mut() {
            let Some((next, place)) = pending.pop() else {
                on_path.remove(id);
                done.insert(*id);
                path.pop();
                places.pop();
                continue;
            };
            if on_path.contains(&next) {
                let mut error = Error::nowhere(ErrorKind::Circular(stages[start].name.clone()));
                places.push(place);
                for place in places {
                    error = error.with_location(place);
                }
                return Err(error);
            }
            if !done.contains(&next) {
                on_path.insert(next);
                places.push(place);
                path.push((next, edges(stages, next)));
            }
        }
    }
    Ok(())
}

fn edges<'s>(stages: &'s Stages<'_>, id: StageId) -> Vec<(StageId, &'s [Range])> {
    let mut uses = stages[id].uses_in_order();
    uses.reverse();
    uses
}

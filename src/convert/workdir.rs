//! WORKDIR.

use super::stage::StageState;
use super::{Converter, ErrorKind, drive, history, step_name};
use crate::container_path;
use crate::instruction::Instruction;
use crate::lint::{Linter, message, rule};
use crate::llb::{Action, Owner};
use crate::windows::directories::{Destination, Outcome};
use crate::windows::lazy::Place;

/// Converts WORKDIR (upstream's `dispatchWorkdir`).
pub(super) fn dispatch(
    converter: &Converter<'_>,
    state: &mut StageState,
    workdir: &str,
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), ErrorKind> {
    if !state.workdir_set && !container_path::is_abs(workdir, &state.platform.os) {
        lint.run(
            &rule::WORKDIR_RELATIVE_PATH,
            &instruction.location,
            message::workdir_relative_path(workdir),
        );
    }
    state.workdir_set = true;
    if state.for_windows {
        drive::check(workdir)?;
    }
    set(state, workdir)?;
    let dir = state.fs.dir.clone();
    let line = format!("WORKDIR {dir}");
    if dir == "/" {
        history::config(state, line);
        return Ok(());
    }
    let env = state.fs.env.clone();
    let text = step_name::instruction(converter.input.setting.lexer, &instruction.code, &env);
    let platform = state.platform.clone();
    let metadata = converter.metadata(step_name::of_step(state, &text, Some(&platform), &env), instruction);
    let user = &state.image.config.user;
    let owner = (!user.is_empty() && !state.for_windows).then(|| Owner::parse(user));
    let timestamp = state.epoch.map(|seconds| seconds.wrapping_mul(1_000_000_000));
    let mkdir = Action::MkDir { path: dir, mode: 0o755, parents: true, owner, timestamp };
    let place = settle(state);
    state.apply(vec![mkdir], metadata, place, lint);
    history::add(state, line, false);
    Ok(())
}

/// Records the directory. Returns the earlier layers that the step depends on: they may have a file at its
/// path.
fn settle(state: &mut StageState) -> Place {
    let Some(directories) = &mut state.directories else { return Place::default() };
    let outcome = Outcome::EMPTY;
    let path = format!("{}/", state.fs.dir);
    let answer = directories.ask(&Destination { path: &path, sources: 1, parents: false, outcome: &outcome });
    directories.made(&answer, &outcome);
    Place::of(&answer)
}

/// Sets the working directory, relative to the previous one.
pub(super) fn set(state: &mut StageState, workdir: &str) -> Result<(), ErrorKind> {
    let os = &state.platform.os;
    let dir = container_path::normalize_workdir(&state.image.config.working_dir, workdir, os)
        .map_err(ErrorKind::Workdir)?;
    state.fs.dir = container_path::to_slash(&dir, os);
    // In the config, Windows paths keep their backslashes.
    state.image.config.working_dir = dir;
    Ok(())
}

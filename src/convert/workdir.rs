//! WORKDIR.

use super::stage::StageState;
use super::{Converter, ErrorKind, history, name, onto};
use crate::instruction::Instruction;
use crate::lint::{Linter, message, rule};
use crate::llb::{Action, Owner};
use crate::path;
use crate::windows::directories::Leaves;

/// Upstream's `dispatchWorkdir`.
pub(super) fn dispatch(
    converter: &Converter<'_>,
    state: &mut StageState,
    workdir: &str,
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), ErrorKind> {
    if !state.workdir_set && !path::is_abs(workdir, &state.platform.os) {
        lint.run(
            &rule::WORKDIR_RELATIVE_PATH,
            &instruction.location,
            message::workdir_relative_path(workdir),
        );
    }
    state.workdir_set = true;
    set(state, workdir)?;
    let dir = state.state.dir.clone();
    let line = format!("WORKDIR {dir}");
    if dir == "/" {
        history::config(state, line);
        return Ok(());
    }
    let env = state.state.env.clone();
    let text = name::instruction(converter.input.setting.lexer, &instruction.code, &env);
    let platform = state.platform.clone();
    let metadata = converter.metadata(name::step(state, &text, Some(&platform), &env), instruction);
    let user = &state.image.config.user;
    let owner = (!user.is_empty() && !state.for_windows).then(|| Owner::parse(user));
    let timestamp = state.epoch.map(|seconds| seconds.wrapping_mul(1_000_000_000));
    let mkdir = Action::MkDir { path: dir, mode: 0o755, parents: true, owner, timestamp };
    onto::apply(state, vec![mkdir], metadata, false);
    history::add(state, line, false);
    Ok(())
}

/// Sets the working directory, relative to the one before.
pub(super) fn set(state: &mut StageState, workdir: &str) -> Result<(), ErrorKind> {
    let os = &state.platform.os;
    let dir =
        path::normalize_workdir(&state.image.config.working_dir, workdir, os).map_err(ErrorKind::Workdir)?;
    state.state.dir = path::to_slash(&dir, os);
    if let Some(directories) = &mut state.directories {
        directories.made(&state.state.dir, Leaves::EMPTY);
    }
    // In the config Windows paths keep their backslashes.
    state.image.config.working_dir = dir;
    Ok(())
}

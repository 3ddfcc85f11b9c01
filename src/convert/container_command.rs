//! What a container runs: CMD, ENTRYPOINT, HEALTHCHECK, and the shell that runs shell forms.

use std::time::Duration;

use super::history;
use super::stage::StageState;
use crate::go;
use crate::image::{self, Image};
use crate::instruction::{CommandLine, Healthcheck, Instruction};
use crate::lint::{Linter, Site, message, rule};
use crate::span::Range;

pub(super) fn cmd(state: &mut StageState, line: &CommandLine, instruction: &Instruction, lint: &Linter) {
    used_once(&mut state.own.cmd, instruction, lint);
    state.named.cmd = Some(Site { lint: lint.clone(), location: instruction.location.clone() });
    let args = with_own_shell(&state.image, line, instruction, lint);
    history::config(state, format!("CMD {}", go::quote_list(&args)));
    state.image.config.cmd = Some(args);
    state.image.config.args_escaped = true;
}

pub(super) fn entrypoint(
    state: &mut StageState,
    line: &CommandLine,
    instruction: &Instruction,
    lint: &Linter,
) {
    used_once(&mut state.own.entrypoint, instruction, lint);
    state.named.entrypoint = Some(Site { lint: lint.clone(), location: instruction.location.clone() });
    let args = with_own_shell(&state.image, line, instruction, lint);
    history::config(state, format!("ENTRYPOINT {}", go::quote_list(&args)));
    state.image.config.entrypoint = Some(args);
    // The base's CMD was for the base's ENTRYPOINT.
    if state.own.cmd.is_none() {
        state.image.config.cmd = None;
        state.named.cmd = None;
    }
}

pub(super) fn healthcheck(
    state: &mut StageState,
    check: &Healthcheck,
    instruction: &Instruction,
    lint: &Linter,
) {
    used_once(&mut state.own.healthcheck, instruction, lint);
    state.named.healthcheck = Some(Site { lint: lint.clone(), location: instruction.location.clone() });
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    let config = image::HealthConfig {
        test: check.test.clone(),
        interval: nanos(check.interval),
        timeout: nanos(check.timeout),
        start_period: nanos(check.start_period),
        start_interval: nanos(check.start_interval),
        retries: check.retries,
    };
    history::config(state, format!("HEALTHCHECK {}", config.to_history()));
    state.image.config.healthcheck = Some(config);
}

/// Prepends the image's shell to a shell form (upstream's `withShell`).
pub(super) fn with_shell(image: &Image, args: &[String]) -> Vec<String> {
    let mut line = if !image.config.shell.is_empty() {
        image.config.shell.clone()
    } else if image.platform.is_windows() {
        vec!["cmd".to_owned(), "/S".to_owned(), "/C".to_owned()]
    } else {
        vec!["/bin/sh".to_owned(), "-c".to_owned()]
    };
    line.push(args.join(" "));
    line
}

fn with_own_shell(
    image: &Image,
    line: &CommandLine,
    instruction: &Instruction,
    lint: &Linter,
) -> Vec<String> {
    if !line.prepend_shell {
        return line.args.clone();
    }
    if image.config.shell.is_empty() {
        lint.run(
            &rule::JSON_ARGS_RECOMMENDED,
            &instruction.location,
            message::json_args_recommended(&instruction.word),
        );
    }
    with_shell(image, &line.args)
}

/// Reports the earlier of two instructions, since that is the one without effect (upstream's
/// `validateUsedOnce`).
fn used_once(earlier: &mut Option<Vec<Range>>, instruction: &Instruction, lint: &Linter) {
    if let Some(location) = earlier {
        lint.run(
            &rule::MULTIPLE_INSTRUCTIONS_DISALLOWED,
            location,
            message::multiple_instructions_disallowed(&instruction.word),
        );
    }
    *earlier = Some(instruction.location.clone());
}

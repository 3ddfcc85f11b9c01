//! Instructions that change only the image's config: LABEL, MAINTAINER, SHELL, STOPSIGNAL, USER, VOLUME.

use super::stage::StageState;
use super::{ErrorKind, history};
use crate::go;
use crate::instruction::{Instruction, KeyValue, check};
use crate::lint::Linter;

pub(super) fn label(state: &mut StageState, pairs: &[KeyValue], instruction: &Instruction, lint: &Linter) {
    let mut line = "LABEL".to_owned();
    for pair in pairs {
        check::legacy_form(pair, &instruction.word, &instruction.location, lint);
        line.push_str(&format!(" {}={}", pair.key, pair.value));
        state.image.config.labels.insert(pair.key.clone(), pair.value.clone());
    }
    history::config(state, line);
}

pub(super) fn maintainer(state: &mut StageState, name: &str) {
    name.clone_into(&mut state.image.author);
    history::config(state, format!("MAINTAINER {name}"));
}

pub(super) fn shell(state: &mut StageState, shell: &[String]) {
    state.image.config.shell = shell.to_vec();
    history::config(state, format!("SHELL {}", go::format_list(shell)));
}

pub(super) fn stop_signal(state: &mut StageState, signal: &str) -> Result<(), ErrorKind> {
    go::check_signal(signal).map_err(ErrorKind::Signal)?;
    signal.clone_into(&mut state.image.config.stop_signal);
    history::config(state, format!("STOPSIGNAL {signal}"));
    Ok(())
}

pub(super) fn user(state: &mut StageState, user: &str) {
    user.clone_into(&mut state.fs.user);
    user.clone_into(&mut state.image.config.user);
    history::config(state, format!("USER {user}"));
}

pub(super) fn volume(state: &mut StageState, volumes: &[String]) -> Result<(), ErrorKind> {
    for volume in volumes {
        if volume.is_empty() {
            return Err(ErrorKind::EmptyVolume);
        }
        state.image.config.volumes.insert(volume.clone());
    }
    history::config(state, format!("VOLUME {}", go::format_list(volumes)));
    Ok(())
}

//! Secrets and SSH sockets in RUN.

use super::ErrorKind;
use super::stage::{SecretInfo, StageState};
use crate::container_path;
use crate::go::path as go_path;
use crate::instruction::Mount;
use crate::llb::{SecretMount, SshMount};
use crate::span::Range;

/// Converts a secret mount (upstream's `dispatchSecret`).
pub(super) fn secret(
    state: &mut StageState,
    mount: &Mount,
    location: &[Range],
) -> Result<SecretMount, ErrorKind> {
    let windows = state.is_windows();
    let target =
        if windows { container_path::to_slash(&mount.target, "windows") } else { mount.target.clone() };
    let mut id = if mount.source.is_empty() { mount.id.clone() } else { mount.source.clone() };
    if id.is_empty() {
        if target.is_empty() {
            return Err(ErrorKind::SecretWithoutName);
        }
        id = go_path::base(&target).to_owned();
    }
    if windows && !target.is_empty() && !container_path::is_abs(&target, "windows") {
        return Err(ErrorKind::SecretTargetRelative { target, id });
    }
    let target = if !target.is_empty() {
        Some(target)
    } else if mount.env.is_some() {
        None
    } else if windows {
        return Err(ErrorKind::SecretTargetMissing { id });
    } else {
        Some(format!("/run/secrets/{}", go_path::base(&id)))
    };
    if !state.outline.secrets.contains_key(&id) {
        state
            .outline
            .secrets
            .insert(id.clone(), SecretInfo { required: mount.required, location: location.to_vec() });
    }
    Ok(SecretMount {
        id,
        target,
        env: mount.env.clone(),
        mode: mount.mode.unwrap_or(0o400),
        uid: mount.uid.unwrap_or_default(),
        gid: mount.gid.unwrap_or_default(),
        optional: !mount.required,
    })
}

/// Converts an SSH mount (upstream's `dispatchSSH`).
pub(super) fn ssh(state: &mut StageState, mount: &Mount, location: &[Range]) -> Result<SshMount, ErrorKind> {
    if !mount.source.is_empty() {
        return Err(ErrorKind::SshSource);
    }
    let name = if mount.id.is_empty() { "default" } else { &mount.id };
    if !state.outline.ssh.contains_key(name) {
        state
            .outline
            .ssh
            .insert(name.to_owned(), SecretInfo { required: mount.required, location: location.to_vec() });
    }
    Ok(SshMount {
        id: mount.id.clone(),
        target: mount.target.clone(),
        mode: mount.mode.unwrap_or(0o600),
        uid: mount.uid.unwrap_or_default(),
        gid: mount.gid.unwrap_or_default(),
        optional: !mount.required,
    })
}

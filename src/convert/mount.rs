//! Mounts in RUN.

use super::stage::StageState;
use super::{Converter, ErrorKind, secret};
use crate::go::path;
use crate::instruction::{Instruction, Mount, MountType, Sharing};
use crate::llb::{Action, Exec, ExecMount, Metadata, MountTarget, Output, Owner, State, User, caps};
use crate::plan::{SCRATCH, StageId};
use crate::proto::pb;

/// Adds the mounts of a RUN to its command (upstream's `dispatchRunMounts`).
pub(super) fn add(
    converter: &Converter<'_>,
    state: &mut StageState,
    exec: &mut Exec,
    mounts: &[Mount],
    sources: &[StageId],
    instruction: &Instruction,
) -> Result<(), ErrorKind> {
    for (i, mount) in mounts.iter().enumerate() {
        match mount.kind {
            MountType::Secret => exec.secrets.push(secret::secret(state, mount, &instruction.location)?),
            MountType::Ssh => exec.ssh.push(secret::ssh(state, mount, &instruction.location)?),
            MountType::Bind | MountType::Cache | MountType::Tmpfs => {
                exec.mount(files(converter, state, mount, sources.get(i).copied())?);
            }
        }
    }
    Ok(())
}

fn files(
    converter: &Converter<'_>,
    state: &mut StageState,
    mount: &Mount,
    source: Option<StageId>,
) -> Result<ExecMount, ErrorKind> {
    let mut from = mount.from.as_str();
    if from.is_empty() && mount.kind == MountType::Cache {
        from = SCRATCH;
    }
    let mut files = source_state(converter, from, source, mount)?;
    let kind = match mount.kind {
        MountType::Tmpfs => {
            files = State::scratch();
            MountTarget::Tmpfs(mount.size)
        }
        MountType::Cache => {
            MountTarget::Cache { id: cache_id(converter, mount), sharing: sharing(mount.sharing) }
        }
        _ => MountTarget::Bind,
    };
    let no_output = !mount.read_only
        && mount.kind == MountType::Bind
        && (converter.input.caps)(caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT);
    let target = target(state, mount)?;
    let mut selector = path::join(&["/", &mount.source]);
    if selector == "/" {
        selector.clear();
        if mount.uid.is_some() || mount.gid.is_some() || mount.mode.is_some() {
            files = owned(mount, &files);
            "/cache".clone_into(&mut selector);
        }
    }
    if from.is_empty() {
        state.context_paths.add(&mount.source);
    } else if let Some(used) = source.and_then(|id| converter.finished(id)) {
        used.paths.borrow_mut().add(&mount.source);
    }
    Ok(ExecMount { target, source: files.output, selector, readonly: mount.read_only, no_output, kind })
}

fn source_state(
    converter: &Converter<'_>,
    from: &str,
    source: Option<StageId>,
    mount: &Mount,
) -> Result<State, ErrorKind> {
    if from.is_empty() {
        return Ok(State::new(Some(Output::late(converter.context))));
    }
    let stage = source.and_then(|id| converter.finished(id));
    stage
        .map(StageState::whole)
        .ok_or_else(|| ErrorKind::MountNotBefore { from: from.to_owned(), target: mount.target.clone() })
}

fn target(state: &StageState, mount: &Mount) -> Result<String, ErrorKind> {
    let mut target = mount.target.clone();
    if !path::clean(&target).starts_with('/') {
        target = path::join(&["/", &state.fs.dir, &target]);
    }
    if target == "/" {
        return Err(ErrorKind::MountTarget(target));
    }
    Ok(target)
}

fn cache_id(converter: &Converter<'_>, mount: &Mount) -> String {
    let id = if mount.id.is_empty() { path::clean(&mount.target) } else { mount.id.clone() };
    format!("{}/{id}", converter.input.options().cache_namespace)
}

const fn sharing(sharing: Option<Sharing>) -> pb::CacheSharingOpt {
    match sharing {
        None | Some(Sharing::Shared) => pb::CacheSharingOpt::Shared,
        Some(Sharing::Private) => pb::CacheSharingOpt::Private,
        Some(Sharing::Locked) => pb::CacheSharingOpt::Locked,
    }
}

/// Returns a directory with owner and permissions as the initial content of a cache (upstream's
/// `setCacheUIDGID`).
fn owned(mount: &Mount, files: &State) -> State {
    let owner = Owner {
        user: Some(User::Id(mount.uid.unwrap_or_default())),
        group: Some(User::Id(mount.gid.unwrap_or_default())),
    };
    let mkdir = Action::MkDir {
        path: "/cache".to_owned(),
        mode: mount.mode.unwrap_or(0o755).cast_signed(),
        parents: false,
        owner: Some(owner),
        timestamp: None,
    };
    files.file(vec![mkdir], Metadata::internal("setting cache mount permissions"))
}

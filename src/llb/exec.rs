//! Commands in a container.

use super::caps;
use super::marshal::Inputs;
use super::state::{NetworkMode, SecurityMode, State};
use super::vertex::{Constraints, Output};
use crate::container_path::default_path_env;
use crate::env::{Env, EnvList};
use crate::image::Platform;
use crate::proto::pb;

/// A command with all settings of its container (upstream's `llb.ExecOp`).
#[derive(Debug)]
pub struct Exec {
    /// The command's words.
    pub args: Vec<String>,
    /// The confinement.
    pub security: SecurityMode,
    /// The network.
    pub network: NetworkMode,
    /// Proxies, kept out of the environment, which is part of the digest.
    pub proxy: Option<pb::ProxyEnv>,
    /// Lines for `/etc/hosts`.
    pub extra_hosts: Vec<pb::HostIp>,
    /// Limits.
    pub ulimits: Vec<pb::Ulimit>,
    /// The cgroup above the container's.
    pub cgroup_parent: String,
    /// Devices by CDI name.
    pub devices: Vec<pb::CdiDevice>,
    /// Secrets as files or variables.
    pub secrets: Vec<SecretMount>,
    /// Sockets of the client's SSH agent.
    pub ssh: Vec<SshMount>,
    env: EnvList,
    cwd: String,
    user: String,
    hostname: String,
    platform: Option<Platform>,
    /// Sorted by target.
    mounts: Vec<ExecMount>,
}

/// A file system in the container.
#[derive(Debug)]
pub struct ExecMount {
    /// The path in the container.
    pub target: String,
    /// The mounted file system; `None` for the empty one.
    pub source: Option<Output>,
    /// The path in the source; empty for the root.
    pub selector: String,
    /// The mount is read-only.
    pub readonly: bool,
    /// Writes are discarded.
    pub no_output: bool,
    /// The kind of mount.
    pub kind: MountTarget,
}

/// The kind of a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountTarget {
    /// The source itself.
    Bind,
    /// A directory that persists across builds.
    Cache {
        /// Its name.
        id: String,
        /// How writers share it.
        sharing: pb::CacheSharingOpt,
    },
    /// A file system in memory, limited to this many bytes; 0 for no limit.
    Tmpfs(i64),
}

/// A secret of the client.
#[derive(Debug, Clone)]
pub struct SecretMount {
    /// The name of the secret.
    pub id: String,
    /// The file that holds the secret.
    pub target: Option<String>,
    /// The variable that holds the secret.
    pub env: Option<String>,
    /// The permissions of the file.
    pub mode: u32,
    /// The file's user.
    pub uid: u32,
    /// The file's group.
    pub gid: u32,
    /// The build goes on if the client does not have it.
    pub optional: bool,
}

/// A socket of the client's SSH agent.
#[derive(Debug, Clone)]
pub struct SshMount {
    /// The name of the socket.
    pub id: String,
    /// The path; empty for a default path.
    pub target: String,
    /// Permissions.
    pub mode: u32,
    /// The socket's user.
    pub uid: u32,
    /// The socket's group.
    pub gid: u32,
    /// The build goes on if the client does not have it.
    pub optional: bool,
}

impl ExecMount {
    fn has_output(&self) -> bool {
        !self.no_output && !self.readonly && self.kind == MountTarget::Bind
    }
}

impl Exec {
    /// Creates a command on a state, with the state's settings.
    #[must_use]
    pub fn new(base: &State, args: Vec<String>) -> Self {
        let root = ExecMount {
            target: "/".to_owned(),
            source: base.output.clone(),
            selector: String::new(),
            readonly: false,
            no_output: false,
            kind: MountTarget::Bind,
        };
        Self {
            args,
            security: SecurityMode::default(),
            network: base.network,
            proxy: None,
            extra_hosts: Vec::new(),
            ulimits: Vec::new(),
            cgroup_parent: String::new(),
            devices: Vec::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
            env: base.env.clone(),
            cwd: base.dir.clone(),
            user: base.user.clone(),
            hostname: base.hostname.clone(),
            platform: base.platform.clone(),
            mounts: vec![root],
        }
    }

    /// Adds a mount.
    pub fn mount(&mut self, mount: ExecMount) {
        let at = self.mounts.partition_point(|m| m.target <= mount.target);
        self.mounts.insert(at, mount);
    }

    /// Adds several mounts.
    pub fn mount_all(&mut self, mounts: impl IntoIterator<Item = ExecMount>) {
        for mount in mounts {
            self.mount(mount);
        }
    }

    /// Returns the index of a mount among the outputs; `/` is the root file system.
    pub(super) fn output_index(&self, target: &str) -> i64 {
        let before = self.mounts.iter().take_while(|m| m.target != target).filter(|m| m.has_output());
        i64::try_from(before.count()).unwrap_or(i64::MAX)
    }

    pub(super) fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    pub(super) fn inputs(&self) -> Vec<&Output> {
        let mut found: Vec<&Output> = Vec::new();
        for output in self.mounts.iter().filter_map(|m| m.source.as_ref()) {
            if !found.iter().any(|seen| seen.same(output)) {
                found.push(output);
            }
        }
        found
    }

    pub(super) fn into_inputs(self) -> impl Iterator<Item = Output> {
        self.mounts.into_iter().filter_map(|m| m.source)
    }

    /// Adds the capabilities that the command requires (upstream collects them in `ExecOp.Marshal`).
    pub(super) fn add_caps(&self, to: &mut Constraints) {
        to.add_cap(caps::EXEC_META_BASE);
        let needs = [
            (!self.ulimits.is_empty(), caps::EXEC_META_ULIMIT),
            (to.metadata.linux_resources.is_some(), caps::EXEC_META_LINUX_RESOURCES),
            (self.network != NetworkMode::Sandbox, caps::EXEC_META_NETWORK),
            (self.security == SecurityMode::Insecure, caps::EXEC_META_SECURITY),
            (self.proxy.is_some(), caps::EXEC_META_PROXY),
            (!self.secrets.is_empty(), caps::EXEC_MOUNT_SECRET),
            (self.secrets.iter().any(|s| s.env.is_some()), caps::EXEC_SECRET_ENV),
            (!self.ssh.is_empty(), caps::EXEC_MOUNT_SSH),
            (!self.devices.is_empty(), caps::EXEC_META_CDI),
        ];
        for (_, cap) in needs.iter().filter(|(needed, _)| *needed) {
            to.add_cap(cap);
        }
        for mount in &self.mounts {
            if !mount.selector.is_empty() {
                to.add_cap(caps::EXEC_MOUNT_SELECTOR);
            }
            match &mount.kind {
                MountTarget::Cache { .. } => {
                    to.add_cap(caps::EXEC_MOUNT_CACHE);
                    to.add_cap(caps::EXEC_MOUNT_CACHE_SHARING);
                }
                MountTarget::Tmpfs(size) => {
                    to.add_cap(caps::EXEC_MOUNT_TMPFS);
                    if *size > 0 {
                        to.add_cap(caps::EXEC_MOUNT_TMPFS_SIZE);
                    }
                }
                MountTarget::Bind if mount.source.is_some() => to.add_cap(caps::EXEC_MOUNT_BIND),
                MountTarget::Bind => {}
            }
        }
    }

    /// Encodes the command. `sets_default_path` says whether the engine gives containers a PATH of its own.
    pub(super) fn encode(&self, inputs: &mut Inputs<'_>, sets_default_path: bool, os: &str) -> pb::ExecOp {
        let mut env = self.env.clone();
        let ssh: Vec<SshMount> = (0..).zip(&self.ssh).map(|(i, socket)| with_target(socket, i)).collect();
        if let Some(first) = ssh.first()
            && env.get("SSH_AUTH_SOCK").is_none()
        {
            env.set("SSH_AUTH_SOCK", &first.target);
        }
        // Windows sets its own PATH.
        if !sets_default_path && os != "windows" && env.get("PATH").is_none() {
            env.set("PATH", default_path_env(os));
        }
        let mut mounts: Vec<pb::Mount> = Vec::with_capacity(self.mounts.len());
        let mut outputs = 0;
        for mount in &self.mounts {
            let output = if mount.has_output() {
                outputs += 1;
                outputs - 1
            } else {
                -1
            };
            mounts.push(mount.encode(inputs, output));
        }
        mounts.extend(self.secrets.iter().filter_map(SecretMount::encode));
        mounts.extend(ssh.iter().map(SshMount::encode));
        pb::ExecOp {
            meta: Some(pb::Meta {
                args: self.args.clone(),
                env: env.to_strings(),
                cwd: self.cwd.clone(),
                user: self.user.clone(),
                proxy_env: self.proxy.clone(),
                extra_hosts: self.extra_hosts.clone(),
                hostname: self.hostname.clone(),
                ulimit: self.ulimits.clone(),
                cgroup_parent: self.cgroup_parent.clone(),
                remove_mount_stubs_recursive: true,
                valid_exit_codes: Vec::new(),
            }),
            mounts,
            network: match self.network {
                NetworkMode::Sandbox => pb::NetMode::Unset,
                NetworkMode::Host => pb::NetMode::Host,
                NetworkMode::None => pb::NetMode::None,
            }
            .into(),
            security: match self.security {
                SecurityMode::Sandbox => pb::SecurityMode::Sandbox,
                SecurityMode::Insecure => pb::SecurityMode::Insecure,
            }
            .into(),
            secretenv: self.secrets.iter().filter_map(SecretMount::encode_env).collect(),
            cdi_devices: self.devices.clone(),
        }
    }
}

fn with_target(socket: &SshMount, index: usize) -> SshMount {
    let mut socket = socket.clone();
    if socket.target.is_empty() {
        socket.target = format!("/run/buildkit/ssh_agent.{index}");
    }
    socket
}

impl ExecMount {
    fn encode(&self, inputs: &mut Inputs<'_>, output: i64) -> pb::Mount {
        let mut mount = pb::Mount {
            input: self.source.as_ref().map_or(-1, |source| inputs.add(source)),
            selector: self.selector.clone(),
            dest: self.target.clone(),
            output,
            readonly: self.readonly,
            ..Default::default()
        };
        match &self.kind {
            MountTarget::Bind => {}
            MountTarget::Cache { id, sharing } => {
                mount.mount_type = pb::MountType::Cache.into();
                mount.cache_opt = Some(pb::CacheOpt { id: id.clone(), sharing: (*sharing).into() });
            }
            MountTarget::Tmpfs(size) => {
                mount.mount_type = pb::MountType::Tmpfs.into();
                mount.tmpfs_opt = Some(pb::TmpfsOpt { size: *size });
            }
        }
        mount
    }
}

impl SecretMount {
    fn encode(&self) -> Option<pb::Mount> {
        let target = self.target.as_ref()?;
        Some(pb::Mount {
            input: -1,
            dest: target.clone(),
            mount_type: pb::MountType::Secret.into(),
            secret_opt: Some(pb::SecretOpt {
                id: self.id.clone(),
                uid: self.uid,
                gid: self.gid,
                mode: self.mode,
                optional: self.optional,
            }),
            ..Default::default()
        })
    }

    fn encode_env(&self) -> Option<pb::SecretEnv> {
        let name = self.env.clone()?;
        Some(pb::SecretEnv { id: self.id.clone(), name, optional: self.optional })
    }
}

impl SshMount {
    fn encode(&self) -> pb::Mount {
        pb::Mount {
            input: -1,
            dest: self.target.clone(),
            mount_type: pb::MountType::Ssh.into(),
            ssh_opt: Some(pb::SshOpt {
                id: self.id.clone(),
                uid: self.uid,
                gid: self.gid,
                mode: self.mode,
                optional: self.optional,
            }),
            ..Default::default()
        }
    }
}

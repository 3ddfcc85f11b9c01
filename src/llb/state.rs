//! File systems under construction, with the settings of containers that run on them.

use super::exec::Exec;
use super::file::{FileAction, FileOp};
use super::vertex::{Metadata, Operation, Output};
use crate::env::EnvList;
use crate::image::Platform;

/// The network of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkMode {
    /// A network that the engine sets up.
    #[default]
    Sandbox,
    /// The host's network.
    Host,
    /// No network.
    None,
}

/// The confinement of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecurityMode {
    /// Confined.
    #[default]
    Sandbox,
    /// Privileged.
    Insecure,
}

/// A file system and the settings for containers on it (upstream's `llb.State`).
///
/// An `output` of `None` is the empty file system, `scratch`.
#[derive(Debug, Clone)]
pub struct State {
    /// The file system.
    pub output: Option<Output>,
    /// The environment of containers.
    pub env: EnvList,
    /// The working directory, with forward slashes.
    pub dir: String,
    /// The user of containers.
    pub user: String,
    /// The host name of containers.
    pub hostname: String,
    /// The platform of containers, if it is not the target's.
    pub platform: Option<Platform>,
    /// The network of containers.
    pub network: NetworkMode,
}

impl State {
    /// Creates a state with default settings on a file system.
    #[must_use]
    pub fn new(output: Option<Output>) -> Self {
        let platform =
            output.as_ref().and_then(|o| o.vertex.constraints.platform.as_ref()).map(Platform::normalize);
        Self {
            output,
            env: EnvList::new(),
            dir: "/".to_owned(),
            user: String::new(),
            hostname: String::new(),
            platform,
            network: NetworkMode::default(),
        }
    }

    /// Returns the empty file system.
    #[must_use]
    pub fn scratch() -> Self {
        Self::new(None)
    }

    /// Returns whether the file system is an unchanged image of a registry or of an OCI layout.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.output.as_ref().is_some_and(|output| match &output.vertex.operation {
            Operation::Source(source) => source.is_platform_specific(),
            _ => false,
        })
    }

    /// Keeps the settings but replaces the file system.
    #[must_use]
    pub fn with_output(mut self, output: Option<Output>) -> Self {
        if let Some(platform) = output.as_ref().and_then(|o| o.vertex.constraints.platform.as_ref()) {
            self.platform = Some(platform.normalize());
        }
        self.output = output;
        self
    }

    /// Returns the state after file operations.
    #[must_use]
    pub fn file(&self, actions: Vec<FileAction>, metadata: Metadata) -> Self {
        let op = FileOp { base: self.output.clone(), dir: self.dir.clone(), actions };
        let output = Output::of(Operation::File(op), metadata.into_constraints());
        self.clone().with_output(Some(output))
    }

    /// Returns the state after a command.
    #[must_use]
    pub fn run(&self, exec: Exec, metadata: Metadata) -> Self {
        self.clone().with_output(Some(output_at(exec, "/", metadata)))
    }

    /// Returns what a command leaves in one of its mounts (upstream's `ExecState.AddMount`).
    #[must_use]
    pub fn mount_output(exec: Exec, target: &str, metadata: Metadata) -> Self {
        Self::new(Some(output_at(exec, target, metadata)))
    }
}

fn output_at(exec: Exec, target: &str, metadata: Metadata) -> Output {
    let index = exec.output_index(target);
    let mut constraints = metadata.into_constraints();
    exec.add_caps(&mut constraints);
    let output = Output::of(Operation::Exec(Box::new(exec)), constraints);
    Output { index, ..output }
}

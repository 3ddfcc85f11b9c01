//! The build context and the location of the Dockerfile.

use super::error::ErrorKind;
use super::local::{self, IGNORE_FILE, LocalDirectory};
use super::remote::{self, GitSettings};
use super::{archive, encode, solve};
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error, FileRange};
use crate::go::number::parse_bool;
use crate::go::path;
use crate::llb::{Action, CopyOptions, Metadata, State, from_definition};

const CONTEXT: &str = "context";
const DOCKERFILE: &str = "dockerfile";
const DEFAULT_FILENAME: &str = "Dockerfile";

/// The number of bytes of a download that are read to detect an archive.
const ARCHIVE_HEADER_BYTES: i64 = 1024;

/// The client's settings for the context and the Dockerfile (upstream's `buildContext`).
#[derive(Debug)]
pub(super) struct BuildContext {
    /// The context, if it is not a directory of the client.
    pub(super) context: Option<State>,
    /// The file system with the Dockerfile, if it is not in a directory of the client.
    dockerfile: Option<State>,
    /// The name of the directory with the Dockerfile.
    dockerfile_name: String,
    /// The Dockerfile's path.
    pub(super) filename: String,
}

/// The build context, ready for use.
#[derive(Debug, Clone)]
pub enum MainContext {
    /// A repository, a download, or an input that the client passed.
    Remote(Box<State>),
    /// A directory of the client.
    Local(LocalDirectory),
}

impl MainContext {
    /// Returns its files; of a directory, only `follow_paths` are sent, or everything if `follow_paths` is
    /// empty.
    #[must_use]
    pub fn state(&self, follow_paths: Vec<String>) -> State {
        match self {
            Self::Remote(state) => State::clone(state),
            Self::Local(directory) => directory.state(follow_paths),
        }
    }

    /// Returns the patterns of files that are not sent; always empty unless the context is a directory.
    #[must_use]
    pub fn ignore_patterns(&self) -> &[String] {
        match self {
            Self::Remote(_) => &[],
            Self::Local(directory) => directory.ignore_patterns(),
        }
    }
}

impl BuildContext {
    /// Determines the build context from the client's options and inputs (upstream's `initContext`).
    pub(super) async fn open(bridge: &Bridge, options: &Options) -> Result<Self, Error> {
        let mut context = Self {
            context: None,
            dockerfile: None,
            dockerfile_name: DOCKERFILE.to_owned(),
            filename: DEFAULT_FILENAME.to_owned(),
        };
        if let Some(filename) = options.raw.get("filename") {
            context.filename.clone_from(filename);
        }
        let own_dockerfile = options.raw.get("dockerfilekey");
        if let Some(name) = own_dockerfile {
            context.dockerfile_name.clone_from(name);
        }
        let address = options.text(options.raw.get("contextkey").map_or(CONTEXT, String::as_str));
        if let Some(git) = remote::git(address, &git_settings(options))? {
            context.dockerfile = Some(git.clone());
            context.context = Some(git);
        } else if let Some(download) = remote::download(address) {
            let files = context.open_download(bridge, download).await?;
            context.dockerfile = Some(files.clone());
            context.context = Some(files);
        } else {
            context.take_inputs(bridge).await?;
        }
        if own_dockerfile.is_some() {
            context.dockerfile = None;
        }
        if let Some(directory) = options.raw.get("contextsubdir") {
            context.context = context.context.map(|files| subdirectory(&files, directory));
        }
        Ok(context)
    }

    /// Opens a download, which is either an archive or the Dockerfile itself.
    async fn open_download(&mut self, bridge: &Bridge, download: State) -> Result<State, Error> {
        let reference = solve(bridge, &encode(&download), false)
            .await
            .map_err(|error| error.context("failed to resolve httpcontext"))?;
        let range = FileRange { offset: 0, length: ARCHIVE_HEADER_BYTES };
        let header = bridge
            .read_file(&reference, remote::DOWNLOAD, Some(range))
            .await
            .map_err(|error| error.context("failed to read downloaded context"))?;
        if archive::is_archive(&header) {
            return Ok(remote::unpacked(&download));
        }
        remote::DOWNLOAD.clone_into(&mut self.filename);
        Ok(download)
    }

    /// Reads the inputs that the client passes instead of directories.
    async fn take_inputs(&mut self, bridge: &Bridge) -> Result<(), Error> {
        let failed = |error: Error| error.context("failed to get frontend inputs");
        let inputs = bridge.inputs().await.map_err(failed)?;
        let input = |name: &str| {
            inputs.get(name).map(from_definition).transpose().map_err(|e| failed(ErrorKind::from(e).into()))
        };
        self.dockerfile = input(&self.dockerfile_name)?;
        self.context = input(CONTEXT)?;
        Ok(())
    }

    /// Returns the file system that contains the Dockerfile.
    pub(super) fn dockerfile(&self, options: &Options) -> State {
        if let Some(state) = &self.dockerfile {
            return state.clone();
        }
        let mut paths = vec![self.filename.clone(), format!("{}.dockerignore", self.filename)];
        paths.extend(lower_case(&self.filename));
        let label = format!("[internal] load build definition from {}", self.filename);
        local::files(options, &self.dockerfile_name, paths, self.dockerfile_name.clone(), label)
    }

    /// Returns the ignore file of the directory that is the context.
    pub(super) fn ignore_file(&self, options: &Options) -> State {
        let hint = format!("{CONTEXT}-{IGNORE_FILE}");
        let label = format!("[internal] load {IGNORE_FILE}");
        local::files(options, CONTEXT, vec![IGNORE_FILE.to_owned()], hint, label)
    }

    /// Returns the directory that is the context.
    pub(super) fn local(&self, options: &Options, exclude_patterns: Vec<String>) -> LocalDirectory {
        LocalDirectory {
            name: CONTEXT.to_owned(),
            session_id: options.session_of(CONTEXT).to_owned(),
            shared_key_hint: CONTEXT.to_owned(),
            exclude_patterns,
            label: "[internal] load build context".to_owned(),
        }
    }
}

/// Returns the alternative name of a file called `Dockerfile`.
pub(super) fn lower_case(filename: &str) -> Option<String> {
    (path::base(filename) == DEFAULT_FILENAME)
        .then(|| path::join(&[&path::dir(filename), &DEFAULT_FILENAME.to_lowercase()]))
}

fn git_settings(options: &Options) -> GitSettings {
    let commit_times = !options.text("build-arg:SOURCE_DATE_EPOCH").is_empty();
    GitSettings {
        keep_git_dir: parse_bool(options.text("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR")) == Ok(true),
        mtime: if commit_times { "commit".to_owned() } else { String::new() },
        advice: options.git_advice,
    }
}

/// Returns the content of a directory of `files`.
fn subdirectory(files: &State, directory: &str) -> State {
    let options = CopyOptions { dir_contents_only: true, ..CopyOptions::default() };
    let copy = Action::Copy {
        source: files.output.clone(),
        src: directory.to_owned(),
        dest: "/".to_owned(),
        options: Box::new(options),
    };
    State::scratch().file(vec![copy], Metadata::default())
}

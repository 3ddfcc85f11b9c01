//! The inputs of a build: the Dockerfile, the build context, named contexts.
//!
//! Mirrors `context.go`, `config.go` and `namedcontext.go` of moby/buildkit's `frontend/dockerui`. A context
//! is a directory of the client, a git repository, a download, an image, or a definition that the client
//! passes.

mod archive;
mod epoch;
mod error;
mod ignore;
mod image_config;
mod local;
mod main_context;
mod named;
mod read;
mod remote;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

pub use error::ErrorKind;
pub use local::LateLocal;
pub use main_context::MainContext;
pub use named::{LoadedContext, NamedContext};

use super::bridge::{Bridge, SolveRequest};
use super::error::Error;
use super::options::Options;
use crate::image::Platform;
use crate::llb::{Definition, Marshaler, SourceMap, State};
use crate::proto::frontend::Ref;
use ignore::IgnoreFile;
use main_context::BuildContext;
use read::{ReadError, read_file, read_optional};

/// The contexts of a build. Clones share the files that have been read.
#[derive(Debug, Clone)]
pub struct Contexts {
    bridge: Bridge,
    options: Arc<Options>,
    build: Arc<BuildContext>,
    /// The ignore file beside the Dockerfile, which takes precedence over `.dockerignore`; known once the
    /// Dockerfile has been read.
    ignore: Arc<OnceLock<IgnoreFile>>,
}

/// The Dockerfile that was read.
#[derive(Debug, Clone)]
pub struct DockerfileSource {
    /// Name, text, and the definition with which BuildKit gets the file.
    pub map: Arc<SourceMap>,
    /// The digest of the operation that provides it, under which warnings are shown; empty for the empty file
    /// tree.
    pub head: String,
}

impl Contexts {
    /// Determines the build context (upstream's `initContext`).
    ///
    /// # Errors
    ///
    /// Returns an error if a git URL is invalid or a download fails.
    pub async fn open(bridge: Bridge, options: &Options) -> Result<Self, Error> {
        let build = Arc::new(BuildContext::open(&bridge, options).await?);
        Ok(Self { bridge, options: Arc::new(options.clone()), build, ignore: Arc::default() })
    }

    /// Reads the Dockerfile and the ignore file beside it (upstream's `ReadEntrypoint`).
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist or is too large.
    pub async fn dockerfile(&self) -> Result<DockerfileSource, Error> {
        let filename = self.build.filename.as_str();
        let definition = encode(&self.build.dockerfile(&self.options));
        let reference = solve(&self.bridge, &definition, false)
            .await
            .map_err(|error| error.context("failed to resolve dockerfile"))?;

        let ignore_name = format!("{filename}.dockerignore");
        let (data, ignore) = tokio::join!(
            self.read_dockerfile(&reference, filename),
            read_optional(&self.bridge, &reference, &ignore_name)
        );
        let data = data.map_err(|error| Error::from(error).context("failed to read dockerfile"))?;
        if let Some(data) = ignore? {
            // Reading the Dockerfile again finds the same file.
            let _ = self.ignore.set(IgnoreFile { name: ignore_name, data });
        }
        let head = definition.head().unwrap_or_default();
        let map = SourceMap {
            filename: filename.to_owned(),
            language: "Dockerfile".to_owned(),
            data,
            definition: Some(definition),
        };
        Ok(DockerfileSource { map: Arc::new(map), head })
    }

    /// Reads the Dockerfile. A file called `Dockerfile` may also be called `dockerfile`.
    async fn read_dockerfile(&self, reference: &Ref, filename: &str) -> Result<Vec<u8>, ReadError> {
        let result = read_file(&self.bridge, reference, filename).await;
        if let (Err(ReadError::Failed(_)), Some(other)) = (&result, main_context::lower_case(filename))
            && let Ok(data) = read_file(&self.bridge, reference, &other).await
        {
            return Ok(data);
        }
        result
    }

    /// Returns the build context with its ignore patterns; to be called once the Dockerfile has been read
    /// (upstream's `MainContext` and `DockerIgnorePatterns`).
    ///
    /// # Errors
    ///
    /// Returns an error if the ignore file is invalid or too large.
    pub async fn main(&self) -> Result<MainContext, Error> {
        if let Some(state) = &self.build.context {
            return Ok(MainContext::Remote(Box::new(state.clone())));
        }
        let patterns = self
            .ignore_patterns()
            .await
            .map_err(|error| error.context("failed to read dockerignore patterns"))?;
        Ok(MainContext::Local(self.build.local(&self.options, patterns)))
    }

    async fn ignore_patterns(&self) -> Result<Vec<String>, Error> {
        if let Some(file) = self.ignore.get() {
            return file.patterns();
        }
        let definition = encode(&self.build.ignore_file(&self.options));
        let reference = solve(&self.bridge, &definition, false).await?;
        IgnoreFile::read(&self.bridge, &reference).await?.patterns()
    }

    /// Returns the context that the client gives for `name` on `platform`, or on all platforms.
    ///
    /// # Errors
    ///
    /// Returns an error if `name` is not a valid image name.
    pub fn named(&self, name: &str, platform: &Platform) -> Result<Option<NamedContext>, Error> {
        Ok(named::find(self, name, platform)?)
    }

    /// Returns the contexts that the client gives for `name` on Windows versions, by their `os.version`.
    ///
    /// # Errors
    ///
    /// Returns an error if `name` is not a valid image name.
    pub fn named_versions(
        &self,
        name: &str,
        platform: &Platform,
    ) -> Result<Vec<(String, NamedContext)>, Error> {
        Ok(named::find_versions(self, name, platform)?)
    }

    /// Returns when the content of `state`'s only source was made, in seconds since 1970: the time of a
    /// commit, of a download or of the newest file in a downloaded archive (upstream's
    /// `resolveSourceDateEpochFromState`). `log_name` is shown meanwhile.
    ///
    /// # Errors
    ///
    /// Returns an error if the source cannot be resolved.
    pub async fn time_of(&self, state: &State, log_name: &str) -> Result<Option<i64>, Error> {
        epoch::time_of(&self.bridge, state, log_name).await
    }
}

/// Encodes a state without containers, which is the same for every platform.
fn encode(state: &State) -> Definition {
    Marshaler::new(Platform::host(), false).marshal(state)
}

/// Solves for a single reference; an empty reference is the empty file tree.
async fn solve(bridge: &Bridge, definition: &Definition, evaluate: bool) -> Result<Ref, Error> {
    let request = SolveRequest { definition: Some(definition.to_pb()), evaluate, ..SolveRequest::default() };
    let result = bridge.solve(request).await?;
    Ok(result.single().map_err(Error::new)?.unwrap_or_default())
}

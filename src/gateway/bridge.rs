//! The calls that a frontend makes.
//!
//! Mirrors `frontend/gateway/grpcclient` of moby/buildkit. Calls can run concurrently; images, sources and
//! inputs are requested only once.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use prost::Message as _;

use super::capabilities::{Capabilities, names};
use super::client::Client;
use super::error::Error;
use super::memo::Memo;
use super::resolve::{ResolveImage, ResolvedImage, Sources};
use super::result::BuildResult;
use super::transport::MAX_MESSAGE_BYTES;
use crate::proto::frontend::{self, Ref};
use crate::proto::{fsutil, pb};

/// The connected BuildKit. Clones share the connection and the cached answers.
#[derive(Debug, Clone)]
pub struct Bridge {
    client: Client,
    capabilities: Arc<Capabilities>,
    sources: Sources,
    inputs: Memo<(), Result<Arc<BTreeMap<String, pb::Definition>>, Error>>,
}

/// What to solve: a definition, or a request to another frontend.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SolveRequest {
    /// The graph to solve.
    pub definition: Option<pb::Definition>,
    /// The frontend to request instead; `gateway.v0` for an image.
    pub frontend: String,
    /// The options of that frontend.
    pub options: BTreeMap<String, String>,
    /// The inputs of that frontend.
    pub inputs: BTreeMap<String, pb::Definition>,
    /// Caches to import.
    pub cache_imports: Vec<frontend::CacheOptionsEntry>,
    /// Build immediately, so that this call returns the error, instead of when the result is first used.
    pub evaluate: bool,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRange {
    /// The first byte.
    pub offset: i64,
    /// The maximum number of bytes.
    pub length: i64,
}

impl Bridge {
    /// Connects and asks BuildKit for its capabilities. `product` is the engine's name for itself in
    /// messages.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection breaks.
    pub async fn connect(client: Client, product: &str) -> Result<Self, Error> {
        let pong = client.ping(frontend::PingRequest {}).await?;
        let capabilities = Arc::new(Capabilities::new(pong, product));
        let sources = Sources::new(client.clone(), Arc::clone(&capabilities));
        Ok(Self { client, capabilities, sources, inputs: Memo::default() })
    }

    /// Returns BuildKit's capabilities.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Returns the resolver of sources: configs of images, commits of repositories, digests of URLs.
    #[must_use]
    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Returns the config of an image.
    ///
    /// # Errors
    ///
    /// Returns an error if the image does not exist, or if a source policy replaces it with something other
    /// than an image.
    pub async fn resolve_image_config(&self, request: &ResolveImage) -> Result<Arc<ResolvedImage>, Error> {
        Ok(self.sources.image(request.clone()).await?)
    }

    /// Solves a request.
    ///
    /// # Errors
    ///
    /// Returns an error if BuildKit lacks a capability that an operation needs, if the definition is too
    /// large for a message, or if BuildKit reports one.
    // Boxed, so that the program has it once: 1 KB less to pull.
    pub fn solve(&self, request: SolveRequest) -> LocalBoxFuture<'_, Result<BuildResult, Error>> {
        Box::pin(async move {
            let used = request.definition.iter().flat_map(|definition| &definition.metadata);
            for capability in
                used.filter_map(|entry| entry.value.as_ref()).flat_map(|metadata| metadata.caps.keys())
            {
                self.capabilities.llb.require(capability)?;
            }
            let by_request = self.capabilities.frontend.supports(names::SOLVE_EVALUATE);
            let message = frontend::SolveRequest {
                definition: request.definition,
                frontend: request.frontend,
                frontend_opt: request.options,
                allow_result_return: true,
                allow_result_array_ref: true,
                cache_imports: request.cache_imports,
                frontend_inputs: request.inputs.into_iter().map(Into::into).collect(),
                evaluate: request.evaluate && by_request,
            };
            check_size("the definition", &message)?;
            let result = BuildResult::from(self.client.solve(message).await?);
            if request.evaluate && !by_request {
                // An older BuildKit builds only once something is read.
                for reference in result.each() {
                    self.stat(reference, ".").await?;
                }
            }
            Ok(result)
        })
    }

    /// Returns whether a solve can build immediately, without reading anything.
    #[must_use]
    pub fn evaluates(&self) -> bool {
        self.capabilities.frontend.supports(names::SOLVE_EVALUATE)
    }

    /// Builds a reference now.
    ///
    /// # Errors
    ///
    /// Returns an error if the build fails.
    pub async fn evaluate(&self, reference: &Ref) -> Result<(), Error> {
        self.client.evaluate(frontend::EvaluateRequest { r#ref: reference.id.clone() }).await?;
        Ok(())
    }

    /// Reads a file, or a part of it.
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist, or if the answer is larger than a message may be.
    pub async fn read_file(
        &self,
        reference: &Ref,
        path: &str,
        range: Option<FileRange>,
    ) -> Result<Vec<u8>, Error> {
        let request = frontend::ReadFileRequest {
            r#ref: reference.id.clone(),
            file_path: path.to_owned(),
            range: range.map(|range| frontend::FileRange { offset: range.offset, length: range.length }),
            mount_index: 0,
        };
        Ok(self.client.read_file(request).await?.data)
    }

    /// Lists a folder; a non-empty `pattern` selects names.
    ///
    /// # Errors
    ///
    /// Returns an error if the path does not exist or is not a folder.
    pub async fn read_dir(
        &self,
        reference: &Ref,
        path: &str,
        pattern: &str,
    ) -> Result<Vec<fsutil::Stat>, Error> {
        self.capabilities.frontend.require(names::READ_DIR)?;
        let request = frontend::ReadDirRequest {
            r#ref: reference.id.clone(),
            dir_path: path.to_owned(),
            include_pattern: pattern.to_owned(),
            mount_index: 0,
        };
        Ok(self.client.read_dir(request).await?.entries)
    }

    /// Returns the size, mode and times of a path.
    ///
    /// # Errors
    ///
    /// Returns an error if the path does not exist.
    pub async fn stat(&self, reference: &Ref, path: &str) -> Result<fsutil::Stat, Error> {
        self.capabilities.frontend.require(names::STAT_FILE)?;
        let request =
            frontend::StatFileRequest { r#ref: reference.id.clone(), path: path.to_owned(), mount_index: 0 };
        Ok(self.client.stat_file(request).await?.stat.unwrap_or_default())
    }

    /// Returns the definitions that the client passes instead of contexts; empty if BuildKit does not support
    /// inputs.
    ///
    /// # Errors
    ///
    /// Returns an error if BuildKit reports one.
    pub async fn inputs(&self) -> Result<Arc<BTreeMap<String, pb::Definition>>, Error> {
        if !self.capabilities.frontend.supports(names::FRONTEND_INPUTS) {
            return Ok(Arc::default());
        }
        let ask = async {
            let answer = self.client.inputs(frontend::InputsRequest {}).await?;
            Ok(Arc::new(answer.definitions))
        };
        self.inputs.get((), ask).await
    }

    /// Shows a warning, if BuildKit supports it.
    ///
    /// # Errors
    ///
    /// Returns an error if BuildKit reports one. A build does not fail because of it.
    pub async fn warn(&self, mut warning: frontend::WarnRequest) -> Result<(), Error> {
        if self.capabilities.frontend.supports(names::WARNINGS) {
            if warning.encoded_len() > MAX_MESSAGE_BYTES {
                // The text matters more than its excerpt.
                warning.info = None;
            }
            self.client.warn(warning).await?;
        }
        Ok(())
    }

    /// Ends the build with a result.
    ///
    /// # Errors
    ///
    /// Returns an error if BuildKit reports one, or if the result is too large for a message.
    pub async fn return_result(&self, result: BuildResult) -> Result<(), Error> {
        let arrays = self.capabilities.frontend.supports(names::REFERENCE_ARRAY);
        let message = result.into_message(arrays);
        check_size("the result", &message)?;
        self.client.end(frontend::ReturnRequest { result: Some(message), error: None }).await?;
        Ok(())
    }

    /// Ends the build with an error.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection breaks.
    pub async fn return_error(&self, failure: Error) -> Result<(), Error> {
        self.client.end(failure.into_request()).await?;
        Ok(())
    }
}

/// Rejects a message that BuildKit would not accept. Sending it would break the connection, with an error
/// that does not mention sizes.
fn check_size(what: &str, message: &impl prost::Message) -> Result<(), Error> {
    let size = message.encoded_len();
    if size <= MAX_MESSAGE_BYTES {
        return Ok(());
    }
    Err(Error::new(format_args!("{what} is {size} bytes long, and BuildKit accepts {MAX_MESSAGE_BYTES}"))
        .with_code(tonic::Code::ResourceExhausted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::testing::{Fake, bridge_to};

    fn reference(id: &str) -> Ref {
        Ref { id: id.into(), def: None }
    }

    #[tokio::test]
    async fn large_files_arrive_and_missing_ones_keep_their_code() {
        let fake = Fake::default().with_file("big", vec![7; 15 << 20]);
        let bridge = bridge_to(&fake).await;
        assert_eq!(bridge.read_file(&reference("r"), "big", None).await.unwrap().len(), 15 << 20);
        let range = FileRange { offset: 1, length: 3 };
        assert_eq!(bridge.read_file(&reference("r"), "big", Some(range)).await.unwrap(), [7; 3]);
        let error = bridge.read_file(&reference("r"), "none", None).await.unwrap_err();
        assert_eq!(error.context("failed to read").to_string(), "failed to read: NotFound: no file none");
    }

    #[tokio::test]
    async fn an_operation_needs_its_capabilities() {
        let bridge = bridge_to(&Fake::default()).await;
        let metadata =
            pb::OpMetadata { caps: [("exec.future".to_owned(), true)].into(), ..Default::default() };
        let definition =
            pb::Definition { metadata: vec![("d".to_owned(), metadata).into()], ..Default::default() };
        let request = SolveRequest { definition: Some(definition), ..Default::default() };
        let error = bridge.solve(request).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "requested experimental feature exec.future  is not supported by build server, please update testkit"
        );
    }

    #[tokio::test]
    async fn what_is_too_large_is_an_error_with_both_sizes() {
        let fake = Fake::default();
        let bridge = bridge_to(&fake).await;
        let solve = |bytes| {
            let definition = pb::Definition { def: vec![vec![0; bytes]], ..Default::default() };
            bridge.solve(SolveRequest { definition: Some(definition), ..Default::default() })
        };
        solve(3 << 20).await.unwrap();
        let error = solve(17 << 20).await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::ResourceExhausted);
        let text = error.to_string();
        assert!(text.starts_with("the definition is 178258"), "{text}");
        assert!(text.ends_with("bytes long, and BuildKit accepts 16777216"), "{text}");
        // The connection is still usable.
        bridge.return_error(error).await.unwrap();
        assert_eq!(fake.returned().len(), 1);
    }

    #[tokio::test]
    async fn inputs_are_asked_for_once() {
        let fake = Fake::default().with_caps(&[names::FRONTEND_INPUTS]);
        let bridge = bridge_to(&fake).await;
        let (first, second) = tokio::join!(bridge.inputs(), bridge.inputs());
        assert_eq!(first.unwrap(), second.unwrap());
        assert_eq!(fake.calls("Inputs"), 1);
    }

    #[tokio::test]
    async fn evaluating_on_an_older_buildkit_reads_something() {
        let fake = Fake::default().with_caps(&[names::STAT_FILE]);
        let bridge = bridge_to(&fake).await;
        bridge.solve(SolveRequest { evaluate: true, ..Default::default() }).await.unwrap();
        assert_eq!(fake.calls("StatFile"), 1);
    }

    #[tokio::test]
    async fn a_result_and_an_error_end_the_build() {
        let fake = Fake::default().with_caps(&[names::REFERENCE_ARRAY]);
        let bridge = bridge_to(&fake).await;
        bridge.return_result(BuildResult::default()).await.unwrap();
        bridge.return_error(Error::new("bad")).await.unwrap();
        let returned = fake.returned();
        assert_eq!(
            returned[0].result.as_ref().unwrap().result,
            Some(frontend::result::Result::Ref(Ref::default()))
        );
        assert_eq!(returned[1].error.as_ref().unwrap().message, "bad");
    }
}

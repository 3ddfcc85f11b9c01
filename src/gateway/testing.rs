//! An in-process BuildKit for tests and examples: it answers from tables and counts calls.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "as in tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::result::Result;
use std::sync::{Arc, Mutex};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tonic::{Request, Response, Status};

use super::bridge::Bridge;
use super::transport;
use crate::image::digest;
use crate::proto::frontend::llb_bridge_server::{LlbBridge, LlbBridgeServer};
use crate::proto::frontend::{Result as Outcome, *};
use crate::proto::{caps, fsutil, pb};

#[derive(Debug, Default)]
struct State {
    caps: Vec<String>,
    /// LLB capabilities in addition to those that all tests have.
    llb_caps: &'static [&'static str],
    files: BTreeMap<String, Vec<u8>>,
    images: BTreeMap<String, Vec<u8>>,
    /// Images that are not listed exist and are empty.
    any_image: bool,
    /// The images that are indexes, of images for amd64.
    indexes: BTreeSet<String>,
    replaced: BTreeMap<String, String>,
    answers: BTreeMap<String, ResolveSourceMetaResponse>,
    inputs: BTreeMap<String, pb::Definition>,
    calls: BTreeMap<&'static str, usize>,
    solved: Vec<SolveRequest>,
    asked: Vec<ResolveSourceMetaRequest>,
    returned: Vec<ReturnRequest>,
}

/// The fake server. Clones share its tables.
#[derive(Debug, Clone, Default)]
pub struct Fake(Arc<Mutex<State>>);

/// Returns a bridge to `fake` that is already connected.
pub async fn bridge_to(fake: &Fake) -> Bridge {
    let (client, server_side) = tokio::io::duplex(1 << 16);
    let service = LlbBridgeServer::new(fake.clone()).max_encoding_message_size(usize::MAX);
    tokio::spawn(async move {
        let server = auto::Builder::new(TokioExecutor::new()).http2_only();
        // Ends with an error when the test drops its side.
        let _ = server.serve_connection(TokioIo::new(server_side), TowerToHyperService::new(service)).await;
    });
    let client = transport::over(client).await.unwrap();
    Bridge::connect(client, "testkit").await.unwrap()
}

impl Fake {
    fn with(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.0.lock().unwrap());
        self
    }

    /// Adds capabilities of the frontend's service.
    pub fn with_caps(self, caps: &[&str]) -> Self {
        self.with(|state| state.caps.extend(caps.iter().map(|cap| (*cap).to_owned())))
    }

    /// Adds the capabilities of all operations.
    pub fn with_all_llb_caps(self) -> Self {
        self.with(|state| state.llb_caps = crate::llb::caps::ALL)
    }

    /// Adds a file to every file tree.
    pub fn with_file(self, path: &str, data: impl Into<Vec<u8>>) -> Self {
        self.with(|state| drop(state.files.insert(path.into(), data.into())))
    }

    /// Adds an image config.
    pub fn with_image(self, reference: &str, config: &[u8]) -> Self {
        self.with(|state| drop(state.images.insert(reference.into(), config.into())))
    }

    /// Makes every image that is not listed an empty one, of the requested platform.
    pub fn with_any_image(self) -> Self {
        self.with(|state| state.any_image = true)
    }

    /// Adds an index whose first image has that config, for amd64 only.
    pub fn with_index(self, reference: &str, config: &[u8]) -> Self {
        self.with_image(reference, config).with(|state| _ = state.indexes.insert(reference.into()))
    }

    /// Adds an input of the client.
    pub fn with_input(self, name: &str, definition: pb::Definition) -> Self {
        self.with(|state| drop(state.inputs.insert(name.into(), definition)))
    }

    /// Replaces an image, as a source policy does.
    pub fn replace_image(&self, reference: &str, identifier: &str) {
        self.0.lock().unwrap().replaced.insert(reference.into(), identifier.into());
    }

    /// Sets the answer for a source other than an image, by its identifier.
    pub fn answer(&self, identifier: &str, answer: ResolveSourceMetaResponse) {
        self.0.lock().unwrap().answers.insert(identifier.into(), answer);
    }

    /// Returns how often a call was made.
    pub fn calls(&self, call: &str) -> usize {
        self.0.lock().unwrap().calls.get(call).copied().unwrap_or_default()
    }

    /// Returns the requests to solve, in order.
    pub fn solved(&self) -> Vec<SolveRequest> {
        self.0.lock().unwrap().solved.clone()
    }

    /// Returns the requests to resolve sources, in order.
    pub fn asked(&self) -> Vec<ResolveSourceMetaRequest> {
        self.0.lock().unwrap().asked.clone()
    }

    /// Returns the results that ended builds.
    pub fn returned(&self) -> Vec<ReturnRequest> {
        self.0.lock().unwrap().returned.clone()
    }

    fn call(&self, name: &'static str) -> std::sync::MutexGuard<'_, State> {
        let mut state = self.0.lock().unwrap();
        *state.calls.entry(name).or_default() += 1;
        state
    }
}

impl State {
    fn image_for(&self, reference: &str, platform: Option<&pb::Platform>) -> Result<Vec<u8>, Status> {
        let fits = platform.is_none_or(|platform| platform.architecture == "amd64");
        if !fits && self.indexes.contains(reference) {
            return Err(Status::not_found("no match for platform in manifest"));
        }
        // An index is also found by its digest.
        let by_digest = || self.images.get(reference.strip_suffix(&format!("@{}", self.digest()))?);
        match self.images.get(reference).or_else(by_digest) {
            Some(config) => Ok(config.clone()),
            None if self.any_image => Ok(empty_image(platform)),
            None => Err(Status::not_found(format!("{reference}: not found"))),
        }
    }

    /// Returns the digest of every name: that of the index, if any.
    fn digest(&self) -> String {
        let index = self.files.get("index.json").filter(|index| !index.is_empty());
        index.map_or_else(|| DIGEST.to_owned(), |index| digest::of(index))
    }

    fn file(&self, path: &str) -> Result<&Vec<u8>, Status> {
        self.files.get(path).ok_or_else(|| Status::not_found(format!("no file {path}")))
    }
}

/// Returns the config of an empty image with one layer, since an image without layers counts as scratch.
fn empty_image(platform: Option<&pb::Platform>) -> Vec<u8> {
    let platform = platform.cloned().unwrap_or_default();
    let config = serde_json::json!({
        "architecture": platform.architecture, "os": platform.os, "variant": platform.variant,
        "os.version": platform.os_version, "config": {}, "rootfs": {"type": "layers", "diff_ids": [DIGEST]},
    });
    config.to_string().into_bytes()
}

const LLB_CAPS: &[&str] = &[
    "constraints",
    "file.base",
    "meta.description",
    "platform",
    "source.http",
    "source.local",
    "source.local.excludepatterns",
    "source.local.followpaths",
    "source.local.sessionid",
    "source.local.sharedkeyhint",
];

const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[tonic::async_trait]
impl LlbBridge for Fake {
    async fn ping(&self, _: Request<PingRequest>) -> Result<Response<PongResponse>, Status> {
        let state = self.call("Ping");
        let cap = |id: &String| caps::ApiCap { id: id.clone(), enabled: true, ..Default::default() };
        let mut caps: Vec<_> = state.caps.iter().map(cap).collect();
        caps.push(cap(&"solve.base".to_owned()));
        let llb_caps = LLB_CAPS.iter().chain(state.llb_caps).map(|id| cap(&(*id).to_owned())).collect();
        Ok(Response::new(PongResponse { frontend_api_caps: caps, llb_caps, ..Default::default() }))
    }

    async fn resolve_image_config(
        &self,
        request: Request<ResolveImageConfigRequest>,
    ) -> Result<Response<ResolveImageConfigResponse>, Status> {
        let state = self.call("ResolveImageConfig");
        let config = state.image_for(&request.get_ref().r#ref, request.get_ref().platform.as_ref())?;
        Ok(Response::new(ResolveImageConfigResponse { digest: state.digest(), config, r#ref: String::new() }))
    }

    async fn resolve_source_meta(
        &self,
        request: Request<ResolveSourceMetaRequest>,
    ) -> Result<Response<ResolveSourceMetaResponse>, Status> {
        let mut state = self.call("ResolveSourceMeta");
        state.asked.push(request.get_ref().clone());
        let mut source = request.into_inner().source.unwrap_or_default();
        if let Some(answer) = state.answers.get(&source.identifier) {
            return Ok(Response::new(answer.clone()));
        }
        let name = source.identifier.split_once("://").map_or("", |(_, name)| name).to_owned();
        let mut answer = ResolveSourceMetaResponse::default();
        if let Some(identifier) = state.replaced.get(&name) {
            source.identifier.clone_from(identifier);
        } else {
            let wanted = state.asked.last().and_then(|asked| asked.platform.as_ref());
            let config = state.image_for(&name, wanted)?;
            answer.image = Some(ResolveSourceImageResponse { digest: state.digest(), config });
        }
        answer.source = Some(source);
        Ok(Response::new(answer))
    }

    async fn solve(&self, request: Request<SolveRequest>) -> Result<Response<SolveResponse>, Status> {
        let mut state = self.call("Solve");
        state.solved.push(request.into_inner());
        let reference = Ref { id: format!("ref{}", state.solved.len()), def: None };
        let result = Outcome { result: Some(result::Result::Ref(reference)), ..Default::default() };
        Ok(Response::new(SolveResponse { result: Some(result), r#ref: String::new() }))
    }

    async fn read_file(
        &self,
        request: Request<ReadFileRequest>,
    ) -> Result<Response<ReadFileResponse>, Status> {
        let state = self.call("ReadFile");
        let data = state.file(&request.get_ref().file_path)?;
        let range = request.get_ref().range.unwrap_or(FileRange { offset: 0, length: i64::MAX });
        let skip = usize::try_from(range.offset).unwrap();
        let take = usize::try_from(range.length).unwrap();
        let data = data.iter().skip(skip).take(take).copied().collect();
        Ok(Response::new(ReadFileResponse { data }))
    }

    async fn read_dir(&self, _: Request<ReadDirRequest>) -> Result<Response<ReadDirResponse>, Status> {
        let state = self.call("ReadDir");
        let entry = |path: &String| fsutil::Stat { path: path.clone(), ..Default::default() };
        Ok(Response::new(ReadDirResponse { entries: state.files.keys().map(entry).collect() }))
    }

    async fn stat_file(
        &self,
        request: Request<StatFileRequest>,
    ) -> Result<Response<StatFileResponse>, Status> {
        let state = self.call("StatFile");
        let path = &request.get_ref().path;
        let size = if path == "." { 0 } else { state.file(path)?.len() };
        let stat = fsutil::Stat { path: path.clone(), size: size as i64, ..Default::default() };
        Ok(Response::new(StatFileResponse { stat: Some(stat) }))
    }

    async fn evaluate(&self, _: Request<EvaluateRequest>) -> Result<Response<EvaluateResponse>, Status> {
        drop(self.call("Evaluate"));
        Ok(Response::new(EvaluateResponse {}))
    }

    async fn inputs(&self, _: Request<InputsRequest>) -> Result<Response<InputsResponse>, Status> {
        let state = self.call("Inputs");
        Ok(Response::new(InputsResponse { definitions: state.inputs.clone() }))
    }

    async fn warn(&self, _: Request<WarnRequest>) -> Result<Response<WarnResponse>, Status> {
        drop(self.call("Warn"));
        Ok(Response::new(WarnResponse {}))
    }

    async fn r#return(&self, request: Request<ReturnRequest>) -> Result<Response<ReturnResponse>, Status> {
        self.call("Return").returned.push(request.into_inner());
        Ok(Response::new(ReturnResponse {}))
    }
}

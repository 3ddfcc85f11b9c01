//! Resolves sources to their current state: the config of an image, the commit of a branch.
//!
//! Mirrors `ResolveImageConfig` and `ResolveSourceMetadata` of moby/buildkit's `frontend/gateway/grpcclient`.
//! If BuildKit supports ResolveSourceMeta, that call is used for images as well, since only its answer shows
//! the effect of a source policy.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use prost::Message as _;

use super::capabilities::{Capabilities, names};
use super::client::Client;
use super::error::Error;
use super::memo::Memo;
use crate::image::Platform;
use crate::llb::ResolveMode;
use crate::proto::{frontend, pb};

const IMAGE: &str = "docker-image://";
const OCI_LAYOUT: &str = "oci-layout://";

/// Resolved sources. Clones share them.
#[derive(Debug, Clone)]
pub struct Sources {
    client: Client,
    capabilities: Arc<Capabilities>,
    /// By the bytes of the request without its log name.
    images: Memo<Vec<u8>, Result<Arc<ResolvedImage>, ResolveError>>,
    others: Memo<Vec<u8>, Result<Arc<frontend::ResolveSourceMetaResponse>, Error>>,
}

/// The image to resolve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResolveImage {
    /// The reference in normalized form, with a tag or digest.
    pub reference: String,
    /// The platform to select; `None` for BuildKit's own.
    pub platform: Option<Platform>,
    /// When to contact the registry.
    pub resolve_mode: ResolveMode,
    /// The line to show during the lookup.
    pub log_name: String,
    /// The OCI layout of the client that holds the image, if any.
    pub store: Option<OciStore>,
}

/// An OCI layout of the client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OciStore {
    /// The client's session.
    pub session_id: String,
    /// The layout's name in the session.
    pub store_id: String,
}

/// A resolved image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolvedImage {
    /// The reference, which a source policy may have changed.
    pub reference: String,
    /// The digest of the manifest or index.
    pub digest: String,
    /// The config as JSON.
    pub config: Vec<u8>,
}

/// Why the config of an image is not available.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ResolveError {
    /// The index was read but lists no image for the platform.
    #[error(transparent)]
    NoMatchingPlatform(Error),
    /// The lookup failed.
    #[error(transparent)]
    Failed(Error),
    /// A source policy replaced the image with another kind of source.
    #[error("ref mutated by policy to non-image: {IMAGE}{reference} -> {identifier}")]
    NotAnImage {
        /// The requested reference.
        reference: String,
        /// The identifier of the source that replaces it.
        identifier: String,
    },
}

impl ResolveError {
    /// Returns whether the registry answered that it does not have the image. Good only for hints: a registry
    /// may say so about images that it does not want to show.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NoMatchingPlatform(_))
            || matches!(self, Self::Failed(failure) if failure.is_not_found())
    }
}

impl From<ResolveError> for Error {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NoMatchingPlatform(failure) | ResolveError::Failed(failure) => failure,
            ResolveError::NotAnImage { .. } => Self::new(error),
        }
    }
}

impl From<Error> for ResolveError {
    fn from(failure: Error) -> Self {
        if failure.is_no_match_for_platform() {
            return Self::NoMatchingPlatform(failure);
        }
        Self::Failed(failure)
    }
}

impl From<tonic::Status> for ResolveError {
    fn from(status: tonic::Status) -> Self {
        Error::from(status).into()
    }
}

impl Sources {
    pub(super) fn new(client: Client, capabilities: Arc<Capabilities>) -> Self {
        Self { client, capabilities, images: Memo::default(), others: Memo::default() }
    }

    /// Resolves the config of an image.
    ///
    /// # Errors
    ///
    /// Returns an error if the image does not exist, or if a source policy replaces it with another kind of
    /// source.
    // Boxed, so that the program has it once: 2 KB less to pull.
    pub fn image(&self, query: ResolveImage) -> LocalBoxFuture<'_, Result<Arc<ResolvedImage>, ResolveError>> {
        Box::pin(async move {
            if self.capabilities.frontend.supports(names::SOURCE_META) {
                let request = query.into_source_meta();
                let key = frontend::ResolveSourceMetaRequest { log_name: String::new(), ..request.clone() };
                self.images.get(key.encode_to_vec(), self.image_by_source_meta(request)).await
            } else {
                let request = query.into_image_config();
                let key = frontend::ResolveImageConfigRequest { log_name: String::new(), ..request.clone() };
                self.images.get(key.encode_to_vec(), self.image_by_config(request)).await
            }
        })
    }

    async fn image_by_source_meta(
        &self,
        request: frontend::ResolveSourceMetaRequest,
    ) -> Result<Arc<ResolvedImage>, ResolveError> {
        let asked = request.source.as_ref().map_or_else(String::new, |source| name(&source.identifier));
        // Uses the text of BuildKit's own resolver, which this call bypasses.
        let answer = self.client.resolve_source_meta(request).await.map_err(|status| {
            Error::from(status).context(format_args!("failed to resolve source metadata for {asked}"))
        })?;
        let identifier = answer.source.map_or_else(String::new, |source| source.identifier);
        let Some(image) = answer.image else {
            return Err(ResolveError::NotAnImage { reference: asked, identifier });
        };
        Ok(Arc::new(ResolvedImage {
            reference: name(&identifier),
            digest: image.digest,
            config: image.config,
        }))
    }

    async fn image_by_config(
        &self,
        request: frontend::ResolveImageConfigRequest,
    ) -> Result<Arc<ResolvedImage>, ResolveError> {
        let asked = request.r#ref.clone();
        let answer = self.client.resolve_image_config(request).await?;
        // A BuildKit from before source policies returns no reference.
        let reference = if answer.r#ref.is_empty() { asked } else { answer.r#ref };
        Ok(Arc::new(ResolvedImage { reference, digest: answer.digest, config: answer.config }))
    }

    /// Resolves a source other than an image. If BuildKit does not support this, returns the source as
    /// requested.
    ///
    /// # Errors
    ///
    /// Returns an error if the lookup fails.
    pub async fn meta(
        &self,
        request: frontend::ResolveSourceMetaRequest,
    ) -> Result<Arc<frontend::ResolveSourceMetaResponse>, Error> {
        if !self.capabilities.frontend.supports(names::SOURCE_META) {
            let unknown =
                frontend::ResolveSourceMetaResponse { source: request.source, ..Default::default() };
            return Ok(Arc::new(unknown));
        }
        let key = frontend::ResolveSourceMetaRequest { log_name: String::new(), ..request.clone() };
        let ask = async { Ok(Arc::new(self.client.resolve_source_meta(request).await?)) };
        self.others.get(key.encode_to_vec(), ask).await
    }
}

/// Removes the scheme from an identifier.
fn name(identifier: &str) -> String {
    let name = identifier.strip_prefix(IMAGE).unwrap_or(identifier);
    name.strip_prefix(OCI_LAYOUT).unwrap_or(name).to_owned()
}

impl ResolveImage {
    fn into_source_meta(self) -> frontend::ResolveSourceMetaRequest {
        let scheme = if self.store.is_some() { OCI_LAYOUT } else { IMAGE };
        let source = pb::SourceOp {
            identifier: format!("{scheme}{}", self.reference),
            attrs: self.store.map_or_else(Vec::new, OciStore::into_attrs),
        };
        frontend::ResolveSourceMetaRequest {
            source: Some(source),
            platform: self.platform.as_ref().map(pb::Platform::from),
            log_name: self.log_name,
            resolve_mode: self.resolve_mode.as_str().to_owned(),
            ..Default::default()
        }
    }

    fn into_image_config(self) -> frontend::ResolveImageConfigRequest {
        let resolver_type = i32::from(self.store.is_some());
        let store = self.store.unwrap_or_default();
        frontend::ResolveImageConfigRequest {
            r#ref: self.reference,
            platform: self.platform.as_ref().map(pb::Platform::from),
            resolve_mode: self.resolve_mode.as_str().to_owned(),
            log_name: self.log_name,
            resolver_type,
            session_id: store.session_id,
            store_id: store.store_id,
        }
    }
}

impl OciStore {
    const SESSION: &str = "oci.session";
    const STORE: &str = "oci.store";

    fn into_attrs(self) -> Vec<pb::Attr> {
        let attr = |key: &str, value| pb::Attr { key: Some(key.to_owned()), value: Some(value) };
        vec![attr(Self::SESSION, self.session_id), attr(Self::STORE, self.store_id)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::testing::{Fake, bridge_to};

    fn query(reference: &str, log_name: &str) -> ResolveImage {
        ResolveImage { reference: reference.into(), log_name: log_name.into(), ..Default::default() }
    }

    #[tokio::test]
    async fn one_image_is_looked_up_once_whatever_the_line_says() {
        for (caps, call) in
            [(&[names::SOURCE_META] as &[&str], "ResolveSourceMeta"), (&[], "ResolveImageConfig")]
        {
            let fake = Fake::default().with_caps(caps).with_image("docker.io/library/a:1", b"{}");
            let sources = bridge_to(&fake).await.sources().clone();
            let (first, second) = tokio::join!(
                sources.image(query("docker.io/library/a:1", "one")),
                sources.image(query("docker.io/library/a:1", "two"))
            );
            assert_eq!(first, second);
            let image = first.unwrap();
            assert_eq!((image.reference.as_str(), &*image.config), ("docker.io/library/a:1", b"{}" as &[u8]));
            let again = sources.image(query("docker.io/library/a:1", "three")).await.unwrap();
            assert!(Arc::ptr_eq(&again, &image));
            assert_eq!(fake.calls(call), 1);
        }
    }

    #[tokio::test]
    async fn failures_are_remembered() {
        let fake = Fake::default().with_caps(&[names::SOURCE_META]);
        let sources = bridge_to(&fake).await.sources().clone();
        for _ in 0..2 {
            let error = sources.image(query("none", "")).await.unwrap_err();
            assert_eq!(Error::from(error).code(), tonic::Code::NotFound);
        }
        assert_eq!(fake.calls("ResolveSourceMeta"), 1);
    }

    #[tokio::test]
    async fn a_policy_may_put_something_else_in_the_place_of_an_image() {
        let fake = Fake::default().with_caps(&[names::SOURCE_META]).with_image("moved", b"{}");
        let sources = bridge_to(&fake).await.sources().clone();
        fake.replace_image("moved", "https://example.com/rootfs.tar");
        let error = sources.image(query("moved", "")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "ref mutated by policy to non-image: docker-image://moved -> https://example.com/rootfs.tar"
        );
    }

    #[tokio::test]
    async fn an_older_buildkit_is_asked_with_its_own_calls() {
        let fake = Fake::default().with_image("a", b"{}");
        let sources = bridge_to(&fake).await.sources().clone();
        let source = |identifier: &str| frontend::ResolveSourceMetaRequest {
            source: Some(pb::SourceOp { identifier: identifier.into(), attrs: Vec::new() }),
            ..Default::default()
        };
        let other = sources.meta(source("https://example.com/")).await.unwrap();
        assert_eq!(
            (other.image.as_ref(), other.source.as_ref().unwrap().identifier.as_str()),
            (None, "https://example.com/")
        );
    }
}

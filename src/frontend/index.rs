//! Lists the images of an index.
//!
//! The index itself is the best source: it lists all images with their digests. How it can be read depends on the
//! engine and on the registry. If it cannot be read, an engine that selects by `os.version` is asked for one version
//! after the other. A failed lookup is never taken for "not found".

use std::sync::Arc;

use super::build::Build;
use crate::gateway::{Error, FileRange, OciStore, ResolveError, ResolveImage, ResolvedImage};
use crate::image::{Image, Platform, Reference, digest};
use crate::llb::{Http, ImageBlob, Metadata, OciLayoutBlob, State, caps};
use crate::wait;
use crate::windows::index::{self, Entry};
use crate::windows::probe::{self, Answer, Found};
use crate::windows::select::Selection;

/// How many bytes of an index are read at most.
const MAX_INDEX_BYTES: i64 = 4 << 20;
/// The name of the file that the index is downloaded as.
const INDEX_FILE: &str = "index.json";

/// The images of an index.
#[derive(Debug, Clone)]
pub(super) enum Listing {
    /// The index was read, or the image is known not to be one. With one entry or none, the image that the engine
    /// resolves is the only one.
    Entries(Vec<Entry>),
    /// The engine was asked for each version.
    Asked(Found),
    /// Neither is possible with this engine.
    Unknown,
}

/// An image that may be an index.
pub(super) struct Source {
    /// The reference, with a digest.
    pub(super) reference: Reference,
    /// The OCI layout that contains it, if any.
    pub(super) store: Option<OciStore>,
    /// The platform to look for.
    pub(super) platform: Platform,
}

/// Reads indexes.
pub(super) struct Reader<'r, 'b> {
    pub(super) build: &'r Build<'b>,
    /// The versions to look for, if an engine has to be asked for them.
    pub(super) selection: Selection<'r>,
}

impl Reader<'_, '_> {
    /// Lists the Windows images of an index.
    ///
    /// # Errors
    ///
    /// Returns an error if the index could not be looked up.
    pub(super) async fn list(&self, source: &Source) -> Result<Listing, Error> {
        let failed = match self.text(source).await {
            Ok(Some(json)) => match index::windows_entries(&json, &source.platform) {
                Ok(entries) => return Ok(Listing::Entries(entries.unwrap_or_default())),
                Err(error) => Some(Error::new(error).context("cannot parse the index")),
            },
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if self.is_one_image(source).await {
            return Ok(Listing::Entries(Vec::new()));
        }
        match (self.ask(source).await?, failed) {
            // The answers are ambiguous, and only the index could settle it.
            (None | Some(Found { hidden: Some(_), .. }), Some(error)) => {
                Err(error.context("cannot read the index"))
            }
            (Some(found), _) => Ok(Listing::Asked(found)),
            (None, None) => Ok(Listing::Unknown),
        }
    }

    /// Returns the ways in which this engine can read an index, or the manifest of an image.
    fn ways(&self, source: &Source) -> Vec<State> {
        let reference = &source.reference;
        let digest = reference.digest().unwrap_or_default();
        let title = Metadata::internal(&format!("load index of {}", reference.familiar()));
        let llb = &self.build.bridge.capabilities().llb;
        let (blob_reference, filename) = (format!("{}@{digest}", reference.name()), INDEX_FILE.to_owned());
        let mut ways = Vec::new();
        if let Some(store) = &source.store {
            let OciStore { session_id, store_id } = store.clone();
            let blob = OciLayoutBlob { reference: blob_reference, filename, session_id, store_id };
            if llb.supports(caps::SOURCE_IMAGE_BLOB) {
                ways.push(blob.state(title));
            }
            return ways;
        }
        if llb.supports(caps::SOURCE_IMAGE_BLOB) {
            ways.push(ImageBlob { reference: blob_reference, filename }.state(title.clone()));
        }
        if !index::wants_login(reference) {
            // Without the header, a registry returns whatever has that digest, at least in Docker's format.
            let accept = if llb.supports(caps::SOURCE_HTTP_HEADER) { index::MEDIA_TYPES } else { "" };
            let download = Http {
                url: index::url(reference, digest),
                filename: INDEX_FILE.to_owned(),
                // With a checksum, the engine would take an error response for a file with another digest.
                checksum: String::new(),
                accept: accept.to_owned(),
            };
            ways.push(download.state(title));
        }
        // A registry on this machine needs no login, and serves every kind of index as a download.
        if index::is_loopback(reference) {
            ways.reverse();
        }
        ways
    }

    /// Reads the index file of a source.
    async fn read_file_of(&self, state: &State) -> Result<Vec<u8>, Error> {
        let file = self.build.solve_state(state).await?.ok_or_else(|| Error::new("no index"))?;
        let range = FileRange { offset: 0, length: MAX_INDEX_BYTES };
        self.build.bridge.read_file(&file, INDEX_FILE, Some(range)).await
    }

    /// Reads an index in one way.
    async fn read(&self, source: &Source, way: &State) -> Result<Vec<u8>, Error> {
        let json = self.read_file_of(way).await?;
        let (wanted, found) = (source.reference.digest().unwrap_or_default(), digest::of(&json));
        if wanted.starts_with(digest::SHA256) && wanted != found {
            return Err(Error::new(format_args!(
                "digest mismatch: the registry gives {found} for the index {wanted}"
            )));
        }
        Ok(json)
    }

    /// Returns the text of an index, or of the manifest if the image is not an index; `None` if this engine has no way
    /// to read it.
    ///
    /// # Errors
    ///
    /// Returns an error if a way to read it failed.
    pub(super) async fn text(&self, source: &Source) -> Result<Option<Vec<u8>>, Error> {
        let mut failed = None;
        for way in self.ways(source) {
            match self.read(source, &way).await {
                Ok(json) => return Ok(Some(json)),
                Err(error) if error.is_wrong_way() => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    /// Returns whether it is a single image instead of an index: a single image is returned for any platform.
    async fn is_one_image(&self, source: &Source) -> bool {
        const OF_NO_INDEX: &str = "riscv64";
        let platform = Platform { architecture: OF_NO_INDEX.to_owned(), ..source.platform.clone() };
        let title = format!("look whether {} is an index", source.reference.familiar());
        self.resolve_image(source, platform, &title).await.is_ok()
    }

    /// Asks for each version, all at once. The engine answers with the digest of the index, so all versions keep that
    /// digest. Returns `None` if the engine ignores versions.
    async fn ask(&self, source: &Source) -> Result<Option<Found>, Error> {
        let questions = probe::questions(self.selection).into_iter();
        let answers = questions.map(|question| async move {
            let os_version = question.os_version.clone();
            let title = format!("look for Windows {os_version} in {}", source.reference.familiar());
            let platform = Platform { os_version, ..source.platform.clone() };
            let answer = match self.resolve_image(source, platform, &title).await {
                Ok(image) => Some(answer(&image)?),
                Err(ResolveError::NoMatchingPlatform(_)) => None,
                Err(error) => return Err(Error::from(error)),
            };
            Ok((question, answer))
        });
        Ok(probe::found(&wait::try_all(answers).await?))
    }

    async fn resolve_image(
        &self,
        source: &Source,
        platform: Platform,
        title: &str,
    ) -> Result<Arc<ResolvedImage>, ResolveError> {
        let query = ResolveImage {
            reference: source.reference.to_string(),
            log_name: format!("[internal] {title}"),
            platform: Some(platform),
            resolve_mode: self.build.options.resolve_mode,
            store: source.store.clone(),
        };
        self.build.bridge.sources().image(query).await
    }
}

fn answer(image: &ResolvedImage) -> Result<Answer, Error> {
    let platform = Image::parse(&image.config).map_err(Error::new)?.platform;
    Ok(Answer { os_version: platform.os_version, features: platform.os_features.unwrap_or_default() })
}

//! Refuses a rebase on a builder whose cache would confuse its layers.
//!
//! BuildKit finds a layer of a pulled image in its cache by the layers up to it (`GetByBlob`). It gives the difference of
//! two images the same key as the upper of the two (`computeChainMetadata`), and so may later take the difference for the
//! image: a file system without the base, and without a word. Measured: one of two rebases of images with a common layer,
//! one after the other on one builder, gave an image without Windows. Two rebases of one image are safe, since its source
//! is cached.
//!
//! So each rebase leaves two kinds of small files in the builder's cache: one for the image, then one for each of its own
//! layers. If a layer's file is older than the image's, another image with that layer was there before.

use super::Prepared;
use crate::frontend::build::Build;
use crate::gateway::Error;
use crate::image::digest;
use crate::llb::{Action, Metadata, State};
use crate::rebase::ErrorKind;
use crate::wait;

/// The file of a mark.
const FILE: &str = "/rebase";

/// Returns an error if another image that shares layers with one of these was moved on this builder before.
///
/// # Errors
///
/// Returns an error that names the image, and one if the marks cannot be written or read.
pub(super) async fn check(build: &Build<'_>, images: &[Prepared<'_>]) -> Result<(), Error> {
    for image in images.iter().filter(|image| image.own_layers() > 0) {
        let from = &image.from;
        // BuildKit caches the source of an image by its digest, in whatever repository.
        let name = from.reference.digest().map_or_else(|| from.reference.to_string(), str::to_owned);
        let time = mark(build, &name).await?;
        let ids = from.image.rootfs.diff_ids.as_deref().unwrap_or_default();
        let own = ids.len() - image.own_layers() + 1..=ids.len();
        let times = own.map(|end| {
            let chain = ids[..end].join(" ");
            Box::pin(async move { mark(build, &chain).await })
        });
        if wait::try_all(times).await?.into_iter().any(|of_layer| of_layer < time) {
            return Err(ErrorKind::SharedLayers { image: from.describe() }.into());
        }
    }
    Ok(())
}

/// Returns when the builder wrote the mark of this name: now, unless its cache has it.
async fn mark(build: &Build<'_>, name: &str) -> Result<i64, Error> {
    let data = digest::of(name.as_bytes()).into_bytes();
    let make = Action::MkFile { path: FILE.to_owned(), mode: 0o644, data };
    let state = State::scratch().file(vec![make], Metadata::internal("look for earlier rebases"));
    let reference = build.solve_state(&state).await?;
    let reference = reference.ok_or_else(|| Error::new("no mark of earlier rebases"))?;
    Ok(build.bridge.stat(&reference, FILE).await?.mod_time)
}

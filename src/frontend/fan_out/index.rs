//! Lists the Windows images of an index that a stage may be based on.

use futures_util::future::LocalBoxFuture;

use super::FanOut;
use crate::frontend::index::{Listing, Reader, Source};
use crate::gateway::Error;
use crate::image::{Platform, Reference};
use crate::plan::Stage;
use crate::windows::versions::named_in;

impl FanOut<'_, '_> {
    /// Returns the Windows images of a stage's base image.
    pub(super) fn list_versions<'s>(
        &'s self,
        stage: &'s Stage<'_>,
    ) -> LocalBoxFuture<'s, Result<Listing, Error>> {
        Box::pin(async move {
            let Some(source) = self.source_of(stage).await? else { return Ok(Listing::Entries(Vec::new())) };
            let reader = Reader { build: self.build, selection: self.selection };
            let key = format!("{} {}", source.reference, source.platform.format());
            let listing = self.listings.get(key, reader.list(&source)).await;
            listing.map_err(|error| self.located(error.context(&stage.written_base), stage))
        })
    }

    /// Returns the index that a stage may be based on. `None` if the stage is not based on an image for Windows, if the
    /// name of the image contains a Windows version, or if the engine did not return its digest: what cannot be asked for
    /// by digest could differ from what the build uses.
    async fn source_of(&self, stage: &Stage<'_>) -> Result<Option<Source>, Error> {
        let Some(resolved) = stage.resolved.as_ref().filter(|resolved| resolved.platform.is_windows()) else {
            return Ok(None);
        };
        // A context has the platform of the image that was found.
        let platform = resolved.platform.without_version().normalize();
        if let Some(source) = self.layout_of(stage, &platform).await? {
            return Ok(Some(source));
        }
        let reference = resolved.start.reference().unwrap_or(&stage.base_name);
        let parsed =
            Reference::parse_normalized(reference).ok().filter(|reference| reference.digest().is_some());
        let Some(reference) = parsed.filter(|_| named_in(reference).is_none()) else { return Ok(None) };
        Ok(Some(Source { reference, store: None, platform }))
    }

    /// Returns the OCI layout that replaces a stage or its base image, if any.
    async fn layout_of(&self, stage: &Stage<'_>, platform: &Platform) -> Result<Option<Source>, Error> {
        let named = || self.build.contexts.named(&stage.written_base, platform).ok().flatten();
        let Some(context) = stage.context.clone().or_else(named) else { return Ok(None) };
        let Some(store) = context.oci_store() else { return Ok(None) };
        let loaded = context.load(Some(platform), self.build.options.resolve_mode).await?;
        let name = if stage.context.is_some() { &stage.name } else { &stage.written_base };
        let reference = Reference::parse_normalized(name).and_then(|name| name.with_digest(&loaded.digest));
        let reference = reference.map_err(Error::new)?;
        Ok(Some(Source { reference, store: Some(store), platform: platform.clone() }))
    }
}

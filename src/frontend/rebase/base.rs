//! The base images of a rebase: the new one, which the Dockerfile names, and the old one, which has to be found.

use super::pushed::{Variant, resolved};
use crate::frontend::build::Build;
use crate::gateway::{Error, ResolveImage, ResolvedImage};
use crate::image::{Image, Platform, Reference};
use crate::instruction;
use crate::llb;
use crate::plan::Stage;
use crate::rebase::{ErrorKind, stands_on};
use crate::span::Range;
use crate::windows::{base_name, labels};

/// A base image.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// The reference, with its digest.
    pub(super) reference: Reference,
    /// The platform to request from an engine to get it.
    pub(super) asked: Platform,
    pub(super) image: Image,
}

impl Base {
    /// Returns its file system.
    pub(super) fn state(&self, resolve_mode: llb::ResolveMode, metadata: llb::Metadata) -> llb::State {
        let reference = self.reference.to_string();
        llb::Image { reference, platform: Some(self.asked.clone()), resolve_mode }.state(metadata)
    }
}

/// The base image that a FROM names, for one image.
#[derive(Debug, Clone)]
pub(in crate::frontend) struct NewBase<'b> {
    pub(super) base: Base,
    /// The name as written, with variables and lists expanded.
    pub(super) written: String,
    /// The platform that it is built for, without a version.
    pub(super) platform: Platform,
    pub(super) from: Option<&'b instruction::Stage>,
    pub(super) location: Vec<Range>,
}

impl<'b> NewBase<'b> {
    /// Returns the base image of a root stage, for a platform without a version.
    ///
    /// # Errors
    ///
    /// Returns an error if the base is not an image in a registry.
    pub(in crate::frontend) fn of(
        build: &Build<'b>,
        root: &Stage<'b>,
        platform: &Platform,
    ) -> Result<Self, Error> {
        let no_image = || {
            let kind = ErrorKind::NoImage { base: root.written_base.clone() };
            Error::from(kind).with_source(&build.file.source.map.to_pb(), &root.location)
        };
        let resolved = root.resolved.as_ref().ok_or_else(no_image)?;
        let (Some(reference), Some(image)) = (resolved.start.reference(), &resolved.base_image) else {
            return Err(no_image());
        };
        let base = Base {
            reference: Reference::parse_normalized(reference).map_err(Error::new)?,
            asked: resolved.platform.clone(),
            image: image.clone(),
        };
        Ok(Self {
            base,
            written: root.written_base.clone(),
            platform: platform.clone(),
            from: root.from,
            location: root.location.clone(),
        })
    }

    /// Describes the base image with its version, for messages.
    pub(super) fn describe(&self) -> String {
        let version = &self.base.image.platform.os_version;
        format!("{} ({})", self.written, if version.is_empty() { "without os.version" } else { version })
    }
}

/// The old base image, or descriptions of the candidates that were tried.
pub(super) type Found = Result<Base, Vec<String>>;

/// Looks for the base image of a pushed image: those that the client names, the one that its label names, and the one
/// that the repository of the new base tags with the image's `os.version`, as Microsoft's repositories do. A candidate
/// is accepted only if its layers are the first of the image: a name by itself proves nothing.
pub(super) async fn find_old(build: &Build<'_>, variant: &Variant, new: &NewBase<'_>) -> Found {
    if stands_on(&variant.image, &new.base.image) {
        return Ok(new.base.clone());
    }
    let mut tried = Vec::new();
    for (reference, why) in candidates(build, variant, new, &mut tried) {
        let asked =
            Platform { os_version: variant.image.platform.os_version.clone(), ..variant.asked.clone() };
        let query = ResolveImage {
            reference: reference.to_string(),
            log_name: format!("[internal] load metadata for {}", reference.familiar()),
            platform: Some(asked.clone()),
            resolve_mode: build.options.resolve_mode,
            store: None,
        };
        let base = match build.bridge.sources().image(query).await {
            Ok(found) => of_answer(reference.clone(), asked, &found),
            Err(error) => Err(error.into()),
        };
        match base {
            Ok(base) if stands_on(&variant.image, &base.image) => return Ok(base),
            Ok(_) => tried
                .push(format!("{why} {}: its layers are not the first of the image's", reference.familiar())),
            Err(error) => tried.push(format!("{why} {}: {error}", reference.familiar())),
        }
    }
    Err(tried)
}

fn of_answer(reference: Reference, asked: Platform, found: &ResolvedImage) -> Result<Base, Error> {
    let image = Image::parse(&found.config).map_err(Error::new)?;
    Ok(Base { reference: resolved(reference, found)?, asked, image })
}

/// Returns possible base images, each with where its name comes from. Notes those that are ruled out in `tried`.
fn candidates(
    build: &Build<'_>,
    variant: &Variant,
    new: &NewBase<'_>,
    tried: &mut Vec<String>,
) -> Vec<(Reference, &'static str)> {
    let mut found: Vec<(Reference, &'static str)> = Vec::new();
    let named = &build.options.windows.rebase_from;
    found.extend(named.iter().map(|reference| (reference.clone(), "FANLIGHT_REBASE_FROM")));
    let label = |key: &str| variant.image.config.labels.get(key).map(String::as_str);
    let labelled = label(labels::NAME).and_then(|name| Reference::parse_normalized(name).ok());
    let mut repositories = vec![new.base.reference.clone()];
    let is_other = names_other(variant, new);
    if let Some(name) = labelled {
        if is_other {
            // The label's digest may be that of a base of the base, which has fewer of the image's layers.
            tried.push(format!("its label {} names another base, {}", labels::NAME, name.familiar()));
        } else {
            repositories.insert(0, name);
        }
    }
    if let Some(digest) = label(labels::DIGEST).filter(|_| !is_other) {
        let pinned = repositories[0].clone().with_digest(digest);
        found.extend(pinned.ok().map(|reference| (reference, "its label names")));
    }
    let os_version = &variant.image.platform.os_version;
    for repository in repositories.into_iter().filter(|_| !os_version.is_empty()) {
        let tagged = repository.trim().with_tag(os_version);
        found.extend(tagged.ok().map(|reference| (reference, "the tag of its os.version,")));
    }
    let mut unique: Vec<(Reference, &'static str)> = Vec::with_capacity(found.len());
    for candidate in found {
        if !unique.iter().any(|(known, _)| *known == candidate.0) {
            unique.push(candidate);
        }
    }
    unique
}

/// Returns whether an image's label names a base image in another repository.
pub(super) fn names_other(variant: &Variant, new: &NewBase<'_>) -> bool {
    let name = variant.image.config.labels.get(labels::NAME);
    let name = name.and_then(|name| Reference::parse_normalized(name).ok());
    name.is_some_and(|name| !base_name::is_same_repository(&name.name(), &new.base.reference.name()))
}

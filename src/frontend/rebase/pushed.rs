//! A pushed image: the images of its index, and their configs. Reads no layers.

use std::sync::Arc;

use crate::frontend::build::Build;
use crate::frontend::index::{Listing, Reader, Source};
use crate::frontend::warn::{self, Warning};
use crate::gateway::{Error, ResolveError, ResolveImage, ResolvedImage};
use crate::image::release::STABLE;
use crate::image::{self, Image, OsVersion, Platform, Reference};
use crate::list;
use crate::llb;
use crate::rebase::ErrorKind;
use crate::wait;
use crate::windows::index::{self, Entry};
use crate::windows::select::Selection;

/// One image of a pushed index.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    /// The index, or a single image, as the client named it.
    pub(super) of: Reference,
    /// The reference, with the digest of its own manifest if the index could be read.
    pub(super) reference: Reference,
    /// The platform to request from an engine to get it.
    pub(super) asked: Platform,
    /// The platform that the index or its config lists.
    pub(super) platform: Platform,
    /// Its config, unchanged.
    pub(super) config: Arc<ResolvedImage>,
    pub(super) image: Image,
}

impl Variant {
    /// Describes it for messages, by its name and what distinguishes it from the other images.
    pub(super) fn describe(&self) -> String {
        let platform = &self.platform;
        let what =
            if platform.os_version.is_empty() { platform.format() } else { platform.os_version.clone() };
        format!("{} ({what})", self.of.familiar())
    }
}

/// The images of a pushed index.
pub(super) struct Pushed {
    /// The reference as the client named it, with its present digest.
    pub(super) reference: Reference,
    /// Images for the Windows architectures of the build, in the order of the index.
    pub(super) windows: Vec<Variant>,
    /// Images for other operating systems.
    pub(super) others: Vec<Variant>,
    /// Windows platforms that are not part of the build, as far as the index could be read.
    pub(super) unasked: Vec<Platform>,
    /// True if the index could not be read, and an engine was asked for each version.
    is_asked: bool,
}

impl Pushed {
    /// Returns an error if a version that was not found may still exist: asked for a version after Windows Server 2022,
    /// an engine may answer with an older image that precedes it in the index.
    ///
    /// # Errors
    ///
    /// Returns an error if the version cannot be told apart from an older one.
    pub(super) fn check_missing(&self, version: Option<&OsVersion>) -> Result<(), ErrorKind> {
        let known = image::Build::known();
        let is_exact = |build: image::Build| build.0 <= STABLE && known.contains(&build);
        match version.map(OsVersion::build).filter(|build| self.is_asked && !is_exact(*build)) {
            None => Ok(()),
            Some(build) => {
                Err(ErrorKind::Hidden { reference: self.reference.familiar(), version: build.to_string() })
            }
        }
    }
}

/// Looks up pushed images.
pub(super) struct Look<'l, 'b> {
    pub(super) build: &'l Build<'b>,
    /// The reference, with a tag or digest.
    pub(super) named: &'l Reference,
}

impl Look<'_, '_> {
    /// Reads the images of the index for `windows`, platforms without versions. Unless `others` is `None`, also reads
    /// its images for other operating systems, which must include `others`.
    pub(super) async fn read(
        &self,
        windows: &[Platform],
        others: Option<&[Platform]>,
    ) -> Result<Pushed, Error> {
        let mut pushed = Pushed {
            reference: self.named.clone(),
            windows: Vec::new(),
            others: Vec::new(),
            unasked: Vec::new(),
            is_asked: false,
        };
        for platform in windows {
            let (source, first) = self.source(platform).await?;
            pushed.reference = source.reference.clone();
            let (found, is_asked) = self.windows_of(&source, first).await?;
            pushed.windows.extend(found);
            pushed.is_asked |= is_asked;
        }
        if let Some(first) = windows.first() {
            let source = Source { reference: pushed.reference.clone(), store: None, platform: first.clone() };
            self.add_others(&mut pushed, &source, windows, others).await?;
        }
        Ok(pushed)
    }

    /// Returns the index or image for a Windows platform, and the image that an engine resolves it to.
    async fn source(&self, platform: &Platform) -> Result<(Source, Variant), Error> {
        let first = self.variant(self.named.clone(), platform.clone()).await?;
        let first = first.ok_or_else(|| self.lacks(platform))?;
        if !is_for(&first.image.platform, platform) {
            return Err(self.lacks(platform).into());
        }
        let source = Source { reference: first.reference.clone(), store: None, platform: platform.clone() };
        Ok((source, first))
    }

    fn lacks(&self, platform: &Platform) -> ErrorKind {
        ErrorKind::NoPlatform { reference: self.named.familiar(), platform: platform.format() }
    }

    /// Returns the images for an architecture, and whether an engine was asked for them.
    async fn windows_of(&self, source: &Source, first: Variant) -> Result<(Vec<Variant>, bool), Error> {
        let reader = Reader { build: self.build, selection: Selection::default() };
        let listing = reader.list(source).await.map_err(|error| error.context(self.named.familiar()))?;
        let is_asked = matches!(listing, Listing::Asked(_));
        let entries = match listing {
            Listing::Entries(entries) => entries,
            Listing::Asked(found) => {
                let warning = Warning::Asked { base: self.named.familiar(), found: found.clone() };
                warn::tell(self.build.bridge, &self.build.file.source, &warning, &[]).await?;
                found.entries
            }
            Listing::Unknown => return Err(ErrorKind::Unlisted(self.named.familiar()).into()),
        };
        if entries.is_empty() {
            return Ok((vec![first], is_asked));
        }
        list::check_count(&format!("the index {}", self.named.familiar()), entries.len())
            .map_err(Error::new)?;
        let variants = entries.iter().map(|entry| self.of_entry(source, entry));
        Ok((wait::try_all(variants).await?.into_iter().flatten().collect(), is_asked))
    }

    /// Returns an image of the index; `None` if the image is for another platform and the index does not state its
    /// platform.
    async fn of_entry(&self, source: &Source, entry: &Entry) -> Result<Option<Variant>, Error> {
        let (reference, os_version) = match entry.digest.as_str() {
            "" => (source.reference.clone(), entry.found_by.clone()),
            digest => (pinned(&source.reference, digest)?, String::new()),
        };
        let asked = Platform { os_version, ..source.platform.clone() };
        let Some(variant) = self.variant(reference, asked).await? else {
            return Err(self.lacks(&source.platform).into());
        };
        if is_for(&variant.image.platform, &source.platform) {
            return Ok(Some(variant));
        }
        if entry.is_certain { Err(self.lacks(&source.platform).into()) } else { Ok(None) }
    }

    /// Adds the images for other operating systems. If the index can be read, these are all of its images.
    async fn add_others(
        &self,
        pushed: &mut Pushed,
        source: &Source,
        windows: &[Platform],
        wanted: Option<&[Platform]>,
    ) -> Result<(), Error> {
        let reader = Reader { build: self.build, selection: Selection::default() };
        let text = reader.text(source).await.map_err(|e| e.context(self.named.familiar()))?;
        let is_asked = |platform: &Platform| {
            windows.iter().any(|asked| asked.architecture == platform.normalize().architecture)
        };
        let mut entries: Vec<(Platform, Option<String>)> = Vec::new();
        if let Some(text) = text {
            let all = index::all_entries(&text).map_err(Error::new)?;
            for (platform, digest) in all {
                if !platform.normalize().is_windows() {
                    entries.push((platform, Some(digest)));
                } else if !is_asked(&platform) {
                    pushed.unasked.push(platform);
                }
            }
        } else if let Some(wanted) = wanted {
            if wanted.is_empty() {
                self.check_windows_alone(source).await?;
            }
            entries.extend(wanted.iter().map(|platform| (platform.clone(), None)));
        }
        if wanted.is_none() {
            return Ok(());
        }
        list::check_count(&format!("the index {}", self.named.familiar()), entries.len())
            .map_err(Error::new)?;
        let found = entries.into_iter().map(|(platform, digest)| async move {
            let reference = match digest {
                Some(digest) => pinned(&source.reference, &digest)?,
                None => source.reference.clone(),
            };
            let variant = self.variant(reference, platform.clone()).await?;
            // A single image is the answer for any platform.
            let is_it = |variant: &Variant| is_for(&variant.image.platform, &platform);
            let variant = variant.filter(is_it).ok_or_else(|| self.lacks(&platform))?;
            Ok::<Variant, Error>(Variant { platform, ..variant })
        });
        pushed.others = wait::try_all(found).await?;
        Ok(())
    }

    /// Returns an error if an index that cannot be read has images for Linux, which would be left out.
    async fn check_windows_alone(&self, source: &Source) -> Result<(), Error> {
        for architecture in ["amd64", "arm64"] {
            let platform = Platform::new("linux", architecture);
            let found = self.variant(source.reference.clone(), platform.clone()).await?;
            if found.is_some_and(|found| is_for(&found.image.platform, &platform)) {
                let reference = self.named.familiar();
                return Err(ErrorKind::Unnamed { reference, platform: platform.format() }.into());
            }
        }
        Ok(())
    }

    /// Looks up an image by its reference; `None` if the index has no image for the platform.
    async fn variant(&self, reference: Reference, asked: Platform) -> Result<Option<Variant>, Error> {
        let query = ResolveImage {
            reference: reference.to_string(),
            log_name: format!("[internal] load metadata for {}", reference.familiar()),
            platform: Some(asked.clone()),
            resolve_mode: self.build.options.resolve_mode,
            store: None,
        };
        let config = match self.build.bridge.sources().image(query).await {
            Ok(config) => config,
            Err(ResolveError::NoMatchingPlatform(_)) => return Ok(None),
            Err(error) => return Err(Error::from(error).context(self.named.familiar())),
        };
        let image = Image::parse(&config.config).map_err(Error::new)?;
        let reference = resolved(reference, &config)?;
        let of = self.named.clone();
        let platform = image.platform.normalize();
        Ok(Some(Variant { of, reference, asked, platform, config, image }))
    }
}

/// Returns whether a config has this OS and architecture.
fn is_for(found: &Platform, wanted: &Platform) -> bool {
    let (found, wanted) = (found.normalize(), wanted.normalize());
    found.os == wanted.os && found.architecture == wanted.architecture
}

impl Variant {
    /// Returns its file system.
    pub(super) fn state(&self, resolve_mode: llb::ResolveMode, title: String) -> llb::State {
        let reference = self.reference.to_string();
        let image = llb::Image { reference, platform: Some(self.asked.clone()), resolve_mode };
        image.state(llb::Metadata::named(title))
    }
}

/// Returns the reference that an engine resolved, which a source policy may have changed, with its digest.
pub(super) fn resolved(reference: Reference, found: &ResolvedImage) -> Result<Reference, Error> {
    let is_same = found.reference.is_empty() || found.reference == reference.to_string();
    let full = if is_same { Ok(reference) } else { Reference::parse_normalized(&found.reference) };
    let full = full.map_err(Error::new)?;
    if found.digest.is_empty() { Ok(full) } else { pinned(&full, &found.digest) }
}

fn pinned(reference: &Reference, digest: &str) -> Result<Reference, Error> {
    reference.clone().with_digest(digest).map_err(Error::new)
}

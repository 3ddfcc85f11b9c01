//! Decides how Windows layers are built: on the seed, or on their base images.

use super::build::Build;
use super::warn::{self, Warning};
use crate::gateway::options::windows::{LAZY, SEED};
use crate::gateway::{Error, ResolveImage};
use crate::image::{Image, Platform, Reference};
use crate::llb::{ResolveMode, caps};
use crate::windows::lazy::Layering;
use crate::windows::seed::{self, Seed};

/// The consequences of Docker Engine disabling merges, and what to do.
const OLDER_STORE: &str = ". Docker's older image store takes neither Windows images nor several platforms: turn the \
    containerd one on (\"features\": {\"containerd-snapshotter\": true} in daemon.json), or use a builder of docker buildx \
    create. Until then only --output type=local and type=tar work";

impl Build<'_> {
    /// Returns how stages for a Windows platform are layered. Warns if it is not the fast way.
    pub(super) async fn layering(&self, windows: Option<&Platform>) -> Result<Layering, Error> {
        let plain = Layering::default();
        let Some(platform) = windows else { return Ok(plain) };
        if let Some(reason) = self.on_bases() {
            return Ok(Layering { reason, ..plain });
        }
        match self.seed(platform).await {
            Ok(seed) => Ok(Layering { seed: Some(seed), ..plain }),
            Err(error) => {
                let reason = error.to_string();
                let warning = Warning::Unlazy { why: format!("{reason}{}", advice(&error)) };
                warn::tell(self.bridge, &self.file.source, &warning, &[]).await?;
                Ok(Layering { reason, ..plain })
            }
        }
    }

    /// Returns why layers are built on their base images, if the client or the engine requires it.
    pub(super) fn on_bases(&self) -> Option<String> {
        if !self.options.windows.lazy {
            return Some(format!("{LAZY}=0"));
        }
        self.has_windows_worker().then(|| "the engine has a Windows worker".to_owned())
    }

    /// Returns an error if layers cannot be put on an image without reading it.
    fn require_merges(&self) -> Result<(), Error> {
        let llb = &self.bridge.capabilities().llb;
        [caps::MERGE_OP, caps::DIFF_OP].iter().try_for_each(|cap| llb.require(cap).map_err(Error::new))
    }

    /// Refuses an engine that can only put layers on an image by unpacking it.
    pub(super) fn check_merges(&self) -> Result<(), Error> {
        self.require_merges().map_err(|error| {
            let advice = advice(&error);
            error.suffix(advice)
        })
    }

    /// Looks up the seed.
    pub(super) async fn seed(&self, platform: &Platform) -> Result<Seed, Error> {
        self.require_merges()?;
        let reference = match &self.options.windows.seed {
            Some(reference) => reference.to_string(),
            None => own_image()?,
        };
        let query = ResolveImage {
            reference: reference.clone(),
            platform: Some(Seed::platform(platform)),
            resolve_mode: ResolveMode::Default,
            log_name: "[internal] load windows layer seed".to_owned(),
            store: None,
        };
        let answer = match self.bridge.sources().image(query).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => {
                return Err(Error::from(error).context(self.no_seed(&reference)));
            }
            Err(error) => {
                let failed = format_args!("failed to look up the seed of {reference}");
                return Err(Error::from(error).context(failed));
            }
        };
        let image = Image::parse(&answer.config).map_err(Error::new)?;
        if !image.platform.is_windows() {
            return Err(Error::new(self.no_seed(&reference)));
        }
        let mut pinned = Reference::parse_normalized(&reference).map_err(Error::new)?;
        if pinned.digest().is_none() && !answer.digest.is_empty() {
            pinned = pinned.with_digest(&answer.digest).map_err(Error::new)?;
        }
        Ok(Seed { reference: pinned.to_string() })
    }

    /// Says that an image has no seed, and what to do.
    fn no_seed(&self, reference: &str) -> String {
        let cure = match &self.options.windows.seed {
            Some(_) => "",
            None => "mirror the image with its windows entries, as docker buildx imagetools create does; ",
        };
        format!("{reference} holds no seed for Windows ({cure}{SEED} can name another)")
    }
}

/// Returns advice for an engine without merges.
fn advice(error: &Error) -> &'static str {
    if error.needs_containerd_store() { OLDER_STORE } else { "" }
}

/// Returns the image this frontend runs from.
fn own_image() -> Result<String, Error> {
    let unknown = || {
        Error::new(format_args!(
            "this engine does not say which image it runs the frontend from ({SEED} can name it)"
        ))
    };
    let definition = std::fs::read(seed::FRONTEND_DEFINITION).map_err(|_| unknown())?;
    seed::own_image(&definition).ok_or_else(unknown)
}

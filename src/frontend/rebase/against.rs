//! Compares a pushed index with a build: which of its images are based on images that have been replaced since.

use super::base::{self, NewBase};
use super::pushed::{Look, Pushed, Variant};
use super::{is_for, sibling, split};
use crate::frontend::build::Build;
use crate::gateway::Error;
use crate::image::{OsVersion, Platform, Reference, release};
use crate::rebase::{self, Sibling, Standing};
use crate::request::plan::against::{Against, Compared, State};
use crate::wait;
use crate::windows::select;

/// Compares the images of a build, given by their IDs and present base images, with those of a pushed index.
///
/// # Errors
///
/// Returns an error if the pushed index cannot be looked up, or has no Windows image for an architecture of the build.
pub(in crate::frontend) async fn against(
    build: &Build<'_>,
    named: &Reference,
    bases: &[(String, NewBase<'_>)],
) -> Result<Against, Error> {
    let requests = select::fold(&build.options.target_platforms)?;
    let (platforms, _) = split(&requests, "FANLIGHT_AGAINST")?;
    let pushed = Look { build, named }.read(&platforms, None).await?;
    let compared = bases.iter().map(|(id, new)| compare(build, &pushed, id, new));
    let mut variants = wait::try_all(compared).await?;
    let is_dropped = |variant: &&Variant| !bases.iter().any(|(_, new)| is_for(new, variant));
    variants.extend(pushed.windows.iter().filter(is_dropped).map(|variant| Compared {
        digest: digest(variant),
        from: variant.platform.os_version.clone(),
        ..of_platform(variant.platform.clone(), State::Dropped)
    }));
    let unasked = pushed.unasked.iter().map(|platform| of_platform(platform.clone(), State::Dropped));
    variants.extend(unasked);
    Ok(Against { reference: pushed.reference.to_string(), variants })
}

fn of_platform(platform: Platform, state: State) -> Compared {
    let ended =
        OsVersion::parse(&platform.os_version).and_then(|version| release::support_ended(version.build().0));
    let support_ended = ended.map(|(_, date)| date);
    Compared {
        platform,
        image: String::new(),
        digest: String::new(),
        base: String::new(),
        state,
        from: String::new(),
        to: String::new(),
        days: None,
        support_ended,
    }
}

fn digest(variant: &Variant) -> String {
    variant.reference.digest().unwrap_or_default().to_owned()
}

async fn compare(build: &Build<'_>, pushed: &Pushed, id: &str, new: &NewBase<'_>) -> Result<Compared, Error> {
    let to = new.base.image.platform.os_version.clone();
    let mut platform = new.platform.normalize();
    platform.os_version.clone_from(&to);
    platform.os_features = new.base.image.platform.os_features.clone();
    let of_base = Sibling::of_base(&new.written, &new.base.image);
    let found = sibling(pushed, new, &of_base).ok().filter(|variant| is_for(new, variant));
    let image = id.to_owned();
    let base = new.written.clone();
    let Some(variant) = found else {
        pushed.check_missing(of_base.version.as_ref())?;
        return Ok(Compared { image, base, to, ..of_platform(platform, State::Missing) });
    };
    // The layers of the image do not matter here, so a missing old base is not an error.
    let old = base::find_old(build, variant, new).await.ok();
    let is_other = base::names_other(variant, new);
    let old = old.as_ref().map(|old| &old.image);
    let standing = rebase::standing(&variant.image, &new.base.image, &new.written, old, is_other);
    let state = match standing {
        Standing::Current => State::Current,
        Standing::Behind => State::Behind,
        Standing::Ahead => State::Ahead,
        Standing::Other => State::Other,
    };
    let is_behind = state == State::Behind;
    let days = old.filter(|_| is_behind).and_then(|old| rebase::days(old, &new.base.image));
    let from = old.map_or(&variant.image, |old| old).platform.os_version.clone();
    Ok(Compared { image, digest: digest(variant), base, from, to, days, ..of_platform(platform, state) })
}

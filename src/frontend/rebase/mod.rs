//! Moves a pushed image to the present base images of a Dockerfile: instead of a build, and as part of a plan.
//!
//! Of the Dockerfile only the base images of Windows images matter: no other stage is looked up, and instructions are
//! ignored.

mod against;
mod base;
mod guard;
mod plan;
mod pushed;

use futures_util::future::join;

use super::build::Build;
use super::fan_out;
use super::solve::{self, Built};
use super::warn::{self, Warning};
use crate::gateway::capabilities::names;
use crate::gateway::{Error, SolveRequest};
use crate::image::{Image, Platform};
use crate::llb::{self, Action, Marshaler, Metadata, State};
use crate::rebase::{self, ErrorKind, Sibling};
use crate::wait;
use crate::windows::seed::Seed;
use crate::windows::select::{self, Request};
use crate::windows::{hosts, labels};

use base::Base;
use pushed::{Look, Pushed, Variant};

pub(super) use against::against;
pub(super) use base::NewBase;
pub(super) use plan::plan;

/// Builds every image of a rebase.
///
/// # Errors
///
/// Returns an error if any of the images cannot be moved, before one is.
pub(super) async fn all(build: &Build<'_>) -> Result<Vec<Built>, Error> {
    let (_, images) = prepare(build).await?;
    guard::check(build, &images).await?;
    let lonely = images.iter().find(|image| image.moved.as_ref().is_some_and(|m| m.is_lonely(&image.from)));
    let seed = match lonely {
        Some(image) => Some(build.seed(&image.platform).await?),
        None => None,
    };
    let solved = images.into_iter().map(|image| image.solve(build, seed.as_ref()));
    wait::try_all(solved).await
}

/// One image of the result.
struct Prepared<'b> {
    /// The platform as it is returned.
    platform: Platform,
    /// The pushed image that it is built from.
    from: Variant,
    /// The new base; `None` for an image that is copied unchanged.
    moved: Option<Moved<'b>>,
}

/// A Windows image on its new base.
struct Moved<'b> {
    new: NewBase<'b>,
    old: Base,
    image: Image,
    /// How many of its own layers it keeps.
    kept: usize,
}

impl Moved<'_> {
    /// Returns whether the pushed image is already based on the new base.
    fn is_current(&self, from: &Variant) -> bool {
        rebase::stands_on(&from.image, &self.new.base.image)
    }

    /// Returns whether only one layer moves.
    fn is_lonely(&self, from: &Variant) -> bool {
        self.kept == 1 && !self.is_current(from)
    }

    /// Returns the file system on the new base:
    ///
    /// ```text
    /// image = merge(new base, diff(old base, pushed image))
    /// ```
    ///
    /// A difference of one layer is that layer only if the image was pulled. Of an image that this builder has put together
    /// itself, BuildKit would compute the difference, and write it as no Windows layer. Of several layers it takes each one
    /// as it is, so an only layer gets an empty one beside it, on the `seed`.
    fn state(&self, build: &Build<'_>, from: &Variant, id: &str, seed: Option<&Seed>) -> State {
        let mode = build.options.resolve_mode;
        let name = |what: &str, of: String| format!("[{id}] {what} {of}");
        let pushed = from.state(mode, name("layers of", from.reference.familiar()));
        if self.is_current(from) {
            return pushed;
        }
        let metadata = Metadata {
            command: self.new.from.map(|from| from.code.clone()),
            location: vec![llb::Location {
                map: build.file.source.map.clone(),
                ranges: self.new.location.clone(),
            }],
            ..Metadata::named(name("FROM", self.new.base.reference.familiar()))
        };
        let new = self.new.base.state(mode, metadata);
        if self.kept == 0 {
            return new;
        }
        let upper = match seed.filter(|_| self.is_lonely(from)) {
            Some(seed) => llb::merge(
                &[&pushed, &empty_layer(seed, &from.platform)],
                Metadata::internal("an empty layer"),
            ),
            None => pushed,
        };
        let old = self.old.state(mode, Metadata::named(name("old base", self.old.reference.familiar())));
        let own =
            llb::diff(&old, &upper, Metadata::named(name("layers above", self.old.reference.familiar())));
        llb::merge(&[&new, &own], Metadata::named(name("put layers on", self.new.written.clone())))
    }
}

/// Returns a layer that changes nothing.
fn empty_layer(seed: &Seed, platform: &Platform) -> State {
    let seed = seed.state(platform);
    let make =
        Action::MkDir { path: "/".to_owned(), mode: 0o755, parents: true, owner: None, timestamp: None };
    let step = seed.file(vec![make], Metadata::internal("an empty layer"));
    llb::diff(&seed, &step, Metadata::internal("an empty layer"))
}

/// Prepares the images of a rebase, in the order of the index, without solving anything.
async fn prepare<'b>(build: &Build<'b>) -> Result<(Pushed, Vec<Prepared<'b>>), Error> {
    let windows = &build.options.windows;
    let Some(named) = &windows.rebase else {
        return Err(ErrorKind::WithoutWindows("FANLIGHT_REBASE").into());
    };
    if build.options.sbom.is_some() {
        return Err(ErrorKind::Sbom.into());
    }
    build.check_merges()?;
    // BuildKit 0.10 has no attestations. It was seen to turn three layers into one now and then; no later release was.
    if !build.bridge.capabilities().frontend.supports(names::ATTESTATIONS) {
        return Err(ErrorKind::OldEngine.into());
    }
    let hosts = hosts::find_all(&windows.hosts)?;
    let requests = select::fold(&build.options.target_platforms)?;
    let (platforms, others) = split(&requests, "FANLIGHT_REBASE")?;
    let (pushed, bases) =
        join(Look { build, named }.read(&platforms, Some(&others)), new_bases(build, &requests)).await;
    let (pushed, bases) = (pushed?, bases?);
    warn::lint(build.bridge, &build.file.source, &build.file.lint).await?;
    build.file.lint.error().map_err(Error::new)?;
    let moved = bases.iter().map(|new| move_to(build, &pushed, new));
    let mut moved = wait::try_all(moved).await?;
    tell_left_out(build, &pushed, &bases).await?;
    let mut images = Vec::new();
    let mut along: Vec<Variant> = pushed.others.clone();
    for request in &requests {
        match request {
            Request::Windows(asked) => {
                let of_it = |image: &Prepared<'_>| image.platform.architecture == asked.platform.architecture;
                let (taken, left): (Vec<_>, Vec<_>) = moved.into_iter().partition(of_it);
                moved = left;
                images.extend(taken);
            }
            Request::One(platform) => {
                let of_it = |other: &Variant| other.platform.normalize() == platform.normalize();
                let position = along.iter().position(of_it).ok_or_else(|| lacks(&pushed, platform))?;
                images.push(as_it_is(along.remove(position)));
            }
        }
    }
    images.extend(along.into_iter().map(as_it_is));
    check_ids(&pushed, &images)?;
    solve::check_hosts(&hosts, images.iter().map(|image| &image.platform))?;
    Ok((pushed, images))
}

/// Returns the requested Windows platforms, without versions, and the other platforms.
fn split(requests: &[Request], argument: &'static str) -> Result<(Vec<Platform>, Vec<Platform>), ErrorKind> {
    let (mut windows, mut others) = (Vec::new(), Vec::new());
    for request in requests {
        match request {
            Request::Windows(asked) => windows.push(asked.platform.clone()),
            Request::One(platform) => others.push(platform.clone()),
        }
    }
    if windows.is_empty() { Err(ErrorKind::WithoutWindows(argument)) } else { Ok((windows, others)) }
}

fn lacks(pushed: &Pushed, platform: &Platform) -> ErrorKind {
    ErrorKind::NoPlatform { reference: pushed.reference.familiar(), platform: platform.format_all() }
}

fn as_it_is<'b>(from: Variant) -> Prepared<'b> {
    Prepared { platform: from.platform.clone(), from, moved: None }
}

/// Refuses images with equal IDs, because engines point two images with one ID at one manifest.
fn check_ids(pushed: &Pushed, images: &[Prepared<'_>]) -> Result<(), ErrorKind> {
    let ids: Vec<String> = images.iter().map(Prepared::id).collect();
    match ids.iter().enumerate().find(|(index, id)| ids[..*index].contains(id)) {
        None => Ok(()),
        Some((_, id)) => {
            Err(ErrorKind::Twice { reference: pushed.reference.familiar(), platform: id.clone() })
        }
    }
}

/// Returns the present base images of the Dockerfile's Windows images, in the order of the requests and of the index.
async fn new_bases<'b>(build: &Build<'b>, requests: &[Request]) -> Result<Vec<NewBase<'b>>, Error> {
    let lint = &build.file.lint;
    let asked = requests.iter().filter_map(|request| match request {
        Request::Windows(asked) => Some(asked),
        Request::One(_) => None,
    });
    let bound = wait::try_all(asked.clone().map(|asked| fan_out::bases(build, asked, lint))).await?;
    let roots = bound.iter().flat_map(|bound| &bound.drafts).map(|drafted| drafted.draft.root());
    let present: Vec<crate::image::Build> = roots.filter_map(solve::build_of).collect();
    let mut bases = Vec::new();
    for (bound, asked) in bound.into_iter().zip(asked) {
        for missing in bound.missing {
            solve::tell_missing(build, missing, &present, &asked.platform).await?;
        }
        for drafted in &bound.drafts {
            bases.push(NewBase::of(build, drafted.draft.root(), &asked.platform)?);
        }
    }
    Ok(bases)
}

/// Moves the pushed image of the base's version, or else its nearest sibling, to the base.
async fn move_to<'b>(build: &Build<'b>, pushed: &Pushed, new: &NewBase<'b>) -> Result<Prepared<'b>, Error> {
    let located =
        |kind: ErrorKind| Error::from(kind).with_source(&build.file.source.map.to_pb(), &new.location);
    let of_base = Sibling::of_base(&new.written, &new.base.image);
    if !pushed.windows.iter().any(|variant| is_for(new, variant)) {
        pushed.check_missing(of_base.version.as_ref()).map_err(located)?;
    }
    let from = sibling(pushed, new, &of_base).map_err(located)?;
    let other_kind = |old: String| ErrorKind::OtherKind { image: from.describe(), old, new: new.describe() };
    if rebase::differ(&of_base, &Sibling::of_image(&from.image)) {
        return Err(located(other_kind(kind_of(&from.image))));
    }
    let old = base::find_old(build, from, new).await.map_err(|tried| {
        let repository = new.base.reference.familiar_name();
        located(ErrorKind::NoOldBase { image: from.describe(), repository, tried })
    })?;
    if rebase::differ(&of_base, &Sibling::of_base(&old.reference.familiar(), &old.image)) {
        return Err(located(other_kind(old.reference.familiar())));
    }
    let mut image = if rebase::stands_on(&from.image, &new.base.image) {
        from.image.clone()
    } else {
        let own = rebase::own_history(&from.describe(), &from.image, &old.image).map_err(located)?;
        rebase::on_base(&from.image, &old.image, &new.base.image, own)
    };
    image.config.labels.extend(build.options.labels.clone());
    relabel(build, &mut image, from, new);
    let mut platform = new.platform.normalize();
    platform.os_version.clone_from(&image.platform.os_version);
    platform.os_features = image.platform.os_features.clone().filter(|features| !features.is_empty());
    let kept = rebase::own_layers(&from.image, &old.image);
    let mut moved = Moved { new: new.clone(), old, image, kept };
    if moved.is_lonely(from) {
        rebase::add_empty_layer(&mut moved.image);
    }
    Ok(Prepared { platform: platform.normalize(), from: from.clone(), moved: Some(moved) })
}

/// Describes the base image of a pushed image as far as known, for messages.
fn kind_of(image: &Image) -> String {
    let features = image.platform.os_features.as_deref().unwrap_or_default().join(", ");
    match image.config.labels.get(labels::NAME) {
        Some(name) => name.clone(),
        None if !features.is_empty() => format!("a base with the OS features {features}"),
        None if image.platform.os_version.is_empty() => "a base without os.version".to_owned(),
        None => format!("a base of {} without OS features", image.platform.os_version),
    }
}

/// Makes the labels name the new base; without such labels, removes those that name the old one. A label that already
/// names the present base is kept as it is.
fn relabel(build: &Build<'_>, image: &mut Image, from: &Variant, new: &NewBase<'_>) {
    let is_current = rebase::stands_on(&from.image, &new.base.image);
    let wanted = build.options.windows.labels;
    let is_right = image.config.labels.contains_key(labels::DIGEST) && !base::names_other(from, new);
    if is_current && (is_right || !wanted) {
        return;
    }
    let given = |key: &str| build.options.labels.contains_key(key);
    for key in [labels::NAME, labels::DIGEST].into_iter().filter(|key| !given(key)) {
        image.config.labels.remove(key);
    }
    if wanted {
        labels::add(&mut image.config.labels, &new.base.reference.to_string(), &new.written);
    }
}

fn sibling<'p>(pushed: &'p Pushed, new: &NewBase<'_>, of_base: &Sibling) -> Result<&'p Variant, ErrorKind> {
    let architecture = &new.platform.architecture;
    let images: Vec<&Variant> = pushed
        .windows
        .iter()
        .filter(|variant| variant.image.platform.normalize().architecture == *architecture)
        .collect();
    let siblings: Vec<Sibling> = images.iter().map(|variant| Sibling::of_image(&variant.image)).collect();
    rebase::choose(of_base, &siblings).map(|index| images[index]).ok_or_else(|| {
        let found: Vec<String> = images.iter().map(|variant| variant.describe()).collect();
        let version = &new.base.image.platform.os_version;
        ErrorKind::NoSibling {
            reference: pushed.reference.familiar(),
            base: new.written.clone(),
            wanted: if version.is_empty() { "without os.version".to_owned() } else { version.clone() },
            found: found.join(", "),
        }
    })
}

/// Warns about pushed images that the result does not contain.
async fn tell_left_out(build: &Build<'_>, pushed: &Pushed, bases: &[NewBase<'_>]) -> Result<(), Error> {
    let has = |variant: &Variant| bases.iter().any(|new| is_for(new, variant));
    let versions =
        pushed.windows.iter().filter(|variant| !has(variant)).map(|variant| variant.platform.format_all());
    let platforms = versions.chain(pushed.unasked.iter().map(Platform::format_all));
    for platform in platforms {
        let warning = Warning::NotMoved { reference: pushed.reference.familiar(), platform };
        warn::tell(build.bridge, &build.file.source, &warning, &[]).await?;
    }
    Ok(())
}

/// Returns whether an image has the version and architecture of a base.
fn is_for(new: &NewBase<'_>, variant: &Variant) -> bool {
    let build = |image: &Image| Sibling::of_image(image).version.map(|version| version.build());
    let architecture = variant.image.platform.normalize().architecture;
    architecture == new.platform.architecture && build(&variant.image) == build(&new.base.image)
}

impl Prepared<'_> {
    fn id(&self) -> String {
        self.platform.normalize().format_all()
    }

    /// Returns how many layers it has above its base.
    fn own_layers(&self) -> usize {
        self.moved.as_ref().map_or(0, |moved| moved.kept)
    }

    async fn solve(self, build: &Build<'_>, seed: Option<&Seed>) -> Result<Built, Error> {
        let id = self.id();
        let (state, config) = match &self.moved {
            Some(moved) if moved.image == self.from.image => {
                (moved.state(build, &self.from, &id, seed), self.raw())
            }
            Some(moved) => (moved.state(build, &self.from, &id, seed), moved.image.to_json().into_bytes()),
            None => {
                let title = format!("[{id}] {}", self.from.reference.familiar());
                (self.from.state(build.options.resolve_mode, title), self.raw())
            }
        };
        let definition = Marshaler::new(self.platform.clone(), true).marshal(&state);
        // Evaluated, so that the images are found before another build on this builder is exported.
        let request =
            SolveRequest { definition: Some(definition.to_pb()), evaluate: true, ..SolveRequest::default() };
        let reference = build.bridge.solve(request).await?.single().map_err(Error::new)?;
        Ok(Built {
            id,
            platform: self.platform,
            reference,
            attestation: None,
            // All layers already exist and stay unchanged.
            base_config: Some(config.clone()),
            config,
            epoch: None,
        })
    }

    /// Returns the config as it was pushed.
    fn raw(&self) -> Vec<u8> {
        self.from.config.config.clone()
    }
}

//! Step 1: reads what the client asks for, and learns the builds of releases that are newer than the table.
//!
//! A program that was released before `ltsc2099` does not know its build. If a base image of this build has a tag with
//! that name, its `os.version` contains the build.

use super::FanOut;
use crate::frontend::build::{Build, Drafted};
use crate::gateway::Error;
use crate::image::{self, OsVersion, Wanted, release};
use crate::plan::{Scope, Stage};
use crate::wait;
use crate::windows::ErrorKind;
use crate::windows::select::{Asked, Selection};
use crate::windows::versions::newer_release_in;

/// The Windows platform and versions that the client asks for.
pub(super) struct Asking {
    pub(super) asked: Asked,
    /// `FANLIGHT_VERSIONS`.
    pub(super) named: Option<Vec<Wanted>>,
}

/// A release learned from a base image's tag and its `os.version`.
struct Learned {
    name: String,
    version: OsVersion,
    base: String,
}

impl Asking {
    /// Reads what the client wrote, and the base images of the named releases that the table lacks.
    ///
    /// # Errors
    ///
    /// Returns an error if the build of a platform's version remains unknown, if a base image could not be looked up,
    /// or if one name has two builds.
    pub(super) async fn learn(build: &Build<'_>, asked: &Asked, scope: &Scope) -> Result<Self, Error> {
        let mut asking = Self { asked: asked.clone(), named: build.options.windows.versions.clone() };
        if asking.versions().all(|wanted| wanted.build().is_some()) {
            return Ok(asking);
        }
        for learned in asking.look_up(build, scope).await? {
            for wanted in asking.lists_mut().flatten() {
                if wanted.is_named(&learned.name) {
                    *wanted = wanted.learned(learned.version.build());
                }
            }
        }
        let of_platform = asking.asked.versions.iter().flatten();
        let unknown = of_platform.clone().find(|wanted| wanted.build().is_none());
        match unknown {
            Some(wanted) => {
                Err(ErrorKind::PlatformVersion(Box::new(asking.asked.with_version(wanted))).into())
            }
            None => Ok(asking),
        }
    }

    pub(super) fn selection(&self) -> Selection<'_> {
        Selection { asked: self.asked.versions.as_deref(), named: self.named.as_deref() }
    }

    fn versions(&self) -> impl Iterator<Item = &Wanted> {
        [&self.asked.versions, &self.named].into_iter().flatten().flatten()
    }

    fn lists_mut(&mut self) -> impl Iterator<Item = &mut Vec<Wanted>> {
        [&mut self.asked.versions, &mut self.named].into_iter().flatten()
    }

    /// Returns the requested releases whose builds are known from the base images of this build.
    async fn look_up(&self, build: &Build<'_>, scope: &Scope) -> Result<Vec<Learned>, Error> {
        let quiet = build.file.lint.only_windows();
        let fan_out = FanOut::new(build, self, scope.clone(), &quiet);
        let drafts = fan_out.expand().await?.drafts;
        let found = drafts.into_iter().map(|draft| Box::pin(fan_out.learn_from(draft)));
        let mut releases: Vec<Learned> = Vec::new();
        for learned in wait::try_all(found).await?.into_iter().flatten() {
            let is_other = |known: &&Learned| {
                known.name == learned.name && known.version.build() != learned.version.build()
            };
            if let Some(known) = releases.iter().find(is_other) {
                let describe = |learned: &Learned| format!("{} ({})", learned.base, learned.version);
                let (first, second) = (describe(known), describe(&learned));
                return Err(ErrorKind::TwoBuilds { name: learned.name, first, second }.into());
            }
            releases.push(learned);
        }
        Ok(releases)
    }
}

impl<'b> FanOut<'_, 'b> {
    /// Returns the release that the tag of a draft's base image names, if the client asks for it and the base image has
    /// a build that the table lacks.
    async fn learn_from(&self, mut draft: Drafted<'b>) -> Result<Option<Learned>, Error> {
        let Some(name) = self.asked_release(draft.draft.root()) else { return Ok(None) };
        if let Err(failure) = self.build.resolve_root(&mut draft, &self.quiet).await {
            let failure = self.not_resolved(failure);
            // A base without an image for this platform is not an error, it just has no build to learn. A failed lookup
            // is one.
            return if failure.not_there.is_some() { Ok(None) } else { Err(failure.error) };
        }
        let root = draft.draft.root();
        let os_version = root.resolved.as_ref().map(|resolved| resolved.image.platform.os_version.as_str());
        let version = os_version.and_then(OsVersion::parse);
        let is_new = |version: &OsVersion| release::of_build(version.build().0).is_none();
        let learned = |version| Learned { name, version, base: root.written_base.clone() };
        Ok(version.filter(is_new).map(learned))
    }

    /// Returns the release that a stage's base image is named after, if the client asks for it and the table lacks it.
    fn asked_release(&self, root: &Stage<'_>) -> Option<String> {
        if self.is_replaced(root) {
            return None;
        }
        let name = newer_release_in(&root.base_name)?;
        let mut asked = self.selection.asked.into_iter().chain(self.selection.named).flatten();
        asked.any(|wanted| wanted.is_named(&name)).then_some(name)
    }

    /// Returns the build of a version that the client wrote.
    pub(super) fn build_of(&self, text: &str) -> Option<image::Build> {
        let written = self.asked.versions.iter().flatten().find(|wanted| wanted.as_str() == text);
        written.cloned().or_else(|| Wanted::parse(text))?.build()
    }
}

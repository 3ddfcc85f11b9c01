//! Step 1: what the client asks for, with the builds of releases that are newer than the table.
//!
//! `ltsc2028` means nothing to a program that was released before it. A base of the build whose tag has that name tells which
//! build it is.

use super::FanOut;
use crate::frontend::build::{Build, Drafted};
use crate::gateway::Error;
use crate::image::{self, OsVersion, Wanted, release};
use crate::plan::{Scope, Stage};
use crate::wait;
use crate::windows::ErrorKind;
use crate::windows::select::{Asked, Selection};
use crate::windows::versions::newer_release_in;

/// What the client asks for of one Windows platform.
pub(super) struct Asking {
    pub(super) asked: Asked,
    /// `FANLIGHT_VERSIONS`.
    pub(super) named: Option<Vec<Wanted>>,
}

/// A release that a base's tag and its `os.version` tell.
struct Learned {
    name: String,
    version: OsVersion,
    base: String,
}

impl Asking {
    /// Reads what the client wrote, and the bases of the releases that it names and the table lacks.
    ///
    /// # Errors
    ///
    /// A version of a platform that nothing tells, a base that could not be looked up, and one name for two builds.
    pub(super) async fn learn(build: &Build<'_>, asked: &Asked, scope: &Scope) -> Result<Self, Error> {
        let mut asking = Self { asked: asked.clone(), named: build.options.windows.versions.clone() };
        if asking.versions().all(|wanted| wanted.build().is_some()) {
            return Ok(asking);
        }
        for learned in asking.look_up(build, scope).await? {
            for wanted in asking.lists_mut().flatten() {
                if wanted.as_str().eq_ignore_ascii_case(&learned.name) {
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

    /// The releases that the bases of the build tell, of those that are asked for.
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
    /// The release that the tag of a draft's base names, if that is asked for and the base has a build that the table lacks.
    async fn learn_from(&self, mut draft: Drafted<'b>) -> Result<Option<Learned>, Error> {
        let Some(name) = self.asked_release(draft.draft.root()) else { return Ok(None) };
        if let Err(failure) = self.build.resolve_root(&mut draft, &self.quiet).await {
            let failure = self.not_resolved(failure);
            // That it has no image for this platform tells nothing. What could not be looked up is not taken for that.
            return if failure.not_there.is_some() { Ok(None) } else { Err(failure.error) };
        }
        let root = draft.draft.root();
        let os_version = root.resolved.as_ref().map(|resolved| resolved.image.platform.os_version.as_str());
        let version = os_version.and_then(OsVersion::parse);
        let is_new = |version: &OsVersion| release::of_build(version.build().0).is_none();
        let learned = |version| Learned { name, version, base: root.written_base.clone() };
        Ok(version.filter(is_new).map(learned))
    }

    /// The release that a stage's base is named after, among those that the client asks for and nothing tells the build of.
    fn asked_release(&self, root: &Stage<'_>) -> Option<String> {
        if self.is_replaced(root) {
            return None;
        }
        let name = newer_release_in(&root.base_name)?;
        let mut asked = self.selection.asked.into_iter().chain(self.selection.named).flatten();
        asked.any(|wanted| wanted.as_str().eq_ignore_ascii_case(&name)).then_some(name)
    }

    /// The build of a version that the client wrote.
    pub(super) fn build_of(&self, text: &str) -> Option<image::Build> {
        let written = self.asked.versions.iter().flatten().find(|wanted| wanted.as_str() == text);
        written.cloned().or_else(|| Wanted::parse(text))?.build()
    }
}

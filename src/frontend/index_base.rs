//! Bases that are an index of several Windows versions: one variant for each.
//!
//! The index itself says best what there is, and gives each image's own digest. How it can be
//! read depends on the engine and on the registry. Where it cannot, an engine that selects by
//! `os.version` is asked for one version after the other; with one that does not, the file has to
//! name the images.

use futures_util::future::{join_all, try_join_all};

use super::target::{Job, Planned, Target};
use super::warn;
use crate::gateway::{Error, FileRange, ResolveImage, SolveRequest};
use crate::image::{Image, Platform, Reference};
use crate::lint::Linter;
use crate::llb::{Http, ImageBlob, Marshaler, Metadata, State, caps};
use crate::plan::{Pin, Stage};
use crate::windows::axis::Axes;
use crate::windows::index::{self, Entry};
use crate::windows::probe::{self, Found};
use crate::windows::versions::named_in;
use crate::windows::{self, ErrorKind};

/// How far an index is read.
const MAX_INDEX_BYTES: i64 = 4 << 20;
/// The name it gets as a file.
const INDEX_FILE: &str = "index.json";

/// The plans of a base, and what keeps it from being told whether these are all.
pub(super) struct Fanned<'j> {
    pub(super) plans: Vec<Planned<'j>>,
    pub(super) unlisted: Option<ErrorKind>,
}

/// What an index holds.
enum Listing {
    /// It was read.
    Read(Vec<Entry>),
    /// The engine was asked.
    Asked(Found),
    /// Neither is possible here.
    Unknown,
}

impl<'j> Job<'j> {
    /// One plan for each Windows version of a base that is an index of several.
    pub(super) async fn of_index(
        &self,
        planned: Planned<'j>,
        axes: &Axes,
        is_selected: bool,
        lint: &Linter,
    ) -> Result<Fanned<'j>, Error> {
        let root = planned.plan.root();
        let Some((reference, platform, os_version)) = perhaps_index(root) else {
            return Ok(Fanned { plans: vec![planned], unlisted: None });
        };
        let base = root.written_base.clone();
        let entries = match self.listing(&reference, platform).await {
            Listing::Read(entries) => entries,
            Listing::Asked(found) => {
                if !is_selected {
                    self.warn_asked(root, &found).await?;
                }
                found.entries
            }
            Listing::Unknown => {
                let unlisted = ErrorKind::Unlisted { base, os_version };
                return Ok(Fanned { plans: vec![planned], unlisted: Some(unlisted) });
            }
        };
        if entries.len() < 2 {
            return Ok(Fanned { plans: vec![planned], unlisted: None });
        }
        let pinned = entries.into_iter().map(|entry| {
            self.plan(Target { pins: vec![pin(&base, &entry)], ..planned.target.clone() }, axes, lint)
        });
        Ok(Fanned { plans: try_join_all(pinned).await?, unlisted: None })
    }

    /// The Windows images of an index, empty for an image on its own; none where they cannot be told.
    pub(super) async fn index_entries(&self, reference: &str, platform: &Platform) -> Option<Vec<Entry>> {
        match Box::pin(self.listing(&Reference::parse_normalized(reference).ok()?, platform)).await {
            Listing::Read(entries) => Some(entries),
            Listing::Asked(found) => Some(found.entries),
            Listing::Unknown => None,
        }
    }

    async fn listing(&self, reference: &Reference, platform: &Platform) -> Listing {
        // A named context has the platform of the image that was found.
        let platform = &Platform { os_version: String::new(), os_features: None, ..platform.clone() };
        if let Some(json) = self.read_index(reference).await {
            return Listing::Read(index::windows_entries(&json, platform));
        }
        match self.ask(reference, platform).await {
            Some(found) => Listing::Asked(found),
            None if self.is_one_image(reference, platform).await => Listing::Read(Vec::new()),
            None => Listing::Unknown,
        }
    }

    /// Whether it is no index: an image on its own is the answer whatever platform is asked for.
    async fn is_one_image(&self, reference: &Reference, platform: &Platform) -> bool {
        const OF_NO_INDEX: &str = "riscv64";
        let query = ResolveImage {
            reference: reference.to_string(),
            log_name: format!("[internal] look whether {} is an index", reference.familiar()),
            platform: Some(Platform { architecture: OF_NO_INDEX.to_owned(), ..platform.clone() }),
            resolve_mode: self.options.resolve_mode,
            store: None,
        };
        self.bridge.sources().image(query).await.is_ok()
    }

    /// The index, or the manifest of an image that is none, by the first way that gives it.
    async fn read_index(&self, reference: &Reference) -> Option<Vec<u8>> {
        let digest = reference.digest()?;
        let title = Metadata::internal(&format!("load index of {}", reference.familiar()));
        let blob = ImageBlob {
            reference: format!("{}@{digest}", reference.name()),
            filename: INDEX_FILE.to_owned(),
        };
        let download = |accept: &str| Http {
            url: index::url(reference, digest),
            filename: INDEX_FILE.to_owned(),
            checksum: digest.to_owned(),
            accept: accept.to_owned(),
        };
        let llb = &self.bridge.capabilities().llb;
        // A registry that is told nothing gives what it has by that digest, at least in Docker's form.
        let accept = if llb.supports(caps::SOURCE_HTTP_HEADER) { index::MEDIA_TYPES } else { "" };
        let mut ways = vec![blob.state(title.clone())];
        if !index::wants_login(reference) {
            ways.push(download(accept).state(title));
        }
        // A registry on this machine wants no login, and answers a download of any kind of index.
        if index::is_loopback(reference) {
            ways.reverse();
        }
        for state in ways {
            if let Ok(json) = self.read_file_of(&state).await {
                return Some(json);
            }
        }
        None
    }

    /// Reads the file of a source, if the engine has such a source.
    async fn read_file_of(&self, state: &State) -> Result<Vec<u8>, Error> {
        let definition = Marshaler::new(self.options.build_platform.clone(), true).marshal(state);
        let request = SolveRequest { definition: Some(definition.to_pb()), ..SolveRequest::default() };
        let result = self.bridge.solve(request).await?.single().map_err(Error::new)?;
        let file = result.ok_or_else(|| Error::new("no index"))?;
        let range = FileRange { offset: 0, length: MAX_INDEX_BYTES };
        self.bridge.read_file(&file, INDEX_FILE, Some(range)).await
    }

    /// Asks for one version after the other, all at once. The engine answers with the digest of
    /// the index, so every version keeps that.
    async fn ask(&self, reference: &Reference, platform: &Platform) -> Option<Found> {
        let asked = probe::questions().into_iter().map(|question| async move {
            let os_version = question.os_version.clone();
            let query = ResolveImage {
                reference: reference.to_string(),
                log_name: format!("[internal] look for Windows {os_version} in {}", reference.familiar()),
                platform: Some(Platform { os_version, ..platform.clone() }),
                resolve_mode: self.options.resolve_mode,
                store: None,
            };
            let answer = self.bridge.sources().image(query).await.ok();
            let image = answer.and_then(|answer| Image::parse(&answer.config).ok());
            (question, image.map(|image| image.platform.os_version))
        });
        probe::found(&join_all(asked).await)
    }

    /// Tells that versions may be missing, where that is so.
    async fn warn_asked(&self, root: &Stage<'_>, found: &Found) -> Result<(), Error> {
        if found.entries.len() < 2 && found.hiding.is_none() {
            return Ok(());
        }
        let base = &root.written_base;
        let versions: Vec<&str> = found.entries.iter().map(|entry| entry.os_version.as_str()).collect();
        let doubt = found.hiding.as_ref().map_or_else(String::new, |os_version| {
            format!("; Windows Server 2025 cannot be told here from {os_version}, if that stands before it")
        });
        let text = format!(
            "the index of {base} cannot be read, so this engine was asked for each known Windows version: {}{doubt}",
            versions.join(", ")
        );
        let detail = windows::index::advice(base);
        warn::send(self.bridge, &self.file.source, &text, &detail, "", &root.location).await
    }
}

/// The entry of an index in the place of the index.
pub(super) fn pin(base: &str, entry: &Entry) -> Pin {
    Pin { base: base.to_owned(), digest: entry.digest.clone(), os_version: entry.asked.clone() }
}

/// The image at the bottom, if it may be an index of several Windows versions, with the platform
/// it is wanted for and the `os.version` of what was found in it.
fn perhaps_index<'s>(root: &'s Stage<'_>) -> Option<(Reference, &'s Platform, String)> {
    let resolved = root.resolved.as_ref()?;
    let reference = resolved.start.reference()?;
    let os_version = resolved.image.platform.os_version.clone();
    let is_one = named_in(reference).is_some() || os_version.is_empty();
    if resolved.platform.os != "windows" || is_one {
        return None;
    }
    Some((Reference::parse_normalized(reference).ok()?, &resolved.platform, os_version))
}

#[cfg(test)]
mod tests {
    use crate::frontend::build;
    use crate::gateway::options::Environment;
    use crate::gateway::testing::{Fake, bridge_to};

    const BASE: &str = "example.com/base:1";
    const INDEX: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    const NEWER: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    const OLDER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

    fn config(os_version: &str) -> Vec<u8> {
        format!(
            r#"{{"architecture":"amd64","os":"windows","os.version":"{os_version}","rootfs":{{"type":"layers","diff_ids":["sha256:0"]}}}}"#
        )
        .into_bytes()
    }

    /// An engine that has the base, and gives its first image whatever version is asked for.
    fn engine() -> Fake {
        let first = config("10.0.26100.1");
        Fake::default()
            .with_all_llb_caps()
            .with_file("Dockerfile", format!("FROM {BASE}\nCOPY a /\n"))
            .with_index(BASE, &first)
            .with_index(&format!("{BASE}@{INDEX}"), &first)
    }

    async fn outcome(fake: &Fake, options: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let mut environment = Environment { session_id: "session".into(), ..Environment::default() };
        let fixed = [("cmdline", ""), ("platform", "windows/amd64"), ("build-arg:FANLIGHT_LAZY", "0")];
        let options = fixed.iter().chain(options);
        environment.options.extend(options.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let result = build(&bridge_to(fake).await, environment).await.map_err(|e| e.to_string())?;
        Ok(result.metadata.into_keys().filter(|key| key.starts_with("containerimage.config")).collect())
    }

    #[tokio::test]
    async fn an_index_that_can_be_read_gives_its_images_by_digest() {
        let index = format!(
            r#"{{"manifests":[
                {{"digest":"{OLDER}","platform":{{"os":"windows","architecture":"amd64","os.version":"10.0.20348.1"}}}},
                {{"digest":"{NEWER}","platform":{{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}}}}]}}"#
        );
        let fake = engine()
            .with_file("index.json", index)
            .with_image(&format!("{BASE}@{NEWER}"), &config("10.0.26100.1"))
            .with_image(&format!("{BASE}@{OLDER}"), &config("10.0.20348.1"));
        let built = outcome(&fake, &[]).await.unwrap();
        let id = |version: &str| format!("containerimage.config/windows({version})/amd64");
        assert_eq!(built, [id("10.0.20348.1"), id("10.0.26100.1")]);
    }

    #[tokio::test]
    async fn an_image_on_its_own_is_taken_for_one() {
        let config = config("10.0.20348.1");
        let fake = Fake::default()
            .with_all_llb_caps()
            .with_file("Dockerfile", format!("FROM {BASE}\nCOPY a /\n"))
            .with_image(BASE, &config)
            .with_image(&format!("{BASE}@{INDEX}"), &config);
        assert_eq!(outcome(&fake, &[]).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_index_beside_a_list_has_to_be_told_too() {
        let text = format!(
            "FROM --platform=linux/amd64 cache:{{ltsc2019,ltsc2022}} AS addon\nFROM {BASE}\nCOPY --from=addon a /\n"
        );
        let linux =
            br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:0"]}}"#;
        let mut fake = engine().with_file("Dockerfile", text);
        for tag in ["ltsc2019", "ltsc2022"] {
            fake = fake.with_image(&format!("docker.io/library/cache:{tag}"), linux);
        }
        let error = outcome(&fake, &[]).await.unwrap_err();
        assert!(error.contains("example.com/base:1 may be an index of several Windows versions"), "{error}");
    }

    #[tokio::test]
    async fn where_nothing_tells_the_versions_the_file_has_to() {
        let fake = engine();
        let error = outcome(&fake, &[]).await.unwrap_err();
        for part in [
            "example.com/base:1 may be an index of several Windows versions",
            "it gives 10.0.26100.1 alone",
            "FROM example.com/base:{1@sha256:...,1@sha256:...}",
            "FROM {example.com/base:1}",
        ] {
            assert!(error.contains(part), "{error}");
        }
        // What is asked for by name and found is right.
        assert!(outcome(&fake, &[("build-arg:FANLIGHT_VERSIONS", "ltsc2025")]).await.is_ok());
        let error = outcome(&fake, &[("build-arg:FANLIGHT_VERSIONS", "ltsc2022")]).await.unwrap_err();
        assert!(error.contains("may be an index"), "{error}");
    }
}

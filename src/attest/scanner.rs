//! The scanner of `--sbom`: an image whose command reads file systems and writes attestations.
//!
//! Mirrors `frontend/attestations/sbom` of moby/buildkit, and `Build` of its Dockerfile frontend.

use std::collections::BTreeMap;

use crate::collect;
use crate::convert::Converted;
use crate::gateway::options::Sbom;
use crate::gateway::{Bridge, Error, ResolveImage, SolveRequest};
use crate::go::path;
use crate::image::{Image, Platform, config};
use crate::llb::{
    self, Action, Definition, Exec, ExecMount, Marshaler, Metadata, MountTarget, Output, ResolveMode, State,
};
use crate::proto::frontend::{Attestation, AttestationKind};

/// The directory that the scanner reads, with the image in [`CORE`].
const SOURCES: &str = "/run/src";
/// The directory that the scanner writes to, with its final slash.
const RESULTS: &str = "/run/out/";
/// The name of the image's own bill of materials; others have it as a prefix.
const CORE: &str = "sbom";
/// Replaces [`CORE`] for a bill that BuildKit must not extend.
const CORE_AS_IS: &str = "/sbom";
/// The format that the scanner writes: SPDX in an in-toto statement.
const PREDICATE_TYPE: &str = "https://spdx.dev/Document";

/// Why an image cannot be used as a scanner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Its config is invalid.
    #[error(transparent)]
    Config(#[from] config::ErrorKind),
    /// It has no command.
    #[error("scanner {0} does not have cmd")]
    NoCommand(String),
}

/// A scanner, ready to run for every image of a build.
#[derive(Debug)]
pub struct Scanner {
    reference: String,
    platform: Platform,
    config: config::Config,
    parameters: BTreeMap<String, String>,
}

/// The input of a scan: the file system of an image and what was used to build it.
#[derive(Debug)]
struct Subject<'s> {
    /// The image's ID among the platforms.
    id: &'s str,
    core: &'s State,
    /// The build context and stages, by name.
    extras: BTreeMap<&'s str, &'s State>,
    ignore_cache: bool,
}

impl Scanner {
    /// Resolves the scanner's image (upstream's `CreateSBOMScanner`). It runs on `platform`, the first one
    /// that BuildKit builds on.
    ///
    /// # Errors
    ///
    /// Returns an error if the image does not exist or has no command.
    pub async fn create(
        bridge: &Bridge,
        wanted: &Sbom,
        platform: &Platform,
        resolve_mode: ResolveMode,
    ) -> Result<Self, Error> {
        let request = ResolveImage {
            reference: wanted.generator.clone(),
            platform: Some(platform.clone()),
            resolve_mode,
            ..ResolveImage::default()
        };
        let image = bridge.resolve_image_config(&request).await?;
        Self::of(&image.reference, &image.config, platform, &wanted.parameters).map_err(Error::new)
    }

    fn of(
        reference: &str,
        config: &[u8],
        platform: &Platform,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, ErrorKind> {
        let config = Image::parse(config)?.config;
        let scanner = Self {
            reference: reference.to_owned(),
            platform: platform.clone(),
            config,
            parameters: parameters.clone(),
        };
        if scanner.command().is_empty() {
            return Err(ErrorKind::NoCommand(scanner.reference));
        }
        Ok(scanner)
    }

    /// Scans an image and returns the attestation for the result, under `id`.
    ///
    /// # Errors
    ///
    /// Returns an error if BuildKit does not accept the definition.
    pub async fn attest(
        &self,
        bridge: &Bridge,
        id: &str,
        converted: &Converted,
    ) -> Result<Attestation, Error> {
        let mut extras =
            collect::map(converted.scan_stages.iter().map(|(name, state)| (name.as_str(), state)));
        if let Some(context) = &converted.scan_context {
            // A stage of this name takes precedence, as upstream writes a single map.
            extras.entry("context").or_insert(context);
        }
        let subject = Subject { id, core: &converted.scan, extras, ignore_cache: converted.ignore_cache };
        let definition = self.scan(&subject, &converted.marshaler);
        let request = SolveRequest { definition: Some(definition.to_pb()), ..SolveRequest::default() };
        let reference = bridge.solve(request).await?.single().map_err(Error::new)?;
        // BuildKit adds the layer of each file to the image's own bill of materials, which it finds by this
        // name. It searches the files in one layer after the other, the base's last, and never finds them in
        // a Windows layer, whose paths start with `Files`: every base would be downloaded. With a slash in
        // both, the bill is still sorted before others but stays unchanged.
        let (path, core) = if converted.scan_without_base { ("/", CORE_AS_IS) } else { ("", CORE) };
        Ok(Attestation {
            kind: AttestationKind::Bundle.into(),
            path: path.to_owned(),
            metadata: [("reason", "sbom"), ("sbom-core", core)]
                .map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()))
                .into(),
            r#ref: Some(reference.unwrap_or_default()),
            in_toto_predicate_type: PREDICATE_TYPE.to_owned(),
            ..Attestation::default()
        })
    }

    /// Returns the scan as a graph. Its operations have the platform of the frontend if they name none, even
    /// those of the image, since upstream encodes them without a build's settings.
    fn scan(&self, subject: &Subject<'_>, marshaler: &Marshaler) -> Definition {
        let image = llb::Image {
            reference: self.reference.clone(),
            platform: Some(self.platform.clone()),
            resolve_mode: ResolveMode::Default,
        };
        let mut image = image.state(Metadata::default());
        let temporary = self.temporary(&image);
        image.dir = match self.config.working_dir.as_str() {
            absolute if absolute.starts_with('/') => absolute.to_owned(),
            relative => path::join(&["/", relative]),
        };
        for (key, value) in self.env(!subject.extras.is_empty()) {
            image.env.set(key, value);
        }
        let mut exec = Exec::new(&image, self.command());
        exec.mount(temporary);
        exec.mount(readable(path::join(&[SOURCES, "core", CORE]), subject.core));
        for (name, state) in &subject.extras {
            exec.mount(readable(path::join(&[SOURCES, "extras", &format!("{CORE}-{name}")]), state));
        }
        exec.mount(writable(RESULTS.to_owned(), None));
        let metadata = Metadata {
            name: Some(format!("[{}] generating sbom using {}", subject.id, self.reference)),
            ignore_cache: subject.ignore_cache,
            ..Metadata::default()
        };
        let marshaler = Marshaler { platform: Platform::host().normalize(), ..marshaler.clone() };
        marshaler.marshal(&State::mount_output(exec, RESULTS, metadata))
    }

    /// Returns the mount for temporary files (upstream's `scannerTmpMount`).
    fn temporary(&self, image: &State) -> ExecMount {
        const TMP: &str = "/tmp";
        if !self.platform.is_windows() {
            return ExecMount { kind: MountTarget::Tmpfs(0), ..writable(TMP.to_owned(), None) };
        }
        // Windows has no in-memory file systems.
        let directory =
            Action::MkDir { path: TMP.to_owned(), mode: 0o777, parents: true, owner: None, timestamp: None };
        let files = image.file(vec![directory], Metadata::default());
        ExecMount { selector: TMP.to_owned(), no_output: true, ..writable(TMP.to_owned(), files.output) }
    }

    fn command(&self) -> Vec<String> {
        let config::Config { entrypoint, cmd, .. } = &self.config;
        entrypoint.iter().chain(cmd).flatten().cloned().collect()
    }

    fn env(&self, has_extras: bool) -> Vec<(String, String)> {
        let own = self.config.env.iter().map(|entry| entry.split_once('=').unwrap_or((entry, "")));
        let mut env: Vec<(String, String)> =
            own.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mut tell = |key: &str, value: String| env.push((format!("BUILDKIT_SCAN_{key}"), value));
        tell("DESTINATION", RESULTS.to_owned());
        tell("SOURCE", path::join(&[SOURCES, "core", CORE]));
        if has_extras {
            tell("SOURCE_EXTRAS", path::join(&[SOURCES, "extras"]));
        }
        for (key, value) in &self.parameters {
            tell(key, value.clone());
        }
        env
    }
}

fn readable(target: String, state: &State) -> ExecMount {
    ExecMount { readonly: true, ..writable(target, state.output.clone()) }
}

fn writable(target: String, source: Option<Output>) -> ExecMount {
    ExecMount {
        target,
        source,
        selector: String::new(),
        readonly: false,
        no_output: false,
        kind: MountTarget::Bind,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::request;

    const REFERENCE: &str = "example.com/scanner:latest";

    fn scanner(platform: &Platform, config: &str, parameters: &[(&str, &str)]) -> Scanner {
        let parameters = parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Scanner::of(REFERENCE, config.as_bytes(), platform, &parameters).unwrap()
    }

    fn image(reference: &str, platform: Option<Platform>) -> State {
        let reference = reference.to_owned();
        llb::Image { reference, platform, resolve_mode: ResolveMode::Default }.state(Metadata::default())
    }

    /// Compares the operations by digest, their metadata, and the source map with those that upstream's
    /// scanner solves for the same image.
    #[track_caller]
    fn check(name: &str, scanner: &Scanner, subject: &Subject<'_>) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/request/sbom").join(name);
        let expected: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let definition = scanner.scan(subject, &Marshaler::new(Platform::new("linux", "riscv64"), true));
        let answer = request::convert_llb(&definition).unwrap();
        let mut ours: Value = serde_json::from_slice(&answer.metadata["result.json"]).unwrap();
        // Upstream does not know the engine's capabilities here.
        for metadata in ours["metadata"].as_object_mut().unwrap().values_mut() {
            metadata["caps"].as_object_mut().unwrap().remove("exec.meta.setsdefaultpath");
        }
        assert_eq!(ours, expected, "{name}");
    }

    #[test]
    fn as_upstream() {
        let base = image("docker.io/library/core:latest", Some(Platform::new("linux", "arm64")));
        let core = base.run(Exec::new(&base, vec!["true".into()]), Metadata::default());
        let subject =
            Subject { id: "linux/arm64", core: &core, extras: BTreeMap::new(), ignore_cache: false };
        let config = r#"{"config":{"Entrypoint":["/bin/scan"],"Cmd":["-x","y"]}}"#;
        check("plain.json", &scanner(&Platform::new("linux", "amd64"), config, &[]), &subject);

        let windows = Platform { os_version: "10.0.20348.1".into(), ..Platform::new("windows", "amd64") };
        check("windows.json", &scanner(&windows, r#"{"config":{"Cmd":["scan.exe"]}}"#, &[]), &subject);

        let file = Action::MkFile { path: "/x".into(), mode: 0o644, data: b"y".to_vec() };
        let stage = State::scratch().file(vec![file], Metadata::default());
        let context = image("docker.io/library/context:latest", None);
        let extras = BTreeMap::from([("context", &context), ("a-stage", &stage)]);
        let config = r#"{"config":{"Cmd":["scan"],"Env":["PATH=/bin","BARE","PATH=/sbin","A=b=c"],"WorkingDir":"work/../dir","User":"nobody"}}"#;
        let arm64 = Platform { variant: "v8".into(), ..Platform::new("linux", "arm64") };
        let with_extras = Subject { extras, ignore_cache: true, ..subject };
        check("extras.json", &scanner(&arm64, config, &[("mode", "fast=1")]), &with_extras);

        let arm = Platform { variant: "v7".into(), ..Platform::new("linux", "arm") };
        let config = r#"{"config":{"Cmd":["scan"],"WorkingDir":"/a/../b/"}}"#;
        let scratch = State::scratch();
        let subject =
            Subject { id: "linux/arm64", core: &scratch, extras: BTreeMap::new(), ignore_cache: false };
        check("scratch.json", &scanner(&arm, config, &[]), &subject);
    }

    #[test]
    fn what_is_no_scanner() {
        let create = |config: &str| {
            Scanner::of(REFERENCE, config.as_bytes(), &Platform::host(), &BTreeMap::new())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            create(r#"{"config":{"Env":["A=b"]}}"#),
            "scanner example.com/scanner:latest does not have cmd"
        );
        assert_eq!(create("{"), "failed to parse image config: unexpected end of JSON input");
    }
}

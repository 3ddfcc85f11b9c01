//! Parses and checks the client's options.
//!
//! Mirrors `Client.init` and `attr.go` of moby/buildkit's `frontend/dockerui`: keys, defaults and error texts
//! are docker/dockerfile's.

mod attestation;
mod cache;
mod containers;
mod environment;
mod error;
mod required;
mod resources;
#[cfg(test)]
mod tests;
pub mod windows;

use std::collections::BTreeMap;

pub use attestation::Sbom;
pub use cache::NoCache;
pub use environment::{Environment, Worker};
pub use error::{ErrorKind, HostsError, ResourceError, UlimitError};
pub use required::{FRONTEND_CAPS, check_required_caps};
pub use windows::WindowsOptions;

use super::capabilities::Capabilities;
use crate::collect;
use crate::go::number::{parse_bool, parse_int};
use crate::image::Platform;
use crate::lint;
use crate::llb::{NetworkMode, ResolveMode};
use crate::proto::{frontend, pb};

/// All settings of the client (upstream's `dockerui.Config`), and the raw options.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Every option by its key.
    pub raw: BTreeMap<String, String>,
    /// The client's session.
    pub session_id: String,
    /// The sessions of local directories that do not come from the client's own session, by the directory's
    /// name (`local-sessionid:NAME`).
    pub local_session_ids: BTreeMap<String, String>,
    /// The machines that can build, the default one first.
    pub workers: Vec<Worker>,
    /// The platform of the machine that builds (`BUILDPLATFORM`).
    pub build_platform: Platform,
    /// The platforms to build for (`platform`); empty for the builder's.
    pub target_platforms: Vec<Platform>,
    /// Return a result for each platform, even if there is only one (`multi-platform`).
    pub multi_platform: bool,
    /// The stage to build (`target`).
    pub target: String,
    /// Values for ARG (`build-arg:NAME`).
    pub build_args: BTreeMap<String, String>,
    /// Labels for the image (`label:NAME`).
    pub labels: BTreeMap<String, String>,
    /// When to contact the registry for images (`image-resolve-mode`).
    pub resolve_mode: ResolveMode,
    /// Lines for /etc/hosts (`add-hosts`).
    pub extra_hosts: Vec<pb::HostIp>,
    /// Size of /dev/shm in bytes, 0 for the default (`shm-size`).
    pub shm_size: i64,
    /// Limits of processes (`ulimit`).
    pub ulimits: Vec<pb::Ulimit>,
    /// Limits of containers (`memory`, `cpushares`, ...).
    pub linux_resources: Option<pb::LinuxResources>,
    /// Devices for every RUN. No option of the client sets any.
    pub devices: Vec<pb::CdiDevice>,
    /// The network of RUN (`force-network-mode`).
    pub network: NetworkMode,
    /// The control group that containers are put under (`cgroup-parent`).
    pub cgroup_parent: String,
    /// The host name in containers (`hostname`, `BUILDKIT_SANDBOX_HOSTNAME`).
    pub hostname: String,
    /// The stages to build without cache (`no-cache`).
    pub no_cache: NoCache,
    /// Caches to import (`cache-imports`, `cache-from`).
    pub cache_imports: Vec<frontend::CacheOptionsEntry>,
    /// The prefix for the names of cache mounts (`BUILDKIT_CACHE_MOUNT_NS`).
    pub cache_namespace: String,
    /// The request for a bill of materials (`attest:sbom`).
    pub sbom: Option<Sbom>,
    /// Which lint rules are checked, and how (`BUILDKIT_DOCKERFILE_CHECK`); if `None`, the Dockerfile's own
    /// directive applies.
    pub check: Option<lint::Config>,
    /// Let git give advice (`BUILDKIT_GIT_ADVICE`).
    pub git_advice: bool,
    /// How Windows images are built (`FANLIGHT_*`).
    pub windows: WindowsOptions,
    /// A request other than a build (`requestid`).
    pub request_id: Option<String>,
}

impl Options {
    /// Parses and checks the options of the environment.
    ///
    /// # Errors
    ///
    /// Returns an error for the first invalid option, in upstream's order, and if BuildKit is too old.
    pub fn new(environment: Environment, capabilities: &Capabilities) -> Result<Self, ErrorKind> {
        let Environment { options: mut raw, session_id, workers, product: _ } = environment;
        capabilities.llb.require(crate::llb::caps::FILE_BASE)?;
        refuse_removed(&raw)?;
        // Build arguments override the options that they replace, also when options are forwarded.
        override_by_argument(&mut raw, "multi-platform", "build-arg:BUILDKIT_MULTI_PLATFORM");
        override_by_argument(&mut raw, "hostname", "build-arg:BUILDKIT_SANDBOX_HOSTNAME");

        let text = |key: &str| raw.get(key).map_or("", String::as_str);
        let target_platforms = target_platforms(text("platform"))?;
        let build_args = with_prefix(&raw, "build-arg:");
        Ok(Self {
            build_platform: build_platform(&workers),
            resolve_mode: resolve_mode(text("image-resolve-mode"))?,
            extra_hosts: containers::hosts(text("add-hosts")).map_err(ErrorKind::Hosts)?,
            shm_size: shm_size(text("shm-size"))?,
            ulimits: containers::ulimits(text("ulimit")).map_err(ErrorKind::Ulimit)?,
            linux_resources: resources::parse(&raw)?,
            devices: Vec::new(),
            network: network(text("force-network-mode"))?,
            no_cache: NoCache::parse(raw.get("no-cache")),
            multi_platform: multi_platform(text("multi-platform"), target_platforms.len())?,
            cache_imports: cache::imports(&raw)?,
            sbom: attestation::sbom(&raw)?,
            windows: WindowsOptions::parse(&build_args)?,
            build_args,
            labels: with_prefix(&raw, "label:"),
            cache_namespace: text("build-arg:BUILDKIT_CACHE_MOUNT_NS").to_owned(),
            cgroup_parent: text("cgroup-parent").to_owned(),
            target: text("target").to_owned(),
            hostname: text("hostname").to_owned(),
            check: check(raw.get("build-arg:BUILDKIT_DOCKERFILE_CHECK"))?,
            git_advice: git_advice(text("build-arg:BUILDKIT_GIT_ADVICE"))?,
            local_session_ids: with_prefix(&raw, "local-sessionid:"),
            request_id: raw.get("requestid").cloned(),
            target_platforms,
            raw,
            session_id,
            workers,
        })
    }

    /// Returns whether the stage called `name` is built without cache (upstream's `IsNoCache`).
    #[must_use]
    pub fn is_no_cache(&self, name: &str) -> bool {
        self.no_cache.applies_to(name)
    }

    /// Returns the session that the local directory `name` comes from.
    #[must_use]
    pub fn session_of(&self, name: &str) -> &str {
        self.local_session_ids.get(name).unwrap_or(&self.session_id)
    }

    /// Returns the value of an option; empty if it is not set.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.raw.get(key).map_or("", String::as_str)
    }
}

/// Rejects options that were removed (upstream's `validateMinCaps`).
fn refuse_removed(raw: &BTreeMap<String, String>) -> Result<(), ErrorKind> {
    if raw.get("override-copy-image").is_some_and(|image| !image.is_empty()) {
        return Err(ErrorKind::OverrideCopyImage);
    }
    if raw.get("build-arg:BUILDKIT_DISABLE_FILEOP").is_some_and(|value| parse_bool(value) == Ok(true)) {
        return Err(ErrorKind::DisableFileOp);
    }
    Ok(())
}

fn override_by_argument(raw: &mut BTreeMap<String, String>, key: &str, argument: &str) {
    if let Some(value) = raw.get(argument).filter(|value| !value.is_empty()).cloned() {
        raw.insert(key.to_owned(), value);
    }
}

fn build_platform(workers: &[Worker]) -> Platform {
    let own = workers.first().and_then(|worker| worker.platforms.first()).cloned();
    own.unwrap_or_else(|| Platform::host().normalize())
}

fn target_platforms(list: &str) -> Result<Vec<Platform>, ErrorKind> {
    let parse = |text: &str| match Platform::parse(text) {
        Ok(platform) => Ok(platform.normalize()),
        Err(kind) => Err(ErrorKind::Platform { text: text.to_owned(), kind }),
    };
    list.split(',').filter(|_| !list.is_empty()).map(parse).collect()
}

fn resolve_mode(text: &str) -> Result<ResolveMode, ErrorKind> {
    match text {
        "" | "default" => Ok(ResolveMode::Default),
        "pull" => Ok(ResolveMode::ForcePull),
        "local" => Ok(ResolveMode::PreferLocal),
        _ => Err(ErrorKind::ResolveMode(text.to_owned())),
    }
}

fn shm_size(text: &str) -> Result<i64, ErrorKind> {
    if text.is_empty() { Ok(0) } else { parse_int(text, 10, 64).map_err(ErrorKind::ShmSize) }
}

fn network(text: &str) -> Result<NetworkMode, ErrorKind> {
    match text {
        "" | "sandbox" => Ok(NetworkMode::Sandbox),
        "none" => Ok(NetworkMode::None),
        "host" => Ok(NetworkMode::Host),
        _ => Err(ErrorKind::NetworkMode(text.to_owned())),
    }
}

fn multi_platform(text: &str, targets: usize) -> Result<bool, ErrorKind> {
    if text.is_empty() {
        return Ok(targets > 1);
    }
    let wanted = parse_bool(text).map_err(|_| ErrorKind::MultiPlatform(text.to_owned()))?;
    if !wanted && targets > 1 {
        return Err(ErrorKind::SeveralPlatforms);
    }
    Ok(wanted)
}

fn check(text: Option<&String>) -> Result<Option<lint::Config>, ErrorKind> {
    text.map(|text| lint::Config::parse(text)).transpose().map_err(ErrorKind::Check)
}

fn git_advice(text: &str) -> Result<bool, ErrorKind> {
    if text.is_empty() { Ok(false) } else { parse_bool(text).map_err(ErrorKind::GitAdvice) }
}

fn with_prefix(raw: &BTreeMap<String, String>, prefix: &str) -> BTreeMap<String, String> {
    let entries = raw.iter().filter_map(|(key, value)| Some((key.strip_prefix(prefix)?, value)));
    collect::map(entries.map(|(key, value)| (key.to_owned(), value.clone())))
}

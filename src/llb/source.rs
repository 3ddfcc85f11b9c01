//! Sources: images, local directories, git repositories, URLs.

use std::collections::BTreeMap;

use super::caps;
use super::state::State;
use super::vertex::{Constraints, Metadata, Operation, Output};
use crate::go;
use crate::image::Platform;

/// An encoded source.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) identifier: String,
    pub(super) attrs: BTreeMap<&'static str, String>,
}

impl Source {
    /// Returns whether the source depends on the platform, which only images do (upstream's
    /// `platformSpecificSource`).
    pub(super) fn is_platform_specific(&self) -> bool {
        self.identifier.starts_with("docker-image://") || self.identifier.starts_with("oci-layout://")
    }
}

struct Builder {
    attrs: BTreeMap<&'static str, String>,
    constraints: Constraints,
}

impl Builder {
    fn new(metadata: Metadata) -> Self {
        Self { attrs: BTreeMap::new(), constraints: metadata.into_constraints() }
    }

    fn attr(&mut self, key: &'static str, value: impl Into<String>) {
        self.attrs.insert(key, value.into());
    }

    fn attr_if(&mut self, key: &'static str, value: &str) {
        if !value.is_empty() {
            self.attr(key, value);
        }
    }

    fn attr_with_cap(&mut self, key: &'static str, value: &str, cap: &'static str) {
        if !value.is_empty() {
            self.attr(key, value);
            self.constraints.add_cap(cap);
        }
    }

    fn state(mut self, identifier: String, cap: &'static str) -> State {
        self.constraints.add_cap(cap);
        let source = Source { identifier, attrs: self.attrs };
        State::new(Some(Output::of(Operation::Source(source), self.constraints)))
    }
}

/// When to contact the registry for an image (`image-resolve-mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResolveMode {
    /// The engine decides.
    #[default]
    Default,
    /// Always (`--pull`).
    ForcePull,
    /// Only if the image is not available locally.
    PreferLocal,
}

impl ResolveMode {
    /// Returns the name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::ForcePull => "pull",
            Self::PreferLocal => "local",
        }
    }
}

/// An image of a registry (upstream's `llb.Image`).
#[derive(Debug, Clone)]
pub struct Image {
    /// The reference in normalized form.
    pub reference: String,
    /// The platform to select.
    pub platform: Option<Platform>,
    /// When to contact the registry.
    pub resolve_mode: ResolveMode,
}

impl Image {
    /// Returns the image's file system.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.constraints.platform = self.platform;
        if self.resolve_mode != ResolveMode::Default {
            b.attr("image.resolvemode", self.resolve_mode.as_str());
        }
        if self.resolve_mode == ResolveMode::ForcePull {
            b.constraints.add_cap(caps::SOURCE_IMAGE_RESOLVE_MODE);
        }
        b.state(format!("docker-image://{}", self.reference), caps::SOURCE_IMAGE)
    }
}

/// A blob of a registry as a file (upstream's `llb.ImageBlob`).
#[derive(Debug, Clone, Default)]
pub struct ImageBlob {
    /// `repository@digest`, in normalized form.
    pub reference: String,
    /// The name of the file.
    pub filename: String,
}

impl ImageBlob {
    /// Returns a file system with that file.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.attr_if("http.filename", &self.filename);
        b.state(format!("docker-image+blob://{}", self.reference), caps::SOURCE_IMAGE_BLOB)
    }
}

/// A blob of an OCI layout of the client as a file (upstream's `llb.OCILayoutBlob`).
#[derive(Debug, Clone, Default)]
pub struct OciLayoutBlob {
    /// `name@digest`.
    pub reference: String,
    /// The name of the file.
    pub filename: String,
    /// The client's session.
    pub session_id: String,
    /// The layout's name in the session.
    pub store_id: String,
}

impl OciLayoutBlob {
    /// Returns a file system with that file.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.attr_if("http.filename", &self.filename);
        b.attr_if("oci.session", &self.session_id);
        b.attr_if("oci.store", &self.store_id);
        b.state(format!("oci-layout+blob://{}", self.reference), caps::SOURCE_IMAGE_BLOB)
    }
}

/// An image in an OCI layout of the client (upstream's `llb.OCILayout`).
#[derive(Debug, Clone, Default)]
pub struct OciLayout {
    /// `name@digest`.
    pub reference: String,
    /// The platform to select.
    pub platform: Option<Platform>,
    /// The client's session.
    pub session_id: String,
    /// The layout's name in the session.
    pub store_id: String,
}

impl OciLayout {
    /// Returns the image's file system.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.constraints.platform = self.platform;
        b.attr_if("oci.session", &self.session_id);
        b.attr_if("oci.store", &self.store_id);
        b.state(format!("oci-layout://{}", self.reference), caps::SOURCE_OCI_LAYOUT)
    }
}

/// A directory of the client (upstream's `llb.Local`).
#[derive(Debug, Clone, Default)]
pub struct Local {
    /// The directory's name in the session.
    pub name: String,
    /// The client's session.
    pub session_id: String,
    /// The paths to send, following links. Empty for all files.
    pub follow_paths: Vec<String>,
    /// Patterns of files that are not sent.
    pub exclude_patterns: Vec<String>,
    /// The name of the copy that later builds start from.
    pub shared_key_hint: String,
    /// Send every file again, without comparison.
    pub differ_none: bool,
}

impl Local {
    /// Returns the directory's file system.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.attr_with_cap("local.session", &self.session_id, caps::SOURCE_LOCAL_SESSION_ID);
        b.attr_with_cap("local.followpaths", &json_list(&self.follow_paths), caps::SOURCE_LOCAL_FOLLOW_PATHS);
        b.attr_with_cap(
            "local.excludepatterns",
            &json_list(&self.exclude_patterns),
            caps::SOURCE_LOCAL_EXCLUDE_PATTERNS,
        );
        b.attr_with_cap("local.sharedkeyhint", &self.shared_key_hint, caps::SOURCE_LOCAL_SHARED_KEY_HINT);
        if self.differ_none {
            b.attr("local.differ", "none");
        }
        b.state(format!("local://{}", self.name), caps::SOURCE_LOCAL)
    }
}

/// Returns a list as Go's `json.Marshal` writes it; an empty string for an empty list.
fn json_list(items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<String> = items.iter().map(|item| go::json::string(item)).collect();
    format!("[{}]", items.join(","))
}

/// A git repository (upstream's `llb.Git`).
#[derive(Debug, Clone, Default)]
pub struct Git {
    /// Host and path, or the URL as written if it cannot be parsed.
    pub id: String,
    /// The URL to fetch from.
    pub url: String,
    /// The repository is fetched over SSH.
    pub ssh: bool,
    /// Branch, tag or commit.
    pub reference: String,
    /// The directory in the repository.
    pub subdir: String,
    /// Keep `.git`.
    pub keep_git_dir: bool,
    /// The required commit.
    pub checksum: String,
    /// Skip submodules.
    pub skip_submodules: bool,
    /// `commit` gives every file the time of its commit.
    pub mtime: String,
    /// Let git print advice.
    pub advice: bool,
    /// Fetch the commit itself instead of the reference.
    pub fetch_by_commit: bool,
}

impl Git {
    /// Returns the checked out files.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        let mut id = self.id;
        if !self.reference.is_empty() || !self.subdir.is_empty() {
            id.push('#');
            id.push_str(&self.reference);
            if !self.subdir.is_empty() {
                id.push(':');
                id.push_str(&self.subdir);
            }
        }
        if self.keep_git_dir {
            b.attr_with_cap("git.keepgitdir", "true", caps::SOURCE_GIT_KEEP_DIR);
        }
        b.attr_with_cap("git.fullurl", &self.url, caps::SOURCE_GIT_FULL_URL);
        b.attr("git.authtokensecret", "GIT_AUTH_TOKEN");
        b.attr("git.authheadersecret", "GIT_AUTH_HEADER");
        if self.ssh {
            // Upstream scans the host's keys here if it has a network; a frontend has none.
            b.constraints.add_cap(caps::SOURCE_GIT_KNOWN_SSH_HOSTS);
            b.attr_with_cap("git.mountsshsock", "default", caps::SOURCE_GIT_MOUNT_SSH_SOCK);
        }
        b.attr_with_cap("git.checksum", &self.checksum, caps::SOURCE_GIT_CHECKSUM);
        if self.skip_submodules {
            b.attr_with_cap("git.skipsubmodules", "true", caps::SOURCE_GIT_SKIP_SUBMODULES);
        }
        b.attr_with_cap("git.mtime", &self.mtime, caps::SOURCE_GIT_MTIME);
        if self.advice {
            b.attr("git.advice", "true");
        }
        if self.fetch_by_commit {
            b.attr_with_cap("git.fetchbycommit", "true", caps::SOURCE_GIT_FETCH_BY_COMMIT);
        }
        b.state(format!("git://{id}"), caps::SOURCE_GIT)
    }
}

/// A URL (upstream's `llb.HTTP`).
#[derive(Debug, Clone, Default)]
pub struct Http {
    /// The URL.
    pub url: String,
    /// The name that the file gets.
    pub filename: String,
    /// The required digest.
    pub checksum: String,
    /// The `Accept` header.
    pub accept: String,
}

impl Http {
    /// Returns a file system with that file.
    #[must_use]
    pub fn state(self, metadata: Metadata) -> State {
        let mut b = Builder::new(metadata);
        b.attr_with_cap("http.checksum", &self.checksum, caps::SOURCE_HTTP_CHECKSUM);
        b.attr_if("http.filename", &self.filename);
        b.attr_with_cap("http.header.accept", &self.accept, caps::SOURCE_HTTP_HEADER);
        b.state(self.url, caps::SOURCE_HTTP)
    }
}

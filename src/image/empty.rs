//! The initial config of an image, and the platform that a build sets.
//!
//! Mirrors `image.go` and `finalizeResultImage` of moby/buildkit's `dockerfile2llb`.

use super::config::{Config, Image, RootFs};
use super::platform::Platform;
use crate::container_path::default_path_env;

impl Image {
    /// Returns the config of the empty file system on a platform (upstream's `emptyImage`).
    #[must_use]
    pub fn empty(platform: &Platform) -> Self {
        // Windows sets its own PATH.
        let env = if platform.is_windows() {
            Vec::new()
        } else {
            vec![format!("PATH={}", default_path_env(&platform.os))]
        };
        Self {
            platform: platform.clone(),
            rootfs: RootFs { kind: "layers".to_owned(), diff_ids: None },
            config: Config { working_dir: "/".to_owned(), env, ..Config::default() },
            ..Self::default()
        }
    }

    /// Returns whether the image has no layers, and no history of any.
    #[must_use]
    pub fn has_no_layers(&self) -> bool {
        self.rootfs.diff_ids.as_ref().is_none_or(Vec::is_empty)
            && self.history.iter().all(|entry| entry.empty_layer)
    }

    /// Returns the platform, if the config names one.
    #[must_use]
    pub fn known_platform(&self) -> Option<Platform> {
        let known = !self.platform.architecture.is_empty() && !self.platform.os.is_empty();
        known.then(|| self.platform.clone())
    }

    /// Sets the platform of the build. Parts that the target does not specify keep the base's values if it
    /// has the same OS and architecture.
    pub fn set_platform(&mut self, target: &Platform) {
        let own = &mut self.platform;
        let same = own.os == target.os && own.architecture == target.architecture;
        own.os.clone_from(&target.os);
        own.architecture.clone_from(&target.architecture);
        if !target.variant.is_empty() || !same {
            own.variant.clone_from(&target.variant);
        }
        if !target.os_version.is_empty() || !same {
            own.os_version.clone_from(&target.os_version);
        }
        if target.os_features.is_some() {
            own.os_features.clone_from(&target.os_features);
        }
    }
}

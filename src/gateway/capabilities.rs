//! The capabilities of the connected BuildKit.
//!
//! Mirrors `util/apicaps` of moby/buildkit.

use std::collections::BTreeMap;

use crate::collect;
use crate::proto::{caps, frontend, types};

/// Capabilities of the frontend's service, by the names of `frontend/gateway/pb/caps.go`.
pub mod names {
    /// Frontends may request the client's inputs.
    pub const FRONTEND_INPUTS: &str = "frontend.inputs";
    /// A solve may build immediately.
    pub const SOLVE_EVALUATE: &str = "gateway.solve.evaluate";
    /// Results hold references with definitions.
    pub const REFERENCE_ARRAY: &str = "proto.refarray";
    /// Results may have a reference for each platform.
    pub const RETURN_MAP: &str = "returnmap";
    /// References may come with attestations.
    pub const ATTESTATIONS: &str = "reference.attestations";
    /// Any source can be resolved.
    pub const SOURCE_META: &str = "source.metaresolver";
    /// A file's size and mode can be read.
    pub const STAT_FILE: &str = "statfile";
    /// A folder can be listed.
    pub const READ_DIR: &str = "readdir";
    /// Warnings are shown.
    pub const WARNINGS: &str = "gateway.warnings";
}

/// BuildKit's answer to a ping.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// The capabilities of the frontend's service.
    pub frontend: CapabilitySet,
    /// The capabilities of operations.
    pub llb: CapabilitySet,
    /// The machines that build, as far as the answer lists them.
    pub workers: Vec<types::WorkerRecord>,
}

impl Capabilities {
    /// Parses the answer; `product` is the engine's name for itself in messages.
    pub(super) fn new(pong: frontend::PongResponse, product: &str) -> Self {
        let frontend = or_defaults(pong.frontend_api_caps, FRONTEND_DEFAULTS);
        let llb = or_defaults(pong.llb_caps, LLB_DEFAULTS);
        Self {
            frontend: CapabilitySet::new(frontend, product),
            llb: CapabilitySet::new(llb, product),
            workers: pong.workers,
        }
    }

    /// Returns whether BuildKit supports `id`, either in the service or in operations.
    #[must_use]
    pub fn supports(&self, id: &str) -> bool {
        self.frontend.supports(id) || self.llb.supports(id)
    }
}

/// One kind of capabilities.
#[derive(Debug, Clone, Default)]
pub struct CapabilitySet {
    by_id: BTreeMap<String, caps::ApiCap>,
    product: String,
}

impl CapabilitySet {
    fn new(list: Vec<caps::ApiCap>, product: &str) -> Self {
        let named = list.into_iter().filter(|cap| !cap.id.is_empty());
        let by_id = collect::map(named.map(|cap| (cap.id.clone(), cap)));
        Self { by_id, product: product.to_owned() }
    }

    /// Returns whether `id` is known and enabled.
    #[must_use]
    pub fn supports(&self, id: &str) -> bool {
        self.by_id.get(id).is_some_and(|cap| cap.enabled)
    }

    /// Checks that `id` is known and enabled.
    ///
    /// # Errors
    ///
    /// Returns an error otherwise, with upstream's text for experimental capabilities, which almost all are.
    pub fn require(&self, id: &str) -> Result<(), UnsupportedCapability> {
        match self.by_id.get(id) {
            Some(cap) if cap.enabled => Ok(()),
            Some(cap) if cap.disabled_reason_msg.is_empty() => {
                Err(UnsupportedCapability::Disabled { id: id.to_owned() })
            }
            Some(cap) => Err(UnsupportedCapability::DisabledBecause {
                id: id.to_owned(),
                reason: cap.disabled_reason_msg.clone(),
            }),
            None => Err(UnsupportedCapability::Missing { id: id.to_owned(), product: self.product.clone() }),
        }
    }
}

/// A capability that the build needs and BuildKit lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedCapability {
    /// BuildKit is older than the capability.
    #[error("requested experimental feature {id}  is not supported by build server, please update {product}")]
    Missing {
        /// Its name.
        id: String,
        /// The engine's name for itself.
        product: String,
    },
    /// The capability is switched off.
    #[error("requested experimental feature {id}  has been disabled on the build server")]
    Disabled {
        /// Its name.
        id: String,
    },
    /// The capability is switched off, with a reason from BuildKit.
    #[error("requested experimental feature {id}  has been disabled on the build server: {reason}")]
    DisabledBecause {
        /// Its name.
        id: String,
        /// The reason.
        reason: String,
    },
}

fn or_defaults(answer: Vec<caps::ApiCap>, defaults: &[&str]) -> Vec<caps::ApiCap> {
    if !answer.is_empty() {
        return answer;
    }
    let cap = |id: &&str| caps::ApiCap { id: (*id).to_owned(), enabled: true, ..Default::default() };
    defaults.iter().map(cap).collect()
}

/// The capabilities of every BuildKit that answers without a list (upstream's `defaultCaps`).
const FRONTEND_DEFAULTS: &[&str] = &["solve.base", "solve.inlinereturn", "resolveimage", "readfile"];

/// Likewise for operations (upstream's `defaultLLBCaps`).
const LLB_DEFAULTS: &[&str] = &[
    "source.image",
    "source.local",
    "source.local.unique",
    "source.local.sessionid",
    "source.local.includepatterns",
    "source.local.followpaths",
    "source.local.excludepatterns",
    "source.local.sharedkeyhint",
    "source.git",
    "source.git.keepgitdir",
    "source.git.fullurl",
    "source.http",
    "source.http.checksum",
    "source.http.perm",
    "source.http.uidgid",
    "source.buildop.llbfilename",
    "exec.meta.base",
    "exec.meta.proxyenv",
    "exec.mount.bind",
    "exec.mount.cache",
    "exec.mount.cache.sharing",
    "exec.mount.selector",
    "exec.mount.tmpfs",
    "exec.mount.secret",
    "constraints",
    "platform",
    "meta.ignorecache",
    "meta.description",
    "meta.exportcache",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn set(list: Vec<caps::ApiCap>) -> CapabilitySet {
        CapabilitySet::new(list, "buildkit")
    }

    #[test]
    fn a_capability_has_to_be_there_and_enabled() {
        let cap = |id: &str, enabled, why: &str| caps::ApiCap {
            id: id.into(),
            enabled,
            disabled_reason_msg: why.into(),
            ..Default::default()
        };
        let set =
            set(vec![cap("on", true, ""), cap("off", false, ""), cap("broken", false, "too old a kernel")]);
        assert!(set.supports("on") && !set.supports("off") && !set.supports("none"));
        assert!(set.require("on").is_ok());
        assert_eq!(
            set.require("none").unwrap_err().to_string(),
            "requested experimental feature none  is not supported by build server, please update buildkit"
        );
        assert_eq!(
            set.require("off").unwrap_err().to_string(),
            "requested experimental feature off  has been disabled on the build server"
        );
        assert!(set.require("broken").unwrap_err().to_string().ends_with("build server: too old a kernel"));
    }

    #[test]
    fn an_answer_without_capabilities_means_the_first_ones() {
        let caps = Capabilities::new(frontend::PongResponse::default(), "");
        assert!(caps.frontend.supports("readfile") && caps.llb.supports("source.local"));
        assert!(!caps.supports(names::RETURN_MAP));
    }
}

//! The seed: a Windows image of a few hundred bytes that layers are built on.

use crate::image::Platform;
use crate::llb::{Image, Metadata, ResolveMode, State};
use crate::proto::pb;
use prost::Message as _;

/// The file in which BuildKit stores what a frontend was started from.
pub const FRONTEND_DEFINITION: &str = "/run/config/buildkit/metadata/frontend.bin";

/// A seed that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The image reference, with a digest if known.
    pub reference: String,
}

impl Seed {
    /// Returns the seed's file system for an architecture.
    #[must_use]
    pub fn state(&self, platform: &Platform) -> State {
        Image {
            reference: self.reference.clone(),
            platform: Some(Self::platform(platform)),
            resolve_mode: ResolveMode::Default,
        }
        .state(Metadata::internal("windows layer seed"))
    }

    /// Returns the platform of the seed for a stage's platform.
    #[must_use]
    pub fn platform(of: &Platform) -> Platform {
        Platform { os_version: String::new(), os_features: None, ..of.clone() }
    }
}

/// Returns the image that a frontend was started from, according to the definition that BuildKit left for it.
#[must_use]
pub fn own_image(definition: &[u8]) -> Option<String> {
    let definition = pb::Definition::decode(definition).ok()?;
    let sources =
        definition.def.iter().filter_map(|bytes| match pb::Op::decode(bytes.as_slice()).ok()?.op? {
            pb::op::Op::Source(source) => Some(source.identifier),
            _ => None,
        });
    sources.into_iter().find_map(|id| id.strip_prefix("docker-image://").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llb::Marshaler;

    #[test]
    fn the_own_image_is_read_from_the_definition() {
        let image = Image {
            reference: "host/fanlight:1@sha256:00".to_owned(),
            platform: None,
            resolve_mode: ResolveMode::Default,
        };
        let linux = Platform::parse("linux/amd64").unwrap();
        let definition = Marshaler::new(linux, true).marshal(&image.state(Metadata::default()));
        let bytes = definition.to_pb().encode_to_vec();
        assert_eq!(own_image(&bytes).as_deref(), Some("host/fanlight:1@sha256:00"));
        assert_eq!(own_image(b"\xff"), None);
    }
}

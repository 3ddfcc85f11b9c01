//! Reasons why a pushed image is not moved to another base.

use crate::gateway;

/// The kinds of errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// No Windows platform is requested.
    #[error("{0} is for Windows images: add windows/amd64 to --platform")]
    WithoutWindows(&'static str),
    /// An engine that does not always detect that the image is based on the old base.
    #[error(
        "FANLIGHT_REBASE needs BuildKit 0.11 or later: older engines may unpack all layers and write them as one. Build the \
         Dockerfile instead"
    )]
    OldEngine,
    /// `FANLIGHT_AGAINST` in a build.
    #[error(
        "FANLIGHT_AGAINST compares and builds nothing: add --call=plan, or write FANLIGHT_REBASE to move the images to \
         their new bases"
    )]
    AgainstInBuild,
    /// An image of the same layers was moved on this builder before.
    #[error(
        "{image} shares layers with another image that was moved on this builder, and BuildKit's cache may confuse the \
         two: use another builder (docker buildx create --use), or empty this one (docker buildx prune --all)"
    )]
    SharedLayers {
        /// The pushed image.
        image: String,
    },
    /// An SBOM is requested.
    #[error(
        "a rebase reads no layers, so it cannot write an SBOM: leave out --sbom and --attest type=sbom, or build the \
         Dockerfile instead"
    )]
    Sbom,
    /// The pushed image has no image for a platform.
    #[error(
        "{reference} has no image for {platform}: name an image that has one, or remove the platform from --platform"
    )]
    NoPlatform {
        /// The pushed image.
        reference: String,
        /// The platform.
        platform: String,
    },
    /// The versions in the index cannot be listed.
    #[error(
        "this engine can neither read the index of {0} nor look up each Windows version in it: use BuildKit 0.28 or \
         later, or name one image of it by its digest"
    )]
    Unlisted(String),
    /// A version that may be hidden in an index that could not be read.
    #[error(
        "this engine cannot read the index of {reference}, so fanlight cannot tell whether it has an image for Windows \
         {version}: leave the version out, with FANLIGHT_VERSIONS or in FROM, or use BuildKit 0.28 or later and a registry \
         that gives indexes as blobs"
    )]
    Hidden {
        /// The pushed image.
        reference: String,
        /// The version.
        version: String,
    },
    /// Images for Linux exist in an index that could not be read.
    #[error(
        "{reference} has an image for {platform}, but this engine cannot read its index to find the others: list every \
         platform to keep in --platform"
    )]
    Unnamed {
        /// The pushed image.
        reference: String,
        /// One platform that it has.
        platform: String,
    },
    /// A FROM that does not name an image in a registry.
    #[error(
        "{base} is not an image in a registry, so a pushed image cannot be compared with it or moved to it: name an image in FROM, \
         or build the Dockerfile instead"
    )]
    NoImage {
        /// The base as written.
        base: String,
    },
    /// The pushed image has no image of the same kind.
    #[error("{reference} has no image that can be moved to {base} ({wanted}); available: {found}")]
    NoSibling {
        /// The pushed image.
        reference: String,
        /// The base as written.
        base: String,
        /// Its version.
        wanted: String,
        /// The pushed images.
        found: String,
    },
    /// The old and the new base are of different kinds.
    #[error(
        "{image} is built on {old}, and the new base is {new}: a rebase does not move programs to another kind of Windows base. \
         Build the Dockerfile instead"
    )]
    OtherKind {
        /// The pushed image.
        image: String,
        /// The base that it is built on.
        old: String,
        /// The new base.
        new: String,
    },
    /// The old base was not found.
    #[error(
        "cannot find the base of {image}, so its own layers are unknown:{}\n  write --build-arg \
         FANLIGHT_REBASE_FROM={repository}:TAG with the base that it was built on, or several of them with commas, or \
         build the Dockerfile instead",
        lines(.tried)
    )]
    NoOldBase {
        /// The pushed image.
        image: String,
        /// The repository of the new base.
        repository: String,
        /// The candidates that were tried, and why each was rejected.
        tried: Vec<String>,
    },
    /// A layer that may contain more than files.
    #[error(
        "layer {number} of {image} may hold more than files, such as registry hives of the old base: its line of history is \
         {line:?}, and only COPY, ADD and WORKDIR of BuildKit, ko and crane append are known to add only files. Build the \
         Dockerfile instead"
    )]
    Layer {
        /// The pushed image.
        image: String,
        /// The number of the layer; the lowest above the base is 1.
        number: usize,
        /// Its line in the history.
        line: String,
    },
    /// A history that does not match the layers.
    #[error(
        "the history of {image} names {lines} layers above its base, but the image has {layers}: fanlight cannot tell which are \
         its own. Build the Dockerfile instead"
    )]
    History {
        /// The pushed image.
        image: String,
        /// The number of layers in the history.
        lines: usize,
        /// The number of layers.
        layers: usize,
    },
    /// The result has two images for one platform.
    #[error("{reference} lists two images for {platform}: name one of them by its digest")]
    Twice {
        /// The pushed image.
        reference: String,
        /// The platform.
        platform: String,
    },
}

impl From<ErrorKind> for gateway::Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

fn lines(tried: &[String]) -> String {
    tried.iter().map(|line| format!("\n  {line}")).collect()
}

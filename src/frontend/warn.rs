//! Warnings during a build.

use crate::gateway::context::DockerfileSource;
use crate::gateway::options::windows::SEED;
use crate::gateway::{Bridge, Error};
use crate::image::{Build, OsVersion, Platform, release};
use crate::lint::{self, Linter};
use crate::proto::{frontend, pb};
use crate::span::{Range, first_line};
use crate::windows::index;
use crate::windows::probe::{Found, Hidden};

/// Warnings other than those of the linter.
#[derive(Debug, Clone)]
pub(super) enum Warning {
    /// A base image, one of a list, has no image for a platform.
    LeftOut { base: String, platform: Platform },
    /// A version of `FANLIGHT_VERSIONS` exists only for another architecture.
    NotForArchitecture { version: Build, platform: Platform },
    /// An index could not be read.
    Asked { base: String, found: Found },
    /// An index has several revisions of one build.
    Revision { base: String, taken: OsVersion, left: Vec<OsVersion> },
    /// No base image of the build matches an image of a pushed index.
    NotMoved { reference: String, platform: String },
    /// Layers are built on their base images.
    Unlazy { why: String },
    /// The engine does not keep attestations.
    NoSbom,
}

/// How many revisions a warning names at most.
const MAX_REVISIONS: usize = 5;

impl Warning {
    fn short(&self) -> String {
        match self {
            Self::LeftOut { base, platform } => {
                format!("{base} has no image for {}: that version is left out", platform.format_all())
            }
            Self::NotForArchitecture { version, platform } => {
                format!(
                    "no base has Windows {version} for {}: that version is left out",
                    platform.format_all()
                )
            }
            Self::Asked { base, found } => {
                let versions: Vec<&str> =
                    found.entries.iter().filter_map(|entry| Some(entry.version.as_ref()?.as_str())).collect();
                let doubt = found.hidden.as_ref().map_or_else(String::new, |Hidden { build, behind }| {
                    let server = release::server(build.0);
                    format!("; {server} is not found this way if {behind} comes before it")
                });
                format!(
                    "the index of {base} cannot be read, so this engine was asked for each known Windows version: \
                     {}{doubt}",
                    versions.join(", ")
                )
            }
            Self::Revision { base, taken, left } => {
                let (shown, more) = left.split_at(left.len().min(MAX_REVISIONS));
                let shown: Vec<&str> = shown.iter().map(OsVersion::as_str).collect();
                let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
                let build = taken.build();
                format!(
                    "{base} has several revisions of Windows {build}: using {taken} instead of {}{more}",
                    shown.join(", ")
                )
            }
            Self::NotMoved { reference, platform } => {
                format!("{reference} has an image for {platform}, but this build does not: it is left out")
            }
            Self::Unlazy { why } => format!("every Windows base is downloaded and unpacked: {why}"),
            Self::NoSbom => {
                "no SBOM is written: this engine does not keep attestations (BuildKit 0.11 and later do)"
                    .to_owned()
            }
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::LeftOut { .. } => "Other elements of the list have an image for it.".to_owned(),
            Self::NotForArchitecture { .. } => "Other architectures have it.".to_owned(),
            Self::Asked { base, .. } => index::advice(base),
            Self::Revision { left, .. } => {
                let other = left.first().map_or("", OsVersion::as_str);
                format!("To use another one, set --build-arg FANLIGHT_VERSIONS={other}.")
            }
            Self::NotMoved { .. } => {
                "A rebase builds the images that FROM and --platform name. To keep this one, add a base of that version, or \
                 that platform."
                    .to_owned()
            }
            Self::Unlazy { .. } => format!(
                "The layers are built on their base images, since they cannot be built without them here. If fanlight's \
                 image was copied without its Windows entries, set --build-arg {SEED} to a copy that has them."
            ),
            Self::NoSbom => String::new(),
        }
    }
}

/// Sends one warning.
pub(super) async fn tell(
    bridge: &Bridge,
    source: &DockerfileSource,
    warning: &Warning,
    location: &[Range],
) -> Result<(), Error> {
    bridge.warn(request(source, &warning.short(), &warning.detail(), "", location)).await
}

/// Sends the findings since the last call, with locations.
///
/// Sends them one after the other, as docker/dockerfile does: each carries the whole file, for its excerpt.
pub(super) async fn lint(bridge: &Bridge, source: &DockerfileSource, lint: &Linter) -> Result<(), Error> {
    for warning in lint.unsent() {
        let line = first_line(&warning.location);
        let text = lint::message::short(warning.rule.name, &warning.message, line);
        let rule = warning.rule;
        bridge.warn(request(source, &text, rule.description, rule.url, &warning.location)).await?;
    }
    Ok(())
}

fn request(
    source: &DockerfileSource,
    text: &str,
    detail: &str,
    url: &str,
    location: &[Range],
) -> frontend::WarnRequest {
    frontend::WarnRequest {
        digest: source.head.clone(),
        level: 1,
        short: text.as_bytes().to_vec(),
        detail: vec![detail.as_bytes().to_vec()],
        url: url.to_owned(),
        info: Some(source.map.to_pb()),
        ranges: location.iter().map(|range| pb::Range::from(*range)).collect(),
    }
}

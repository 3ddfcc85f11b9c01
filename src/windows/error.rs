//! Errors of builds for Windows.

use super::advice::Advice;
use crate::gateway;
use crate::image::{Build, Platform, release};
use crate::span::Located;
use crate::suggest::Hint;

use super::hosts::Uncovered;

/// An error with its locations.
pub type Error = Located<ErrorKind>;

/// The kinds of errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// RUN in stages for Windows: the line of each, and what to write instead.
    #[error("RUN needs a Windows worker, but this engine builds on Linux. Write instead:{}", advice(.0))]
    Run(Vec<(u32, Vec<Advice>)>),
    /// A requested platform has an unknown version.
    #[error(
        "unknown Windows version {:?} in the platform {}{}: write a build such as 20348 or 10.0.20348, or one of {}",
        .0.os_version, .0.format_all(), Hint::show(Build::similar(&.0.os_version).as_ref()), Build::names()
    )]
    PlatformVersion(Box<Platform>),
    /// The tags of two bases name the same release, which the table lacks, but the images have different builds.
    #[error(
        "the tags of {first} and {second} both name {name}, but their images have different Windows builds: write the \
         build instead of {name}"
    )]
    TwoBuilds {
        /// The name of the release.
        name: String,
        /// One base, with its version.
        first: String,
        /// The other base.
        second: String,
    },
    /// The selection matches no base.
    #[error("no Windows base matches {asked}; available: {found}")]
    NoMatch {
        /// The selection.
        asked: String,
        /// The versions to select from.
        found: String,
    },
    /// The default target has no base, and another stage lists Windows bases.
    #[error(
        "{platform} builds {target}, which is based on scratch, and not {unused}, which lists Windows bases: name that one \
         windows, and the last stage linux; or name the stage to build with --target"
    )]
    UnusedList {
        /// The platform that is asked for.
        platform: String,
        /// The stage that would be built.
        target: String,
        /// The stage with the list.
        unused: String,
    },
    /// Two lists name the same versions in different orders.
    #[error(
        "the image on {base} (Windows {build}) would get files from {addon}, which names another Windows version: lists are \
         read in parallel, so write both in the same order"
    )]
    Crossed {
        /// The build of the variant.
        build: Build,
        /// The base of the variant.
        base: String,
        /// The image beside it.
        addon: String,
    },
    /// `FANLIGHT_VERSIONS` names a revision that no base has.
    #[error(
        "FANLIGHT_VERSIONS: no base is {wanted}; available: {found}. Write {build} for any revision, or name a base of that \
         revision by its tag or digest"
    )]
    OtherRevision {
        /// The version as the client wrote it.
        wanted: String,
        /// The base of the same build.
        found: String,
        /// The build of both.
        build: Build,
    },
    /// A release that is neither in the table nor in a base's tag.
    #[error(
        "unknown Windows version {name:?}{}: no base of this build has it in its tag. Write a build such as 20348 or \
         10.0.20348, or one of {}; available: {found}",
        Hint::show(Build::similar(name).as_ref()), Build::names()
    )]
    NoRelease {
        /// The name of the release.
        name: String,
        /// The versions to select from.
        found: String,
    },
    /// A base may be an index of several versions, which cannot be listed.
    #[error(
        "{base} may be an index of several Windows versions, but this engine can neither read it nor look up one of its \
         versions; it only returns {os_version}. {advice}",
        advice = super::index::advice(base)
    )]
    Unlisted {
        /// The base as written.
        base: String,
        /// The version of the image that the engine resolves.
        os_version: String,
    },
    /// A release may be hidden in an index that could not be read.
    #[error(
        "{server} cannot be told apart from {os_version} in the index of {base}, which this engine cannot read. \
         {advice}",
        server = release::server(build.0), advice = super::index::advice(base)
    )]
    Hidden {
        /// The base as written.
        base: String,
        /// The release.
        build: Build,
        /// The version of the image that the engine resolves instead.
        os_version: String,
    },
    /// Two bases have the same build, so no host can choose between them.
    #[error(
        "two bases have the same Windows build, so a host cannot choose between them: {first} and {second}. Keep one \
         of them"
    )]
    Collision {
        /// One base, with its version.
        first: String,
        /// The other base.
        second: String,
    },
    /// Several elements of a list are built on one base.
    #[error(
        "several images would be built on the same base, {base}: write each element of a list once; if the list is in \
         another FROM, write one in the FROM of the base too"
    )]
    SameBase {
        /// The base, with its version.
        base: String,
    },
    /// The `os.version` of a base is not a valid version.
    #[error(
        "{base} has the os.version {os_version:?}, which is not a Windows version such as 10.0.20348.2700"
    )]
    UnknownVersion {
        /// The base as written.
        base: String,
        /// The `os.version` in its config.
        os_version: String,
    },
    /// An index lists another version for an image than the image's config.
    #[error("the index {base} lists an image as {listed}, but the config of that image says {found}")]
    OtherVersion {
        /// The base as written.
        base: String,
        /// The version in the index.
        listed: String,
        /// The version in the config.
        found: String,
    },
    /// The client gives contexts for several versions, but none for this one.
    #[error("the context {name} is not set for Windows {wanted}; available: {found}")]
    NoContext {
        /// The name of the context.
        name: String,
        /// The version.
        wanted: String,
        /// The versions that have contexts.
        found: String,
    },
    /// An unknown host name in `FANLIGHT_HOSTS`.
    #[error("FANLIGHT_HOSTS: unknown Windows host {name:?}: available: {known}", known = super::hosts::names())]
    UnknownHost {
        /// The name as the client wrote it.
        name: String,
    },
    /// `FANLIGHT_HOSTS` is set, but the build has no Windows image.
    #[error("FANLIGHT_HOSTS: the build has no image for Windows: add windows/amd64 to --platform")]
    NoImageForHosts,
    /// Hosts of `FANLIGHT_HOSTS` find no image.
    #[error("FANLIGHT_HOSTS: Windows hosts that find no image in this build:{}", without_image(.0))]
    WithoutImage(Vec<Uncovered>),
    /// The build has too many steps.
    #[error(
        "{variants} Windows images have {steps} steps together, and one build can have {max} at most. Select some \
         versions, for example with --build-arg FANLIGHT_VERSIONS=ltsc2022,ltsc2025"
    )]
    TooManySteps {
        /// The number of images.
        variants: usize,
        /// The number of steps of all images.
        steps: usize,
        /// The limit.
        max: usize,
    },
}

impl From<ErrorKind> for gateway::Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

/// How many refused RUN lines are shown with their advice and in excerpts. The rest are counted, with some of their
/// line numbers.
pub(super) const MAX_SHOWN: usize = 10;
const MAX_NUMBERS: usize = 20;

/// Formats a line for each host.
fn without_image(hosts: &[Uncovered]) -> String {
    let mut text = String::new();
    for Uncovered { host, architecture, engines, add } in hosts {
        let with = if engines.is_empty() { String::new() } else { format!(", with {engines}") };
        let add = Build(*add);
        text += &format!(
            "\n  {} (build {}, {architecture}){with}: add {} ({add})",
            host.name,
            host.build,
            add.name()
        );
    }
    text
}

/// Formats a line for each thing that a refused RUN does.
fn advice(refused: &[(u32, Vec<Advice>)]) -> String {
    let (shown, rest) = refused.split_at(refused.len().min(MAX_SHOWN));
    let mut text = String::new();
    for (line, advice) in shown {
        let mut label = format!("line {line}: ");
        for advice in advice {
            text += &format!("\n  {label}{advice}");
            // The line number is shown once for all advice of a line.
            label = " ".repeat(label.len());
        }
    }
    if !rest.is_empty() {
        let numbers: Vec<String> = rest.iter().take(MAX_NUMBERS).map(|(line, _)| line.to_string()).collect();
        let more = if rest.len() > MAX_NUMBERS { " and others" } else { "" };
        let lines = if rest.len() == 1 { "line" } else { "lines" };
        text += &format!(
            "\n  and {} more RUN {lines}: {}{more}; --call=plan shows all of them",
            rest.len(),
            numbers.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::advice::{Language, of_script};
    use super::*;

    #[test]
    fn of_many_refused_lines_the_first_are_shown_and_the_rest_counted() {
        let lines = |count: u32| -> String {
            let advice = of_script("mkdir C:\\x", Language::Cmd);
            ErrorKind::Run((1..=count).map(|line| (line, advice.clone())).collect()).to_string()
        };
        assert!(lines(10).contains("line 10: ") && !lines(10).contains("more"));
        assert!(lines(11).ends_with("and 1 more RUN line: 11; --call=plan shows all of them"));
        let many = lines(3000);
        assert!(many.contains("and 2990 more RUN lines: 11, 12, ") && many.contains(", 30 and others;"));
        assert!(many.len() < 4000, "{}", many.len());
    }
}

//! What can be wrong with a build for Windows.

use crate::span::Located;

/// An error with its places.
pub type Error = Located<ErrorKind>;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A list with nothing between two commas.
    #[error("the list {0:?} has an empty element: remove the extra comma")]
    EmptyElement(String),
    /// A brace list that is none.
    #[error(
        "the list {0:?} is not understood: write one group such as prefix-{{a,b}}-suffix, or elements with commas and \
         no braces"
    )]
    Braces(String),
    /// A list as shells and Makefiles have them.
    #[error("{0:?} has a space in it: put commas between the elements of a list, as in ltsc2019,ltsc2022")]
    Space(String),
    /// Lists that are walked together have to be equally long.
    #[error(
        "lists of different lengths cannot be walked together: {first:?} has {first_count} elements, {second:?} has \
         {second_count}. Give both one element for each Windows version"
    )]
    Unequal {
        /// One list.
        first: String,
        /// Its length.
        first_count: usize,
        /// Another list.
        second: String,
        /// Its length.
        second_count: usize,
    },
    /// A list where no Windows platform asks for one.
    #[error(
        "{0:?} is a list, and only a windows platform is built once for each of its elements: name one image here, or \
         build this stage for windows only (for example --platform=windows/amd64, or a stage named windows beside one \
         named linux)"
    )]
    ListWithoutWindows(String),
    /// A list of images that files are copied from, or that is mounted.
    #[error(
        "{0:?} is a list, and lists stand in FROM: write FROM {0} AS addon, and --from=addon here, where each Windows \
         version has its own element"
    )]
    ListOutsideFrom(String),
    /// A list of images as a named context.
    #[error(
        "the named context is a list, docker-image://{0}: name one image there, and put lists into FROM or its arguments"
    )]
    ListInContext(String),
    /// A list of stages where no Windows platform asks for one.
    #[error(
        "the target {0:?} is a list of stages, and only a windows platform is built once for each of them: name one \
         stage, or ask for windows platforms alone (for example --platform=windows/amd64)"
    )]
    TargetsWithoutWindows(String),
    /// More elements than anyone needs.
    #[error("the list has {0} elements; at most {max} are built at once", max = super::list::MAX_ELEMENTS)]
    TooMany(usize),
    /// RUN in stages for Windows.
    #[error("RUN needs a Windows worker, and this engine builds on Linux. What to write instead:{0}")]
    Run(String),
    /// A version nobody knows.
    #[error("FANLIGHT_VERSIONS: {0:?} is no Windows version: write a build such as 20348 or 10.0.20348, or one of {known}", known = super::versions::names())]
    UnknownVersion(String),
    /// A selection that leaves nothing.
    #[error("no Windows base matches {asked}: there is {found}")]
    NoMatch {
        /// The selection.
        asked: String,
        /// What there is to select from.
        found: String,
    },
    /// A base that may be an index of several versions.
    #[error(
        "{base} may be an index of several Windows versions, and this engine can neither read it nor be asked for a \
         version; it gives {os_version} alone. {advice}",
        advice = super::index::advice(base)
    )]
    Unlisted {
        /// The base as written.
        base: String,
        /// The version of the image that the engine gives.
        os_version: String,
    },
    /// Two bases that no host can tell apart.
    #[error(
        "two bases have the same Windows build, so no host could choose between them: {first} and {second} are both \
         {version}. Keep one of them"
    )]
    Collision {
        /// One base.
        first: String,
        /// The other.
        second: String,
        /// Their version.
        version: String,
    },
}

//! Errors about lists.

use super::grammar::MAX_ELEMENTS;

/// Why a list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// An empty element between two commas.
    #[error("the list {0:?} has an empty element: remove the extra comma")]
    EmptyElement(String),
    /// Unbalanced or nested braces, or text with commas around them.
    #[error(
        "cannot parse the list {0:?}: write one group such as prefix-{{a,b}}-suffix, or elements with commas and no \
         braces"
    )]
    Braces(String),
    /// `NAME@DIGEST,b`: NAME may be a repository, or a tag of one.
    #[error(
        "cannot tell whether {first} in the list {list:?} is a repository or a tag: pin each image as in \
         REPOSITORY:{{ltsc2019@sha256:...,ltsc2022@sha256:...}}"
    )]
    Ambiguous {
        /// The name before the digest.
        first: String,
        /// The list.
        list: String,
    },
    /// Spaces as separators, as in shells and Makefiles.
    #[error("{0:?} contains a space: put commas between the elements of a list, as in ltsc2019,ltsc2022")]
    Space(String),
    /// Lists that are used together have different lengths.
    #[error(
        "lists of different lengths cannot be used together: {first:?} has {first_count} elements, {second:?} has \
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
    /// A list in a FROM that a platform other than Windows needs.
    #[error(
        "{0:?} is a list, and only a windows platform is built once for each of its elements: name one image here, or \
         build this stage for windows only (for example --platform=windows/amd64, or a stage named windows beside one \
         named linux)"
    )]
    WithoutWindows(String),
    /// A list of images in `--from` of COPY or a mount.
    #[error(
        "{0:?} is a list, and lists are only allowed in FROM: write FROM {0} AS addon, and --from=addon here, where each Windows \
         version has its own element"
    )]
    OutsideFrom(String),
    /// A list of images as a named context.
    #[error(
        "the named context is a list, docker-image://{0}: name one image there, and put lists into FROM or its arguments"
    )]
    InContext(String),
    /// A list of stages in `--target` without a Windows platform.
    #[error(
        "the target {0:?} is a list of stages, and only a windows platform is built once for each of them: name one \
         stage, or ask for windows platforms alone (for example --platform=windows/amd64)"
    )]
    TargetsWithoutWindows(String),
    /// A list, or an index, with too many elements to build at once.
    #[error(
        "{what} has {count} elements; at most {MAX_ELEMENTS} are built at once. Select some, for example with \
         --build-arg FANLIGHT_VERSIONS=ltsc2022,ltsc2025"
    )]
    TooMany {
        /// The list, or the index.
        what: String,
        /// The number of its elements.
        count: usize,
    },
}

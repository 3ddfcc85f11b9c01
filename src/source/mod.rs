//! Sources of files other than the build context: git repositories and URLs.
//!
//! Mirrors moby/buildkit's `util/gitutil` and `frontend/dockerfile/dfgitutil`. Nothing here fetches.

mod git_ref;
mod git_url;
mod operation;
mod query;

pub use git_ref::{GitRef, git_ref};
pub use git_url::remote;
pub use query::GitRefError;

/// Returns whether a source of ADD is a download (`isHTTPSource`): an HTTP URL that is not a git repository.
#[must_use]
pub fn is_http(source: &str) -> bool {
    (source.starts_with("http://") || source.starts_with("https://")) && !is_git(source)
}

/// Returns whether a source of ADD is a git repository (`isGitSource`).
#[must_use]
pub fn is_git(source: &str) -> bool {
    git_ref(source).is_ok_and(|git| git.is_some())
}

#[cfg(test)]
mod tests;

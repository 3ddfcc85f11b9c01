//! Git repositories as sources of ADD and as build contexts.

use super::git_url::GitUrl;
use super::query::{self, GitRefError};
use crate::go::url::Url;

/// A repository, and the part of it that is used (`dfgitutil.GitRef`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitRef {
    /// The address.
    pub remote: String,
    /// The repository's name: the last element of the address without `.git`.
    pub short_name: String,
    /// Branch, tag or commit; empty for the default.
    pub reference: String,
    /// The required commit; empty if none is given.
    pub checksum: String,
    /// A directory of the repository; empty for the root.
    pub subdir: String,
    /// It could be a local path (`github.com/org/repo`). ADD treats it as one; a build context does not.
    pub indistinguishable_from_local: bool,
    /// It is fetched without encryption.
    pub unencrypted_tcp: bool,
    /// Whether to keep `.git`, if the URL says.
    pub keep_git_dir: Option<bool>,
    /// Whether to fetch submodules, if the URL says.
    pub submodules: Option<bool>,
    /// Which times files get, `checkout` or `commit`; empty if the URL does not say.
    pub mtime: String,
    /// Fetch the commit itself and trust that the reference points to it.
    pub fetch_by_commit: bool,
}

/// Parses a source as a git repository; `None` if it is something else (`ParseGitRef`).
///
/// # Errors
///
/// Returns [`GitRefError`] if the source is a repository's URL with an invalid query. Several errors in one
/// query are reported in the order of their keys.
pub fn git_ref(source: &str) -> Result<Option<GitRef>, GitRefError> {
    if source.starts_with("./") || source.starts_with("../") {
        return Ok(None);
    }
    let mut git = GitRef::default();
    let url = if source.starts_with("github.com/") {
        let Ok(mut url) = Url::parse(source) else { return Ok(None) };
        "https".clone_into(&mut url.scheme);
        git.indistinguishable_from_local = true;
        GitUrl::from_url(&url)
    } else {
        let Ok(url) = GitUrl::parse(source) else { return Ok(None) };
        let web = matches!(url.scheme.as_str(), "http" | "https");
        // Any other web address is a download.
        if web && !url.path.ends_with(".git") {
            return Ok(None);
        }
        git.unencrypted_tcp = matches!(url.scheme.as_str(), "http" | "git");
        url
    };
    git.remote = match url.remote.split_once("://") {
        Some((_, rest)) if git.indistinguishable_from_local => rest.to_owned(),
        _ => url.remote,
    };
    let name = git.remote.rsplit('/').next().unwrap_or_default();
    git.short_name = name.strip_suffix(".git").unwrap_or(name).to_owned();
    git.reference = url.reference;
    git.subdir = url.subdir;
    query::load(&mut git, &url.query)?;
    Ok(Some(git))
}

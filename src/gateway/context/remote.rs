//! Remote contexts: git repositories and downloads.
//!
//! Mirrors `DetectGitContext` and `DetectHTTPContext` of moby/buildkit's `frontend/dockerui`.

use super::error::ErrorKind;
use crate::llb::{Action, CopyOptions, Git, Http, Metadata, State};
use crate::source::git_ref;

/// The name a download gets.
pub(super) const DOWNLOAD: &str = "context";

/// The settings of a repository besides its URL.
#[derive(Debug, Clone, Default)]
pub(super) struct GitSettings {
    /// Keep `.git`.
    pub(super) keep_git_dir: bool,
    /// Which times files get, unless the URL specifies it.
    pub(super) mtime: String,
    /// Let git give advice.
    pub(super) advice: bool,
}

/// Returns the repository at `address`, if it is a git URL.
pub(super) fn git(address: &str, settings: &GitSettings) -> Result<Option<State>, ErrorKind> {
    let Some(parsed) = git_ref(address)? else {
        return Ok(None);
    };
    let mut source = Git::from(&parsed);
    source.keep_git_dir = parsed.keep_git_dir == Some(true) || settings.keep_git_dir;
    source.advice = settings.advice;
    if source.mtime.is_empty() {
        source.mtime.clone_from(&settings.mtime);
    }
    Ok(Some(source.state(Metadata::internal(&format!("load git source {address}")))))
}

/// Returns the file at `address`, if that is a URL.
pub(super) fn download(address: &str) -> Option<State> {
    is_url(address).then(|| http(address, Metadata::internal("load remote build context")))
}

/// Returns a file system with the file at `url`, called [`DOWNLOAD`].
pub(super) fn http(url: &str, metadata: Metadata) -> State {
    Http { url: url.to_owned(), filename: DOWNLOAD.to_owned(), ..Http::default() }.state(metadata)
}

pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Returns the content of a download that is an archive.
pub(super) fn unpacked(download: &State) -> State {
    unpacked_file(download, DOWNLOAD)
}

/// Returns the content of the archive called `filename`; the file itself if it is not an archive.
pub(super) fn unpacked_file(files: &State, filename: &str) -> State {
    let options = CopyOptions { attempt_unpack: true, ..CopyOptions::default() };
    let copy = Action::Copy {
        source: files.output.clone(),
        src: format!("/{filename}"),
        dest: "/".to_owned(),
        options: Box::new(options),
    };
    State::scratch().file(vec![copy], Metadata::default())
}

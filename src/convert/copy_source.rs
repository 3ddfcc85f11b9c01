//! The sources of COPY and ADD: git repositories, URLs, paths, heredocs.

use super::stage::StageState;
use super::{Converter, ErrorKind};
use crate::container_path;
use crate::go::path as go_path;
use crate::image::digest;
use crate::instruction::SourceContent;
use crate::llb::{Action, CopyOptions, Git, Http, Metadata, State};
use crate::source::{GitRef, git_ref, is_http};
use crate::windows::base_directories::canonical_case;

/// A remote source of ADD.
pub(super) enum Remote {
    Git(Box<GitRef>),
    Http,
}

/// Parses a source as a remote one; `None` if it is a path.
pub(super) fn remote(source: &str) -> Result<Option<Remote>, ErrorKind> {
    if let Some(git) =
        git_ref(source).map_err(ErrorKind::Git)?.filter(|git| !git.indistinguishable_from_local)
    {
        return Ok(Some(Remote::Git(Box::new(git))));
    }
    Ok(is_http(source).then_some(Remote::Http))
}

/// Returns the checkout of a repository.
pub(super) fn git(
    converter: &Converter<'_>,
    git: &GitRef,
    keep_git_dir: &mut Option<bool>,
    checksum: &mut String,
    name: &str,
) -> Result<State, ErrorKind> {
    if let (Some(flag), Some(query)) = (*keep_git_dir, git.keep_git_dir)
        && flag != query
    {
        return Err(ErrorKind::KeepGitDir);
    }
    if let Some(query) = git.keep_git_dir {
        *keep_git_dir = Some(query);
    }
    if !checksum.is_empty() && !git.checksum.is_empty() && *checksum != git.checksum {
        return Err(ErrorKind::ChecksumMismatch(checksum.clone(), git.checksum.clone()));
    }
    if !git.checksum.is_empty() {
        checksum.clone_from(&git.checksum);
    }
    let source = Git {
        keep_git_dir: *keep_git_dir == Some(true),
        checksum: checksum.clone(),
        advice: converter.input.options().git_advice,
        mtime: String::new(),
        ..Git::from(git)
    };
    Ok(source.state(Metadata::named(name)))
}

/// Returns a download and the name of its file.
pub(super) fn http(url: &str, checksum: &str, name: &str) -> Result<(State, String), ErrorKind> {
    let filename = url_filename(url);
    let checksum = if checksum.is_empty() {
        String::new()
    } else {
        digest::validate(checksum).map_err(ErrorKind::Digest)?;
        checksum.to_owned()
    };
    let source = Http { url: url.to_owned(), filename: filename.clone(), checksum, accept: String::new() };
    let metadata = Metadata { command: Some(String::new()), ..Metadata::named(name) };
    Ok((source.state(metadata), filename))
}

/// Returns the file name that a download gets.
pub(super) fn url_filename(url: &str) -> String {
    go_path::url_base(url).unwrap_or_else(|| "__unnamed__".to_owned())
}

/// A source file system.
pub(super) struct From {
    pub(super) state: State,
    pub(super) files: Files,
}

/// The rules that the file names of a source follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// The files of a build context or of a stage for Linux.
    Other,
    /// The files of a Windows stage.
    Windows,
    /// The files of an unchanged Windows image, whose spelling is known.
    WindowsBase,
}

impl From {
    /// Returns a source as a path in this file system. An image for Linux treats it as docker/dockerfile
    /// does. For Windows, a backslash is a slash wherever the file comes from, but only Windows has drives:
    /// elsewhere a colon is an ordinary character of a name.
    pub(super) fn path(&self, state: &StageState, source: &str) -> Result<String, ErrorKind> {
        let os = &state.platform.os;
        let source = if state.for_windows && self.files == Files::Other && !has_drive(source) {
            go_path::join(&["/", &container_path::to_slash(source, os)])
        } else {
            container_path::normalize("/", source, os, false).map_err(ErrorKind::DriveLetter)?
        };
        Ok(if self.files == Files::WindowsBase { canonical_case(&source) } else { source })
    }
}

/// Returns whether a path starts with a drive, including `C:file`, which docker/dockerfile treats as one too.
fn has_drive(source: &str) -> bool {
    match source.as_bytes() {
        [letter, b':'] | [letter, b':', b'/' | b'\\', ..] => letter.is_ascii_alphabetic(),
        [b'c' | b'C', b':', ..] => true,
        _ => false,
    }
}

/// Returns the action that copies a path of the source file system.
pub(super) fn files(
    state: &StageState,
    from: &From,
    source: &str,
    parents: bool,
    unpack: bool,
    dest: &str,
    options: &CopyOptions,
) -> Result<Action, ErrorKind> {
    let mut source = source.to_owned();
    let mut include = Vec::new();
    let mut required = Vec::new();
    if parents {
        // The part after `/./` is kept as the path at the destination.
        let (root, pattern) = match source.split_once("/./") {
            Some((root, pattern)) => (root.to_owned(), pattern.to_owned()),
            None => ("/".to_owned(), source.clone()),
        };
        source = root;
        let pattern = from.path(state, &pattern)?;
        include.push(pattern.strip_prefix('/').unwrap_or(&pattern).to_owned());
        if !has_wildcard(&source) && !has_wildcard(&pattern) {
            required.push(from.path(state, &go_path::join(&[&source, &pattern]))?);
        }
    }
    let src = from.path(state, &source)?;
    let options = CopyOptions {
        follow_symlinks: true,
        dir_contents_only: true,
        include_patterns: include,
        required_paths: required,
        attempt_unpack: unpack,
        create_dest_path: true,
        allow_wildcard: true,
        allow_empty_wildcard: true,
        ..options.clone()
    };
    Ok(Action::Copy {
        source: from.state.output.clone(),
        src,
        dest: dest.to_owned(),
        options: Box::new(options),
    })
}

/// Returns the action that copies a heredoc.
pub(super) fn content(
    state: &StageState,
    content: &SourceContent,
    dest: &str,
    options: &CopyOptions,
) -> Result<Action, ErrorKind> {
    let os = &state.platform.os;
    let file =
        container_path::remove_drive_letter(&content.path, os, false).map_err(ErrorKind::DriveLetter)?;
    let make = Action::MkFile { path: file.clone(), mode: 0o644, data: content.bytes().to_vec() };
    let source = State::scratch().file(vec![make], Metadata::internal("preparing inline document"));
    let options = CopyOptions { create_dest_path: true, ..options.clone() };
    Ok(Action::Copy {
        source: source.output,
        src: container_path::to_slash(&file, os),
        dest: dest.to_owned(),
        options: Box::new(options),
    })
}

/// Returns whether a path contains a pattern (upstream's `containsWildcards`).
pub(super) fn has_wildcard(path: &str) -> bool {
    let mut escaped = false;
    path.chars().any(|c| {
        let special = !escaped && matches!(c, '*' | '?' | '[');
        escaped = !escaped && c == '\\';
        special
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives() {
        for source in ["C:", "d:", "c:/x", r"D:\x", "C:x"] {
            assert!(has_drive(source), "{source}");
        }
        for source in ["lib:amd64.list", "/out/c:x", "x", "", "x:y", "1:/x"] {
            assert!(!has_drive(source), "{source}");
        }
    }

    #[test]
    fn an_escaped_star_is_no_wildcard() {
        assert!(has_wildcard("a*"));
        assert!(!has_wildcard("a\\*"));
        assert!(has_wildcard("a\\\\*"));
    }
}

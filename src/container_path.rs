//! Paths inside containers, on Linux and on Windows.
//!
//! Mirrors `path.go` of moby/buildkit's `util/system`. A Windows path loses its drive letter and gets forward
//! slashes as early as possible; only a working directory is output with backslashes.

use crate::go::{Quoted, path};

/// Why a Windows path cannot be used. The texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A drive letter without a path.
    #[error("No relative path specified in {}", Quoted(.0))]
    NoRelativePath(String),
    /// A path that starts with two separators.
    #[error("UNC paths are not supported")]
    Unc,
    /// A drive other than C.
    #[error("The specified path is not on the system drive (C:)")]
    OtherDrive,
    /// A path error in [`normalize`].
    #[error("removing drive letter: {0}")]
    Normalize(#[source] Box<PathError>),
    /// A path error in [`normalize_workdir`].
    #[error("normalizing working directory: {0}")]
    Workdir(#[source] Box<PathError>),
}

/// Returns the default search path for programs if the base image sets none (`DefaultPathEnv`).
#[must_use]
pub fn default_path_env(os: &str) -> &'static str {
    if os == "windows" {
        r"c:\Windows\System32;c:\Windows;C:\Windows\System32\WindowsPowerShell\v1.0"
    } else {
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    }
}

/// Converts backslashes to slashes on Windows (`ToSlash`).
#[must_use]
pub fn to_slash(path: &str, os: &str) -> String {
    if os == "windows" { path.replace('\\', "/") } else { path.to_owned() }
}

/// Converts slashes to backslashes on Windows (`FromSlash`).
#[must_use]
pub fn from_slash(path: &str, os: &str) -> String {
    if os == "windows" { path.replace('/', "\\") } else { path.to_owned() }
}

/// Returns the absolute path of `new` relative to `parent`, without a drive letter and with slashes
/// (`NormalizePath`). With `keep_slash`, a trailing `/` or `/.` is kept.
///
/// # Errors
///
/// Returns [`PathError::Normalize`], on Windows only.
pub fn normalize(parent: &str, new: &str, os: &str, keep_slash: bool) -> Result<String, PathError> {
    let strip = |path: &str| {
        remove_drive_letter(path, os, keep_slash).map_err(|kind| PathError::Normalize(Box::new(kind)))
    };
    let original = to_slash(new, os);
    let parent = to_slash(parent, os);
    let mut parent = strip(if parent.is_empty() { "/" } else { &parent })?;
    if !is_abs(&parent, os) {
        parent = path::join(&["/", &parent]);
    }
    let mut result = strip(if original.is_empty() { &parent } else { &original })?;
    if !is_abs(&result, os) {
        result = path::join(&[&parent, &result]);
    }
    if keep_slash {
        if original.ends_with('/') && !result.ends_with('/') {
            result.push('/');
        } else if original.ends_with("/.") {
            if result != "/" {
                result.push('/');
            }
            result.push('.');
        }
    }
    Ok(to_slash(&result, os))
}

/// Returns the working directory after WORKDIR `new` in `current`, with the separators of `os`
/// (`NormalizeWorkdir`).
///
/// # Errors
///
/// Returns [`PathError::Workdir`], on Windows only.
pub fn normalize_workdir(current: &str, new: &str, os: &str) -> Result<String, PathError> {
    let path = normalize(current, new, os, false).map_err(|kind| PathError::Workdir(Box::new(kind)))?;
    Ok(from_slash(&path, os))
}

/// Returns whether a path starts at the root of the container (`IsAbs`). An invalid Windows path is not
/// absolute.
#[must_use]
pub fn is_abs(path: &str, os: &str) -> bool {
    remove_drive_letter(path, os, false).is_ok_and(|path| to_slash(&path, os).starts_with('/'))
}

/// Removes the drive letter, which must be C, from a Windows path and cleans the rest; `C:a` is the relative
/// `a`. Paths of other systems are unchanged (`CheckSystemDriveAndRemoveDriveLetter`).
///
/// # Errors
///
/// Returns [`PathError`], on Windows only.
pub fn remove_drive_letter(path: &str, os: &str, keep_slash: bool) -> Result<String, PathError> {
    if os != "windows" {
        return Ok(path.to_owned());
    }
    if path.len() == 2 && path.ends_with(':') {
        return Err(PathError::NoRelativePath(path.to_owned()));
    }
    if let [b'/' | b'\\', b'/' | b'\\', ..] = path.as_bytes() {
        return Err(PathError::Unc);
    }
    match path.split_once(':') {
        Some((drive, rest)) if drive.eq_ignore_ascii_case("c") => Ok(clean(rest, keep_slash)),
        Some(_) => Err(PathError::OtherDrive),
        None => Ok(clean(path, keep_slash)),
    }
}

/// Cleans a Windows path and converts it to slashes; with `keep_slash`, a trailing slash is kept.
fn clean(windows_path: &str, keep_slash: bool) -> String {
    let slashes = windows_path.replace('\\', "/");
    let mut cleaned = path::clean(&slashes);
    if keep_slash && cleaned.len() > 1 && slashes.ends_with('/') {
        cleaned.push('/');
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_buildkit() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../testdata/path/system.json")).unwrap();
        for case in cases {
            let text = |key: &str| case[key].as_str().unwrap_or_default();
            let (parent, path, os) = (text("parent"), text("path"), text("os"));
            let outcome = |key: &str, result: Result<String, PathError>| {
                let (value, error) = match result {
                    Ok(value) => (value, None),
                    Err(error) => (String::new(), Some(error.to_string())),
                };
                assert_eq!(value, case[key][0].as_str().unwrap(), "{key} {case}");
                assert_eq!(error.as_deref(), case[key][1].as_str(), "{key} {case}");
            };
            outcome("normal", normalize(parent, path, os, false));
            outcome("keep", normalize(parent, path, os, true));
            outcome("workdir", normalize_workdir(parent, path, os));
            outcome("strip", remove_drive_letter(path, os, false));
            outcome("strip_keep", remove_drive_letter(path, os, true));
            assert_eq!(Some(is_abs(path, os)), case["abs"].as_bool(), "{case}");
        }
    }

    #[test]
    fn search_paths() {
        assert!(default_path_env("linux").starts_with("/usr/local/sbin:"));
        assert!(default_path_env("windows").starts_with(r"c:\Windows\System32;"));
    }
}

//! Parses the query of a repository's URL.

use super::GitRef;
use crate::go::number::parse_bool;
use crate::go::quote;
use crate::go::url::Values;

/// An error in a query. The texts are docker/dockerfile's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitRefError {
    /// A key that requires a value has none.
    #[error("query {} has no value", quote(.0))]
    NoValue(String),
    /// A key occurs twice.
    #[error("query {} has multiple values", quote(.0))]
    MultipleValues(String),
    /// An unknown key.
    #[error("unexpected query {}", quote(.0))]
    Unexpected(String),
    /// A value is not a boolean.
    #[error("invalid {key} value: {}", quote(.value))]
    Boolean {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// An unknown value of `mtime`.
    #[error("invalid mtime value: {} (must be \"checkout\" or \"commit\")", quote(.0))]
    Mtime(String),
    /// Conflicting references.
    #[error("ref conflicts: {} vs {}", quote(.0), quote(.1))]
    Reference(String, String),
    /// Conflicting directories.
    #[error("subdir conflicts: {} vs {}", quote(.0), quote(.1))]
    Subdir(String, String),
    /// Both a branch and a tag.
    #[error("branch conflicts with tag")]
    BranchAndTag,
}

/// Applies a query (`GitRef.loadQuery`).
pub(super) fn load(git: &mut GitRef, query: &Values) -> Result<(), GitRefError> {
    let (mut tag, mut branch) = (None, None);
    for (key, values) in query {
        let value = match values.as_slice() {
            [value] => value.as_str(),
            [] => "",
            _ => return Err(GitRefError::MultipleValues(key.clone())),
        };
        let boolean = || {
            // A key without a value means true.
            if value.is_empty() {
                return Ok(true);
            }
            let error = |_| GitRefError::Boolean { key: key.clone(), value: value.to_owned() };
            parse_bool(value).map_err(error)
        };
        match key.as_str() {
            "keep-git-dir" => git.keep_git_dir = Some(boolean()?),
            "submodules" => git.submodules = Some(boolean()?),
            "fetch-by-commit" => git.fetch_by_commit = boolean()?,
            _ if value.is_empty() => return Err(GitRefError::NoValue(key.clone())),
            "ref" => set_reference(git, value.to_owned())?,
            "tag" => tag = Some(value),
            "branch" => branch = Some(value),
            "subdir" if git.subdir.is_empty() || git.subdir == *value => value.clone_into(&mut git.subdir),
            "subdir" => return Err(GitRefError::Subdir(git.subdir.clone(), value.to_owned())),
            "checksum" | "commit" => value.clone_into(&mut git.checksum),
            "mtime" if matches!(value, "checkout" | "commit") => value.clone_into(&mut git.mtime),
            "mtime" => return Err(GitRefError::Mtime(value.to_owned())),
            _ => return Err(GitRefError::Unexpected(key.clone())),
        }
    }
    if let Some(tag) = tag {
        set_reference(git, with_prefix(tag, "refs/tags/"))?;
    }
    if let Some(branch) = branch {
        if tag.is_some() {
            return Err(GitRefError::BranchAndTag);
        }
        set_reference(git, with_prefix(branch, "refs/heads/"))?;
    }
    Ok(())
}

fn set_reference(git: &mut GitRef, reference: String) -> Result<(), GitRefError> {
    if !git.reference.is_empty() && git.reference != reference {
        return Err(GitRefError::Reference(git.reference.clone(), reference));
    }
    git.reference = reference;
    Ok(())
}

fn with_prefix(name: &str, prefix: &str) -> String {
    if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") }
}

//! Converts a repository to an operation of BuildKit.

use super::{GitRef, remote};
use crate::llb::Git;

impl From<&GitRef> for Git {
    /// Converts the settings of the reference itself; those that options add keep their defaults.
    fn from(git: &GitRef) -> Self {
        let remote = remote(&git.remote);
        Self {
            id: remote.id,
            url: remote.url,
            ssh: remote.ssh,
            reference: git.reference.clone(),
            subdir: git.subdir.clone(),
            keep_git_dir: git.keep_git_dir == Some(true),
            checksum: git.checksum.clone(),
            skip_submodules: git.submodules == Some(false),
            mtime: git.mtime.clone(),
            fetch_by_commit: git.fetch_by_commit,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::git_ref;

    #[test]
    fn what_the_url_says_is_in_the_operation() {
        let git = git_ref("git@example.com:a/b.git?tag=v1&subdir=c&submodules=0").unwrap().unwrap();
        let source = Git::from(&git);
        assert_eq!(source.id, "example.com/a/b.git");
        assert_eq!(source.url, "git@example.com:a/b.git");
        assert_eq!((source.reference.as_str(), source.subdir.as_str()), ("refs/tags/v1", "c"));
        assert!(source.ssh && source.skip_submodules && !source.keep_git_dir);
    }
}

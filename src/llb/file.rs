//! File operations: copy, create a file or a directory, remove.

use super::marshal::Inputs;
use super::vertex::Output;
use crate::go::path;
use crate::proto::pb;

/// Several actions on one file system, in order.
#[derive(Debug)]
pub(super) struct FileOp {
    pub(super) base: Option<Output>,
    /// The directory that relative paths start from.
    pub(super) dir: String,
    pub(super) actions: Vec<FileAction>,
}

/// A user or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    /// By number.
    Id(u32),
    /// By a name in the file system's `/etc/passwd` or `/etc/group`.
    Name(String),
}

impl User {
    /// Parses `root`, a number or a name (upstream's `parseUID`).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "root" {
            return Self::Id(0);
        }
        // Upstream parses a signed 32-bit number and stores it as unsigned.
        text.parse::<i32>().map_or_else(|_| Self::Name(text.to_owned()), |id| Self::Id(id.cast_unsigned()))
    }
}

/// The owner of new files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owner {
    /// The user; `None` leaves it unchanged.
    pub user: Option<User>,
    /// The group; `None` leaves it unchanged.
    pub group: Option<User>,
}

impl Owner {
    /// Parses `user` or `user:group` (upstream's `llb.WithUser`).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        // `user:` is the same as `user`: the engine then uses the user's own group.
        let group = group.filter(|group| !group.is_empty());
        Self { user: Some(User::parse(user)), group: group.map(User::parse) }
    }

    /// Returns whether a name must be looked up in a file system (upstream's `chownByName`).
    #[must_use]
    pub fn is_by_name(&self) -> bool {
        let is_name = |user: &User| matches!(user, User::Name(name) if !name.is_empty());
        self.user.iter().chain(&self.group).any(is_name)
    }

    fn encode(&self, base: i64) -> pb::ChownOpt {
        let user = |user: &User| pb::UserOpt {
            user: Some(match user {
                // Upstream cannot distinguish an empty name from a missing one: it becomes the number 0.
                User::Name(name) if name.is_empty() => pb::user_opt::User::ById(0),
                User::Name(name) => {
                    pb::user_opt::User::ByName(pb::NamedUserOpt { name: name.clone(), input: base })
                }
                User::Id(id) => pb::user_opt::User::ById(*id),
            }),
        };
        pb::ChownOpt { user: self.user.as_ref().map(user), group: self.group.as_ref().map(user) }
    }
}

/// The permissions of copied files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chmod {
    /// Permission bits.
    Mode(u32),
    /// A symbolic mode such as `u=rwX,go=rX`.
    Symbolic(String),
}

/// The options of a copy (upstream's `llb.CopyInfo`).
#[derive(Debug, Clone, Default)]
pub struct CopyOptions {
    /// The permissions; `None` leaves them unchanged.
    pub mode: Option<Chmod>,
    /// Resolve links in the source path.
    pub follow_symlinks: bool,
    /// Copy the content of a directory instead of the directory itself.
    pub dir_contents_only: bool,
    /// Unpack archives.
    pub attempt_unpack: bool,
    /// Create the parent directories of the destination.
    pub create_dest_path: bool,
    /// `*`, `?` and `[..]` in the source path are wildcards.
    pub allow_wildcard: bool,
    /// A pattern may match nothing.
    pub allow_empty_wildcard: bool,
    /// The owner; `None` for root.
    pub owner: Option<Owner>,
    /// Copy only files that match one of these patterns.
    pub include_patterns: Vec<String>,
    /// Skip files that match one of these patterns.
    pub exclude_patterns: Vec<String>,
    /// Paths that must exist.
    pub required_paths: Vec<String>,
}

/// A single action.
#[derive(Debug, Clone)]
pub enum Action {
    /// Copies from a file system; `None` is the empty one.
    Copy {
        /// The file system to copy from.
        source: Option<Output>,
        /// The path in it.
        src: String,
        /// The destination.
        dest: String,
        /// The options.
        options: Box<CopyOptions>,
    },
    /// Creates a directory.
    MkDir {
        /// The path.
        path: String,
        /// Permissions.
        mode: i32,
        /// Create the parent directories as well.
        parents: bool,
        /// Owner.
        owner: Option<Owner>,
        /// The modification time, in nanoseconds since 1970.
        timestamp: Option<i64>,
    },
    /// Creates a file.
    MkFile {
        /// The path.
        path: String,
        /// Permissions.
        mode: i32,
        /// The content.
        data: Vec<u8>,
    },
    /// Removes a file or directory.
    Rm {
        /// The path.
        path: String,
    },
}

/// An action as part of a file operation.
pub type FileAction = Action;

impl FileOp {
    /// Returns the inputs in upstream's order: from the last action to the first.
    pub(super) fn inputs(&self) -> Vec<&Output> {
        let mut found: Vec<&Output> = Vec::new();
        for action in self.actions.iter().rev() {
            let source = match action {
                Action::Copy { source, .. } => source.as_ref(),
                _ => None,
            };
            for output in self.base.iter().chain(source) {
                if !found.iter().any(|seen| seen.same(output)) {
                    found.push(output);
                }
            }
        }
        found
    }

    pub(super) fn into_inputs(self) -> impl Iterator<Item = Output> {
        let sources = self.actions.into_iter().filter_map(|action| match action {
            Action::Copy { source, .. } => source,
            _ => None,
        });
        self.base.into_iter().chain(sources)
    }

    pub(super) fn encode(&self, inputs: &mut Inputs<'_>) -> pb::FileOp {
        let mut bases = Vec::with_capacity(self.actions.len());
        let mut seconds = Vec::with_capacity(self.actions.len());
        for action in &self.actions {
            bases.push(self.base.as_ref().map_or(-1, |base| inputs.add(base)));
            seconds.push(match action {
                Action::Copy { source: Some(source), .. } => inputs.add(source),
                _ => -1,
            });
        }
        let count = i64::try_from(inputs.len()).unwrap_or(i64::MAX);
        let last = self.actions.len().saturating_sub(1);
        let mut actions = Vec::with_capacity(self.actions.len());
        for (i, action) in self.actions.iter().enumerate() {
            let input = if i == 0 { bases[0] } else { count + before(i) };
            actions.push(pb::FileAction {
                input,
                secondary_input: seconds[i],
                output: if i == last { 0 } else { -1 },
                action: Some(action.encode(&self.dir, bases[i])),
            });
        }
        pb::FileOp { actions }
    }
}

impl Action {
    fn encode(&self, dir: &str, base: i64) -> pb::file_action::Action {
        match self {
            Self::Copy { src, dest, options, .. } => {
                let (mode, mode_str) = match &options.mode {
                    None => (-1, String::new()),
                    Some(Chmod::Mode(bits)) => (bits.cast_signed(), String::new()),
                    Some(Chmod::Symbolic(text)) => (0, text.clone()),
                };
                pb::file_action::Action::Copy(pb::FileActionCopy {
                    src: path::join(&["/", &path::clean(src)]),
                    dest: normalize(dir, dest, true),
                    owner: options.owner.as_ref().map(|owner| owner.encode(base)),
                    mode,
                    follow_symlink: options.follow_symlinks,
                    dir_copy_contents: options.dir_contents_only,
                    attempt_unpack_docker_compatibility: options.attempt_unpack,
                    create_dest_path: options.create_dest_path,
                    allow_wildcard: options.allow_wildcard,
                    allow_empty_wildcard: options.allow_empty_wildcard,
                    timestamp: -1,
                    include_patterns: options.include_patterns.clone(),
                    exclude_patterns: options.exclude_patterns.clone(),
                    always_replace_existing_dest_paths: false,
                    mode_str,
                    required_paths: options.required_paths.clone(),
                })
            }
            Self::MkDir { path, mode, parents, owner, timestamp } => {
                pb::file_action::Action::Mkdir(pb::FileActionMkDir {
                    path: normalize(dir, path, false),
                    mode: mode & 0o777,
                    make_parents: *parents,
                    owner: owner.as_ref().map(|owner| owner.encode(base)),
                    timestamp: timestamp.unwrap_or(-1),
                })
            }
            Self::MkFile { path, mode, data } => pb::file_action::Action::Mkfile(pb::FileActionMkFile {
                path: normalize(dir, path, false),
                mode: mode & 0o777,
                data: data.clone(),
                owner: None,
                timestamp: -1,
            }),
            Self::Rm { path } => pb::file_action::Action::Rm(pb::FileActionRm {
                path: normalize(dir, path, false),
                allow_not_found: false,
                allow_wildcard: false,
            }),
        }
    }
}

/// Returns the index of the action before action `i`.
fn before(i: usize) -> i64 {
    i64::try_from(i).unwrap_or(i64::MAX) - 1
}

/// Returns an absolute, clean path; a final `/` or `/.` is kept if it has a meaning (upstream's
/// `normalizePath`).
fn normalize(parent: &str, original: &str, keep_slash: bool) -> String {
    let mut p = path::clean(original);
    if !path::is_abs(&p) {
        p = path::join(&["/", parent, &p]);
    }
    if keep_slash {
        if original.ends_with('/') && !p.ends_with('/') {
            p.push('/');
        } else if original.ends_with("/.") {
            if p != "/" {
                p.push('/');
            }
            p.push('.');
        }
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_slash_is_kept_for_destinations() {
        assert_eq!(normalize("/w", "a/", true), "/w/a/");
        assert_eq!(normalize("/w", "a/.", true), "/w/a/.");
        assert_eq!(normalize("/w", "/", true), "/");
        assert_eq!(normalize("/w", "/.", true), "/.");
        assert_eq!(normalize("/w", "a/", false), "/w/a");
    }

    #[test]
    fn owners_are_numbers_or_names() {
        assert_eq!(User::parse("root"), User::Id(0));
        assert_eq!(User::parse("1000"), User::Id(1000));
        assert_eq!(User::parse("app"), User::Name("app".to_owned()));
        assert_eq!(
            Owner::parse("a:2"),
            Owner { user: Some(User::Name("a".to_owned())), group: Some(User::Id(2)) }
        );
    }

    #[test]
    fn an_owner_without_a_group_has_none_whether_a_colon_stands_there_or_not() {
        for text in ["a:", "5:", ":", "root:"] {
            assert_eq!(Owner::parse(text), Owner::parse(&text[..text.len() - 1]), "{text}");
            assert_eq!(Owner::parse(text).group, None, "{text}");
        }
        assert_eq!(Owner::parse("5:root").group, Some(User::Id(0)));
        // A second colon belongs to the group's name.
        assert_eq!(Owner::parse("5::").group, Some(User::Name(":".to_owned())));
    }

    #[test]
    fn names_have_to_be_looked_up_and_numbers_have_not() {
        for text in ["1000", "1000:1000", "root", "root:root", "5:", ":5", ":", "", "-1", "+7"] {
            assert!(!Owner::parse(text).is_by_name(), "{text}");
        }
        for text in ["app", "app:app", "1000:app", "app:1000", ":app", "app:", "99999999999", "0x10"] {
            assert!(Owner::parse(text).is_by_name(), "{text}");
        }
    }
}

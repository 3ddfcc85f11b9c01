//! Is a destination a directory?
//!
//! A copy of a file to `/app` makes a file of that name, or one in a directory of that name if there
//! is one. On a lazy base the second can only be known from the Dockerfile and from the base's
//! config: that is what the table below is for. Windows does not tell case apart.

use std::collections::BTreeMap;

use super::base_directories;
use crate::go::path;
use crate::image::Image;

/// Where a step copies to.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'d> {
    /// The absolute path, with slashes, a final one where the Dockerfile has one.
    pub path: &'d str,
    /// How many sources there are.
    pub sources: usize,
    /// The step is a `COPY --parents`.
    pub parents: bool,
    /// The name tells of a file: it has an extension, or is the source's own.
    pub named_as_file: bool,
}

/// What is known of a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is a directory.
    Directory,
    /// Layers of this stage tell, and nothing else does; the path as they have it.
    AskLayers(String),
    /// It is a directory only if the base has one that nothing tells of.
    Unknown,
}

/// What a step leaves at its destination, and whether it may bring directories along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaves {
    /// What is at the destination, where that was not known to be a directory.
    pub there: Left,
    /// Directories may be below it that the Dockerfile does not name: a source may be one.
    pub filled: bool,
}

impl Leaves {
    /// A directory, as WORKDIR makes it.
    pub const EMPTY: Self = Self { there: Left::Directory, filled: false };
}

/// A file or a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A file or a directory, as the source is one or the other.
    Either,
}

/// The rules, in the order they are asked. Each has its cases in `ci/e2e/destinations_test.go`.
const RULES: [fn(&Directories, &Destination<'_>) -> Option<Answer>; 6] = [
    // `/app/` is a directory, and so is `.`, which stands for the working directory.
    |_, to| (to.path.ends_with('/') || to.path.ends_with("/.")).then_some(Answer::Directory),
    // Several sources have no place in one file. docker/dockerfile leaves the last of them there, if the base
    // has no such directory; a Dockerfile that works has the directory.
    |_, to| (to.sources > 1).then_some(Answer::Directory),
    // `--parents` keeps the source's path below the destination. A pattern alone makes no directory: what
    // matches is copied to that very name, one after the other, and people rename with it.
    |_, to| to.parents.then_some(Answer::Directory),
    // A directory of the base: Windows' own, or one that the base's config tells of.
    |known, to| known.base.contains(&key(to.path)).then_some(Answer::Directory),
    // What earlier steps have made, in this stage and in those below it.
    |known, to| match known.made.get(&key(to.path)) {
        Some(Made { there: Left::Directory, .. }) => Some(Answer::Directory),
        Some(Made { there: Left::Either, path, .. }) => Some(Answer::AskLayers(path.clone())),
        Some(Made { there: Left::File, .. }) | None => None,
    },
    // What came with a directory or an archive that an earlier step copied.
    |known, to| {
        let path = known.within_filled(to.path).filter(|_| !to.named_as_file)?;
        Some(Answer::AskLayers(path))
    },
];

/// What earlier steps have made at a path.
#[derive(Debug, Clone)]
struct Made {
    /// The path as it was written.
    path: String,
    there: Left,
    filled: bool,
}

/// The directories a stage is known to have.
#[derive(Debug, Clone)]
pub struct Directories {
    base: Vec<String>,
    /// By path in small letters.
    made: BTreeMap<String, Made>,
}

impl Directories {
    /// The directories of a base.
    #[must_use]
    pub fn of(base: &Image) -> Self {
        Self { base: base_directories::of(base).iter().map(|p| key(p)).collect(), made: BTreeMap::new() }
    }

    /// What is known of a destination.
    #[must_use]
    pub fn ask(&self, to: &Destination<'_>) -> Answer {
        RULES.iter().find_map(|rule| rule(self, to)).unwrap_or(Answer::Unknown)
    }

    /// Notes what a step has left at its destination, and so the directories above it.
    pub fn made(&mut self, dest: &str, leaves: Leaves) {
        let clean = path::clean(dest);
        self.note(&clean, leaves);
        let mut at = clean;
        while at != "/" && at != "." {
            at = path::dir(&at);
            self.note(&at, Leaves::EMPTY);
        }
    }

    /// A directory stays one, and what is in it stays there.
    fn note(&mut self, clean: &str, leaves: Leaves) {
        let made = self.made.entry(key(clean)).or_insert_with(|| Made {
            path: clean.to_owned(),
            there: leaves.there,
            filled: false,
        });
        if made.there != Left::Directory {
            made.there = leaves.there;
        }
        made.filled |= leaves.filled;
    }

    /// The path as it is spelled in the layers, if something above it was copied with all that is in it.
    fn within_filled(&self, dest: &str) -> Option<String> {
        let clean = path::clean(dest);
        let mut at = clean.clone();
        while at != "/" && at != "." {
            at = path::dir(&at);
            if let Some(made) = self.made.get(&key(&at)).filter(|made| made.filled) {
                let rest = clean.get(at.len()..).unwrap_or_default();
                return Some(path::join(&[&made.path, rest]));
            }
        }
        None
    }
}

fn key(dest: &str) -> String {
    path::clean(&dest.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Leaves = Leaves { there: Left::File, filled: false };
    const EITHER: Leaves = Leaves { there: Left::Either, filled: true };

    fn to(path: &str) -> Destination<'_> {
        Destination { path, sources: 1, parents: false, named_as_file: false }
    }

    fn nanoserver() -> Directories {
        let mut image = Image::default();
        image.platform.os_version = "10.0.20348.1".into();
        Directories::of(&image)
    }

    #[test]
    fn the_step_itself_tells() {
        let known = nanoserver();
        for path in ["/x/", "/x/.", "/"] {
            assert_eq!(known.ask(&to(path)), Answer::Directory);
        }
        assert_eq!(known.ask(&to("/x")), Answer::Unknown);
        assert_eq!(known.ask(&Destination { sources: 2, ..to("/x") }), Answer::Directory);
        assert_eq!(known.ask(&Destination { parents: true, ..to("/x") }), Answer::Directory);
    }

    #[test]
    fn earlier_steps_are_known_in_any_case() {
        let mut known = nanoserver();
        known.made("/app/sub/", Leaves::EMPTY);
        known.made("/other/tool.exe", FILE);
        known.made("/Dist", EITHER);
        for path in ["/App", "/app/SUB", "/OTHER"] {
            assert_eq!(known.ask(&to(path)), Answer::Directory, "{path}");
        }
        assert_eq!(known.ask(&to("/other/tool.exe")), Answer::Unknown);
        assert_eq!(known.ask(&to("/dist")), Answer::AskLayers("/Dist".into()));
        assert_eq!(known.ask(&to("/dist/x/y")), Answer::AskLayers("/Dist/x/y".into()));
        assert_eq!(known.ask(&Destination { named_as_file: true, ..to("/dist/x") }), Answer::Unknown);
        known.made("/dist/x", FILE);
        assert_eq!(known.ask(&to("/dist")), Answer::Directory);
        assert_eq!(known.ask(&to("/app/z")), Answer::Unknown);
        known.made("/", EITHER);
        assert_eq!(known.ask(&to("/app/z")), Answer::AskLayers("/app/z".into()));
    }

    #[test]
    fn windows_has_directories_of_its_own() {
        assert_eq!(nanoserver().ask(&to("/windows/System32")), Answer::Directory);
        // A HostProcess base has nothing.
        assert_eq!(Directories::of(&Image::default()).ask(&to("/windows/System32")), Answer::Unknown);
    }
}

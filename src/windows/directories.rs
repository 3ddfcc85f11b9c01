//! Decides whether a destination is a directory, and whether a step depends on the files of earlier steps.
//!
//! A copy of a file to `/app` creates a file of that name, or a file in the directory of that name if there is one. On
//! a lazy base the second case can only be known from the Dockerfile and from the base's config, by the rules below.
//! Windows does not distinguish case.
//!
//! The contents of a copied directory or archive are not known. A step that may meet such a file is built on the layers
//! before it, which is always right: there BuildKit sees what is a file and what a directory, follows links, and
//! refuses what does not fit.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::base_directories;
use crate::go::path;
use crate::image::Image;

/// The destination of a step, and what the step copies.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'d> {
    /// The absolute path, with slashes, and a trailing slash if the Dockerfile has one.
    pub path: &'d str,
    /// The number of sources.
    pub sources: usize,
    /// True for `COPY --parents`.
    pub parents: bool,
    /// What the step leaves at the destination.
    pub outcome: &'d Outcome,
}

/// What is known about a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The path without a trailing slash, spelled as in the layers if the step depends on them.
    pub path: String,
    /// What it is.
    pub is: Is,
    /// Which of the earlier layers the step depends on.
    pub depends: Depends,
}

/// Which of the earlier layers a step depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depends {
    /// On none: it cannot meet a file of theirs.
    Nothing,
    /// On layers that go to the same path, above it or below it.
    Related,
    /// On all: a link may lead anywhere.
    All,
}

/// What a destination is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// A directory.
    Directory,
    /// Known only from the layers of this stage.
    Layers,
    /// A directory only if the base has one that is not known.
    Unknown,
}

/// What a step leaves at its destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is at the destination, if it was not known to be a directory.
    pub kind: Contents,
    /// True if there may be files and directories below it that the Dockerfile does not name, because a source may be a
    /// directory.
    pub may_add_directories: bool,
    /// True if the step may do nothing, because all its sources are patterns.
    pub maybe_nothing: bool,
    /// True if the sources may be archives that are unpacked.
    pub unpacked: bool,
    /// The names in the destination of the sources that are certainly files.
    pub files: Vec<String>,
}

impl Outcome {
    /// A directory, as WORKDIR creates it.
    pub const EMPTY: Self = Self {
        kind: Contents::Directory,
        may_add_directories: false,
        maybe_nothing: false,
        unpacked: false,
        files: Vec::new(),
    };
}

/// A file or a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A file or a directory, depending on the source.
    Either,
}

/// A rule: what one piece of evidence says about a destination. The last argument is its path in the form used for
/// comparison.
type Rule = fn(&Directories, &Destination<'_>, &str) -> Option<Is>;

/// The rules, in the order in which they are tried. Each has its cases in `ci/e2e/destinations_test.go`.
const RULES: [Rule; 6] = [
    // `/app/` is a directory, and so is `.`, the working directory.
    |_, to, _| (to.path.ends_with('/') || to.path.ends_with("/.")).then_some(Is::Directory),
    // Several sources do not fit into one file. docker/dockerfile leaves the last of them there if the base has no such
    // directory; for a Dockerfile that works, the directory exists.
    |_, to, _| (to.sources > 1).then_some(Is::Directory),
    // `--parents` keeps the source's path below the destination. A pattern by itself does not create a directory: its
    // matches are copied to that very name, one after the other, and people rename files with it.
    |_, to, _| to.parents.then_some(Is::Directory),
    // A directory of the base: Windows' own, or one that the base's config names.
    |known, _, key| (known.base.contains(key) || is_above(&known.base, key)).then_some(Is::Directory),
    // What earlier steps have created, in this stage and in those below it.
    |known, _, key| known.made_at(key),
    // What came with a directory or an archive that an earlier step copied.
    |known, _, key| known.is_within_filled(key).then_some(Is::Layers),
];

/// What earlier steps have created at a path.
#[derive(Debug, Clone)]
struct Made {
    /// The path as it was written.
    path: String,
    kind: Contents,
    may_add_directories: bool,
    /// True if the step may have done nothing.
    maybe: bool,
}

/// The directories that a stage is known to have.
#[derive(Debug, Clone)]
pub struct Directories {
    base: Rc<BTreeSet<String>>,
    /// Entries by path in lower case. Directories above a path are not stored: the entries below imply them.
    made: BTreeMap<String, Made>,
    /// True if the results of earlier steps are not known, because one may have gone through a link.
    lost: bool,
}

/// How long a path may be, in bytes and in directories; a longer one depends on the layers. Linux accepts paths of up
/// to 4,096 bytes.
const MAX_PATH: (usize, usize) = (4096, 256);

impl Directories {
    /// Returns the directories of a base.
    #[must_use]
    pub fn of(base: &Image) -> Self {
        let base = base_directories::of(base).iter().map(|path| key(path)).collect();
        Self { base: Rc::new(base), made: BTreeMap::new(), lost: false }
    }

    /// Returns what is known about a destination.
    #[must_use]
    pub fn ask(&self, to: &Destination<'_>) -> Answer {
        let (path, key) = (path::clean(to.path), key(to.path));
        if is_long(&path) {
            return Answer { path, is: Is::Layers, depends: Depends::All };
        }
        let is = RULES.iter().find_map(|rule| rule(self, to, &key)).unwrap_or(Is::Unknown);
        let depends = if self.lost || self.is_within_filled(&key) {
            Depends::All
        } else if is == Is::Layers || self.may_meet(&key, is, to.outcome) {
            // An archive can contain links, and files behind them.
            if to.outcome.unpacked { Depends::All } else { Depends::Related }
        } else {
            Depends::Nothing
        };
        let path = if depends == Depends::Nothing { path } else { self.spelled(&path) };
        Answer { path, is, depends }
    }

    /// Records what a step has left at the path of an answer.
    pub fn made(&mut self, answer: &Answer, outcome: &Outcome) {
        // A link in a copied directory may lead anywhere.
        self.lost |= answer.depends == Depends::All;
        if is_long(&answer.path) {
            return;
        }
        let (kind, may_add_directories) = match answer.is {
            Is::Directory => (Contents::Directory, outcome.may_add_directories),
            // Either in the existing directory, or in its place.
            Is::Layers if outcome.kind != Contents::Directory => (Contents::Either, true),
            Is::Layers | Is::Unknown => (outcome.kind, outcome.may_add_directories),
        };
        if answer.is == Is::Directory {
            for name in &outcome.files {
                let file = path::join(&[&answer.path, name]);
                self.note(&file, Contents::File, false, outcome.maybe_nothing);
            }
        }
        self.note(&answer.path, kind, may_add_directories, outcome.maybe_nothing);
    }

    /// Records a path. A directory stays one, and its contents stay.
    fn note(&mut self, clean: &str, kind: Contents, may_add_directories: bool, maybe: bool) {
        let path = clean.to_owned();
        let made =
            self.made.entry(key(clean)).or_insert(Made { path, kind, may_add_directories: false, maybe });
        if made.kind != Contents::Directory || made.maybe {
            made.kind = if maybe && made.kind != kind { Contents::Either } else { kind };
        }
        made.maybe &= maybe;
        made.may_add_directories |= may_add_directories;
    }

    /// Returns whether a step may have put a file at a path. A path that no step can have written is missing, or the
    /// base's.
    #[must_use]
    pub fn may_have_file(&self, path: &str) -> bool {
        let key = key(path);
        let made = self.made.get(&key);
        self.lost || made.is_some_and(|made| made.kind != Contents::Directory) || self.is_within_filled(&key)
    }

    /// Returns whether a step names a file with this name, given in lower case.
    #[must_use]
    pub fn has_named(&self, name: &str) -> bool {
        self.made.keys().any(|key| path::base(key) == name)
    }

    /// Returns what earlier steps have made of a path, based on what they left there or below it.
    fn made_at(&self, key: &str) -> Option<Is> {
        if let Some(made) = self.made.get(key) {
            return match made.kind {
                Contents::Directory if !made.maybe => Some(Is::Directory),
                Contents::File if !made.maybe => None,
                _ => Some(Is::Layers),
            };
        }
        // A few entries below are enough. Without a certain one, the answer depends on the layers.
        let mut below = below(&self.made, key).take(16).peekable();
        below.peek()?;
        Some(if below.any(|(_, made)| !made.maybe) { Is::Directory } else { Is::Layers })
    }

    /// Returns whether a directory above the path was copied with all its contents.
    fn is_within_filled(&self, key: &str) -> bool {
        above(key).any(|above| self.made.get(above).is_some_and(|made| made.may_add_directories))
    }

    /// Returns whether something that a step writes may already exist as something else (a file where a directory has
    /// to be, or a directory where a file has to be), or may be reached through a link.
    fn may_meet(&self, key: &str, is: Is, outcome: &Outcome) -> bool {
        let unknown = |above: &str| {
            self.made
                .get(above)
                .is_some_and(|made| made.may_add_directories || made.kind != Contents::Directory)
        };
        if above(key).any(unknown) {
            return true;
        }
        let made = self.made.get(key);
        match made.map(|made| made.kind) {
            Some(Contents::Either) => true,
            Some(Contents::File) => is == Is::Directory || outcome.kind != Contents::File,
            Some(Contents::Directory) | None if made.is_some_and(|made| made.may_add_directories) => {
                *outcome != Outcome::EMPTY
            }
            Some(Contents::Directory) | None => {
                let in_the_way = |name: &String| self.may_be_directory(&self::key(&path::join(&[key, name])));
                (outcome.may_add_directories && below(&self.made, key).next().is_some())
                    || (is == Is::Directory && outcome.files.iter().any(in_the_way))
            }
        }
    }

    fn may_be_directory(&self, key: &str) -> bool {
        let made = self.made.get(key);
        made.is_some_and(|made| made.kind != Contents::File) || below(&self.made, key).next().is_some()
    }

    /// Returns the path as the layers spell it, as far as they contain it.
    fn spelled(&self, clean: &str) -> String {
        let key = key(clean);
        for known in std::iter::once(key.as_str()).chain(above(&key)) {
            let made = self.made.get(known).or_else(|| below(&self.made, known).map(|(_, made)| made).next());
            if let Some(made) = made {
                // Lower case can have another length.
                let depth = known.trim_end_matches('/').matches('/').count();
                let (start, _) = split(&made.path, depth);
                let (_, rest) = split(clean, depth);
                return format!("{start}{rest}");
            }
        }
        clean.to_owned()
    }
}

/// Returns whether the paths are equal or one is above the other. Expects the form used for comparison.
#[must_use]
pub fn are_related(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short == "/" || long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns a path in the form used for comparison: clean, and in lower case.
#[must_use]
pub fn key(dest: &str) -> String {
    path::clean(&dest.to_lowercase())
}

/// Splits an absolute path after the given number of names.
fn split(path: &str, names: usize) -> (&str, &str) {
    let end = path.match_indices('/').nth(names).map_or(path.len(), |(at, _)| at);
    path.split_at(end)
}

/// Returns the directories above a clean absolute path, the nearest first.
fn above(key: &str) -> impl Iterator<Item = &str> {
    let slashes = key.rmatch_indices('/').map(|(at, _)| at);
    let is_root = key == "/";
    slashes.map(|at| &key[..at.max(1)]).filter(move |_| !is_root)
}

/// Returns the entries below a path, in a map by paths.
fn below<'m, V>(
    map: &'m BTreeMap<String, V>,
    key: &str,
) -> impl Iterator<Item = (&'m String, &'m V)> + use<'m, V> {
    let (start, end) = range_below(key);
    map.range(start..end)
}

/// Returns whether a directory has one of the paths below it.
fn is_above(paths: &BTreeSet<String>, key: &str) -> bool {
    let (start, end) = range_below(key);
    paths.range(start..end).next().is_some()
}

/// Returns the range from `/a/` up to `/a0`, which comes after the last `/a/...`.
fn range_below(key: &str) -> (String, String) {
    let key = key.trim_end_matches('/');
    // The root is not below itself.
    (format!("{key}/\u{1}"), format!("{key}0"))
}

fn is_long(clean: &str) -> bool {
    clean.len() > MAX_PATH.0 || clean.matches('/').count() > MAX_PATH.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Outcome {
        Outcome {
            kind: Contents::File,
            may_add_directories: false,
            files: vec![name.to_owned()],
            ..Outcome::EMPTY
        }
    }

    /// What a source of the build context leaves at its destination.
    fn either() -> Outcome {
        Outcome { kind: Contents::Either, may_add_directories: true, ..Outcome::EMPTY }
    }

    fn ask(known: &Directories, path: &str, outcome: &Outcome) -> Answer {
        known.ask(&Destination { path, sources: 1, parents: false, outcome })
    }

    /// Returns what a path is.
    fn is(known: &Directories, path: &str) -> Is {
        ask(known, path, &either()).is
    }

    /// Adds a step, and returns whether it depends on the layers.
    fn step(known: &mut Directories, path: &str, outcome: &Outcome) -> bool {
        let answer = ask(known, path, outcome);
        known.made(&answer, outcome);
        answer.depends != Depends::Nothing
    }

    fn nanoserver() -> Directories {
        let mut image = Image::default();
        image.platform.os_version = "10.0.20348.1".into();
        Directories::of(&image)
    }

    #[test]
    fn the_step_itself_tells() {
        let (known, outcome) = (nanoserver(), either());
        for path in ["/x/", "/x/.", "/"] {
            assert_eq!(is(&known, path), Is::Directory);
        }
        assert_eq!(is(&known, "/x"), Is::Unknown);
        let to = Destination { path: "/x", sources: 1, parents: false, outcome: &outcome };
        assert_eq!(known.ask(&Destination { sources: 2, ..to }).is, Is::Directory);
        assert_eq!(known.ask(&Destination { parents: true, ..to }).is, Is::Directory);
    }

    #[test]
    fn earlier_steps_are_known_in_any_case() {
        let mut known = nanoserver();
        step(&mut known, "/app/sub/", &Outcome::EMPTY);
        step(&mut known, "/other/tool.exe", &file("tool.exe"));
        step(&mut known, "/Dist", &either());
        for path in ["/App", "/app/SUB", "/OTHER"] {
            assert_eq!(is(&known, path), Is::Directory, "{path}");
        }
        assert_eq!(is(&known, "/other/tool.exe"), Is::Unknown);
        for (path, spelled) in [("/dist", "/Dist"), ("/dist/X/y", "/Dist/X/y"), ("/dist/x/", "/Dist/x")] {
            let answer = ask(&known, path, &either());
            assert_eq!((answer.path.as_str(), answer.depends != Depends::Nothing), (spelled, true));
        }
        assert_eq!(ask(&known, "/elsewhere/X", &either()).path, "/elsewhere/X");
        step(&mut known, "/", &either());
        assert_eq!(ask(&known, "/new/Y", &either()).path, "/new/Y");
        assert_eq!(ask(&known, "/", &either()).path, "/");
    }

    #[test]
    fn steps_that_cannot_meet_are_made_on_the_seed() {
        let mut known = nanoserver();
        for (path, outcome) in [
            ("/app", Outcome::EMPTY),
            ("/app/", file("a.txt")),
            ("/app/a.txt", file("b.txt")),
            ("/app/sub", Outcome::EMPTY),
            ("/app/sub/", either()),
            ("/app/sub", Outcome::EMPTY),
            ("/other/x", either()),
            ("/third", either()),
        ] {
            assert!(!step(&mut known, path, &outcome), "{path}");
        }
    }

    #[test]
    fn steps_that_may_meet_are_made_on_the_layers() {
        let after = |path: &str, outcome: &Outcome| {
            let mut known = nanoserver();
            step(&mut known, path, outcome);
            known
        };
        let dist = after("/app", &either());
        for (path, outcome) in [
            ("/app", Outcome::EMPTY),
            ("/app/conf.d", file("x")),
            ("/app/", either()),
            ("/app/bin", Outcome::EMPTY),
        ] {
            assert!(ask(&dist, path, &outcome).depends != Depends::Nothing, "{path}");
        }
        let tool = after("/tools", &file("tool"));
        for (path, outcome) in [("/tools/bin", Outcome::EMPTY), ("/tools/", file("x")), ("/tools", either())]
        {
            assert!(ask(&tool, path, &outcome).depends != Depends::Nothing, "{path}");
        }
        let work = after("/app/bin", &Outcome::EMPTY);
        for (path, outcome) in [("/app", either()), ("/", either()), ("/app/", file("bin"))] {
            assert!(ask(&work, path, &outcome).depends != Depends::Nothing, "{path}");
        }
        // A link in what was copied may lead there.
        let mut linked = after("/app", &either());
        assert!(
            step(&mut linked, "/app/bin", &Outcome::EMPTY) && step(&mut linked, "/other", &Outcome::EMPTY)
        );
    }

    #[test]
    fn links_can_be_met_only_below_what_was_copied() {
        let mut known = nanoserver();
        step(&mut known, "/app/", &either());
        assert_eq!(ask(&known, "/app/", &either()).depends, Depends::Related);
        assert_eq!(ask(&known, "/", &either()).depends, Depends::Related);
        assert_eq!(ask(&known, "/app/x", &either()).depends, Depends::All);
        assert_eq!(ask(&known, "/app", &Outcome { unpacked: true, ..either() }).depends, Depends::All);
        assert_eq!(ask(&known, "/apps", &either()).depends, Depends::Nothing);
        for (one, other, are) in
            [("/a", "/a/b", true), ("/", "/x", true), ("/a", "/ab", false), ("/a", "/a", true)]
        {
            assert_eq!(are_related(one, other), are, "{one} {other}");
            assert_eq!(are_related(other, one), are, "{other} {one}");
        }
    }

    #[test]
    fn a_pattern_may_match_nothing() {
        let nothing = Outcome { maybe_nothing: true, ..either() };
        let mut known = nanoserver();
        step(&mut known, "/x/y/", &nothing);
        assert_eq!([is(&known, "/x/y"), is(&known, "/x")], [Is::Layers; 2]);
        step(&mut known, "/x/y/", &Outcome::EMPTY);
        assert_eq!([is(&known, "/x/y"), is(&known, "/x")], [Is::Directory; 2]);
        step(&mut known, "/x/y/", &nothing);
        assert_eq!(is(&known, "/x/y"), Is::Directory);
    }

    #[test]
    fn windows_has_directories_of_its_own() {
        assert_eq!(is(&nanoserver(), "/windows/System32"), Is::Directory);
        // A HostProcess base has no directories.
        assert_eq!(is(&Directories::of(&Image::default()), "/windows/System32"), Is::Unknown);
    }

    #[test]
    fn long_paths_are_left_to_the_layers() {
        let mut known = nanoserver();
        let long = "/a".repeat(20_000);
        assert!(step(&mut known, &long, &Outcome::EMPTY));
        assert!(known.made.is_empty() && ask(&known, "/x", &either()).depends == Depends::All);
    }
}

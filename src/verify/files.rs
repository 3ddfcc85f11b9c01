//! The files that the steps of an image added to it.

use super::content::Content;
use crate::collect::ByName;
use crate::windows::directories::key;

/// A file, a directory or a link that a step created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The absolute path, with slashes.
    pub path: String,
    /// File, directory or link.
    pub kind: Kind,
    /// The type of the file, once it has been read.
    pub content: Option<Content>,
    /// Its text, for the few files whose text matters.
    pub text: Option<String>,
}

/// The kind of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file, with its size in bytes.
    File(u64),
    /// A symbolic link, with its target.
    Symlink(String),
}

/// Identifies an entry of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    /// The number of the step.
    pub step: usize,
    /// The number of the entry in the step.
    pub index: usize,
}

/// What one step added to an image.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// The files, directories and links.
    pub entries: Vec<Entry>,
    /// True if there are more, which were not listed.
    pub has_more: bool,
}

/// The files of an image as its steps left them. Names are case-insensitive.
#[derive(Debug)]
pub struct Files<'s> {
    steps: &'s [Step],
    by_key: ByName<Id>,
}

impl<'s> Files<'s> {
    /// Collects the files of these steps, given by their numbers in the order of the image.
    #[must_use]
    pub fn of(steps: &'s [Step], numbers: &[usize]) -> Self {
        let mut by_key = ByName::default();
        for number in numbers {
            let entries = steps.get(*number).map_or(&[][..], |step| &step.entries);
            for (index, entry) in entries.iter().enumerate() {
                if matches!(entry.kind, Kind::File(_)) {
                    by_key.insert(key(&entry.path), Id { step: *number, index });
                }
            }
        }
        Self { steps, by_key }
    }

    /// Returns the file at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<(Id, &'s Entry)> {
        let id = *self.by_key.get(&key(path))?;
        Some((id, self.entry(id)))
    }

    /// Returns every file with its path in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Id, &'s Entry)> {
        self.by_key.iter().map(|(key, id)| (key.as_str(), *id, self.entry(*id)))
    }

    fn entry(&self, id: Id) -> &'s Entry {
        &self.steps[id.step].entries[id.index]
    }

    /// Returns a file with this name, given in lower case, in any directory.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'s Entry> {
        let is_named = |path: &str| path.strip_suffix(name).is_some_and(|above| above.ends_with('/'));
        self.iter().find(|(path, _, _)| is_named(path)).map(|(_, _, entry)| entry)
    }
}

/// Formats a path in Windows' notation.
#[must_use]
pub fn shown(path: &str) -> String {
    format!("C:{}", path.replace('/', "\\"))
}

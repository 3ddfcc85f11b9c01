//! The files that the steps of an image put into it.

use super::content::Content;
use crate::collect::ByName;
use crate::windows::directories::key;

/// A file, a directory or a link that a step made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The absolute path, with slashes.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// What the file holds, once it has been looked at.
    pub content: Option<Content>,
    /// Its text, of the few files whose text matters.
    pub text: Option<String>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file, with its size in bytes.
    File(u64),
    /// A symbolic link, with its target.
    Symlink(String),
}

/// Which entry of which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    /// The step's number.
    pub step: usize,
    /// The entry's number in it.
    pub index: usize,
}

/// What one step put into an image.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// The files, directories and links.
    pub entries: Vec<Entry>,
    /// There are more, which have not been looked at.
    pub has_more: bool,
}

/// The files of an image as its steps left them. Names have no case.
#[derive(Debug)]
pub struct Files<'s> {
    steps: &'s [Step],
    by_key: ByName<Id>,
}

impl<'s> Files<'s> {
    /// The files of these steps, by their numbers in the order in which an image has them.
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

    /// A file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<(Id, &'s Entry)> {
        let id = *self.by_key.get(&key(path))?;
        Some((id, self.entry(id)))
    }

    /// Every file with its path in small letters.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Id, &'s Entry)> {
        self.by_key.iter().map(|(key, id)| (key.as_str(), *id, self.entry(*id)))
    }

    fn entry(&self, id: Id) -> &'s Entry {
        &self.steps[id.step].entries[id.index]
    }

    /// A file of this name, in small letters, in whatever directory.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'s Entry> {
        let is_named = |path: &str| path.strip_suffix(name).is_some_and(|above| above.ends_with('/'));
        self.iter().find(|(path, _, _)| is_named(path)).map(|(_, _, entry)| entry)
    }
}

/// A path as Windows writes it.
#[must_use]
pub fn shown(path: &str) -> String {
    format!("C:{}", path.replace('/', "\\"))
}

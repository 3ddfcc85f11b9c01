//! Is a destination a directory?
//!
//! A copy to `/app` makes a file of that name, or one in a directory of that name if there is
//! one. On a lazy base the second can only be known from the Dockerfile.

use std::collections::BTreeSet;

use crate::go::path;

/// Directories that every Windows base has.
const IN_EVERY_BASE: [&str; 12] = [
    "/",
    "/program files",
    "/program files (x86)",
    "/programdata",
    "/users",
    "/users/containeradministrator",
    "/users/public",
    "/windows",
    "/windows/system32",
    "/windows/system32/drivers",
    "/windows/system32/drivers/etc",
    "/windows/temp",
];

/// The directories a stage is known to have. Windows does not tell case apart.
#[derive(Debug, Clone, Default)]
pub struct Directories(BTreeSet<String>);

impl Directories {
    /// The destination with the final slash of a directory, where it is known to be one.
    #[must_use]
    pub fn settle(&self, dest: &str, several: bool) -> String {
        if dest.ends_with('/') || dest.ends_with("/.") {
            return dest.to_owned();
        }
        let key = path::clean(&dest.to_lowercase());
        if several || IN_EVERY_BASE.contains(&key.as_str()) || self.0.contains(&key) {
            return format!("{dest}/");
        }
        dest.to_owned()
    }

    /// Notes what a step has made: the destination, if it is a directory, and all above it.
    pub fn made(&mut self, dest: &str) {
        let is_directory = dest.ends_with('/') || dest.ends_with("/.");
        let clean = path::clean(&dest.to_lowercase());
        let mut at = if is_directory { clean } else { path::dir(&clean) };
        while at != "/" && at != "." && self.0.insert(at.clone()) {
            at = path::dir(&at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_earlier_steps_are_known_in_any_case() {
        let mut known = Directories::default();
        assert_eq!(known.settle("/App", false), "/App");
        known.made("/app/sub/");
        assert_eq!(known.settle("/App", false), "/App/");
        assert_eq!(known.settle("/app/SUB", false), "/app/SUB/");
        known.made("/other/tool.exe");
        assert_eq!(known.settle("/other", false), "/other/");
        assert_eq!(known.settle("/other/tool.exe", false), "/other/tool.exe");
    }

    #[test]
    fn windows_has_directories_of_its_own() {
        let known = Directories::default();
        assert_eq!(known.settle("/Windows/System32", false), "/Windows/System32/");
        assert_eq!(known.settle("/x", true), "/x/");
        assert_eq!(known.settle("/x/.", false), "/x/.");
    }
}

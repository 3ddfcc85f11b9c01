//! Names of files and directories that Windows refuses.

use crate::go::path::base;
use crate::instruction::Paths;

/// The names of devices, with or without an extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Numbered devices.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is a device.
    Device,
    /// It ends with a dot or a space.
    End,
    /// It has a character that no name has.
    Character(char),
}

/// The first name of a path that Windows refuses.
pub(super) fn find(path: &str) -> Option<(&str, Fault)> {
    let path = match path.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 => rest,
        _ => path,
    };
    path.split(['/', '\\']).find_map(|name| fault(name).map(|fault| (name, fault)))
}

/// The first name that a step gives to what it copies and that Windows refuses.
pub(super) fn of_copy(paths: &Paths) -> Option<(&str, Fault)> {
    let contents = paths.contents.iter().map(|content| content.path.as_str());
    let to_directory = paths.dest.ends_with(['/', '\\']) || paths.dest == ".";
    // What a pattern matches is known later, a URL names a file by its own rules.
    let sources = paths.sources.iter().filter(|source| !source.contains(['*', '?', '[', '\\', ':']));
    let sources = sources.map(|source| base(source)).filter(|name| to_directory && *name != "/");
    find(&paths.dest).or_else(|| contents.chain(sources).find_map(find))
}

fn fault(name: &str) -> Option<Fault> {
    if name.is_empty() || name.chars().all(|c| c == '.') {
        return None;
    }
    if let Some(c) = name.chars().find(|c| "<>:\"|?*".contains(*c)) {
        return Some(Fault::Character(c));
    }
    if name.ends_with(['.', ' ']) {
        return Some(Fault::End);
    }
    is_device(name).then_some(Fault::Device)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let numbered = |device: &str| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        number.len() == 1 && number.bytes().all(|digit| (b'1'..=b'9').contains(&digit))
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED.iter().any(|device| numbered(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_refuses() {
        for (path, name, fault) in [
            ("C:/app/CON", "CON", Fault::Device),
            ("/nul.txt", "nul.txt", Fault::Device),
            (r"C:\logs\com1\x", "com1", Fault::Device),
            ("/app/x.", "x.", Fault::End),
            ("a /b", "a ", Fault::End),
            ("/a<b/c", "a<b", Fault::Character('<')),
            ("/a:b", "a:b", Fault::Character(':')),
            ("/a?", "a?", Fault::Character('?')),
        ] {
            assert_eq!(find(path), Some((name, fault)), "{path}");
        }
        for path in ["C:/app/console", "/com10", "/com", "../x", ".", "/a/./b", "/.hidden", "c:/lpt0", ""] {
            assert_eq!(find(path), None, "{path}");
        }
    }

    #[test]
    fn names_of_copied_files() {
        let paths = |sources: &[&str], dest: &str| Paths {
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
            dest: dest.to_owned(),
            ..Paths::default()
        };
        assert_eq!(of_copy(&paths(&["src/aux.c"], "C:/x/")), Some(("aux.c", Fault::Device)));
        assert_eq!(of_copy(&paths(&["src/aux.c"], "C:/x/a.c")), None);
        assert_eq!(of_copy(&paths(&["src/a*", "https://x/con"], "C:/x/")), None);
        assert_eq!(of_copy(&paths(&["."], ".")), None);
    }
}

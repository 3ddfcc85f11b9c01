//! File and directory names that Windows refuses.

use crate::lint::windows as rule;

/// Device names, with or without an extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Device names that have a number.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// The prefix of files that remove others from the layers below.
const WHITEOUT: &str = ".wh.";

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The name of a device.
    Device,
    /// A dot or a space at the end.
    End,
    /// A character that no name may contain.
    Character(char),
    /// The mark of a removed file in an image layer.
    Whiteout,
}

/// Returns the first name of a path that Windows refuses.
#[must_use]
pub fn find(path: &str) -> Option<(&str, Fault)> {
    let path = match path.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 => rest,
        _ => path,
    };
    path.split(['/', '\\']).find_map(|name| fault(name).map(|fault| (name, fault)))
}

/// Returns the message of the rule for such a name.
#[must_use]
pub fn message(name: &str, fault: Fault) -> String {
    match fault {
        Fault::Device => rule::file_name_device(name),
        Fault::End => rule::file_name_end(name),
        Fault::Character(c) => rule::file_name_character(name, c),
        Fault::Whiteout => rule::file_name_whiteout(name),
    }
}

/// Returns what is wrong with one name.
#[must_use]
pub fn fault(name: &str) -> Option<Fault> {
    if name.is_empty() || name.chars().all(|c| c == '.') {
        return None;
    }
    if name.starts_with(WHITEOUT) {
        return Some(Fault::Whiteout);
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
            ("/app/.wh.x", ".wh.x", Fault::Whiteout),
        ] {
            assert_eq!(find(path), Some((name, fault)), "{path}");
        }
        for path in ["C:/app/console", "/com10", "/com", "../x", ".", "/a/./b", "/.hidden", "c:/lpt0", ""] {
            assert_eq!(find(path), None, "{path}");
        }
    }
}

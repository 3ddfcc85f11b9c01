//! The spelling of paths that every Windows image has.
//!
//! Windows does not tell case apart, but the engine that reads a base on Linux does:
//! `/windows/system32/netapi32.dll` is not there, where the image says `/Windows/System32`.

/// Directories as Microsoft's bases spell them.
const SPELLINGS: [&str; 20] = [
    "Program Files",
    "Program Files (x86)",
    "ProgramData",
    "Users",
    "Users/ContainerAdministrator",
    "Users/ContainerUser",
    "Users/Public",
    "Windows",
    "Windows/Fonts",
    "Windows/Microsoft.NET",
    "Windows/System32",
    "Windows/System32/config",
    "Windows/System32/drivers",
    "Windows/System32/drivers/etc",
    "Windows/System32/en-US",
    "Windows/System32/inetsrv",
    "Windows/System32/wbem",
    "Windows/System32/WindowsPowerShell/v1.0",
    "Windows/SysWOW64",
    "Windows/Temp",
];

/// An absolute path into a base, its beginning spelled as the base does.
#[must_use]
pub fn spelled(path: &str) -> String {
    let known = |spelling: &&&str| {
        let Some(relative) = path.strip_prefix('/') else { return false };
        let Some((start, rest)) = relative.split_at_checked(spelling.len()) else { return false };
        start.eq_ignore_ascii_case(spelling) && (rest.is_empty() || rest.starts_with('/'))
    };
    match SPELLINGS.iter().filter(known).max_by_key(|spelling| spelling.len()) {
        Some(spelling) => format!("/{spelling}{}", &path[1 + spelling.len()..]),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_that_every_base_has_is_spelled_as_there() {
        for (path, expected) in [
            ("/windows/system32/netapi32.dll", "/Windows/System32/netapi32.dll"),
            ("/WINDOWS/SYSTEM32/Drivers/Etc/hosts", "/Windows/System32/drivers/etc/hosts"),
            ("/windows/system32", "/Windows/System32"),
            ("/windows/system32x/a", "/Windows/system32x/a"),
            ("/program files (X86)/a b/", "/Program Files (x86)/a b/"),
            ("/program files/a", "/Program Files/a"),
            ("/windowsé/a", "/windowsé/a"),
            ("/App/windows", "/App/windows"),
            ("windows/a", "windows/a"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(spelled(path), expected);
        }
    }
}

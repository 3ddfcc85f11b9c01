//! The directories of a base image, as far as its config shows them.

use crate::container_path;
use crate::image::Image;

/// Which of Microsoft's base images have a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Having {
    /// All of them.
    All,
    /// servercore and server, but not nanoserver.
    Win32k,
    /// Some; an image's config does not show which.
    Some,
}

/// Directories of Windows, spelled as in the base images. Nobody would use one of these names for a file.
const DIRECTORIES: [(&str, Having); 26] = [
    ("/Program Files", Having::All),
    ("/Program Files (x86)", Having::All),
    ("/Program Files/WindowsPowerShell", Having::Win32k),
    ("/Program Files/WindowsPowerShell/Modules", Having::Win32k),
    ("/ProgramData", Having::All),
    ("/Users", Having::All),
    ("/Users/ContainerAdministrator", Having::All),
    ("/Users/ContainerUser", Having::All),
    ("/Users/Default", Having::All),
    ("/Users/Public", Having::All),
    ("/Windows", Having::All),
    ("/Windows/Fonts", Having::Win32k),
    ("/Windows/INF", Having::Win32k),
    ("/Windows/Microsoft.NET", Having::Win32k),
    ("/Windows/SysWOW64", Having::Win32k),
    ("/Windows/System32", Having::All),
    ("/Windows/System32/WindowsPowerShell", Having::Win32k),
    ("/Windows/System32/WindowsPowerShell/v1.0", Having::Win32k),
    ("/Windows/System32/WindowsPowerShell/v1.0/Modules", Having::Win32k),
    ("/Windows/System32/config", Having::All),
    ("/Windows/System32/drivers", Having::All),
    ("/Windows/System32/drivers/etc", Having::All),
    ("/Windows/System32/en-US", Having::All),
    ("/Windows/System32/inetsrv", Having::Some),
    ("/Windows/System32/wbem", Having::Some),
    ("/Windows/Temp", Having::All),
];

/// The `os.features` entry of base images with full Win32.
const WIN32K_FEATURE: &str = "win32k";

/// History entries of Microsoft's own base images, which contain only Windows.
const WINDOWS_HISTORY: [&str; 2] = ["Apply image", "Install update"];

/// Returns the `PATH` of a container whose image does not set it. With win32k it includes more of Windows' own
/// directories.
#[must_use]
pub fn default_path(base: &Image) -> &'static str {
    if has_win32k(base) {
        r"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\"
    } else {
        r"C:\Windows\system32;C:\Windows"
    }
}

/// Returns whether an image needs win32k, the graphical part of Windows, which nanoserver lacks.
#[must_use]
pub fn has_win32k(base: &Image) -> bool {
    base.platform.os_features.iter().flatten().any(|feature| feature == WIN32K_FEATURE)
}

/// Returns the directories that the config implies: Windows' own directories, the working directory, and those that the
/// steps of the history have created. Their parent directories are not listed, and a directory may be listed twice.
#[must_use]
pub fn of(base: &Image) -> Vec<String> {
    let mut found = vec!["/".to_owned()];
    let platform = &base.platform;
    // A HostProcess base has no os.version and no Windows files.
    if !platform.os_version.is_empty() {
        let win32k = has_win32k(base);
        let has = |having| having == Having::All || (having == Having::Win32k && win32k);
        found.extend(DIRECTORIES.iter().filter(|row| has(row.1)).map(|row| row.0.to_owned()));
    }
    let mut add = |written: &str| {
        found.extend(container_path::normalize("/", written, "windows", false));
    };
    if !base.config.working_dir.is_empty() {
        add(&base.config.working_dir);
    }
    for entry in &base.history {
        if let Some(directory) = of_step(&entry.created_by) {
            add(directory);
        }
    }
    found
}

/// Returns the directory that a step of a history has created.
fn of_step(step: &str) -> Option<&str> {
    // The classic builder wrote the shell's name in front.
    let step = step.rsplit_once("#(nop) ").map_or(step, |(_, step)| step).trim();
    let step = step.strip_suffix("# buildkit").unwrap_or(step).trim_end();
    let (word, rest) = step.split_once(' ')?;
    match word {
        "WORKDIR" => Some(rest.trim()),
        // `COPY a.txt C:/dir/`, or `COPY dir:4f1c in C:\dir`
        "COPY" | "ADD" => {
            let (sources, dest) = rest.rsplit_once(' ')?;
            let classic = ["dir:", "multi:"].iter().any(|kind| sources.starts_with(kind));
            let is_directory = classic || sources == "." || dest.ends_with(['/', '\\']);
            (is_directory && container_path::is_abs(dest, "windows")).then_some(dest)
        }
        _ => None,
    }
}

/// Returns whether the base contains only Windows, so that it has no other directories than Windows' own.
#[must_use]
pub fn is_plain(base: &Image, name: &str) -> bool {
    let history = &base.history;
    let by_history = !history.is_empty()
        && history.iter().all(|h| WINDOWS_HISTORY.iter().any(|p| h.created_by.starts_with(p)));
    by_history || super::base_name::is_microsofts(name)
}

/// Returns whether a path is below one of Windows' own directories, where a base has more directories than are listed
/// here.
#[must_use]
pub fn is_within_windows(dest: &str) -> bool {
    let dest = dest.to_lowercase();
    let roots = ["/windows", "/program files", "/program files (x86)", "/programdata", "/users"];
    roots.iter().any(|root| dest.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
}

/// Returns an absolute path into a base with its beginning spelled as in the base. Windows does not distinguish case,
/// but an engine that reads a base on Linux does: it does not find `/windows/system32/netapi32.dll` if the image has
/// `/Windows/System32`.
#[must_use]
pub fn canonical_case(path: &str) -> String {
    let known = |directory: &&str| {
        let Some((start, rest)) = path.split_at_checked(directory.len()) else { return false };
        start.eq_ignore_ascii_case(directory) && (rest.is_empty() || rest.starts_with('/'))
    };
    match DIRECTORIES.iter().map(|row| row.0).filter(known).max_by_key(|directory| directory.len()) {
        Some(directory) => format!("{directory}{}", &path[directory.len()..]),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::History;

    fn base(os_version: &str, history: &[&str]) -> Image {
        let mut image = Image::default();
        image.platform.os_version = os_version.to_owned();
        let entry = |step: &&str| History { created_by: (*step).to_owned(), ..History::default() };
        image.history = history.iter().map(entry).collect();
        image
    }

    #[test]
    fn the_history_tells() {
        let steps = [
            "Apply image 10.0.20348.1",
            r"WORKDIR C:\app\data",
            "COPY a.txt C:/one/ # buildkit",
            "COPY a.txt /file # buildkit",
            "COPY . /all # buildkit",
            r"cmd /S /C #(nop) COPY dir:4f1c in C:\two ",
            r"cmd /S /C #(nop) COPY file:4f1c in C:\three ",
            "RUN mkdir C:\\four",
            "COPY a.txt ./relative/ # buildkit",
        ];
        let found = of(&base("", &steps));
        assert_eq!(found, ["/", "/app/data", "/one", "/all", "/two"]);
        assert!(!is_plain(&base("", &steps), "x"));
        assert!(is_plain(&base("", &steps[..1]), "x"));
    }

    #[test]
    fn a_host_process_base_has_nothing_of_windows() {
        assert_eq!(of(&base("", &[])), ["/"]);
        assert!(of(&base("10.0.20348.1", &[])).contains(&"/Windows/System32".to_owned()));
        assert!(!of(&base("10.0.20348.1", &[])).contains(&"/Windows/SysWOW64".to_owned()));
    }

    #[test]
    fn a_long_history_is_read_once() {
        let steps: Vec<String> = (0..50_000).map(|i| format!("WORKDIR C:/a/{i}")).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let start = std::time::Instant::now();
        let known = super::super::directories::Directories::of(&base("", &steps));
        drop(known);
        // Comparing each with all others would take minutes.
        assert!(start.elapsed().as_secs() < 30);
    }

    #[test]
    fn windows_own_trees() {
        assert!(is_within_windows("/WINDOWS/x"));
        assert!(!is_within_windows("/windowsx/y"));
        assert!(!is_within_windows("/app"));
    }

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
            assert_eq!(canonical_case(path), expected);
        }
    }
}

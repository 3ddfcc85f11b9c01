//! The directories of a base, as far as its config tells.

use crate::image::Image;
use crate::path;

/// Directories that every Windows base has. Nobody means a file of one of these names.
const WINDOWS: [&str; 15] = [
    "/Program Files",
    "/Program Files (x86)",
    "/ProgramData",
    "/Users",
    "/Users/ContainerAdministrator",
    "/Users/ContainerUser",
    "/Users/Default",
    "/Users/Public",
    "/Windows",
    "/Windows/System32",
    "/Windows/System32/config",
    "/Windows/System32/drivers",
    "/Windows/System32/drivers/etc",
    "/Windows/System32/en-US",
    "/Windows/Temp",
];

/// Directories that servercore and server have, and nanoserver has not.
const WIN32K: [&str; 9] = [
    "/Program Files/WindowsPowerShell",
    "/Program Files/WindowsPowerShell/Modules",
    "/Windows/Fonts",
    "/Windows/INF",
    "/Windows/Microsoft.NET",
    "/Windows/SysWOW64",
    "/Windows/System32/WindowsPowerShell",
    "/Windows/System32/WindowsPowerShell/v1.0",
    "/Windows/System32/WindowsPowerShell/v1.0/Modules",
];

/// The `os.features` entry of bases with the whole of Win32.
const FEATURE: &str = "win32k";

/// How Microsoft's own bases came to be, in their history: nothing but Windows is in them.
const PLAIN: [&str; 2] = ["Apply image", "Install update"];

/// What `PATH` is in a container whose image does not set it. Images with win32k have more of Windows' own directories.
#[must_use]
pub fn default_path(base: &Image) -> &'static str {
    if has_win32k(base) {
        r"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\"
    } else {
        r"C:\Windows\system32;C:\Windows"
    }
}

/// Whether an image needs the part of Windows that draws, which nanoserver lacks.
#[must_use]
pub fn has_win32k(base: &Image) -> bool {
    base.platform.os_features.iter().flatten().any(|feature| feature == FEATURE)
}

/// What the config tells: Windows' own directories, the working directory, and those that the steps
/// of the history have made. The directories above one of these are not named, and one may be named
/// twice.
#[must_use]
pub fn of(base: &Image) -> Vec<String> {
    let mut found = vec!["/".to_owned()];
    let platform = &base.platform;
    // A HostProcess base has no os.version, and none of Windows' files.
    if !platform.os_version.is_empty() {
        found.extend(WINDOWS.map(str::to_owned));
        if has_win32k(base) {
            found.extend(WIN32K.map(str::to_owned));
        }
    }
    let mut add = |written: &str| {
        found.extend(path::normalize("/", written, "windows", false));
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

/// The directory that a step of a history has made.
fn of_step(step: &str) -> Option<&str> {
    // The classic builder put the shell's name in front.
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
            (is_directory && path::is_abs(dest, "windows")).then_some(dest)
        }
        _ => None,
    }
}

/// Whether the base is Windows and nothing else, so that it has no directory outside of Windows' own.
#[must_use]
pub fn is_plain(base: &Image, name: &str) -> bool {
    let history = &base.history;
    let by_history =
        !history.is_empty() && history.iter().all(|h| PLAIN.iter().any(|p| h.created_by.starts_with(p)));
    by_history || super::bases::is_microsofts(name)
}

/// Whether a path is among Windows' own, where a base has more directories than are listed here.
#[must_use]
pub fn is_within_windows(dest: &str) -> bool {
    let dest = dest.to_lowercase();
    let roots = ["/windows", "/program files", "/program files (x86)", "/programdata", "/users"];
    roots.iter().any(|root| dest.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
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
        // A look through all of them for each would take minutes.
        assert!(start.elapsed().as_secs() < 30);
    }

    #[test]
    fn windows_own_trees() {
        assert!(is_within_windows("/WINDOWS/x"));
        assert!(!is_within_windows("/windowsx/y"));
        assert!(!is_within_windows("/app"));
    }
}

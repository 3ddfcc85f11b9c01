//! Recognizes Windows base images by their names.

use super::versions;
use crate::image::{Reference, Wanted};
use crate::list;

/// Names of Microsoft's repositories below `windows/`, and former names.
const REPOSITORIES: [&str; 4] = ["nanoserver", "servercore", "server", "windowsservercore"];

/// Words that only occur in tags of Windows images.
const BASE_WORDS: [&str; 3] = ["nanoserver", "servercore", "windowsservercore"];

/// The registry of Microsoft's images.
const MCR: &str = "mcr.microsoft.com";

/// Microsoft's images on Docker Hub that are for Windows only, besides the base images.
const OLD_IMAGES: [&str; 8] = [
    "aspnet",
    "dotnet-framework",
    "dotnet-framework-build",
    "dotnet-framework-samples",
    "iis",
    "mssql-server-windows-developer",
    "mssql-server-windows-express",
    "wcf",
];

/// Returns whether an image is one of Microsoft's own base images, or a copy under the same name, so that it contains
/// only Windows.
#[must_use]
pub fn is_microsofts(name: &str) -> bool {
    let Ok(reference) = Reference::parse_normalized(name) else { return false };
    let path = reference.path();
    let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
    let in_windows = above == "windows" || above.ends_with("/windows") || above == "microsoft";
    (in_windows && REPOSITORIES.contains(&last)) || (reference.domain() == MCR && path == "windows")
}

/// Returns whether the name is enough to know that an image is for Windows: one of Microsoft's, or one with a base
/// image or a version in its tag.
#[must_use]
pub fn is_for_windows(name: &str) -> bool {
    if is_microsofts(name) {
        return true;
    }
    let Ok(reference) = Reference::parse_normalized(name) else { return false };
    let path = reference.path();
    let at_microsoft = match reference.domain() {
        MCR => words(path).any(|word| ["windows", "framework"].contains(&word)),
        _ => path.strip_prefix("microsoft/").is_some_and(|last| OLD_IMAGES.contains(&last)),
    };
    at_microsoft || reference.tag().is_some_and(|tag| names_windows(&tag.to_lowercase()))
}

/// Returns whether a stage on this base is meant for Windows. A list always is.
#[must_use]
pub fn is_meant_for_windows(base: &str) -> bool {
    list::is_list(base) || is_for_windows(base)
}

/// Kinds of Windows. Programs for one kind may lack something in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The smallest.
    Nanoserver,
    /// Windows without a desktop.
    ServerCore,
    /// Windows with all of its functions.
    Full,
}

/// Returns the kind of Windows that an image is, or is based on; `None` if its name does not show it.
#[must_use]
pub fn kind(name: &str) -> Option<Kind> {
    if is_nanoserver(name) {
        return Some(Kind::Nanoserver);
    }
    let lower = name.to_lowercase();
    if words(&lower).any(|word| BASE_WORDS[1..].contains(&word)) {
        return Some(Kind::ServerCore);
    }
    is_microsofts(name).then_some(Kind::Full)
}

/// Returns whether two names refer to the same repository, in any registry. Of Microsoft's base images only the last
/// name component counts.
#[must_use]
pub fn is_same_repository(one: &str, other: &str) -> bool {
    let parsed = [one, other].map(|name| Reference::parse_normalized(name).ok());
    let [Some(first), Some(second)] = &parsed else { return false };
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let are_microsofts = is_microsofts(one) && is_microsofts(other);
    first.path() == second.path() || (are_microsofts && last(first.path()) == last(second.path()))
}

/// Returns whether an image is a nanoserver, or is based on one.
#[must_use]
pub fn is_nanoserver(name: &str) -> bool {
    let lower = name.to_lowercase();
    words(&lower).any(|word| word == BASE_WORDS[0])
}

fn names_windows(tag: &str) -> bool {
    words(tag)
        .any(|word| BASE_WORDS.contains(&word) || (word.starts_with("ltsc") && Wanted::parse(word).is_some()))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_', '.', '/', ':', '@'])
}

/// Returns whether the version of a Windows base can change without a change of the Dockerfile: neither its tag nor a
/// digest pins it. A tag other than `latest` counts as unpinned only if the name says that the image is for Windows.
#[must_use]
pub fn is_unpinned(name: &str) -> bool {
    let Ok(reference) = Reference::parse_normalized(name) else { return false };
    if reference.digest().is_some() || versions::named_in(name).is_some() {
        return false;
    }
    let build = |tag: &str| tag.split(['-', '_']).any(|word| Wanted::parse(word).is_some());
    let tag = reference.tag();
    let moves = tag.is_none_or(|tag| tag == "latest");
    (moves || is_for_windows(name)) && !tag.is_some_and(build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsofts_bases_are_known_by_name() {
        for name in [
            "mcr.microsoft.com/windows/nanoserver:ltsc2022",
            "mcr.microsoft.com/windows:20H2",
            "127.0.0.1:5000/windows/servercore",
            "mirror.example/mcr/windows/server@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "microsoft/nanoserver",
        ] {
            assert!(is_microsofts(name), "{name}");
        }
        for name in ["golang:nanoserver", "dockur/windows", "team/nanoserver", "alpine", "a b"] {
            assert!(!is_microsofts(name), "{name}");
        }
    }

    #[test]
    fn names_tell_what_is_for_windows() {
        for name in [
            "golang:1.25-nanoserver",
            "mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-ltsc2022",
            "host/x:LTSC2025",
            "mcr.microsoft.com/dotnet/framework/aspnet:4.8.1",
            "mcr.microsoft.com/windows/servercore/iis",
            "microsoft/iis:10",
            "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0",
        ] {
            assert!(is_meant_for_windows(name), "{name}");
        }
        // All of these have Linux images.
        for name in [
            "dockur/windows:4",
            "x:windows-cross",
            "x:1809",
            "mcr.microsoft.com/dotnet/sdk:8.0",
            "microsoft/dotnet:2.1",
            "team/framework:1",
            "golang:1.25",
        ] {
            assert!(!is_meant_for_windows(name), "{name}");
        }
        assert!(is_meant_for_windows("x:a,b"));
        assert!(is_nanoserver("golang:1.25-NanoServer"));
        assert!(!is_nanoserver("windows/servercore:ltsc2022"));
    }

    #[test]
    fn names_tell_the_kind_of_windows() {
        let microsofts = |name: &str| kind(&format!("mcr.microsoft.com/{name}"));
        assert_eq!(microsofts("windows/nanoserver:ltsc2022"), Some(Kind::Nanoserver));
        assert_eq!(microsofts("dotnet/runtime:8.0-nanoserver-1809"), Some(Kind::Nanoserver));
        assert_eq!(microsofts("windows/servercore:ltsc2022"), Some(Kind::ServerCore));
        assert_eq!(kind("golang:1.25-windowsservercore-ltsc2022"), Some(Kind::ServerCore));
        assert_eq!(microsofts("windows/server:ltsc2022"), Some(Kind::Full));
        assert_eq!(microsofts("windows:20H2"), Some(Kind::Full));
        assert_eq!(microsofts("dotnet/runtime:8.0"), None);
    }

    #[test]
    fn a_mirror_has_the_same_repository() {
        let nano = "mcr.microsoft.com/windows/nanoserver:ltsc2022";
        assert!(is_same_repository(nano, "mirror.example/mcr/windows/nanoserver:10.0.20348.1"));
        assert!(is_same_repository("golang:1", "host:5000/library/golang:2"));
        assert!(!is_same_repository(nano, "mcr.microsoft.com/windows/servercore:ltsc2022"));
        assert!(!is_same_repository("host/base:1", "host/team/base:1"));
    }

    #[test]
    fn a_version_pins_a_base() {
        for name in [
            "mcr.microsoft.com/windows/nanoserver",
            "golang:1.25-nanoserver",
            "team/base:latest",
            "team/base",
        ] {
            assert!(is_unpinned(name), "{name}");
        }
        for name in [
            "mcr.microsoft.com/windows/nanoserver:1809",
            "mcr.microsoft.com/windows/servercore:10.0.20348.1366",
            "mcr.microsoft.com/windows/servercore:ltsc2022-KB5033118-amd64",
            "golang:1.25-nanoserver-ltsc2025",
            "team/base:1.2.3",
            "nano@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        ] {
            assert!(!is_unpinned(name), "{name}");
        }
    }
}

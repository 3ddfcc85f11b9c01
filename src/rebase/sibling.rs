//! Chooses the pushed image to move to a base.

use crate::image::{Image, OsVersion};
use crate::windows::base_directories::has_win32k;
use crate::windows::base_name::{self, Kind};
use crate::windows::labels;

/// The kind of Windows of a base or a pushed image, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sibling {
    /// The version; `None` for a HostProcess image, which any host runs.
    pub version: Option<OsVersion>,
    /// The kind in the name of its base.
    pub kind: Option<Kind>,
    /// True if it needs win32k.
    pub win32k: bool,
}

impl Sibling {
    /// Describes a base by its name and config.
    #[must_use]
    pub fn of_base(name: &str, image: &Image) -> Self {
        Self {
            version: OsVersion::parse(&image.platform.os_version),
            kind: base_name::kind(name),
            win32k: has_win32k(image),
        }
    }

    /// Describes a pushed image by its config and the label in it.
    #[must_use]
    pub fn of_image(image: &Image) -> Self {
        let name = image.config.labels.get(labels::NAME).map_or("", String::as_str);
        Self::of_base(name, image)
    }
}

/// Returns whether two images are known to be of different kinds.
#[must_use]
pub fn differ(one: &Sibling, other: &Sibling) -> bool {
    let kinds = one.kind.is_some() && other.kind.is_some() && one.kind != other.kind;
    kinds || one.win32k != other.win32k || one.version.is_some() != other.version.is_some()
}

/// Chooses the pushed image to move to `base`: the newest one of the same build or, if there is none, the nearest of
/// the same kind.
#[must_use]
pub fn choose(base: &Sibling, images: &[Sibling]) -> Option<usize> {
    let build = |one: &Sibling| one.version.as_ref().map(|version| version.build().0);
    let distance = |index: usize| match (build(base), build(&images[index])) {
        (Some(wanted), Some(found)) => (wanted.abs_diff(found), found),
        _ => (0, 0),
    };
    let newest = |found: Vec<usize>| {
        found.into_iter().rev().max_by(|a, b| images[*a].version.cmp(&images[*b].version))
    };
    let all = 0..images.len();
    let same: Vec<usize> = all.clone().filter(|index| build(&images[*index]) == build(base)).collect();
    let fits = |index: &usize| !differ(base, &images[*index]);
    if !same.is_empty() {
        let fitting: Vec<usize> = same.iter().copied().filter(fits).collect();
        // If none fits, the caller refuses it.
        return newest(if fitting.is_empty() { same } else { fitting });
    }
    let nearest = all.clone().filter(fits).map(distance).min()?;
    newest(all.filter(fits).filter(|index| distance(*index) == nearest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: &str, kind: &str, win32k: bool) -> Sibling {
        Sibling { version: OsVersion::parse(version), kind: base_name::kind(kind), win32k }
    }

    const NANO: &str = "mcr.microsoft.com/windows/nanoserver:x";
    const CORE: &str = "golang:1.25-windowsservercore";

    #[test]
    fn the_same_build_comes_first_then_the_nearest_of_the_kind() {
        let images = [
            of("10.0.20348.1", NANO, false),
            of("10.0.17763.1", NANO, false),
            of("10.0.20348.7", "", false),
            of("10.0.25398.1", CORE, false),
            of("10.0.14393.1", NANO, true),
        ];
        let chosen = |version: &str, kind: &str, win32k| choose(&of(version, kind, win32k), &images);
        assert_eq!(chosen("10.0.20348.9", NANO, false), Some(2));
        assert_eq!(chosen("10.0.17763.9", CORE, false), Some(1));
        assert_eq!(chosen("10.0.26100.1", NANO, false), Some(2));
        assert_eq!(chosen("10.0.26100.1", CORE, false), Some(3));
        assert_eq!(chosen("10.0.26100.1", CORE, true), None);
        assert_eq!(chosen("10.0.26100.1", "", true), Some(4));
        assert_eq!(chosen("", NANO, false), None);
    }

    #[test]
    fn an_image_for_any_host_comes_from_one_for_any_host() {
        let images = [of("10.0.20348.1", "", false), of("", "", false)];
        assert_eq!(choose(&of("", "", false), &images), Some(1));
        assert!(differ(&images[0], &images[1]));
    }

    #[test]
    fn of_two_as_near_the_older_one_is_taken() {
        let images = [of("10.0.20002.1", "", false), of("10.0.20000.1", "", false)];
        assert_eq!(choose(&of("10.0.20001.1", "", false), &images), Some(1));
    }
}

//! Compares a pushed image with the present base of its version.

use super::sibling::{Sibling, differ};
use super::stands_on;
use crate::go;
use crate::image::{Image, OsVersion};

/// How a pushed image relates to a base, judged by configs only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its first layers are those of the base.
    Current,
    /// It is based on an older version.
    Behind,
    /// It is based on a newer version.
    Ahead,
    /// It is based on another image, or neither version is known to be newer.
    Other,
}

/// Compares a pushed image with the present base, `new`. `old` is the base of the pushed image, if known; `is_other` is
/// true if the image's label names another repository.
#[must_use]
pub fn standing(image: &Image, new: &Image, name: &str, old: Option<&Image>, is_other: bool) -> Standing {
    if stands_on(image, new) {
        return Standing::Current;
    }
    if is_other || differ(&Sibling::of_image(image), &Sibling::of_base(name, new)) {
        return Standing::Other;
    }
    let version = |image: &Image| OsVersion::parse(&image.platform.os_version);
    let created = |image: &Image| image.created.as_deref().and_then(go::time::unix_seconds);
    let of_base = old.unwrap_or(image);
    let order = match (version(of_base), version(new)) {
        (Some(before), Some(now)) if before != now => before.cmp(&now),
        _ => match old.map(|old| (created(old), created(new))) {
            Some((Some(before), Some(now))) => before.cmp(&now),
            _ => std::cmp::Ordering::Equal,
        },
    };
    match order {
        std::cmp::Ordering::Less => Standing::Behind,
        std::cmp::Ordering::Greater => Standing::Ahead,
        std::cmp::Ordering::Equal => Standing::Other,
    }
}

/// Returns the number of days between the creation times of two bases.
#[must_use]
pub fn days(old: &Image, new: &Image) -> Option<i64> {
    const DAY: i64 = 86_400;
    let seconds = |image: &Image| go::time::unix_seconds(image.created.as_deref()?);
    Some((seconds(new)? - seconds(old)?).div_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use super::super::tests::image;
    use super::*;
    use crate::windows::labels;

    fn of(version: &str, created: &str, diff_ids: &[&str]) -> Image {
        let mut image = image(diff_ids);
        image.platform.os_version = version.to_owned();
        image.created = Some(created.to_owned());
        image
    }

    const JANUARY: &str = "2026-01-13T00:00:00Z";
    const FEBRUARY: &str = "2026-02-10T12:00:00.5Z";
    const NANO: &str = "mcr.microsoft.com/windows/nanoserver:ltsc2022";

    #[test]
    fn by_layers_then_by_version_then_by_time() {
        let new = of("10.0.20348.2", FEBRUARY, &["n"]);
        let compare = |app: &Image, old: Option<&Image>| standing(app, &new, NANO, old, false);
        assert_eq!(compare(&of("10.0.20348.2", JANUARY, &["n", "a"]), None), Standing::Current);
        assert_eq!(compare(&of("10.0.20348.1", JANUARY, &["o", "a"]), None), Standing::Behind);
        assert_eq!(compare(&of("10.0.20348.3", JANUARY, &["o", "a"]), None), Standing::Ahead);
        let rebuilt = of("10.0.20348.2", JANUARY, &["o", "a"]);
        assert_eq!(compare(&rebuilt, None), Standing::Other);
        assert_eq!(compare(&rebuilt, Some(&of("10.0.20348.2", JANUARY, &["o"]))), Standing::Behind);
        assert_eq!(standing(&rebuilt, &new, NANO, None, true), Standing::Other);
    }

    #[test]
    fn another_kind_is_another_base() {
        let new = of("10.0.20348.2", FEBRUARY, &["n"]);
        let mut app = of("10.0.20348.1", JANUARY, &["o", "a"]);
        app.config.labels.insert(labels::NAME.into(), "mcr.microsoft.com/windows/servercore:ltsc2022".into());
        assert_eq!(standing(&app, &new, NANO, None, false), Standing::Other);
    }

    #[test]
    fn days_between_bases() {
        let new = of("10.0.20348.2", FEBRUARY, &["n"]);
        assert_eq!(days(&of("10.0.20348.1", JANUARY, &["o"]), &new), Some(28));
        assert_eq!(days(&image(&["o"]), &new), None);
    }
}

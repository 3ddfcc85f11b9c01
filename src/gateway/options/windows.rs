//! The client's settings for Windows images: `FANLIGHT_*` arguments.

use std::collections::BTreeMap;

use super::ErrorKind;
use crate::go::number::parse_bool;
use crate::image::{Build, Reference, Wanted};
use crate::list;
use crate::suggest::Hint;

/// Selects the Windows versions to build, as comma-separated names or builds.
const VERSIONS: &str = "FANLIGHT_VERSIONS";
/// `0` builds every layer on its base.
pub const LAZY: &str = "FANLIGHT_LAZY";
/// Names the seed, if the frontend's own image has none.
pub const SEED: &str = "FANLIGHT_SEED";
/// Windows hosts that must find an image in the result, comma-separated.
pub const HOSTS: &str = "FANLIGHT_HOSTS";

/// `0` leaves out the labels that name the base of an image.
pub const LABELS: &str = "FANLIGHT_LABELS";

/// `0` skips the check of the files of Windows images, `1` also checks those from imported caches.
const VERIFY: &str = "FANLIGHT_VERIFY";

/// Names a pushed image that a plan compares the build with.
pub const AGAINST: &str = "FANLIGHT_AGAINST";
/// Names a pushed image to move to the current bases.
pub const REBASE: &str = "FANLIGHT_REBASE";
/// Names the bases that it was built on, if they cannot be determined.
pub const REBASE_FROM: &str = "FANLIGHT_REBASE_FROM";

/// All arguments, for messages.
pub(super) const KNOWN: [&str; 9] =
    [AGAINST, HOSTS, LABELS, LAZY, REBASE, REBASE_FROM, SEED, VERIFY, VERSIONS];

/// The prefix of all arguments.
const PREFIX: &str = "FANLIGHT_";

/// How Windows images are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsOptions {
    /// The versions to build; `None` for all.
    pub versions: Option<Vec<Wanted>>,
    /// Layers are built without their bases, if the engine supports it.
    pub lazy: bool,
    /// The image that layers are built on.
    pub seed: Option<Reference>,
    /// Names of hosts that must find an image: see [`crate::windows::hosts::Host::find`].
    pub hosts: Vec<String>,
    /// Images get labels that name their base.
    pub labels: bool,
    /// Whether the files of images are checked; `None` if the client does not say.
    pub verify: Option<bool>,
    /// The pushed image that a plan compares the build with.
    pub against: Option<Reference>,
    /// The pushed image that is moved to the current bases instead of a build.
    pub rebase: Option<Reference>,
    /// The bases that it was built on, as far as the client names them.
    pub rebase_from: Vec<Reference>,
}

impl WindowsOptions {
    pub(super) fn parse(build_args: &BTreeMap<String, String>) -> Result<Self, ErrorKind> {
        if let Some(key) = build_args.keys().find(|key| is_unknown(key)) {
            let upper = key.to_uppercase();
            let hint = if KNOWN.contains(&upper.as_str()) {
                Some(Hint::new(upper))
            } else {
                Hint::search(&upper, &KNOWN)
            };
            return Err(ErrorKind::UnknownArgument { key: key.clone(), hint });
        }
        let text = |key: &str| build_args.get(key).map_or("", |value| value.trim());
        // An unset variable of a pipeline must not turn a rebase into a build, or a gate off.
        for key in [AGAINST, HOSTS, REBASE] {
            if build_args.contains_key(key) && text(key).is_empty() {
                return Err(ErrorKind::Empty { name: key });
            }
        }
        let one = |key: &'static str| match text(key) {
            "" => Ok(None),
            name => reference(key, name).map(Some),
        };
        let rebase_from = references(REBASE_FROM, text(REBASE_FROM))?;
        if !rebase_from.is_empty() && text(REBASE).is_empty() && text(AGAINST).is_empty() {
            return Err(ErrorKind::RebaseFromAlone);
        }
        Ok(Self {
            versions: versions(text(VERSIONS))?,
            lazy: switch(LAZY, text(LAZY))?,
            hosts: elements(HOSTS, text(HOSTS))?,
            seed: one(SEED)?,
            labels: switch(LABELS, text(LABELS))?,
            verify: if text(VERIFY).is_empty() { None } else { Some(switch(VERIFY, text(VERIFY))?) },
            against: one(AGAINST)?,
            rebase: one(REBASE)?,
            rebase_from,
        })
    }
}

/// Returns whether an argument is misspelled. Ignoring it silently would build something other than
/// requested.
fn is_unknown(key: &str) -> bool {
    let prefix = key.get(..PREFIX.len()).unwrap_or_default();
    prefix.eq_ignore_ascii_case(PREFIX) && !KNOWN.contains(&key)
}

/// Returns the elements of a list; none of an empty text.
fn elements(name: &'static str, text: &str) -> Result<Vec<String>, ErrorKind> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut elements = Vec::new();
    for element in text.split(',').map(str::trim) {
        if element.is_empty() {
            let error = list::ErrorKind::EmptyElement(text.to_owned());
            return Err(ErrorKind::List { name, error });
        }
        elements.push(element.to_owned());
    }
    Ok(elements)
}

fn versions(list: &str) -> Result<Option<Vec<Wanted>>, ErrorKind> {
    let mut found = Vec::new();
    for name in elements(VERSIONS, list)? {
        let Some(wanted) = Wanted::parse(&name) else {
            return Err(ErrorKind::UnknownVersion { hint: Build::similar(&name), name });
        };
        found.push(wanted);
    }
    Ok((!found.is_empty()).then_some(found))
}

/// Parses a switch that is on by default.
fn switch(name: &'static str, text: &str) -> Result<bool, ErrorKind> {
    if text.is_empty() {
        return Ok(true);
    }
    parse_bool(text).map_err(|_| ErrorKind::Switch { name, text: text.to_owned() })
}

fn reference(name: &'static str, text: &str) -> Result<Reference, ErrorKind> {
    let parsed = Reference::parse_normalized(text).map(Reference::tag_name_only);
    parsed.map_err(|error| ErrorKind::Reference { name, text: text.to_owned(), error })
}

/// Parses a reference, or a list of them as in FROM.
fn references(name: &'static str, text: &str) -> Result<Vec<Reference>, ErrorKind> {
    if !list::is_list(text) {
        return text.split_whitespace().map(|one| reference(name, one)).collect();
    }
    let elements = list::elements(text).map_err(|error| ErrorKind::List { name, error })?;
    elements.iter().map(|one| reference(name, one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(key: &str, value: &str) -> Result<WindowsOptions, String> {
        let args = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        WindowsOptions::parse(&args).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let known = KNOWN.join(", ");
        for (key, value, error) in [
            (
                "FANLIGHT_VERSION",
                "ltsc2022",
                format!(
                    "unknown build argument FANLIGHT_VERSION (did you mean FANLIGHT_VERSIONS?): available: {known}"
                ),
            ),
            (
                "fanlight_lazy",
                "0",
                format!(
                    "unknown build argument fanlight_lazy (did you mean FANLIGHT_LAZY?): available: {known}"
                ),
            ),
            ("FANLIGHT_LAZY", "no", "FANLIGHT_LAZY: \"no\" is not a boolean: write 1 or 0".to_owned()),
            (
                "FANLIGHT_VERSIONS",
                "ltcs2022",
                format!(
                    "FANLIGHT_VERSIONS: unknown Windows version \"ltcs2022\" (did you mean ltsc2022?): write a build such as 20348 or 10.0.20348, or one of {}",
                    Build::names()
                ),
            ),
        ] {
            assert_eq!(parse(key, value).unwrap_err(), error);
        }
        for (key, value, error) in [
            ("FANLIGHT_REBASE", "", "FANLIGHT_REBASE is empty"),
            ("FANLIGHT_AGAINST", " ", "FANLIGHT_AGAINST is empty"),
            ("FANLIGHT_HOSTS", "", "FANLIGHT_HOSTS is empty"),
            (
                "FANLIGHT_HOSTS",
                "2019, ,2022",
                "FANLIGHT_HOSTS: the list \"2019, ,2022\" has an empty element",
            ),
            (
                "FANLIGHT_VERSIONS",
                "ltsc2022,",
                "FANLIGHT_VERSIONS: the list \"ltsc2022,\" has an empty element",
            ),
            ("FANLIGHT_VERSIONS", "2022", "(did you mean ltsc2022?)"),
            ("FANLIGHT_REBASE_FROM", "a:1", "FANLIGHT_REBASE_FROM needs"),
            ("fanlight_hosts", "2022", "(did you mean FANLIGHT_HOSTS?)"),
        ] {
            let text = parse(key, value).unwrap_err();
            assert!(text.contains(error), "{text}");
        }
        assert_eq!(parse("FANLIGHT_HOSTS", " 2019, 2022").unwrap().hosts, ["2019", "2022"]);
        assert_eq!(parse("FANLIGHT_VERSIONS", "").unwrap().versions, None);
        assert!(parse("OTHER", "x").is_ok());
    }
}

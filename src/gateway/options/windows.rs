//! What the client says about Windows images: `FANLIGHT_*` arguments.

use std::collections::BTreeMap;

use super::ErrorKind;
use crate::go::number::parse_bool;
use crate::image::{Build, Reference, Wanted};
use crate::suggest::Hint;

/// Builds only these Windows versions, as names or builds with commas.
const VERSIONS: &str = "FANLIGHT_VERSIONS";
/// `0` makes every layer on its base.
pub const LAZY: &str = "FANLIGHT_LAZY";
/// Names the seed, where the frontend's own image has none.
pub const SEED: &str = "FANLIGHT_SEED";
/// Windows hosts that have to find an image in the result, with commas.
pub const HOSTS: &str = "FANLIGHT_HOSTS";

/// Every argument, for messages.
pub(super) const KNOWN: [&str; 4] = [HOSTS, LAZY, SEED, VERSIONS];

/// What all of them begin with.
const PREFIX: &str = "FANLIGHT_";

/// How Windows images are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsOptions {
    /// Only these versions; none for all.
    pub versions: Option<Vec<Wanted>>,
    /// Layers are made without their bases, where the engine can.
    pub lazy: bool,
    /// The image that layers are made on.
    pub seed: Option<Reference>,
    /// Names of hosts that have to find an image: see [`crate::windows::host::Host::find`].
    pub hosts: Vec<String>,
}

impl WindowsOptions {
    pub(super) fn parse(build_args: &BTreeMap<String, String>) -> Result<Self, ErrorKind> {
        if let Some(key) = build_args.keys().find(|key| is_unknown(key)) {
            return Err(ErrorKind::UnknownArgument { key: key.clone(), hint: Hint::search(key, &KNOWN) });
        }
        let text = |key: &str| build_args.get(key).map_or("", |value| value.trim());
        let seed = text(SEED);
        Ok(Self {
            versions: versions(text(VERSIONS))?,
            lazy: lazy(text(LAZY))?,
            hosts: elements(text(HOSTS)).map(str::to_owned).collect(),
            seed: if seed.is_empty() { None } else { Some(reference(seed)?) },
        })
    }
}

/// A misspelled argument would be ignored in silence, and build something else than is asked for.
fn is_unknown(key: &str) -> bool {
    let prefix = key.get(..PREFIX.len()).unwrap_or_default();
    prefix.eq_ignore_ascii_case(PREFIX) && !KNOWN.contains(&key)
}

fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn versions(list: &str) -> Result<Option<Vec<Wanted>>, ErrorKind> {
    let unknown =
        |name: &str| ErrorKind::UnknownVersion { name: name.to_owned(), hint: Build::similar(name) };
    let wanted = |name: &str| Wanted::parse(name).ok_or_else(|| unknown(name));
    let found: Vec<Wanted> = elements(list).map(wanted).collect::<Result<_, _>>()?;
    Ok((!found.is_empty()).then_some(found))
}

fn lazy(text: &str) -> Result<bool, ErrorKind> {
    if text.is_empty() { Ok(true) } else { parse_bool(text).map_err(|_| ErrorKind::Lazy(text.to_owned())) }
}

fn reference(text: &str) -> Result<Reference, ErrorKind> {
    let parsed = Reference::parse_normalized(text).map(Reference::tag_name_only);
    parsed.map_err(|error| ErrorKind::Seed { text: text.to_owned(), error })
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
        let known = "FANLIGHT_HOSTS, FANLIGHT_LAZY, FANLIGHT_SEED, FANLIGHT_VERSIONS";
        for (key, value, error) in [
            (
                "FANLIGHT_VERSION",
                "ltsc2022",
                format!(
                    "unknown build argument FANLIGHT_VERSION (did you mean FANLIGHT_VERSIONS?): available: {known}"
                ),
            ),
            ("fanlight_lazy", "0", format!("unknown build argument fanlight_lazy: available: {known}")),
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
        assert_eq!(parse("FANLIGHT_HOSTS", " 2019, ,2022").unwrap().hosts, ["2019", "2022"]);
        assert!(parse("OTHER", "x").is_ok());
    }
}

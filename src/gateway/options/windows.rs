//! What the client says about Windows images: `FANLIGHT_*` arguments.

use std::collections::BTreeMap;

use super::ErrorKind;
use crate::go::number::parse_bool;
use crate::image::{Reference, Wanted};
use crate::list;

/// Builds only these Windows versions, as names or builds with commas.
const VERSIONS: &str = "FANLIGHT_VERSIONS";
/// `0` makes every layer on its base.
pub const LAZY: &str = "FANLIGHT_LAZY";
/// Names the seed, where the frontend's own image has none.
pub const SEED: &str = "FANLIGHT_SEED";

/// `0` leaves out the labels that say what an image stands on.
pub const LABELS: &str = "FANLIGHT_LABELS";

/// Names a pushed image that a plan compares the build with.
pub const AGAINST: &str = "FANLIGHT_AGAINST";
/// Names a pushed image that is moved to the present bases.
pub const REBASE: &str = "FANLIGHT_REBASE";
/// Names the bases that it was built on, where they cannot be told.
pub const REBASE_FROM: &str = "FANLIGHT_REBASE_FROM";

/// How Windows images are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsOptions {
    /// Only these versions; none for all.
    pub versions: Option<Vec<Wanted>>,
    /// Layers are made without their bases, where the engine can.
    pub lazy: bool,
    /// The image that layers are made on.
    pub seed: Option<Reference>,
    /// Images get labels that say what they stand on.
    pub labels: bool,
    /// The pushed image that a plan compares the build with.
    pub against: Option<Reference>,
    /// The pushed image that is moved to the present bases in place of a build.
    pub rebase: Option<Reference>,
    /// The bases that it was built on, as far as the client names them.
    pub rebase_from: Vec<Reference>,
}

impl WindowsOptions {
    pub(super) fn parse(build_args: &BTreeMap<String, String>) -> Result<Self, ErrorKind> {
        let text = |key: &str| build_args.get(key).map_or("", |value| value.trim());
        let one = |key: &'static str| match text(key) {
            "" => Ok(None),
            name => reference(key, name).map(Some),
        };
        Ok(Self {
            versions: versions(text(VERSIONS))?,
            lazy: switch(LAZY, text(LAZY))?,
            seed: one(SEED)?,
            labels: switch(LABELS, text(LABELS))?,
            against: one(AGAINST)?,
            rebase: one(REBASE)?,
            rebase_from: references(REBASE_FROM, text(REBASE_FROM))?,
        })
    }
}

fn versions(list: &str) -> Result<Option<Vec<Wanted>>, ErrorKind> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wanted = |name: &str| Wanted::parse(name).ok_or_else(|| ErrorKind::UnknownVersion(name.to_owned()));
    let found: Vec<Wanted> = names.map(wanted).collect::<Result<_, _>>()?;
    Ok((!found.is_empty()).then_some(found))
}

/// A switch that is on where nothing is said.
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

/// A reference, or a list of them as in FROM.
fn references(name: &'static str, text: &str) -> Result<Vec<Reference>, ErrorKind> {
    if !list::is_list(text) {
        return text.split_whitespace().map(|one| reference(name, one)).collect();
    }
    let elements = list::elements(text).map_err(|error| ErrorKind::List { name, error })?;
    elements.iter().map(|one| reference(name, one)).collect()
}

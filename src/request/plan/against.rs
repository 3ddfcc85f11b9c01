//! The part of a plan that compares the build with a pushed image.

use super::text::{or_dash, section};
use crate::image::Platform;
use crate::request::json::Json;

/// The images of a build and of a pushed index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// The reference of the index, with its digest.
    pub reference: String,
    /// The images of the build in its order, then those that exist only in the pushed index.
    pub variants: Vec<Compared>,
}

/// The comparison of an image with the pushed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Its platform.
    pub platform: Platform,
    /// The ID of the build's image; empty if the build has none.
    pub image: String,
    /// The digest of the pushed image; empty if there is none, or if its index could not be read.
    pub digest: String,
    /// The base as written.
    pub base: String,
    /// The result of the comparison.
    pub state: State,
    /// The `os.version` of the pushed image's base.
    pub from: String,
    /// The `os.version` of the current base.
    pub to: String,
    /// The number of days by which the pushed image's base is older than the current one, if both dates are
    /// known.
    pub days: Option<i64>,
    /// The day on which the support of the version ended, if it did.
    pub support_ended: Option<&'static str>,
}

/// The result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is based on the current base.
    Current,
    /// It is based on an older base.
    Behind,
    /// It is based on a newer base.
    Ahead,
    /// It is based on a different base.
    Other,
    /// It is not pushed.
    Missing,
    /// Only the pushed index contains it.
    Dropped,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Behind => "behind",
            Self::Ahead => "ahead",
            Self::Other => "other",
            Self::Missing => "missing",
            Self::Dropped => "dropped",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Behind => "behind",
            Self::Ahead => "on a newer base",
            Self::Other => "on another base",
            Self::Missing => "not pushed",
            Self::Dropped => "no longer built",
        }
    }
}

impl Against {
    pub(super) fn write(&self, json: &mut Json) {
        json.item("reference", &self.reference);
        json.list("variants", &self.variants, |json, variant| {
            json.item("platform", &variant.platform);
            json.field("image", &variant.image);
            json.field("digest", &variant.digest);
            json.field("base", &variant.base);
            json.item("state", &variant.state.name());
            json.field("from", &variant.from);
            json.field("to", &variant.to);
            json.field("days", &variant.days);
            json.field("supportEnded", &variant.support_ended);
        });
    }

    pub(super) fn text(&self, out: &mut String) {
        let rows = self.variants.iter().map(|variant| {
            let days = variant.days.map_or_else(String::new, |days| days.to_string());
            let ended = variant
                .support_ended
                .map_or_else(String::new, |date| format!(", out of support since {date}"));
            format!(
                "{}\t{}\t{}\t{}\t{}{ended}\n",
                variant.platform.format(),
                or_dash(&variant.from),
                or_dash(&variant.to),
                or_dash(&days),
                variant.state.words()
            )
        });
        let name = self.reference.split('@').next().unwrap_or_default();
        section(out, &format!("AGAINST {name}"), "PLATFORM\tBUILT ON\tBASE NOW\tDAYS\tSTATE\n", rows);
    }
}

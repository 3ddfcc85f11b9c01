//! The part of a plan that compares with a pushed image.

use super::text::{or_dash, section};
use crate::image::Platform;
use crate::request::json::Json;

/// The images of a build and of a pushed index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// The index, with its digest.
    pub reference: String,
    /// Those of the build in its order, then those that are only pushed.
    pub variants: Vec<Compared>,
}

/// How an image stands to the one that is pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Its platform.
    pub platform: Platform,
    /// The ID of the build's image; empty where it has none.
    pub image: String,
    /// The digest of the pushed image; empty where there is none, or its index could not be read.
    pub digest: String,
    /// The base as it is written.
    pub base: String,
    /// The comparison.
    pub state: State,
    /// The `os.version` that the pushed image stands on.
    pub from: String,
    /// The `os.version` of the present base.
    pub to: String,
    /// How many days older the pushed image's base is than the present one, where both are known.
    pub days: Option<i64>,
    /// The day on which the support of the version ended, where it has.
    pub support_ended: Option<&'static str>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It stands on the present base.
    Current,
    /// It stands on an older one.
    Behind,
    /// It stands on a newer one.
    Ahead,
    /// It stands on another one.
    Other,
    /// It is not pushed.
    Missing,
    /// Only the pushed index has it.
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
        section(out, &format!("AGAINST {name}"), "PLATFORM\tSTANDS ON\tBASE NOW\tDAYS\tSTATE\n", rows);
    }
}

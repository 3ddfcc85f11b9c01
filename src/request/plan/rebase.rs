//! The part of a plan that moves a pushed image to other bases.

use super::text::{or_dash, section};
use crate::request::json::Json;

/// A rebase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The pushed index, with its digest.
    pub reference: String,
    /// The change of each image of the result, in its order.
    pub images: Vec<MovedImage>,
}

/// An image that is created from a pushed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedImage {
    /// Its ID in the result.
    pub image: String,
    /// The platform of the pushed image.
    pub from: String,
    /// The digest of the pushed image; empty if its index could not be read.
    pub digest: String,
    /// The current base of the pushed image, with its digest; empty for an image that is copied unchanged.
    pub old_base: String,
    /// The new base of the image, with its digest; empty for an image that is copied unchanged.
    pub new_base: String,
    /// The number of layers that are kept: all except those of the base.
    pub layers: usize,
    /// The kind of change.
    pub change: Change,
}

/// The change of a pushed image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// None: it is already based on the current base.
    Current,
    /// It moves to the current base of its version.
    Moved,
    /// It moves to a base of another version.
    Widened,
    /// None: it is not for Windows.
    AsItIs,
}

impl Change {
    const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Moved => "moved",
            Self::Widened => "widened",
            Self::AsItIs => "asItIs",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Current => "is on the current base",
            Self::Moved => "moves to the current base",
            Self::Widened => "is created for another version",
            Self::AsItIs => "is copied as it is",
        }
    }
}

impl Rebase {
    pub(super) fn write(&self, json: &mut Json) {
        json.item("reference", &self.reference);
        json.list("images", &self.images, |json, image| {
            json.item("image", &image.image);
            json.item("from", &image.from);
            json.field("digest", &image.digest);
            json.field("oldBase", &image.old_base);
            json.field("newBase", &image.new_base);
            json.item("layers", &u64::try_from(image.layers).unwrap_or(u64::MAX));
            json.item("change", &image.change.name());
        });
    }

    pub(super) fn text(&self, out: &mut String) {
        let short = |base: &String| or_dash(base.split('@').next().unwrap_or_default()).to_owned();
        let rows = self.images.iter().enumerate().map(|(index, image)| {
            let (old, new) = (short(&image.old_base), short(&image.new_base));
            let (from, change) = (&image.from, image.change.words());
            format!("{}\t{from}\t{old}\t{new}\t{}\t{change}\n", index + 1, image.layers)
        });
        let name = self.reference.split('@').next().unwrap_or_default();
        section(
            out,
            &format!("REBASE OF {name}"),
            "#\tFROM\tOLD BASE\tNEW BASE\tLAYERS KEPT\tCHANGE\n",
            rows,
        );
    }
}

//! Moves a pushed image to another Windows base: what is kept of the image, and whether that is safe.
//!
//! ```text
//! image = merge(new base, diff(old base, pushed image))
//! ```
//!
//! From this, BuildKit writes the layers of the new base and, above them, the very blobs of the pushed image, without
//! reading any of them, as long as the old base's layers are the first of the image's. If they are not, BuildKit
//! reports nothing, unpacks everything and writes one wrong layer. So [`stands_on`] is checked first, and whatever is
//! not certain is refused ([`ErrorKind`]). This module does no I/O; images are looked up in [`crate::frontend`].

mod config;
mod error;
mod history;
mod sibling;
mod standing;

pub use config::{add_empty_layer, on_base};
pub use error::ErrorKind;
pub use history::own_history;
pub use sibling::{Sibling, choose, differ};
pub use standing::{Standing, days, standing};

use crate::image::Image;

/// Returns whether the layers of `lower` are the first of `upper`'s. An image without layers is never a base.
#[must_use]
pub fn stands_on(upper: &Image, lower: &Image) -> bool {
    let [upper, lower] = [upper, lower].map(diff_ids);
    !lower.is_empty() && upper.starts_with(lower)
}

/// Returns how many layers an image has above its base.
#[must_use]
pub fn own_layers(image: &Image, base: &Image) -> usize {
    diff_ids(image).len().saturating_sub(diff_ids(base).len())
}

fn diff_ids(image: &Image) -> &[String] {
    image.rootfs.diff_ids.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn image(diff_ids: &[&str]) -> Image {
        let mut image = Image::default();
        image.rootfs.diff_ids = Some(diff_ids.iter().map(|id| (*id).to_owned()).collect());
        image
    }

    #[test]
    fn a_base_is_the_first_layers_of_an_image() {
        let app = image(&["1", "2", "3"]);
        for (base, expected) in
            [(&["1", "2"][..], true), (&["1", "2", "3"], true), (&["2"], false), (&[], false)]
        {
            assert_eq!(stands_on(&app, &image(base)), expected, "{base:?}");
        }
        assert!(!stands_on(&app, &Image::default()));
        assert!(!stands_on(&image(&["1"]), &image(&["1", "2"])));
        assert_eq!(own_layers(&app, &image(&["1", "2"])), 1);
    }
}

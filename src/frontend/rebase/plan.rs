//! The plan of a rebase.

use super::{Moved, Prepared, against, prepare};
use crate::frontend::additions;
use crate::frontend::build::Build;
use crate::gateway::{BuildResult, Error};
use crate::request::plan::rebase::{Change, MovedImage, Rebase};
use crate::request::plan::{self as request, Base, BaseKind, Image, Place};
use crate::span::first_line;

/// Answers `frontend.plan` for a rebase.
///
/// # Errors
///
/// Returns an error if any of the images cannot be moved.
pub(in crate::frontend) async fn plan(build: &Build<'_>) -> Result<BuildResult, Error> {
    let (pushed, images) = prepare(build).await?;
    let against = match &build.options.windows.against {
        Some(named) => {
            let bases: Vec<_> = images
                .iter()
                .filter_map(|image| Some((image.id(), image.moved.as_ref()?.new.clone())))
                .collect();
            Some(against(build, named, &bases).await?)
        }
        None => None,
    };
    let moved = images.iter().map(Prepared::change).collect();
    let rebase = Rebase { reference: pushed.reference.to_string(), images: moved };
    let images: Vec<Image> = images.iter().map(Prepared::image).collect();
    let known = additions::look_up(build, &images).await;
    Ok(request::plan(images, &known, against, Some(rebase)))
}

impl Prepared<'_> {
    fn change(&self) -> MovedImage {
        let moved = self.moved.as_ref();
        let layers = self.from.image.rootfs.diff_ids.as_deref().unwrap_or_default().len();
        MovedImage {
            image: self.id(),
            from: self.from.platform.format_all(),
            digest: self.from.reference.digest().unwrap_or_default().to_owned(),
            old_base: moved.map_or_else(String::new, |moved| moved.old.reference.to_string()),
            new_base: moved.map_or_else(String::new, |moved| moved.new.base.reference.to_string()),
            layers: moved.map_or(layers, |moved| moved.kept),
            change: moved.map_or(Change::AsItIs, |moved| moved.change(self)),
        }
    }

    fn image(&self) -> Image {
        let stage = self.moved.as_ref().and_then(|moved| moved.new.from);
        let line = self.moved.as_ref().map_or(0, |moved| first_line(&moved.new.location));
        let (name, reference) = match &self.moved {
            Some(moved) => (moved.new.written.clone(), moved.new.base.reference.to_string()),
            None => (self.from.of.familiar(), self.from.reference.to_string()),
        };
        Image {
            id: self.id(),
            platform: self.platform.clone(),
            target: Place { name: stage.map(|stage| stage.name.clone()).unwrap_or_default(), line },
            base: Base { kind: BaseKind::Image, name, reference, line },
            steps: Vec::new(),
            layers: Vec::new(),
            reads: Vec::new(),
            stages: Vec::new(),
            refused: Vec::new(),
            why_on_base: String::new(),
        }
    }
}

impl Moved<'_> {
    fn change(&self, image: &Prepared<'_>) -> Change {
        if self.is_current(&image.from) {
            return Change::Current;
        }
        if super::is_for(&self.new, &image.from) { Change::Moved } else { Change::Widened }
    }
}

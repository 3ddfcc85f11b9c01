//! Base images that a plan suggests adding, so that a host finds an image.

use super::build::Build;
use crate::gateway::ResolveImage;
use crate::image::{Image, Platform};
use crate::request::plan::{self, Addition, Existence};
use crate::wait;

/// Looks up whether the base images exist that a plan would suggest adding.
pub(super) async fn look_up(build: &Build<'_>, images: &[plan::Image]) -> Vec<(Addition, Existence)> {
    let one = |addition: Addition| async move {
        let query = ResolveImage {
            reference: addition.base.clone(),
            platform: Some(Platform::new("windows", &addition.architecture)),
            resolve_mode: build.options.resolve_mode,
            log_name: format!("[internal] load metadata for {}", addition.base),
            store: None,
        };
        let existence = match build.bridge.sources().image(query).await {
            Ok(answer) => match Image::parse(&answer.config) {
                Ok(image) if image.platform.architecture == addition.architecture => Existence::There,
                Ok(_) => Existence::Missing,
                Err(_) => Existence::Unknown,
            },
            Err(error) if error.is_not_found() => Existence::Missing,
            Err(_) => Existence::Unknown,
        };
        (addition, existence)
    };
    wait::all(plan::additions(images).into_iter().map(one)).await
}

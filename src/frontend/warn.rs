//! Warnings during a build.

use futures_util::future::join_all;

use super::file::File;
use crate::gateway::{Bridge, Error};
use crate::lint;
use crate::proto::{frontend, pb};
use crate::span::Range;

/// Sends what the checks found, with its places.
pub(super) async fn lint(bridge: &Bridge, file: &File) -> Result<(), Error> {
    let warnings = file.lint.warnings();
    let sent = warnings.iter().map(|warning| async move {
        let line = warning.location.first().map_or(0, |range| range.start.line);
        let text = lint::message::short(warning.rule.name, &warning.message, line);
        send(bridge, file, &text, warning.rule.description, warning.rule.url, &warning.location).await
    });
    join_all(sent).await.into_iter().collect()
}

/// Sends one warning.
pub(super) async fn send(
    bridge: &Bridge,
    file: &File,
    text: &str,
    detail: &str,
    url: &str,
    location: &[Range],
) -> Result<(), Error> {
    let request = frontend::WarnRequest {
        digest: file.source.head.clone(),
        level: 1,
        short: text.as_bytes().to_vec(),
        detail: vec![detail.as_bytes().to_vec()],
        url: url.to_owned(),
        info: Some(file.source.map.to_pb()),
        ranges: location.iter().map(|range| pb::Range::from(*range)).collect(),
    };
    bridge.warn(request).await
}

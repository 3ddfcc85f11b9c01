//! Warnings during a build.

use futures_util::future::join_all;

use crate::gateway::context::DockerfileSource;
use crate::gateway::{Bridge, Error};
use crate::lint::{self, Linter};
use crate::proto::{frontend, pb};
use crate::span::Range;

/// Sends what the checks found, with its places.
pub(super) async fn lint(bridge: &Bridge, source: &DockerfileSource, lint: &Linter) -> Result<(), Error> {
    let warnings = lint.warnings();
    let sent = warnings.iter().map(|warning| async move {
        let line = warning.location.first().map_or(0, |range| range.start.line);
        let text = lint::message::short(warning.rule.name, &warning.message, line);
        send(bridge, source, &text, warning.rule.description, warning.rule.url, &warning.location).await
    });
    join_all(sent).await.into_iter().collect()
}

/// Sends one warning.
pub(super) async fn send(
    bridge: &Bridge,
    source: &DockerfileSource,
    text: &str,
    detail: &str,
    url: &str,
    location: &[Range],
) -> Result<(), Error> {
    let request = frontend::WarnRequest {
        digest: source.head.clone(),
        level: 1,
        short: text.as_bytes().to_vec(),
        detail: vec![detail.as_bytes().to_vec()],
        url: url.to_owned(),
        info: Some(source.map.to_pb()),
        ranges: location.iter().map(|range| pb::Range::from(*range)).collect(),
    };
    bridge.warn(request).await
}

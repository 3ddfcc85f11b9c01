//! Forwards the build to another frontend, which `# syntax=` or `BUILDKIT_SYNTAX` names.

use crate::gateway::context::DockerfileSource;
use crate::gateway::options::Options;
use crate::gateway::{Bridge, BuildResult, Error, SolveRequest};
use crate::span::Range;
use crate::syntax;

/// The option that names a frontend for the whole build.
const SYNTAX_ARG: &str = "build-arg:BUILDKIT_SYNTAX";

/// A frontend to forward the build to.
pub(super) struct Forward {
    image: String,
    command_line: String,
    /// Where the Dockerfile names it; `None` if the client does.
    location: Option<Range>,
}

/// Returns the frontend to forward the build to, unless this frontend was itself started for a syntax line.
pub(super) fn wanted(options: &Options, text: &[u8]) -> Option<Forward> {
    if options.raw.contains_key("cmdline") {
        return None;
    }
    if let Some(command_line) = options.raw.get(SYNTAX_ARG) {
        let image = command_line.trim().split(' ').next().unwrap_or_default().to_owned();
        return Some(Forward { image, command_line: command_line.clone(), location: None });
    }
    let directive = syntax::detect_syntax(text)?;
    Some(Forward {
        image: directive.value,
        command_line: directive.command_line,
        location: Some(directive.location),
    })
}

impl Forward {
    /// Builds with the other frontend (upstream's `forwardGateway`).
    pub(super) async fn run(
        self,
        bridge: &Bridge,
        options: &Options,
        source: &DockerfileSource,
    ) -> Result<BuildResult, Error> {
        let mut forwarded = options.raw.clone();
        forwarded.insert("cmdline".to_owned(), self.command_line.clone());
        forwarded.insert("source".to_owned(), self.image);
        let request = SolveRequest {
            frontend: "gateway.v0".to_owned(),
            options: forwarded,
            inputs: bridge.inputs().await?.as_ref().clone(),
            ..SolveRequest::default()
        };
        bridge.solve(request).await.map_err(|failure| match self.location {
            _ if failure.has_source() => failure,
            Some(location) => failure.with_source(&source.map.to_pb(), &[location]),
            None => failure.context(format_args!("failed with {SYNTAX_ARG} = {}", self.command_line)),
        })
    }
}

//! The Dockerfile of a build: its text, what it says, and what was found in it.

use crate::expand::Lexer;
use crate::gateway::Error;
use crate::gateway::context::DockerfileSource;
use crate::gateway::options::Options;
use crate::instruction::{self, Dockerfile};
use crate::lint::{self, Linter};
use crate::span::{Located, Range};
use crate::syntax;

/// A parsed Dockerfile.
pub(super) struct File {
    pub(super) source: DockerfileSource,
    pub(super) dockerfile: Dockerfile,
    pub(super) lexer: Lexer,
    pub(super) lint: Linter,
}

impl File {
    /// Parses the text and checks what can be checked without variables.
    pub(super) fn parse(options: &Options, source: DockerfileSource) -> Result<Self, Error> {
        if source.map.data.is_empty() {
            return Err(Error::new("the Dockerfile cannot be empty"));
        }
        let lint = Linter::new(lint_config(options, &source.map.data)?);
        let locate =
            |failure: Error, locations: &[Vec<Range>]| failure.with_locations(locations, &source.map.to_pb());
        let tree = syntax::parse(&source.map.data).map_err(|e| locate(Error::new(&e.kind), &e.locations))?;
        let dockerfile =
            instruction::parse(&tree, Some(&lint)).map_err(|e| locate(Error::new(&e.kind), &e.locations))?;
        if dockerfile.stages.is_empty() {
            return Err(Error::new("dockerfile contains no stages to build"));
        }
        lint::checks::stages(&dockerfile, &lint);
        let lexer = Lexer::new(dockerfile.escape);
        Ok(Self { source, dockerfile, lexer, lint })
    }

    /// An error of a module below, with its places in this file.
    pub(super) fn failure<K: Into<Error>>(&self, error: Located<K>) -> Error {
        error.kind.into().with_locations(&error.locations, &self.source.map.to_pb())
    }
}

/// Options of the checks: the client's, else the file's own (upstream's `newRuleLinter`).
fn lint_config(options: &Options, text: &[u8]) -> Result<lint::Config, Error> {
    if let Some(config) = &options.check {
        return Ok(config.clone());
    }
    let written = syntax::check_directive(text).map(|directive| directive.value).unwrap_or_default();
    lint::Config::parse(&written).map_err(|e| Error::new(e).context("failed to parse check options"))
}

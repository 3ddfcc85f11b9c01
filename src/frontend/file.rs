//! The Dockerfile of a build: its text, its instructions, and the findings.

use super::warn;
use crate::expand::Lexer;
use crate::gateway::context::DockerfileSource;
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error};
use crate::instruction::{self, Dockerfile, Kind};
use crate::lint::{self, Linter, windows as rule};
use crate::span::{Located, Range};
use crate::suggest::Hint;
use crate::syntax;

/// A parsed Dockerfile.
pub(super) struct File {
    pub(super) source: DockerfileSource,
    pub(super) dockerfile: Dockerfile,
    pub(super) lexer: Lexer,
    pub(super) lint: Linter,
}

impl File {
    /// Parses the text, runs the checks that need no variables, and sends their warnings. They are sent this early
    /// because some clients do not show a warning that comes at the end of a build.
    pub(super) async fn parse(
        bridge: &Bridge,
        options: &Options,
        source: DockerfileSource,
    ) -> Result<Self, Error> {
        let lint = linter(options, &source)?;
        let outcome = Self::parse_with(options, lint.clone(), source.clone());
        warn::lint(bridge, &source, &lint).await?;
        outcome
    }

    /// Like [`Self::parse`], but leaves reporting to the caller, who holds a clone of `lint`.
    pub(super) fn parse_with(
        options: &Options,
        lint: Linter,
        source: DockerfileSource,
    ) -> Result<Self, Error> {
        let locate =
            |failure: Error, locations: &[Vec<Range>]| failure.with_locations(locations, &source.map.to_pb());
        let tree = syntax::parse(&source.map.data).map_err(|e| locate(Error::new(&e.kind), &e.locations))?;
        for warning in &tree.warnings {
            let rule = &lint::rule::NO_EMPTY_CONTINUATION;
            lint.run(rule, &[warning.location], lint::message::no_empty_continuation());
        }
        let for_windows = options.target_platforms.iter().any(|platform| platform.is_windows());
        let dockerfile = instruction::parse(&tree, Some(&lint)).map_err(|e| {
            let advice = if for_windows { e.kind.advice_for_windows() } else { "" };
            locate(Error::new(&e.kind).suffix(advice), &e.locations)
        })?;
        if dockerfile.stages.is_empty() {
            return Err(Error::new("dockerfile contains no stages to build"));
        }
        instruction::check::stages(&dockerfile, &lint);
        if for_windows {
            check_arguments(&dockerfile, options, &lint);
        }
        let lexer = Lexer::new(dockerfile.escape);
        Ok(Self { source, dockerfile, lexer, lint })
    }

    /// Converts an error of a lower module, with its locations in this file.
    pub(super) fn failure<K: Into<Error>>(&self, error: Located<K>) -> Error {
        error.kind.into().with_locations(&error.locations, &self.source.map.to_pb())
    }
}

/// Reports build arguments that are not declared, but similar to a global ARG: a list of versions may be given to a
/// misspelled name.
fn check_arguments(dockerfile: &Dockerfile, options: &Options, lint: &Linter) {
    // Shorter names are too similar to tell.
    const MIN_NAME_LEN: usize = 5;
    // Each argument is compared with each global ARG: more are not looked at.
    const MAX_ARGUMENTS: usize = 100;
    let globals = dockerfile.global_args.iter().take(MAX_ARGUMENTS);
    for key in options.build_args.keys().take(MAX_ARGUMENTS).filter(|key| !declares(dockerfile, key)) {
        for global in globals.clone() {
            for arg in global.args.iter().filter(|arg| arg.key.len() >= MIN_NAME_LEN) {
                if let Some(hint) = Hint::search(key, &[&arg.key]) {
                    let hint = Hint::show(Some(&hint));
                    lint.run(&rule::ARGUMENT, &global.location, rule::argument(key, &hint));
                }
            }
        }
    }
}

/// Returns whether an ARG declares an argument, before the first FROM or in a stage.
fn declares(dockerfile: &Dockerfile, key: &str) -> bool {
    dockerfile.global_args.iter().any(|global| global.args.iter().any(|arg| arg.key == key))
        || dockerfile.stages.iter().any(|stage| {
            stage.instructions.iter().any(|instruction| match &instruction.kind {
                Kind::Arg(args) => args.iter().any(|arg| arg.key == key),
                _ => false,
            })
        })
}

/// Creates the linter, with the client's options, or else the file's own (upstream's `newRuleLinter`).
pub(super) fn linter(options: &Options, source: &DockerfileSource) -> Result<Linter, Error> {
    let text = &source.map.data;
    if text.is_empty() {
        return Err(Error::new("the Dockerfile cannot be empty"));
    }
    if let Some(config) = &options.check {
        return Ok(Linter::new(config.clone()));
    }
    let written = syntax::check_directive(text).map(|directive| directive.value).unwrap_or_default();
    let config = lint::Config::parse(&written);
    config.map(Linter::new).map_err(|e| Error::new(e).context("failed to parse check options"))
}

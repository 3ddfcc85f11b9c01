//! The Dockerfile of a build: its text, its instructions, and the findings.

use std::collections::BTreeSet;

use super::warn;
use crate::expand::Lexer;
use crate::gateway::context::DockerfileSource;
use crate::gateway::options::Options;
use crate::gateway::{Bridge, Error};
use crate::instruction::{self, Dockerfile, Kind};
use crate::lint::{self, Linter, windows as rule};
use crate::span::{Located, Range};
use crate::suggest::{Hint, suggest};
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
    let globals =
        || dockerfile.global_args.iter().flat_map(|global| global.args.iter().map(move |arg| (arg, global)));
    let in_stages = dockerfile.stages.iter().flat_map(|stage| &stage.instructions);
    let in_stages = in_stages.filter_map(|instruction| match &instruction.kind {
        Kind::Arg(args) => Some(args),
        _ => None,
    });
    let names: Vec<&str> = globals().map(|(arg, _)| arg.key.as_str()).collect();
    let declared: BTreeSet<&str> =
        in_stages.flatten().map(|arg| arg.key.as_str()).chain(names.iter().copied()).collect();
    let long: Vec<&str> = names.into_iter().filter(|name| name.len() >= MIN_NAME_LEN).collect();
    for key in options.build_args.keys().filter(|key| !declared.contains(key.as_str())) {
        let similar = suggest(key, long.iter().copied(), true);
        let place = globals().find(|(arg, _)| Some(&arg.key) == similar.as_ref());
        if let (Some(similar), Some((_, global))) = (similar, place) {
            let hint = Hint::show(Some(&Hint::new(similar)));
            lint.run(&rule::ARGUMENT, &global.location, rule::argument(key, &hint));
        }
    }
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

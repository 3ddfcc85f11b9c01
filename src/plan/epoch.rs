//! `SOURCE_DATE_EPOCH`: a number, or the name of something that has a time: the build context, a named context, or a
//! stage that contains only a download.
//!
//! Mirrors `epoch.go` of moby/buildkit's `dockerfile2llb`.

use super::args::BuildArgs;
use super::stage::SCRATCH;
use super::{Error, ErrorKind};
use crate::env::EnvList;
use crate::expand::Lexer;
use crate::gateway::context::Contexts;
use crate::go::number::parse_int;
use crate::go::path;
use crate::image::{Platform, digest};
use crate::instruction::{Add, Dockerfile, Kind, OptionalKeyValue, Stage};
use crate::llb::{Git, Http, Metadata, ResolveMode, State};
use crate::source::{git_ref, is_http};
use crate::syntax::text::equal_fold;

/// The name of the argument.
pub const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// The name that refers to the build context.
const CONTEXT: &str = "context";

/// Sources that an epoch may be taken from.
pub struct Sources<'s> {
    /// The client's contexts.
    pub contexts: &'s Contexts,
    /// The stages.
    pub dockerfile: &'s Dockerfile,
    /// Global arguments.
    pub globals: &'s EnvList,
    /// The client's arguments.
    pub build_args: &'s BuildArgs,
    /// Expansion with the file's escape character.
    pub lexer: &'s Lexer,
    /// True if Git sources note that a branch or tag may move.
    pub git_advice: bool,
}

impl Sources<'_> {
    /// Returns the seconds since 1970 that `text` means; `None` if the text is empty or the source has no time
    /// (upstream's `resolveSourceDateEpochValue`).
    ///
    /// # Errors
    ///
    /// Returns an error if the text does not name anything, if a stage is more than a download, or if a source cannot
    /// be looked up.
    pub async fn epoch(&self, text: &str) -> Result<Option<i64>, Error> {
        if text.is_empty() {
            return Ok(None);
        }
        if let Ok(seconds) = parse_int(text, 10, 64) {
            return Ok(Some(seconds));
        }
        let (state, log_name) = self.source(text).await?;
        let looked_up = self.contexts.time_of(&state, &log_name).await;
        looked_up.map_err(|e| Error::nowhere(ErrorKind::Context(e)))
    }

    async fn source(&self, name: &str) -> Result<(State, String), Error> {
        let failed = |e| Error::nowhere(ErrorKind::Context(e));
        if name == CONTEXT {
            let main = self.contexts.main().await.map_err(failed)?;
            let log_name = "[internal] resolve main build context metadata".to_owned();
            return Ok((main.state(Vec::new()), log_name));
        }
        if let Some(context) = self.contexts.named(name, &Platform::host()).map_err(failed)? {
            let loaded = context.load(None, ResolveMode::Default).await.map_err(failed)?;
            let state = loaded.late.map_or(loaded.state, |local| local.state(Vec::new()));
            return Ok((state, format!("[internal] resolve {EPOCH} named context {name}")));
        }
        let stage = self.dockerfile.stages.iter().find(|stage| equal_fold(&stage.name, name));
        let stage = stage.ok_or_else(|| Error::nowhere(ErrorKind::Epoch(name.to_owned())))?;
        let state = self.stage(stage).map_err(|kind| Error::at(kind, &stage.location))?;
        Ok((state, format!("[internal] resolve {EPOCH} source stage {}", stage.name)))
    }

    /// Returns the single remote source of a stage (upstream's `sourceDateEpochStageSource`).
    fn stage(&self, stage: &Stage) -> Result<State, ErrorKind> {
        let mut env = self.globals.clone();
        env.remove(EPOCH);
        let base = self
            .expand(&stage.base, &env)
            .map_err(|e| ErrorKind::EpochBase { base: stage.base.clone(), source: Box::new(e) })?;
        if base != SCRATCH {
            return Err(ErrorKind::EpochStageBase);
        }
        let mut source = None;
        for instruction in &stage.instructions {
            match &instruction.kind {
                Kind::Arg(args) => self.declare(args, &mut env)?,
                Kind::Add(_) if source.is_some() => return Err(ErrorKind::EpochStageAdd("")),
                Kind::Add(add) => source = Some(self.remote(add, &env)?),
                _ => return Err(ErrorKind::EpochStageInstruction(instruction.word.clone())),
            }
        }
        source.ok_or(ErrorKind::EpochStageAdd(""))
    }

    fn declare(&self, args: &[OptionalKeyValue], env: &mut EnvList) -> Result<(), ErrorKind> {
        for arg in args {
            let value = match (self.build_args.get(&arg.key), &arg.value) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => self.expand(default, env)?,
                (None, None) => continue,
            };
            env.set(arg.key.as_str(), value.as_str());
        }
        Ok(())
    }

    /// Returns the source of a remote ADD (upstream's `sourceDateEpochAddSource`).
    fn remote(&self, add: &Add, env: &EnvList) -> Result<State, ErrorKind> {
        let ([source], []) = (&add.paths.sources[..], &add.paths.contents[..]) else {
            return Err(ErrorKind::EpochStageAdd(" source"));
        };
        let source = self.expand(source, env)?;
        if is_http(&source) {
            let checksum = self.expand(&add.checksum, env)?;
            if !add.checksum.is_empty() {
                digest::validate(&checksum).map_err(ErrorKind::Digest)?;
            }
            let filename = path::url_base(&source).unwrap_or_else(|| "__unnamed__".to_owned());
            let http = Http { url: source, filename, checksum, accept: String::new() };
            return Ok(http.state(Metadata::default()));
        }
        let git = git_ref(&source).map_err(ErrorKind::Git)?;
        let git = git.filter(|git| !git.indistinguishable_from_local).ok_or(ErrorKind::EpochStageSource)?;
        let mut operation = Git {
            advice: self.git_advice,
            keep_git_dir: add.keep_git_dir == Some(true) || git.keep_git_dir == Some(true),
            mtime: String::new(),
            fetch_by_commit: false,
            ..Git::from(&git)
        };
        if !add.checksum.is_empty() {
            operation.checksum = self.expand(&add.checksum, env)?;
        }
        Ok(operation.state(Metadata::default()))
    }

    fn expand(&self, word: &str, env: &EnvList) -> Result<String, ErrorKind> {
        Ok(self.lexer.process_word(word, env)?.result)
    }
}

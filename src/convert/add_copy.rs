//! ADD and COPY.

use super::copy_source::{self, Files, From, Remote, has_wildcard};
use super::drive;
use super::stage::StageState;
use super::{Converter, Error, ErrorKind, history, step_name, windows};
use crate::container_path;
use crate::go;
use crate::instruction::{Add, Copy, Instruction, Paths};
use crate::lint::{Linter, message, rule};
use crate::llb::{self, Action, Chmod, CopyOptions, Output, Owner, ProgressGroup, State, caps};
use crate::pattern::PatternMatcher;
use crate::plan::Command;
use crate::source::is_http;
use crate::span::Located;
use crate::windows::directories::{Contents, Depends, Destination, Is, Outcome};
use crate::windows::lazy::Place;

/// The flags and operands that ADD and COPY have in common (upstream's `copyConfig`).
struct Job<'j> {
    word: &'static str,
    paths: &'j Paths,
    from: From,
    exclude: &'j [String],
    chown: &'j str,
    chmod: &'j str,
    link: bool,
    parents: bool,
    /// ADD's own flags.
    add: Option<&'j Add>,
    ignore: Option<&'j PatternMatcher>,
    instruction: &'j Instruction,
    lint: &'j Linter,
}

pub(super) fn add(
    converter: &Converter<'_>,
    state: &mut StageState,
    add: &Add,
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), Error> {
    let job = Job {
        word: "ADD",
        paths: &add.paths,
        from: From { state: context(converter), files: Files::Other },
        exclude: &add.exclude,
        chown: &add.chown,
        chmod: &add.chmod,
        link: add.link,
        parents: false,
        add: Some(add),
        ignore: converter.input.ignore,
        instruction,
        lint,
    };
    job.run(converter, state).map_err(Located::nowhere)?;
    for source in add.paths.sources.iter().filter(|s| !s.starts_with("http://") && !s.starts_with("https://"))
    {
        let used = job.used_path(state, source);
        state.context_paths.add(&used);
    }
    Ok(())
}

pub(super) fn copy(
    converter: &Converter<'_>,
    state: &mut StageState,
    copy: &Copy,
    command: &Command<'_>,
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), Error> {
    let stage = match command.sources.first() {
        Some(id) => {
            let not_before =
                || ErrorKind::CopyNotBefore { from: copy.from.clone(), stage: state.progress.name.clone() };
            Some(converter.finished(*id).ok_or_else(|| Located::nowhere(not_before()))?)
        }
        None => None,
    };
    let files = match (stage, command.sources.first()) {
        (Some(_), Some(id)) if converter.is_windows_base(*id) => Files::WindowsBase,
        (Some(stage), _) if stage.holds_windows => Files::Windows,
        _ => Files::Other,
    };
    let job = Job {
        word: "COPY",
        paths: &copy.paths,
        from: From { state: stage.map_or_else(|| context(converter), StageState::whole), files },
        exclude: &copy.exclude,
        chown: &copy.chown,
        chmod: &copy.chmod,
        link: copy.link,
        parents: copy.parents,
        add: None,
        ignore: if stage.is_none() { converter.input.ignore } else { None },
        instruction,
        lint,
    };
    job.run(converter, state).map_err(Located::nowhere)?;
    for source in &copy.paths.sources {
        let used = job.used_path(state, source);
        match stage {
            Some(stage) => stage.paths.borrow_mut().add(&used),
            None => state.context_paths.add(&used),
        }
    }
    Ok(())
}

/// Returns the build context; which of its paths are sent is decided at the end.
fn context(converter: &Converter<'_>) -> State {
    State::new(Some(Output::late(converter.context)))
}

impl Job<'_> {
    /// Returns a source as the path to request from the file system it is in. docker/dockerfile, which runs
    /// on Linux, treats a backslash as an ordinary character there and requests a file that does not exist.
    fn used_path(&self, state: &StageState, source: &str) -> String {
        let path = state.for_windows.then(|| self.from.path(state, source).ok()).flatten();
        path.unwrap_or_else(|| source.to_owned())
    }

    /// Adds the copy to the stage (upstream's `dispatchCopy`).
    fn run(&self, converter: &Converter<'_>, state: &mut StageState) -> Result<(), ErrorKind> {
        let mut dest = destination(state, &self.paths.dest)?;
        let options = self.options(state)?;
        self.check_checksum()?;
        let env = state.fs.env.clone();
        let text = step_name::instruction(converter.input.setting.lexer, &self.instruction.code, &env);
        let platform = state.platform.clone();
        let title = step_name::of_step(state, &text, Some(&platform), &env);

        let place = self.settle(converter, state, &mut dest);
        let actions = self.actions(converter, state, &dest, &options, &title)?;
        let mut metadata = converter.metadata(title, self.instruction);
        metadata.ignore_cache = state.ignore_cache;
        let linked = self.link
            && self.chmod.is_empty()
            && !state.for_windows
            && (converter.input.caps)(caps::MERGE_OP);
        if linked {
            self.link(state, actions, &metadata, &text, &env);
        } else {
            state.apply(actions, metadata, place, self.lint);
        }
        history::layer(state, &self.history_line());
        Ok(())
    }

    fn options(&self, state: &StageState) -> Result<CopyOptions, ErrorKind> {
        let owner = (!self.chown.is_empty()).then(|| Owner::parse(self.chown));
        if self.link && owner.as_ref().is_some_and(Owner::is_by_name) {
            return Err(ErrorKind::LinkedOwner(self.chown.to_owned()));
        }
        // Windows layers carry no owner, and a name would be looked up in the base.
        let owner = owner.filter(|_| !state.for_windows);
        let mode = if self.chmod.is_empty() { None } else { Some(chmod(self.chmod)?) };
        Ok(CopyOptions { mode, owner, exclude_patterns: self.exclude.to_vec(), ..CopyOptions::default() })
    }

    fn checksum(&self) -> &str {
        self.add.map_or("", |add| add.checksum.as_str())
    }

    fn check_checksum(&self) -> Result<(), ErrorKind> {
        if self.checksum().is_empty() {
            return Ok(());
        }
        let [source] = self.paths.sources.as_slice() else { return Err(ErrorKind::ChecksumSources) };
        // An invalid git reference is reported as such later.
        match copy_source::remote(source) {
            Ok(None) => Err(ErrorKind::ChecksumLocal),
            _ => Ok(()),
        }
    }

    /// Appends the final slash of a directory to the destination if it is one. The base's files are not
    /// available to tell: see [`crate::windows::directories`]. Returns the earlier layers that the step
    /// depends on.
    fn settle(&self, converter: &Converter<'_>, state: &mut StageState, dest: &mut String) -> Place {
        let Some(mut directories) = state.directories.take() else { return Place::default() };
        let outcome = self.outcome(state);
        let answer = directories.ask(&Destination {
            path: dest,
            sources: self.paths.sources.len() + self.paths.contents.len(),
            parents: self.parents,
            outcome: &outcome,
        });
        let is_file = outcome.kind == Contents::Directory || self.is_named_as_file(dest) || self.is_archive();
        if answer.is == Is::Unknown && !is_file {
            let (written, place) = (&self.paths.dest, &self.instruction.location);
            windows::destination(converter, state, written, dest, place, self.lint);
        }
        if answer.depends != Depends::Nothing {
            dest.clone_from(&answer.path);
        }
        if answer.is == Is::Directory && !dest.ends_with('/') && !dest.ends_with("/.") {
            dest.push('/');
        }
        directories.made(&answer, &outcome);
        state.directories = Some(directories);
        Place::of(&answer)
    }

    /// Returns whether the destination has an extension or the source's own name.
    fn is_named_as_file(&self, dest: &str) -> bool {
        let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let to = name(dest);
        to.contains('.') || self.paths.sources.iter().any(|source| name(source) == to)
    }

    /// Returns whether all sources are archives by their names, which are unpacked into a directory.
    fn is_archive(&self) -> bool {
        let ends = [".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst"];
        let is_archive = |source: &String| ends.iter().any(|end| source.ends_with(end));
        let unpack = self.add.is_some_and(|add| add.unpack != Some(false));
        unpack && self.paths.sources.iter().all(|source| is_archive(source) && !is_http(source))
    }

    /// Describes what the sources leave at a destination that does not exist yet.
    fn outcome(&self, state: &StageState) -> Outcome {
        let unpack = self.add.is_some_and(|add| add.unpack == Some(true));
        let name =
            |path: &str| go::path::base(&container_path::to_slash(path, &state.platform.os)).to_owned();
        let mut files: Vec<String> = self.paths.contents.iter().map(|content| name(&content.path)).collect();
        let mut kind = Contents::File;
        let mut may_add_directories = false;
        let mut patterns = 0;
        for source in &self.paths.sources {
            let left = match copy_source::remote(source) {
                Ok(Some(Remote::Git(_))) => Contents::Directory,
                Ok(Some(Remote::Http)) if !unpack => {
                    files.push(copy_source::url_filename(source));
                    continue;
                }
                Ok(Some(Remote::Http)) => Contents::Either,
                _ => {
                    let path = self.from.path(state, source).unwrap_or_default();
                    patterns += usize::from(has_wildcard(&path));
                    // A directory, a file or an archive. Only the root is certainly a directory.
                    if path == "/" { Contents::Directory } else { Contents::Either }
                }
            };
            may_add_directories = true;
            // With several sources, the destination is a directory anyway.
            kind = left;
        }
        let maybe_nothing = patterns > 0 && patterns == self.paths.sources.len() && files.is_empty();
        let unpacked = self.add.is_some_and(|add| add.unpack != Some(false)) && may_add_directories;
        Outcome { kind, may_add_directories, maybe_nothing, unpacked, files }
    }

    fn actions(
        &self,
        converter: &Converter<'_>,
        state: &StageState,
        dest: &str,
        options: &CopyOptions,
        title: &str,
    ) -> Result<Vec<Action>, ErrorKind> {
        let mut actions = Vec::with_capacity(self.paths.sources.len() + self.paths.contents.len());
        let mut keep_git_dir = self.add.and_then(|add| add.keep_git_dir);
        let mut checksum = self.checksum().to_owned();
        let remote_options = CopyOptions { create_dest_path: true, ..options.clone() };
        for source in &self.paths.sources {
            match copy_source::remote(source)? {
                Some(Remote::Git(git)) => {
                    if self.add.is_none() {
                        return Err(ErrorKind::GitInCopy);
                    }
                    let files = copy_source::git(converter, &git, &mut keep_git_dir, &mut checksum, title)?;
                    actions.push(copy_action(&files, "/", dest, remote_options.clone()));
                }
                Some(Remote::Http) => {
                    let Some(add) = self.add else { return Err(ErrorKind::UrlInCopy) };
                    let (files, filename) = copy_source::http(source, &checksum, title)?;
                    let options =
                        CopyOptions { attempt_unpack: add.unpack.unwrap_or(false), ..remote_options.clone() };
                    actions.push(copy_action(&files, &filename, dest, options));
                }
                None => {
                    self.report_ignored(source);
                    let unpack = self.add.is_some_and(|add| add.unpack.unwrap_or(true));
                    actions.push(copy_source::files(
                        state,
                        &self.from,
                        source,
                        self.parents,
                        unpack,
                        dest,
                        options,
                    )?);
                }
            }
        }
        for content in &self.paths.contents {
            actions.push(copy_source::content(state, content, dest, options)?);
        }
        Ok(actions)
    }

    /// Reports a source that the ignore file leaves out (upstream's `validateCopySourcePath`).
    fn report_ignored(&self, source: &str) {
        // The pattern alone does not tell what exceptions let through.
        let Some(ignore) = self.ignore.filter(|ignore| !ignore.has_exclusions()) else { return };
        let source = go::path::clean(source);
        let is_root = source == "." || source == "/";
        if is_root && !ignore.patterns().any(|pattern| ["*", "**", "**/*"].contains(&pattern)) {
            return;
        }
        // An invalid pattern is reported by the client that filters with it.
        if ignore.matches_or_parent_matches(&source).unwrap_or(false) {
            let word = if self.add.is_some() { "Add" } else { "Copy" };
            self.lint.run(
                &rule::COPY_IGNORED_FILE,
                &self.instruction.location,
                message::copy_ignored_file(word, &source),
            );
        }
    }

    /// Copies the files as a layer of their own, which does not depend on anything below it.
    fn link(
        &self,
        state: &mut StageState,
        actions: Vec<Action>,
        metadata: &llb::Metadata,
        text: &str,
        env: &crate::env::EnvList,
    ) {
        let platform = state.platform.clone();
        let mut again = |text: &str| {
            state.progress.step -= usize::from(state.progress.steps > 0);
            step_name::of_step(state, text, Some(&platform), env)
        };
        // The name contains the platform, the stage and the number of the step, so the group belongs to this
        // step only.
        let name = again(text);
        let group = ProgressGroup { id: format!("link {name}"), name, weak: true };
        let title = again(&format!("LINK {text}"));
        let copy = llb::Metadata { progress_group: Some(group.clone()), ..metadata.clone() };
        let merge = llb::Metadata {
            name: Some(title),
            progress_group: Some(ProgressGroup { weak: false, ..group }),
            ..metadata.clone()
        };
        let layer = State::scratch().file(actions, copy);
        let merged = llb::merge(&[&state.fs, &layer], merge);
        state.fs = state.fs.clone().with_output(merged.output);
    }

    fn history_line(&self) -> String {
        let mut line = self.word.to_owned();
        if self.parents {
            line.push_str(" --parents");
        }
        for (flag, value) in [("chown", self.chown), ("chmod", self.chmod)] {
            if !value.is_empty() {
                line.push_str(&format!(" --{flag}={value}"));
            }
        }
        for source in &self.paths.sources {
            line.push(' ');
            line.push_str(source);
        }
        for content in &self.paths.contents {
            line.push_str(" <<");
            line.push_str(&content.path);
        }
        line.push(' ');
        line.push_str(&self.paths.dest);
        line
    }
}

fn copy_action(from: &State, src: &str, dest: &str, options: CopyOptions) -> Action {
    Action::Copy {
        source: from.output.clone(),
        src: src.to_owned(),
        dest: dest.to_owned(),
        options: Box::new(options),
    }
}

/// Parses octal bits or a symbolic mode.
fn chmod(text: &str) -> Result<Chmod, ErrorKind> {
    if let Ok(bits) = go::number::parse_uint(text, 8, 32) {
        let bits = u32::try_from(bits).ok().filter(|bits| *bits <= 0o7777);
        return bits.map(Chmod::Mode).ok_or_else(|| ErrorKind::Chmod(text.to_owned()));
    }
    match go::check_mode(text) {
        Ok(()) => Ok(Chmod::Symbolic(text.to_owned())),
        Err(e) if e.is_number() => Err(ErrorKind::Chmod(text.to_owned())),
        Err(e) => Err(ErrorKind::SymbolicChmod(e)),
    }
}

/// Returns the absolute destination (upstream's `pathRelativeToWorkingDir`).
fn destination(state: &StageState, dest: &str) -> Result<String, ErrorKind> {
    let os = &state.platform.os;
    if state.for_windows {
        drive::check(dest)?;
    }
    let mut dest = container_path::remove_drive_letter(dest, os, true).map_err(ErrorKind::DriveLetter)?;
    if container_path::is_abs(&dest, os) {
        return container_path::normalize("/", &dest, os, true).map_err(ErrorKind::Destination);
    }
    if dest.is_empty() || dest == "." {
        "./".clone_into(&mut dest);
    }
    container_path::normalize(&state.fs.dir, &dest, os, true).map_err(ErrorKind::Destination)
}

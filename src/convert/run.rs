//! RUN.

use std::collections::BTreeMap;

use super::expansion::Report;
use super::stage::{StageState, Unsendable};
use super::{Converter, Error, ErrorKind, container_command, history, mount, step_name};
use crate::env::{Env, EnvList};
use crate::expand::Lexer;
use crate::instruction::{Instruction, Mount, MountType, Run, RunNetwork, RunSecurity};
use crate::lint::Linter;
use crate::llb::{Action, Exec, ExecMount, Metadata, MountTarget, NetworkMode, SecurityMode, State, caps};
use crate::plan::Command;
use crate::proto::pb;
use crate::span::{Located, first_line};
use crate::syntax::{chomp_heredoc, parse_heredoc};

/// Converts RUN (upstream's `dispatchRun`).
pub(super) fn dispatch(
    converter: &Converter<'_>,
    state: &mut StageState,
    run: &Run,
    command: &Command<'_>,
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), Error> {
    // A command may read any file.
    state.paths.borrow_mut().add_all();
    let lexer = converter.input.setting.lexer;
    let env = state.fs.env.clone();
    let mut report = Report { state, location: &instruction.location, lint };
    let mut expand = |word: &str| report.expand(lexer, word).map_err(ErrorKind::Expand);
    let mounts = run.mounts(Some(&mut expand)).map_err(Located::nowhere)?;

    let mut script = Script::of(state, run, instruction).map_err(Located::nowhere)?;
    if run.command.prepend_shell {
        script.args = container_command::with_shell(&state.image, &script.args);
    }
    if script.args.is_empty() {
        state.unsendable = Some(Unsendable::Empty);
    } else if run.invalid_utf8 {
        let line = first_line(&instruction.location);
        state.unsendable.get_or_insert(Unsendable::Bytes(line));
    }
    let mut exec = Exec::new(&state.fs, script.args.clone());
    exec.proxy.clone_from(&converter.proxy);
    exec.mount_all(script.file);
    mount::add(converter, state, &mut exec, &mounts, &command.sources, instruction)
        .map_err(Located::nowhere)?;
    exec.security = match run.security {
        RunSecurity::Sandbox => SecurityMode::Sandbox,
        RunSecurity::Insecure => SecurityMode::Insecure,
    };
    match run.network {
        RunNetwork::Default => {}
        RunNetwork::None => exec.network = NetworkMode::None,
        RunNetwork::Host => exec.network = NetworkMode::Host,
    }
    let shown = shown(lexer, &script.shown, &mounts, &env);
    let platform = state.fs.platform.clone();
    let mut metadata =
        converter.metadata(step_name::of_step(state, &shown, platform.as_ref(), &env), instruction);
    metadata.command = Some(instruction.code.clone());
    metadata.ignore_cache = state.ignore_cache;
    limits(converter, run, &mut exec, &mut metadata);
    let line = format!("RUN {}", history_line(state, &script.args, &env));
    state.fs = state.fs.run(exec, metadata);
    history::layer(state, &line);
    Ok(())
}

/// Applies the limits that the client requested for all commands, as far as the engine supports them.
fn limits(converter: &Converter<'_>, run: &Run, exec: &mut Exec, metadata: &mut Metadata) {
    let options = converter.input.options();
    let supports = converter.input.caps;
    if supports(caps::EXEC_META_ULIMIT) {
        exec.ulimits.clone_from(&options.ulimits);
    }
    if supports(caps::EXEC_META_CDI) {
        exec.devices.clone_from(&options.devices);
        exec.devices.extend(
            run.devices.iter().map(|d| pb::CdiDevice { name: d.name.clone(), optional: !d.required }),
        );
    }
    exec.extra_hosts.clone_from(&options.extra_hosts);
    if supports(caps::EXEC_MOUNT_TMPFS_SIZE) && options.shm_size > 0 {
        exec.mount(ExecMount {
            target: "/dev/shm".to_owned(),
            source: None,
            selector: String::new(),
            readonly: false,
            no_output: false,
            kind: MountTarget::Tmpfs(options.shm_size),
        });
    }
    if supports(caps::EXEC_META_CGROUP_PARENT) {
        exec.cgroup_parent.clone_from(&options.cgroup_parent);
    }
    if supports(caps::EXEC_META_LINUX_RESOURCES) {
        metadata.linux_resources.clone_from(&options.linux_resources);
    }
}

/// The words of a command, with its heredocs.
struct Script {
    args: Vec<String>,
    /// What progress output shows.
    shown: String,
    /// The file to execute, if the heredoc starts with `#!`.
    file: Option<ExecMount>,
}

impl Script {
    fn of(state: &StageState, run: &Run, instruction: &Instruction) -> Result<Self, ErrorKind> {
        let line = &run.command;
        let shown = instruction.code.clone();
        let Some(first) = line.files.first() else {
            return Ok(Self { args: line.args.clone(), shown, file: None });
        };
        let [text] = line.args.as_slice() else { return Err(ErrorKind::HeredocCommand) };
        if !line.prepend_shell {
            return Err(ErrorKind::HeredocCommand);
        }
        if !matches!(parse_heredoc(text), Ok(Some(_))) {
            // Heredocs among other words are for the shell, so their text goes back after the command.
            let mut whole = text.clone();
            for file in &line.files {
                whole.push('\n');
                whole.push_str(&file.data);
                whole.push_str(&file.name);
            }
            return Ok(Self { args: vec![whole], shown, file: None });
        }
        let shown = format!("{shown} ({})", summary(&first.data));
        let data = if first.chomp { chomp_heredoc(&first.data) } else { first.data.clone() };
        if state.image.platform.is_windows() || !data.starts_with("#!") {
            return Ok(Self { args: vec![data], shown, file: None });
        }
        const DIRECTORY: &str = "/dev/pipes/";
        let make = Action::MkFile { path: first.name.clone(), mode: 0o755, data: first.content() };
        let file = State::scratch().file(vec![make], Metadata::internal("preparing inline document"));
        let mount = ExecMount {
            target: DIRECTORY.to_owned(),
            source: file.output,
            selector: "/".to_owned(),
            readonly: true,
            no_output: false,
            kind: MountTarget::Bind,
        };
        let args = vec![crate::go::path::join(&[DIRECTORY, &first.name])];
        Ok(Self { args, shown, file: Some(mount) })
    }
}

/// Returns the first line of a heredoc (upstream's `summarizeHeredoc`).
fn summary(data: &str) -> String {
    let data = data.trim().replace("\r\n", "\n");
    match data.split_once('\n') {
        Some((first, _)) => format!("{first}..."),
        None => data,
    }
}

/// Returns the command for display: variables from secrets are hidden, unknown ones are left as they are.
fn shown(lexer: &Lexer, text: &str, mounts: &[Mount], env: &EnvList) -> String {
    let mut env = env.clone();
    for mount in mounts.iter().filter(|mount| mount.kind == MountType::Secret) {
        if let Some(variable) = &mount.env {
            env.set(variable.as_str(), "****");
        }
    }
    let lexer = Lexer { raw_quotes: true, raw_escapes: true, skip_unset_env: true, ..*lexer };
    step_name::instruction(&lexer, text, &env)
}

/// Returns the arguments in force, then the words (upstream's `runCommandString`).
fn history_line(state: &StageState, args: &[String], env: &dyn Env) -> String {
    let mut in_force: Vec<String> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for arg in &state.build_args {
        let value = env.get(&arg.key).map_or_else(|| arg.value.clone().unwrap_or_default(), str::to_owned);
        let entry = format!("{}={value}", arg.key);
        if let Some(place) = places.get(arg.key.as_str()) {
            in_force[*place] = entry;
        } else {
            places.insert(&arg.key, in_force.len());
            in_force.push(entry);
        }
    }
    let count = (!in_force.is_empty()).then(|| format!("|{}", in_force.len()));
    let words: Vec<String> = count.into_iter().chain(in_force).chain(args.iter().cloned()).collect();
    words.join(" ")
}

//! Dumps the result of parsing a Dockerfile in the form of the fixtures in `testdata/syntax`.
//!
//! Zero values are omitted, as in the fixtures.

use serde_json::{Map, Value, json};

use super::*;
use crate::lint::{Config, Linter, message, rule};
use crate::span::{Located, Range};
use crate::syntax::{self, Directive, Node};

/// Returns everything: directives, tree, stages, warnings, errors.
pub(super) fn analyse(text: &[u8]) -> Value {
    let mut out = Map::new();
    if let Some(found) = syntax::detect_syntax(text) {
        out.insert("syntax".into(), directive(&found));
    }
    let check = syntax::check_directive(text);
    if let Some(found) = &check {
        out.insert("check".into(), directive(found));
    }
    let config = Config::parse(&check.map(|found| found.value).unwrap_or_default());
    if let Err(error) = &config {
        out.insert("check_error".into(), json!(error.to_string()));
    }
    let linter = Linter::new(config.unwrap_or_default());
    match syntax::parse(text) {
        Err(error) => drop(out.insert("error".into(), failure(&error))),
        Ok(tree) => analyse_tree(&tree, &linter, &mut out),
    }
    Value::Object(out)
}

fn analyse_tree(tree: &syntax::Tree, linter: &Linter, out: &mut Map<String, Value>) {
    out.insert("escape".into(), json!(tree.escape.to_string()));
    out.insert("nodes".into(), tree.nodes.iter().map(|it| node(it, true)).collect());
    let warnings: Vec<_> =
        tree.warnings.iter().map(|it| json!({"short": it.short, "line": it.location.start.line})).collect();
    set(out, "syntax_warnings", warnings);
    match parse(tree, Some(linter)) {
        Err(error) => drop(out.insert("instruction_error".into(), failure(&error))),
        Ok(dockerfile) => {
            let globals = dockerfile.global_args.iter().map(|it| {
                let mut arg = json!({"args": optional_pairs(&it.args), "lines": span(&it.location)});
                set(object(&mut arg), "comments", it.comments.clone());
                arg
            });
            set(out, "global_args", globals.collect::<Vec<_>>());
            out.insert("stages".into(), dockerfile.stages.iter().map(stage).collect());
            let (expanded, triggers) = expansions(&dockerfile);
            set(out, "expanded", expanded);
            set(out, "triggers", triggers);
            check::stages(&dockerfile, linter);
        }
    }
    let warnings = linter
        .warnings()
        .into_iter()
        .map(|it| json!({"rule": it.rule.name, "msg": it.message, "lines": span(&it.location)}));
    set(out, "warnings", warnings.collect::<Vec<_>>());
    if let Err(error) = linter.error()
        && !error.to_string().contains(',')
    {
        out.insert("lint_error".into(), json!(error.to_string()));
    }
    // Not in the fixtures: upstream's message for a syntax warning.
    assert_eq!(message::no_empty_continuation(), "Empty continuation line");
    assert!(rule::RULES.contains(&&rule::NO_EMPTY_CONTINUATION));
}

/// Returns the instructions that expansion changes, and the triggers parsed again.
fn expansions(dockerfile: &Dockerfile) -> (Vec<Value>, Vec<Value>) {
    let (mut expanded, mut triggers) = (Vec::new(), Vec::new());
    for (number, stage) in dockerfile.stages.iter().enumerate() {
        for (index, it) in stage.instructions.iter().enumerate() {
            if let Kind::Onbuild(trigger) = &it.kind {
                triggers.push(match parse_trigger(trigger, &[Range::lines(7, 8)]) {
                    Ok(it) => json!({"command": instruction(&it)}),
                    Err(error) => json!({"error": failure(&error)}),
                });
            }
            let mut changed = it.clone();
            let result = changed.expand(&mut mark).and_then(|()| changed.expand_raw(&mut mark));
            match result {
                Err(error) => expanded.push(json!([number, index, {"error": error.to_string()}])),
                Ok(()) if changed != *it => expanded.push(json!([number, index, instruction(&changed)])),
                Ok(()) => {}
            }
        }
    }
    (expanded, triggers)
}

/// Expands a word as the fixtures require.
fn mark(word: &str) -> Result<String, MarkError> {
    if word.contains("$FAIL") {
        return Err(MarkError::Mark(word.to_owned()));
    }
    Ok(word.replace("$X", "<x>"))
}

#[derive(Debug, thiserror::Error)]
enum MarkError {
    #[error("cannot expand {0}")]
    Mark(String),
    #[error(transparent)]
    Kind(#[from] ErrorKind),
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().unwrap()
}

/// Adds a member unless it is empty, false or zero.
fn set(out: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    let value = value.into();
    let zero = match &value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_i64() == Some(0),
        Value::String(value) => value.is_empty(),
        Value::Array(value) => value.is_empty(),
        Value::Object(_) => false,
    };
    if !zero {
        out.insert(key.into(), value);
    }
}

fn directive(found: &Directive) -> Value {
    json!({"value": found.value, "line": found.command_line, "lines": span(&[found.location])})
}

fn span(location: &[Range]) -> Value {
    match location {
        [] => json!([]),
        [first, ..] => json!([first.start.line, location.last().unwrap().end.line]),
    }
}

fn failure<K: std::fmt::Display>(error: &Located<K>) -> Value {
    let lines = |place: &Vec<Range>| place.iter().map(|range| json!(range.start.line)).collect::<Value>();
    json!({"text": error.to_string(), "lines": error.locations.iter().map(lines).collect::<Value>()})
}

fn node(it: &Node, top: bool) -> Value {
    let mut value = json!({"word": it.word, "original": it.original});
    let out = object(&mut value);
    if let (Some(sub), true) = (&it.sub, top) {
        out.insert("sub".into(), node(sub, false));
    }
    set(out, "args", it.args.clone());
    set(out, "flags", it.flags.clone());
    set(out, "json", it.json);
    set(out, "comments", it.comments.clone());
    if top {
        out.insert("lines".into(), json!([it.start_line, it.end_line]));
    }
    let heredocs = it.heredocs.iter().map(|it| {
        json!({
            "name": it.name, "fd": it.file_descriptor, "expand": it.expand, "chomp": it.chomp,
            "content": syntax::text::lossy(&it.content),
        })
    });
    set(out, "heredocs", heredocs.collect::<Vec<_>>());
    value
}

fn stage(it: &Stage) -> Value {
    let mut value =
        json!({"base": it.base, "word": it.original_word, "code": it.code, "lines": span(&it.location)});
    let out = object(&mut value);
    set(out, "name", it.name.clone());
    set(out, "platform", it.platform.clone());
    set(out, "doc", it.doc_comment.clone());
    set(out, "comments", it.comments.clone());
    set(out, "commands", it.instructions.iter().map(instruction).collect::<Vec<_>>());
    value
}

fn optional_pairs(pairs: &[OptionalKeyValue]) -> Value {
    let pairs = pairs.iter().map(|pair| {
        let mut value = json!({"key": pair.key});
        if let Some(default) = &pair.value {
            value["value"] = json!(default);
        }
        set(object(&mut value), "doc", pair.doc_comment.clone());
        value
    });
    pairs.collect()
}

fn pairs(pairs: &[KeyValue]) -> Value {
    let pairs = pairs.iter().map(|pair| {
        let mut value = json!({"key": pair.key, "value": pair.value});
        set(object(&mut value), "legacy", pair.no_delimiter);
        value
    });
    pairs.collect()
}

fn command_line(out: &mut Map<String, Value>, it: &CommandLine) {
    out.insert("args".into(), json!(it.args));
    let files = it.files.iter().map(|it| json!({"name": it.name, "data": it.data, "chomp": it.chomp}));
    set(out, "files", files.collect::<Vec<_>>());
    out.insert("shell".into(), json!(it.prepend_shell));
}

fn paths(out: &mut Map<String, Value>, it: &Paths) {
    out.insert("sources".into(), json!(it.sources));
    out.insert("dest".into(), json!(it.dest));
    let contents =
        it.contents.iter().map(|it| json!({"path": it.path, "data": it.data, "expand": it.expand}));
    set(out, "contents", contents.collect::<Vec<_>>());
}

fn instruction(it: &Instruction) -> Value {
    let mut value = json!({"word": it.word, "code": it.code, "lines": span(&it.location)});
    let out = object(&mut value);
    set(out, "comments", it.comments.clone());
    let (kind, key, operands) = match &it.kind {
        Kind::Env(it) => ("env", "pairs", pairs(it)),
        Kind::Label(it) => ("label", "pairs", pairs(it)),
        Kind::Arg(it) => ("arg", "args", optional_pairs(it)),
        Kind::Maintainer(it) => ("maintainer", "text", json!(it)),
        Kind::Onbuild(it) => ("onbuild", "text", json!(it)),
        Kind::Workdir(it) => ("workdir", "text", json!(it)),
        Kind::User(it) => ("user", "text", json!(it)),
        Kind::StopSignal(it) => ("stopsignal", "text", json!(it)),
        Kind::Expose(it) => ("expose", "words", json!(it)),
        Kind::Volume(it) => ("volume", "words", json!(it)),
        Kind::Shell(it) => ("shell", "words", json!(it)),
        Kind::Cmd(it) => {
            command_line(out, it);
            ("cmd", "", Value::Null)
        }
        Kind::Entrypoint(it) => {
            command_line(out, it);
            ("entrypoint", "", Value::Null)
        }
        Kind::Run(it) => {
            run(out, it);
            ("run", "", Value::Null)
        }
        Kind::Add(it) => {
            paths(out, &it.paths);
            set(out, "chown", it.chown.clone());
            set(out, "chmod", it.chmod.clone());
            set(out, "checksum", it.checksum.clone());
            set(out, "link", it.link);
            set(out, "exclude", it.exclude.clone());
            it.keep_git_dir.map(|keep| out.insert("keep_git_dir".into(), json!(keep)));
            it.unpack.map(|unpack| out.insert("unpack".into(), json!(unpack)));
            ("add", "", Value::Null)
        }
        Kind::Copy(it) => {
            paths(out, &it.paths);
            set(out, "from", it.from.clone());
            set(out, "chown", it.chown.clone());
            set(out, "chmod", it.chmod.clone());
            set(out, "link", it.link);
            set(out, "parents", it.parents);
            set(out, "exclude", it.exclude.clone());
            ("copy", "", Value::Null)
        }
        Kind::Healthcheck(it) => {
            let times = [it.interval, it.timeout, it.start_period, it.start_interval];
            let times = times.map(|time| u64::try_from(time.as_nanos()).unwrap());
            out.insert("times".into(), json!(times));
            out.insert("retries".into(), json!(it.retries));
            ("healthcheck", "test", json!(it.test))
        }
    };
    out.insert("kind".into(), json!(kind));
    if !key.is_empty() {
        out.insert(key.into(), operands);
    }
    value
}

fn run(out: &mut Map<String, Value>, it: &Run) {
    command_line(out, &it.command);
    let mut used = it.flags_used.clone();
    used.sort_unstable();
    set(out, "flags_used", used);
    let network = match it.network {
        RunNetwork::Default => "default",
        RunNetwork::None => "none",
        RunNetwork::Host => "host",
    };
    out.insert("network".into(), json!(network));
    let security = match it.security {
        RunSecurity::Sandbox => "sandbox",
        RunSecurity::Insecure => "insecure",
    };
    out.insert("security".into(), json!(security));
    let devices = it.devices.iter().map(|it| json!({"name": it.name, "required": it.required}));
    set(out, "devices", devices.collect::<Vec<_>>());
    if it.mount_flags.is_empty() {
        return;
    }
    match it.mounts(Some(&mut mark)) {
        Ok(mounts) => out.insert("mounts".into(), mounts.iter().map(mount).collect()),
        Err(error) => out.insert("mount_error".into(), json!(error.to_string())),
    };
}

fn mount(it: &Mount) -> Value {
    let mut value = json!({"type": it.kind.as_str(), "ro": it.read_only});
    let out = object(&mut value);
    set(out, "from", it.from.clone());
    set(out, "source", it.source.clone());
    set(out, "target", it.target.clone());
    set(out, "id", it.id.clone());
    set(out, "sharing", it.sharing.map_or("", Sharing::as_str));
    set(out, "size", it.size);
    set(out, "required", it.required);
    if let Some(env) = &it.env {
        out.insert("env".into(), json!(env));
    }
    for (key, number) in [("mode", it.mode), ("uid", it.uid), ("gid", it.gid)] {
        if let Some(number) = number {
            out.insert(key.into(), json!(number));
        }
    }
    value
}

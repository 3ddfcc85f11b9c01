//! Checks of stages for Linux that a Windows image copies from.

use crate::convert::Converter;
use crate::convert::stage::StageState;
use crate::env::Env;
use crate::instruction::{Instruction, Kind, OptionalKeyValue, Run};
use crate::lint::{Linter, windows as rule};
use crate::list::is_list;
use crate::span::Range;
use crate::syntax::parse_heredoc;

/// Arguments whose values come from the platform.
const TARGETS: [&str; 3] = ["TARGETPLATFORM", "TARGETOS", "TARGETARCH"];

/// Shells that treat a carriage return as part of the command.
const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// Checks an instruction of any stage of a Windows image.
pub(super) fn check(converter: &Converter<'_>, state: &StageState, instruction: &Instruction, lint: &Linter) {
    match &instruction.kind {
        Kind::Arg(args) => {
            for arg in args {
                hidden_target(converter, arg, &instruction.location, lint);
                whole_list(converter, arg, &instruction.location, lint);
            }
        }
        Kind::Run(run) if !state.is_windows() && has_carriage_returns(state, run) => {
            lint.run(&rule::LINE_ENDINGS, &instruction.location, rule::line_endings());
        }
        _ => {}
    }
}

/// Checks the defaults of arguments before the first FROM.
pub(super) fn check_globals(converter: &Converter<'_>) {
    for name in TARGETS {
        if let Some(info) = converter.plan.globals.infos.get(name) {
            hidden_target(converter, &info.definition, &info.location, converter.input.lint);
        }
    }
}

/// Reports a default that hides the actual target platform.
fn hidden_target(converter: &Converter<'_>, arg: &OptionalKeyValue, location: &[Range], lint: &Linter) {
    let setting = converter.input.setting;
    let target = &setting.platforms.target;
    let real = match arg.key.as_str() {
        "TARGETOS" => target.os.clone(),
        "TARGETARCH" => target.architecture.clone(),
        "TARGETPLATFORM" => target.format_all(),
        _ => return,
    };
    let Some(default) = arg.value.as_ref().filter(|_| !setting.build_args.contains_key(&arg.key)) else {
        return;
    };
    // A default that contains a variable may follow the platform.
    if !default.contains('$') && *default != real {
        lint.run(&rule::TARGET_HIDDEN, location, rule::target_hidden(&arg.key, default, &real));
    }
}

/// Reports an argument that is a whole list in a stage, because FROM has the list through another argument. That one is
/// an element of the list.
fn whole_list(converter: &Converter<'_>, arg: &OptionalKeyValue, location: &[Range], lint: &Linter) {
    let globals = &converter.plan.globals;
    let is_element = |name: &str| {
        globals.infos.get(name).is_some_and(|info| globals.env.get(name).is_some_and(|env| env != info.value))
    };
    let Some(info) = globals.infos.get(&arg.key) else { return };
    if arg.value.is_some() || is_element(&arg.key) || !is_list(&info.value) {
        return;
    }
    let whole = globals.infos.keys().find(|name| is_element(name) && globals.uses(name, &arg.key));
    if let Some(element) = whole {
        lint.run(&rule::WHOLE_LIST, location, rule::whole_list(&arg.key, &info.value, element));
    }
}

/// Returns whether a heredoc that a shell runs has lines that end with a carriage return.
fn has_carriage_returns(state: &StageState, run: &Run) -> bool {
    let line = &run.command;
    let Some(first) = line.files.first().filter(|file| file.data.contains("\r\n")) else { return false };
    let is_script = line.prepend_shell
        && matches!(line.args.as_slice(), [text] if matches!(parse_heredoc(text.trim()), Ok(Some(_))));
    let interpreter = match first.data.strip_prefix("#!") {
        Some(rest) => rest.lines().next().unwrap_or_default().trim().to_owned(),
        None if is_script => state.image.config.shell.first().cloned().unwrap_or_else(|| "sh".to_owned()),
        None => {
            line.args.first().and_then(|text| text.split_whitespace().next()).unwrap_or_default().to_owned()
        }
    };
    let name = interpreter.rsplit(['/', ' ']).next().unwrap_or_default();
    SHELLS.contains(&name)
}

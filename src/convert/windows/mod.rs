//! The checks of stages for Windows: see [`crate::lint::windows`].

mod backslash;
mod build_stage;
mod copied_name;
mod program;

pub(super) use program::check as program;

use super::Converter;
use super::stage::{StageState, key_value};
use crate::image::{OsVersion, release};
use crate::instruction::{Add, Copy, Instruction, Kind};
use crate::lint::{Linter, windows as rule};
use crate::plan::{StageId, Start};
use crate::span::Range;
use crate::verify::file_name::{self, Fault};
use crate::windows::versions::named_in;
use crate::windows::{base_directories, base_name};

/// Users that every Windows base has.
const USERS: [&str; 2] = ["containeruser", "containeradministrator"];

/// The prefix of system accounts.
const ACCOUNTS: &str = "nt authority";

/// Linux users that no Windows base has.
const LINUX_USERS: [&str; 4] = ["root", "nobody", "nonroot", "www-data"];

/// Checks the base of a stage.
pub(super) fn base(converter: &Converter<'_>, id: StageId, state: &StageState) {
    let stage = &converter.plan.stages[id];
    let (Some(from), Some(resolved)) = (stage.from, &stage.resolved) else { return };
    if !state.is_windows() {
        return;
    }
    let lint = converter.input.lint.with_comments(&from.comments);
    let plan = converter.plan;
    if matches!(resolved.start, Start::Scratch) && plan.stages.root(plan.target) == id {
        lint.run(&rule::SCRATCH, &from.location, rule::scratch());
    }
    let os_version = &resolved.image.platform.os_version;
    let Some(version) = OsVersion::parse(os_version) else { return };
    let name = &stage.written_base;
    // The choice among several versions of an index depends on what the index contains.
    let named = matches!(resolved.start, Start::Image(_));
    let pinned = converter.input.setting.pins.iter().any(|pin| pin.base == *name);
    if named && !pinned && base_name::is_unpinned(name) {
        lint.run(&rule::BASE_UNPINNED, &from.location, rule::base_unpinned(name, os_version));
    }
    if named && named_in(name).is_some_and(|named| named != version.build()) {
        lint.run(&rule::BASE_TAG, &from.location, rule::base_tag(name, os_version));
    }
    if let Some((called, ended)) = release::support_ended(version.build().0) {
        lint.run(&rule::OUT_OF_SUPPORT, &from.location, rule::out_of_support(name, called, ended));
    }
}

/// Checks the arguments before the first FROM.
pub(super) fn globals(converter: &Converter<'_>) {
    if converter.input.setting.platforms.target.is_windows() {
        build_stage::check_globals(converter);
    }
}

/// Checks an instruction; `written` has its variables unexpanded.
pub(super) fn instruction(
    converter: &Converter<'_>,
    state: &StageState,
    written: &Instruction,
    expanded: &Instruction,
    lint: &Linter,
) {
    if converter.input.setting.platforms.target.is_windows() {
        build_stage::check(converter, state, written, lint);
    }
    if !state.is_windows() {
        return;
    }
    backslash::check(converter, state, written, lint);
    let location = &expanded.location;
    match &expanded.kind {
        Kind::Env(pairs) => {
            if uses_default_path(converter, state, written) {
                let path = base_directories::default_path(&state.image);
                lint.run(&rule::PATH_DEFAULT, location, rule::path_default(path));
            }
            for pair in pairs.iter().filter(|pair| pair.key.eq_ignore_ascii_case("PATH")) {
                if !pair.value.to_lowercase().replace('/', "\\").contains("\\windows\\system32") {
                    lint.run(&rule::PATH_LOST, location, rule::path_lost(&pair.value));
                }
            }
        }
        Kind::User(user) => {
            let base = &converter.plan.stages[state.root].written_base;
            if let Some(message) = unknown_user(user, base) {
                lint.run(&rule::USER, location, message);
            }
        }
        // A Windows stage that an image for Linux copies from is left as docker/dockerfile builds it.
        _ if !state.for_windows => {}
        Kind::StopSignal(signal) if !is_known_signal(signal) => {
            lint.run(&rule::STOP_SIGNAL, location, rule::stop_signal(signal));
        }
        Kind::Workdir(path) => name(file_name::find(path), location, lint),
        Kind::Copy(Copy { paths, chown, chmod, .. }) | Kind::Add(Add { paths, chown, chmod, .. }) => {
            let flags = [("--chown", chown), ("--chmod", chmod)];
            for (flag, _) in flags.into_iter().filter(|(_, value)| !value.is_empty()) {
                lint.run(&rule::OWNER, location, rule::owner(flag));
            }
            name(copied_name::find(paths), location, lint);
        }
        _ => {}
    }
}

/// Reports a name that Windows rejects.
fn name(found: Option<(&str, Fault)>, location: &[Range], lint: &Linter) {
    if let Some((name, fault)) = found {
        lint.run(&rule::FILE_NAME, location, file_name::message(name, fault));
    }
}

/// Returns what is wrong with a user, if the base is known not to have it.
fn unknown_user(user: &str, base: &str) -> Option<String> {
    let lower = user.to_lowercase();
    if user.contains(':') || user.parse::<u32>().is_ok() || LINUX_USERS.contains(&lower.as_str()) {
        return Some(rule::user_of_linux(user));
    }
    let is_known = USERS.contains(&lower.as_str()) || lower.starts_with(ACCOUNTS);
    (base_name::is_nanoserver(base) && !is_known).then(|| rule::user_of_nanoserver(user))
}

/// Returns whether Windows engines know a signal. Either one ends a container the same way as no signal.
fn is_known_signal(signal: &str) -> bool {
    let name = signal.trim().to_uppercase();
    ["TERM", "KILL", "15", "9"].contains(&name.strip_prefix("SIG").unwrap_or(&name))
}

/// Returns whether a value uses `${PATH}` although neither an image nor an ENV has set it.
fn uses_default_path(converter: &Converter<'_>, state: &StageState, written: &Instruction) -> bool {
    let Kind::Env(pairs) = &written.kind else { return false };
    let mut env = state.image.config.env.iter();
    if env.any(|entry| key_value(entry).0.eq_ignore_ascii_case("PATH")) {
        return false;
    }
    let lexer = converter.input.setting.lexer;
    let is_path = |name: &String| name.eq_ignore_ascii_case("PATH");
    let uses = |value: &str| lexer.process_word(value, state).is_ok_and(|e| e.matched.iter().any(is_path));
    pairs.iter().any(|pair| uses(&pair.value))
}

/// Checks a destination that no rule recognizes as a directory; `written` is the Dockerfile's spelling.
pub(super) fn destination(
    converter: &Converter<'_>,
    state: &StageState,
    written: &str,
    dest: &str,
    location: &[Range],
    lint: &Linter,
) {
    let name = &converter.plan.stages[state.root].written_base;
    let is_plain = state.base_image.as_ref().is_some_and(|image| base_directories::is_plain(image, name));
    // A plain Windows base has no directories outside of its own trees.
    if !is_plain || base_directories::is_within_windows(dest) {
        lint.run(&rule::DESTINATION, location, rule::destination(written, &format!("{written}/")));
    }
}

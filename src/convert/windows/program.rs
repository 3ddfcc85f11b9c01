//! Checks the program that an image starts, from the Dockerfile alone.

use super::super::Converter;
use super::super::stage::StageState;
use crate::lint::windows as rule;
use crate::verify::base::Base;
use crate::verify::program::{By, Program, starts_powershell, stem};
use crate::windows::base_directories::is_within_windows;

/// Checks the programs that the image of a Windows stage starts.
pub(in crate::convert) fn check(converter: &Converter<'_>, state: &StageState) {
    if !state.for_windows {
        return;
    }
    let (Some(image), config) = (&state.base_image, &state.image.config) else { return };
    // Not by the written name, which a named context may have replaced.
    let base = Base::of(image, converter.plan.stages[state.root].image_reference().unwrap_or_default());
    powershell(state, base);
    let (Some(program), Some(directories)) = (Program::of(config), &state.directories) else { return };
    let Some(site) = state.named.program(program.by) else { return };
    let Some(path) = program.candidates().next() else { return };
    let is_named = base.is_plain && program.names_directory && stem(&program.written) != "dotnet";
    if is_named
        && !is_within_windows(&path)
        && !program.candidates().any(|path| directories.may_have_file(&path))
    {
        site.run(&rule::PROGRAM_MISSING, rule::program_missing(&program.written, None));
    }
}

/// Reports commands that start Windows PowerShell on a base without it.
fn powershell(state: &StageState, base: Base) {
    let config = &state.image.config;
    let own = state.directories.as_ref().is_some_and(|known| known.has_named("powershell.exe"));
    if !base.is_nanoserver || own {
        return;
    }
    let filled = |words: &Option<Vec<String>>| words.clone().unwrap_or_default();
    let (entrypoint, cmd) = (filled(&config.entrypoint), filled(&config.cmd));
    let health = config.healthcheck.as_ref().map_or_else(Vec::new, |check| match check.test.split_first() {
        Some((kind, words)) if kind == "CMD" => words.to_vec(),
        Some((kind, _)) if kind == "CMD-SHELL" => config.shell.clone(),
        _ => Vec::new(),
    });
    // With an ENTRYPOINT, CMD holds its arguments.
    let (by, words) = if entrypoint.is_empty() { (By::Cmd, cmd) } else { (By::Entrypoint, entrypoint) };
    let named = &state.named;
    for (words, site) in [(words, named.program(by)), (health, named.healthcheck.as_ref())] {
        if let Some(site) = site.filter(|_| starts_powershell(&words)) {
            site.run(&rule::PROGRAM, rule::program_powershell());
        }
    }
}

//! The names of steps in progress output.

use super::Converter;
use super::stage::StageState;
use crate::env::{Env, EnvList};
use crate::expand::Lexer;
use crate::image::Platform;
use crate::plan::Stage;
use crate::windows::versions;

/// Returns `[platform stage 1/3] text` for the next step of a stage (upstream's `prefixCommand`).
pub(super) fn of_step(
    state: &mut StageState,
    text: &str,
    platform: Option<&Platform>,
    env: &dyn Env,
) -> String {
    if state.progress.steps == 0 {
        return text.to_owned();
    }
    let platform = platform.filter(|_| state.progress.show_platform).map(|platform| {
        // All Windows versions share the steps of a Windows image, so no version is named.
        if state.for_windows {
            windows(platform)
        } else {
            platform.format_all() + &cross_target(platform, env)
        }
    });
    let mut out = "[".to_owned();
    // A Windows stage that is named like its system shows that name once.
    let progress = &mut state.progress;
    for part in platform.iter().filter(|platform| **platform != progress.name).chain([&progress.name]) {
        if !part.is_empty() {
            out.push_str(part);
            out.push(' ');
        }
    }
    progress.step += 1;
    let width = progress.steps.ilog10() as usize + 1;
    out.push_str(&format!("{:width$}/{}] ", progress.step, progress.steps));
    if progress.is_trigger {
        out.push_str("ONBUILD ");
    }
    out + text
}

/// Names the step of a base: like any other step, or by its version if there are several Windows bases.
pub(super) fn of_base(
    converter: &Converter<'_>,
    state: &mut StageState,
    text: &str,
    platform: &Platform,
    stage: &Stage<'_>,
) -> String {
    if !platform.is_windows() || state.progress.steps == 0 || !converter.input.layering.fanned_out {
        return of_step(state, text, Some(platform), &EnvList::new());
    }
    state.progress.step += 1;
    format!("[{}] {text}", version(state, stage))
}

/// Names the step that puts layers on a Windows base.
pub(super) fn of_merge(state: &StageState, stage: &Stage<'_>) -> String {
    format!("[{}] put layers on {}", version(state, stage), stage.written_base)
}

/// Returns, for example, `windows ltsc2022`.
fn version(state: &StageState, stage: &Stage<'_>) -> String {
    let label = versions::label(&stage.written_base, &state.image.platform.os_version);
    format!("{} {label}", windows(&state.platform)).trim_end().to_owned()
}

/// Returns `windows`, with the architecture if it is not amd64.
fn windows(platform: &Platform) -> String {
    match platform.architecture.as_str() {
        "amd64" => "windows".to_owned(),
        other => format!("windows/{other}"),
    }
}

/// Returns `->arch` for a stage that builds for another platform (upstream's `formatTargetPlatform`).
fn cross_target(base: &Platform, env: &dyn Env) -> String {
    let Some(mut target) = target_of(env) else { return String::new() };
    if target.os.is_empty() {
        target.os.clone_from(&base.os);
    }
    if target.architecture.is_empty() {
        target.architecture.clone_from(&base.architecture);
    }
    let target = target.normalize();
    if target.os != base.os {
        return format!("->{}", target.format_all());
    }
    if target.architecture == base.architecture {
        return String::new();
    }
    if target.variant.is_empty() {
        format!("->{}", target.architecture)
    } else {
        format!("->{}/{}", target.architecture, target.variant)
    }
}

/// Returns the platform that the TARGET arguments name (upstream's `platformFromEnv`).
fn target_of(env: &dyn Env) -> Option<Platform> {
    let mut platform = Platform::default();
    let mut found = false;
    for key in env.keys() {
        let value = env.get(key).unwrap_or_default();
        match key {
            "TARGETPLATFORM" => {
                if let Ok(platform) = Platform::parse(value) {
                    return Some(platform);
                }
                continue;
            }
            "TARGETOS" => value.clone_into(&mut platform.os),
            "TARGETARCH" => value.clone_into(&mut platform.architecture),
            "TARGETVARIANT" => value.clone_into(&mut platform.variant),
            _ => continue,
        }
        found = true;
    }
    found.then_some(platform)
}

/// Returns an instruction for display: its word in capitals, its variables expanded if possible.
pub(super) fn instruction(lexer: &Lexer, code: &str, env: &dyn Env) -> String {
    let shown = lexer.process_word(code, env).map_or_else(|_| code.to_owned(), |expansion| expansion.result);
    match shown.split_once(' ') {
        Some((word, rest)) => format!("{} {rest}", word.to_uppercase()),
        None => shown.to_uppercase(),
    }
}

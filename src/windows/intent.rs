//! Guesses which stages target Windows, whether or not a client asks for a Windows platform.
//!
//! `docker build --check` sends no platform of its own, but a file with Windows stages should be checked all the same.
//! Only unambiguous signs count, so that a file for Linux is checked as docker/dockerfile checks it.

use std::collections::HashMap;

use super::base_name;
use crate::env::EnvList;
use crate::expand::Lexer;
use crate::image::Platform;
use crate::instruction::{Dockerfile, Kind};
use crate::plan::SCRATCH;

/// The name of a stage that replaces another one for Windows.
const WINDOWS: &str = "windows";

/// The arguments that contain what the client asks for.
const PLATFORM_ARGS: [&str; 2] = ["TARGETPLATFORM", "TARGETOS"];

/// The stages of a file that are meant for Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsStages {
    /// For each stage by its number, whether it is meant for Windows.
    pub stages: Vec<bool>,
    /// The Windows stages that no other Windows stage needs.
    pub last: Vec<usize>,
}

impl WindowsStages {
    /// Checks every FROM, its variables expanded with the global arguments `env`.
    #[must_use]
    pub fn find(dockerfile: &Dockerfile, lexer: &Lexer, env: &EnvList) -> Self {
        // What cannot be expanded is reported by the plan.
        let expand =
            |word: &str| lexer.process_word(word, env).map(|e| (e.result, e.matched)).unwrap_or_default();
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut stages: Vec<bool> = Vec::with_capacity(dockerfile.stages.len());
        let mut needed = vec![false; dockerfile.stages.len()];
        for (index, stage) in dockerfile.stages.iter().enumerate() {
            let (base, _) = expand(&stage.base);
            let (platform, names) = expand(&stage.platform);
            // A flag that only repeats the requested platform does not count.
            let own_platform = !stage.platform.is_empty()
                && !names.iter().any(|name| PLATFORM_ARGS.contains(&name.as_str()));
            let below = by_name.get(base.as_str()).copied();
            let meant = match (below, Platform::parse(&platform)) {
                (_, Ok(platform)) if own_platform => platform.os == WINDOWS,
                (Some(below), _) => stages[below],
                (None, _) if base == SCRATCH => stage.name == WINDOWS,
                (None, _) => base_name::is_meant_for_windows(&base),
            };
            stages.push(meant);
            if meant {
                let copied = stage.instructions.iter().filter_map(|instruction| match &instruction.kind {
                    Kind::Copy(copy) => by_name.get(copy.from.to_lowercase().as_str()).copied(),
                    _ => None,
                });
                for other in below.into_iter().chain(copied) {
                    needed[other] = true;
                }
            }
            if !stage.name.is_empty() {
                by_name.insert(&stage.name, index);
            }
        }
        let last = (0..stages.len()).filter(|index| stages[*index] && !needed[*index]).collect();
        Self { stages, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{instruction, syntax};

    fn find(text: &str, os: &str) -> (Vec<bool>, Vec<usize>) {
        let dockerfile = instruction::parse(&syntax::parse(text.as_bytes()).unwrap(), None).unwrap();
        let mut env = EnvList::new();
        env.set("TARGETOS", os);
        env.set("TARGETPLATFORM", format!("{os}/amd64"));
        let found = WindowsStages::find(&dockerfile, &Lexer::new(dockerfile.escape), &env);
        (found.stages, found.last)
    }

    #[test]
    fn bases_lists_names_and_platforms_tell() {
        let text = "FROM golang AS build\nFROM x:a,b\nFROM --platform=windows/amd64 y\nFROM scratch AS windows\n\
                    FROM dockur/windows\nFROM --platform=linux/amd64 z:ltsc2022\n";
        assert_eq!(find(text, "linux"), (vec![false, true, true, true, false, false], vec![1, 2, 3]));
    }

    #[test]
    fn a_platform_that_is_asked_for_tells_nothing() {
        let text = "FROM --platform=$TARGETPLATFORM alpine\nFROM --platform=$TARGETOS/amd64 x:ltsc2022\n";
        assert_eq!(find(text, "windows"), (vec![false, true], vec![1]));
    }

    #[test]
    fn stages_on_stages_follow_them() {
        let text = "FROM x:ltsc2022 AS addon\nFROM y:ltsc2022 AS windows\nCOPY --from=addon /a /a\nFROM scratch AS linux\n\
                    FROM $TARGETOS\n";
        assert_eq!(find(text, "windows"), (vec![true, true, false, true], vec![3]));
        assert_eq!(find(text, "linux"), (vec![true, true, false, false], vec![1]));
    }
}

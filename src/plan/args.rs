//! Arguments: those that every build has, and the ARG instructions before the first FROM.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, ErrorKind};
use crate::collect::ByName;
use crate::env::{Env, EnvList};
use crate::expand::Lexer;
use crate::image::Platform;
use crate::instruction::{GlobalArg, OptionalKeyValue};
use crate::span::Range;

/// Build arguments by name, as the client gave them.
pub type BuildArgs = BTreeMap<String, String>;

/// The platforms of a build.
#[derive(Debug, Clone)]
pub struct Platforms {
    /// The platform on which build stages run.
    pub build: Platform,
    /// The platform to build for; for Windows without the version that the client asked for.
    pub target: Platform,
    /// The Windows version of `target`, as arguments show it.
    pub version: TargetVersion,
}

/// The value of `TARGETOSVERSION` in a variant of a Windows platform.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TargetVersion {
    /// The version of the platform.
    #[default]
    OfPlatform,
    /// The version that the client wrote in `--platform`. `TARGETPLATFORM` contains it as well.
    Asked(String),
    /// The `os.version` of the base.
    OfBase(String),
}

/// What is known about an argument (for the outline).
#[derive(Debug, Clone)]
pub struct ArgInfo {
    /// The ARG as written, with the value it got.
    pub definition: OptionalKeyValue,
    /// Its value.
    pub value: String,
    /// The arguments that its default uses.
    pub uses: BTreeSet<String>,
    /// Its location.
    pub location: Vec<Range>,
}

impl ArgInfo {
    /// Replaces the value.
    pub fn set_value(&mut self, value: &str) {
        value.clone_into(&mut self.value);
        self.definition.value = Some(value.to_owned());
    }
}

/// Returns the arguments that need no ARG before the first FROM (upstream's `defaultArgs`).
#[must_use]
pub fn predefined(platforms: &Platforms, build_args: &BuildArgs, target_stage: &str) -> EnvList {
    let Platforms { build, target, version } = platforms;
    let (written, os_version) = match version {
        TargetVersion::OfPlatform => (&target.os_version, &target.os_version),
        TargetVersion::Asked(version) => (version, version),
        TargetVersion::OfBase(version) => (&target.os_version, version),
    };
    let target = &Platform { os_version: written.clone(), ..target.clone() };
    let stage = if target_stage.is_empty() { "default" } else { target_stage };
    let values = [
        ("BUILDPLATFORM", build.format()),
        ("BUILDOS", build.os.clone()),
        ("BUILDOSVERSION", build.os_version.clone()),
        ("BUILDARCH", build.architecture.clone()),
        ("BUILDVARIANT", build.variant.clone()),
        ("TARGETPLATFORM", target.format_all()),
        ("TARGETOS", target.os.clone()),
        ("TARGETOSVERSION", os_version.clone()),
        ("TARGETARCH", target.architecture.clone()),
        ("TARGETVARIANT", target.variant.clone()),
        ("TARGETSTAGE", stage.to_owned()),
    ];
    let mut env = EnvList::new();
    for (key, value) in values {
        env.set(key, build_args.get(key).unwrap_or(&value));
    }
    env
}

/// Global arguments, with what is known about each.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    /// Their values.
    pub env: EnvList,
    /// What is known about each, by name.
    pub infos: ByName<ArgInfo>,
}

impl Globals {
    /// Returns whether the value of an argument contains that of another, directly or through others.
    #[must_use]
    pub fn uses(&self, name: &str, other: &str) -> bool {
        let mut names = vec![name];
        let mut done = 0;
        while let Some(name) = names.get(done) {
            done += 1;
            let Some(info) = self.infos.get(name) else { continue };
            for used in &info.uses {
                if used == other {
                    return true;
                }
                if !names.contains(&used.as_str()) {
                    names.push(used);
                }
            }
        }
        false
    }
}

/// Evaluates the ARG instructions before the first FROM, on top of `env` (upstream's `buildMetaArgs`).
///
/// `elements` are values that override those of the file: in a variant, an argument that is a list has one of its
/// elements as its value.
///
/// # Errors
///
/// Returns an error if a default cannot be expanded.
pub fn globals(
    mut env: EnvList,
    lexer: &Lexer,
    args: &[GlobalArg],
    build_args: &BuildArgs,
    elements: &BTreeMap<String, String>,
) -> Result<Globals, Error> {
    let mut infos: ByName<ArgInfo> = ByName::default();
    for instruction in args {
        for arg in &instruction.args {
            let mut definition = arg.clone();
            let mut uses = BTreeSet::new();
            if let Some(given) = build_args.get(&arg.key) {
                definition.value = Some(given.clone());
            } else if let Some(default) = &arg.value {
                let expansion = lexer
                    .process_word(default, &env)
                    .map_err(|e| Error::at(ErrorKind::Expand(e), &instruction.location))?;
                uses = expansion.matched;
                if uses.remove(&arg.key)
                    && let Some(earlier) = infos.get(&arg.key)
                {
                    uses.extend(earlier.uses.iter().cloned());
                }
                definition.value = Some(expansion.result);
            }
            let mut value = String::new();
            if let Some(text) = definition.value.take() {
                env.set(arg.key.as_str(), elements.get(&arg.key).unwrap_or(&text).as_str());
                definition.value = Some(text.clone());
                value = text;
            }
            let location = instruction.location.clone();
            infos.insert(arg.key.clone(), ArgInfo { definition, value, uses, location });
        }
    }
    Ok(Globals { env, infos })
}

/// Replaces the value of an argument, wherever it is set. An empty value removes the argument (upstream's
/// `setBuildArgValue`).
pub fn replace(build_args: &mut BuildArgs, globals: &mut EnvList, key: &str, value: &str) {
    if build_args.contains_key(key) {
        if value.is_empty() {
            build_args.remove(key);
        } else {
            build_args.insert(key.to_owned(), value.to_owned());
        }
    }
    if globals.get(key).is_some() {
        if value.is_empty() {
            globals.remove(key);
        } else {
            globals.set(key, value);
        }
    }
}

/// Returns the effective value of an argument, wherever it is set (upstream's `getBuildArgValue`).
#[must_use]
pub fn lookup(build_args: &BuildArgs, globals: &EnvList, key: &str) -> Option<String> {
    if let Some(value) = build_args.get(key) {
        return Some(value.clone());
    }
    globals.get(key).filter(|value| !value.is_empty()).map(str::to_owned)
}

//! ARG in a stage, and proxy arguments.

use super::expansion::{NOT_IN_ENV, Report};
use super::stage::StageState;
use super::{Converter, Error, ErrorKind, history};
use crate::env::Env;
use crate::instruction::{Instruction, OptionalKeyValue};
use crate::lint::{Linter, secret};
use crate::plan::{ArgInfo, BuildArgs};
use crate::proto::pb;
use crate::span::Located;

/// Converts ARG in a stage (upstream's `dispatchArg`).
pub(super) fn dispatch(
    converter: &Converter<'_>,
    state: &mut StageState,
    args: &[OptionalKeyValue],
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), Error> {
    let mut shown = Vec::with_capacity(args.len());
    for arg in args {
        secret::check("ARG", &arg.key, &instruction.location, lint);
        let mut arg = arg.clone();
        let given = converter.input.setting.build_args.get(&arg.key);
        let global = converter.plan.globals.env.get(&arg.key);
        let mut inherited = false;
        if let Some(given) = given {
            arg.value = Some(given.clone());
        } else if let Some(default) = &arg.value {
            let mut report = Report { state, location: &instruction.location, lint };
            let value = report
                .expand(converter.input.setting.lexer, default)
                .map_err(|e| Located::nowhere(ErrorKind::Expand(e)))?;
            arg.value = Some(value);
        } else if let Some(global) = global {
            arg.value = Some(global.to_owned());
            inherited = true;
        }
        let value = arg.value.clone().unwrap_or_default();
        if let Some(value) = &arg.value
            && !NOT_IN_ENV.contains(&arg.key.as_str())
        {
            state.fs.env.set(arg.key.as_str(), value.as_str());
        }
        if !inherited {
            let info = ArgInfo {
                definition: arg.clone(),
                value,
                uses: Default::default(),
                location: instruction.location.clone(),
            };
            state.outline.args.insert(arg.key.clone(), info);
        }
        state.outline.used_args.insert(arg.key.clone());
        shown.push(match &arg.value {
            Some(value) => format!("{}={value}", arg.key),
            None => arg.key.clone(),
        });
        state.build_args.push(arg);
    }
    history::config(state, format!("ARG {}", shown.join(" ")));
    Ok(())
}

/// Returns the proxies among the build arguments, case-insensitively (upstream's `proxyEnvFromBuildArgs`).
pub(super) fn proxy(build_args: &BuildArgs) -> Option<pb::ProxyEnv> {
    let mut proxy = pb::ProxyEnv::default();
    let mut found = false;
    for (key, value) in build_args {
        let field = match key.to_lowercase().as_str() {
            "http_proxy" => &mut proxy.http_proxy,
            "https_proxy" => &mut proxy.https_proxy,
            "ftp_proxy" => &mut proxy.ftp_proxy,
            "no_proxy" => &mut proxy.no_proxy,
            "all_proxy" => &mut proxy.all_proxy,
            _ => continue,
        };
        field.clone_from(value);
        found = true;
    }
    found.then_some(proxy)
}

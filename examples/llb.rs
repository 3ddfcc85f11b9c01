//! Prints the operations (LLB) that fanlight creates for a Dockerfile, without an engine: the answer to the request
//! `frontend.convertllb`, as JSON.
//!
//! ```sh
//! cargo run --example llb -- Dockerfile [OPTION=VALUE...]
//! ```
//!
//! Options are those of a client: `target=build`, `build-arg:NAME=VALUE`. The option `platform` has no effect: the request
//! is for the platform of this machine. [`fanlight::gateway::testing`] replaces BuildKit in this process: every image is
//! empty and has a digest of zeros, and the build context is empty.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use fanlight::frontend;
use fanlight::gateway::capabilities::names;
use fanlight::gateway::options::Environment;
use fanlight::gateway::testing::{Fake, bridge_to};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: llb DOCKERFILE [OPTION=VALUE...]");
        return ExitCode::FAILURE;
    };
    match run(&path, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str, arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let dockerfile = std::fs::read(path)?;
    let mut options = BTreeMap::new();
    for argument in arguments {
        let (name, value) =
            argument.split_once('=').ok_or_else(|| format!("expected OPTION=VALUE, got {argument:?}"))?;
        options.insert(name.to_owned(), value.to_owned());
    }
    let mut json = llb(dockerfile, options)?;
    json.push(b'\n');
    Ok(std::io::stdout().write_all(&json)?)
}

/// Converts the Dockerfile, and returns the operations as JSON.
fn llb(
    dockerfile: Vec<u8>,
    options: BTreeMap<String, String>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let fake = Fake::default()
            .with_caps(&[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META, names::SOLVE_EVALUATE])
            .with_all_llb_caps()
            .with_any_image()
            .with_file("Dockerfile", dockerfile);
        let bridge = bridge_to(&fake).await;
        let mut environment = Environment { options, session_id: "session".into(), ..Environment::default() };
        environment.options.insert("requestid".into(), "frontend.convertllb".into());
        let mut answer = frontend::build(&bridge, environment).await?;
        Ok(answer.metadata.remove("result.json").unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, options: &[(&str, &str)]) -> Result<String, String> {
        let options = options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let json = llb(text.into(), options).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(json).unwrap())
    }

    #[test]
    fn operations_are_printed() {
        let json = of("FROM alpine\nARG A\nRUN echo $A\nCOPY a b\n", &[("build-arg:A", "given")]).unwrap();
        for part in
            ["docker-image://docker.io/library/alpine:latest", "A=given", "local://context", "\"copy\""]
        {
            assert!(json.contains(part), "{part}: {json}");
        }
    }

    #[test]
    fn errors_are_those_of_a_build() {
        let error = of("FROM alpine\nCOPPY a b\n", &[]).unwrap_err();
        assert!(error.contains("line 2: unknown instruction: COPPY"), "{error}");
    }
}

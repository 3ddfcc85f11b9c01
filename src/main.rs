//! The frontend's executable. BuildKit starts it, and talks to it over standard input and output.

mod no_backtrace;

use std::process::ExitCode;

use fanlight::frontend;
use fanlight::gateway::options::Environment;
use fanlight::gateway::{Bridge, transport};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fanlight: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Builds, and returns the result or the error to BuildKit. Fails only if neither could be returned: then BuildKit
/// shows what is printed, and that the process failed.
fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let environment = Environment::read();
        let bridge = Bridge::connect(transport::stdio().await?, &environment.product).await?;
        let outcome = match frontend::build(&bridge, environment).await {
            Ok(result) => bridge.return_result(result).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            bridge.return_error(error).await?;
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    })
}

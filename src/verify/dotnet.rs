//! .NET programs that need a runtime in the base image.

use serde_json::Value;

use crate::image::Config;

/// A framework that a program needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// For example `Microsoft.NETCore.App` or `Microsoft.AspNetCore.App`.
    pub name: String,
    /// The version that it was built for.
    pub version: String,
}

/// A parsed `.runtimeconfig.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuntimeConfig {
    /// The frameworks that have to be installed; empty for a program that contains them.
    pub frameworks: Vec<Framework>,
    /// The roll-forward policy; empty for the default.
    roll_forward: String,
}

impl RuntimeConfig {
    /// Parses the file; `None` if it cannot be parsed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let config: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let options = config.get("runtimeOptions")?;
        let one = options.get("framework").into_iter();
        let several = options.get("frameworks").and_then(Value::as_array).into_iter().flatten();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let frameworks = one.chain(several).map(|framework| {
            Some(Framework { name: text(framework, "name")?, version: text(framework, "version")? })
        });
        let roll_forward = text(options, "rollForward").unwrap_or_default();
        Some(Self { frameworks: frameworks.collect::<Option<_>>()?, roll_forward })
    }

    /// Returns the first framework that an image is known to lack, with the version that the image has instead.
    #[must_use]
    pub fn missing(&self, installed: &Installed) -> Option<(&Framework, String)> {
        self.frameworks.iter().find_map(|framework| {
            let have = installed.version(&framework.name)?;
            let policy = Some(&installed.roll_forward).filter(|policy| !policy.is_empty());
            let runs = runs_on(&framework.version, &have, policy.unwrap_or(&self.roll_forward));
            (!runs).then_some((framework, have))
        })
    }
}

/// The runtimes of an image, from the variables of Microsoft's .NET images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// The version of the runtime; empty for none.
    pub runtime: String,
    /// The version of ASP.NET; empty for none.
    pub aspnet: String,
    has_sdk: bool,
    roll_forward: String,
}

impl Installed {
    /// Reads the environment of an image.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let value = |name: &str| {
            let found = config.env.iter().find_map(|entry| {
                let (key, value) = entry.split_once('=')?;
                key.eq_ignore_ascii_case(name).then(|| value.to_owned())
            });
            found.unwrap_or_default()
        };
        Self {
            runtime: value("DOTNET_VERSION"),
            aspnet: value("ASPNET_VERSION"),
            has_sdk: !value("DOTNET_SDK_VERSION").is_empty(),
            roll_forward: value("DOTNET_ROLL_FORWARD"),
        }
    }

    /// Returns the version of a framework, empty if it is missing; `None` if it is not known.
    fn version(&self, framework: &str) -> Option<String> {
        match framework {
            "Microsoft.NETCore.App" => Some(self.runtime.clone()),
            "Microsoft.AspNetCore.App" if self.has_sdk && self.aspnet.is_empty() => None,
            "Microsoft.AspNetCore.App" => Some(self.aspnet.clone()),
            _ => None,
        }
    }
}

/// Returns whether a program built for one version runs on another, by a roll-forward policy.
fn runs_on(want: &str, have: &str, policy: &str) -> bool {
    let (Some(want), Some(have)) = (version(want), version(have)) else {
        // Versions that cannot be parsed are accepted, but an empty version means that the framework is missing.
        return !have.is_empty();
    };
    match policy.to_lowercase().as_str() {
        "disable" => want == have,
        "latestpatch" => want[..2] == have[..2] && want <= have,
        "major" | "latestmajor" => want <= have,
        _ => want[0] == have[0] && want <= have,
    }
}

fn version(text: &str) -> Option<[u32; 3]> {
    let release = text.split(['-', '+']).next()?;
    let mut numbers = release.split('.').map(|number| number.parse::<u32>().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next().unwrap_or(Some(0))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(env: &[&str]) -> Installed {
        Installed::of(&Config { env: env.iter().map(|e| (*e).to_owned()).collect(), ..Config::default() })
    }

    fn missing(json: &str, env: &[&str]) -> Option<String> {
        let config = RuntimeConfig::parse(json).unwrap();
        config.missing(&installed(env)).map(|(framework, have)| format!("{} {have}", framework.name))
    }

    #[test]
    fn a_program_needs_its_runtime() {
        let console =
            r#"{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}"#;
        assert_eq!(missing(console, &["DOTNET_VERSION=8.0.11"]), None);
        assert_eq!(missing(console, &["DOTNET_VERSION=9.0.1"]).unwrap(), "Microsoft.NETCore.App 9.0.1");
        assert_eq!(missing(console, &["DOTNET_VERSION=6.0.1"]).unwrap(), "Microsoft.NETCore.App 6.0.1");
        assert_eq!(missing(console, &[]).unwrap(), "Microsoft.NETCore.App ");
        assert_eq!(missing(console, &["DOTNET_VERSION=9.0.1", "DOTNET_ROLL_FORWARD=Major"]), None);
        assert_eq!(
            missing(console, &["DOTNET_VERSION=10.0.0-rc.1", "dotnet_roll_forward=LatestMajor"]),
            None
        );
        let web = r#"{"runtimeOptions":{"rollForward":"Minor","frameworks":[
            {"name":"Microsoft.NETCore.App","version":"8.0.0"},{"name":"Microsoft.AspNetCore.App","version":"8.0.0"}]}}"#;
        assert_eq!(missing(web, &["DOTNET_VERSION=8.0.1"]).unwrap(), "Microsoft.AspNetCore.App ");
        assert_eq!(missing(web, &["DOTNET_VERSION=8.0.1", "ASPNET_VERSION=8.0.1"]), None);
        assert_eq!(missing(web, &["DOTNET_VERSION=8.0.1", "DOTNET_SDK_VERSION=8.0.100"]), None);
    }

    #[test]
    fn a_program_that_brings_its_runtime_needs_none() {
        let own = r#"{"runtimeOptions":{"includedFrameworks":[{"name":"Microsoft.NETCore.App","version":"8.0.0"}]}}"#;
        assert_eq!(missing(own, &[]), None);
        let desktop =
            r#"{"runtimeOptions":{"framework":{"name":"Microsoft.WindowsDesktop.App","version":"8.0.0"}}}"#;
        assert_eq!(missing(desktop, &["DOTNET_VERSION=8.0.1"]), None);
    }

    #[test]
    fn what_is_not_understood_is_not_judged() {
        for json in ["", "{}", "[1]", r#"{"runtimeOptions":{"framework":{"name":7}}}"#] {
            assert_eq!(RuntimeConfig::parse(json), None, "{json}");
        }
        let odd = r#"{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"x"}}}"#;
        assert_eq!(missing(odd, &["DOTNET_VERSION=8.0.1"]), None);
    }
}

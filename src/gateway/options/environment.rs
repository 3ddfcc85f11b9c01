//! The environment variables that BuildKit passes to a frontend.

use std::collections::BTreeMap;
use std::env;

use serde_json::Value;

use crate::image::Platform;

/// Options by key, and the machines that build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    /// `BUILDKIT_FRONTEND_OPT_*`, each of which is `key=value`.
    pub options: BTreeMap<String, String>,
    /// `BUILDKIT_SESSION_ID`: the client's session.
    pub session_id: String,
    /// `BUILDKIT_WORKERS`: the machines that can build, the default one first.
    pub workers: Vec<Worker>,
    /// `BUILDKIT_EXPORTEDPRODUCT`: the engine's name for itself.
    pub product: String,
}

/// A machine that can build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Worker {
    /// The platforms it can run, its own first.
    pub platforms: Vec<Platform>,
}

impl Worker {
    /// Parses a list of workers as BuildKit writes it; `None` if it is invalid.
    fn list(text: &str) -> Option<Vec<Self>> {
        let list: Value = serde_json::from_str(text).ok()?;
        list.as_array()?.iter().map(Self::of).collect()
    }

    fn of(value: &Value) -> Option<Self> {
        let platforms = match &value["platforms"] {
            Value::Null => Vec::new(),
            Value::Array(list) => list.iter().map(Platform::of_json).collect::<Option<_>>()?,
            _ => return None,
        };
        Some(Self { platforms })
    }
}

impl Environment {
    /// Reads the process's environment.
    #[must_use]
    pub fn read() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::from_variables(env::vars_os().map(|(key, value)| (text(key), text(value))))
    }

    /// Reads variables. As upstream does, an invalid list of workers is treated as empty.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut environment = Self::default();
        for (key, value) in variables {
            match key.as_str() {
                "BUILDKIT_SESSION_ID" => environment.session_id = value,
                "BUILDKIT_EXPORTEDPRODUCT" => environment.product = value,
                "BUILDKIT_WORKERS" => {
                    environment.workers = Worker::list(&value).unwrap_or_default();
                }
                _ if key.starts_with("BUILDKIT_FRONTEND_OPT_") => {
                    let (key, value) = value.split_once('=').unwrap_or((&value, ""));
                    environment.options.insert(key.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        environment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        Environment::from_variables(variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn options_may_hold_equals_signs_and_lack_values() {
        let environment = read(&[
            ("BUILDKIT_FRONTEND_OPT_0", "build-arg:A=b=c"),
            ("BUILDKIT_FRONTEND_OPT_1", "no-cache"),
            ("BUILDKIT_SESSION_ID", "s"),
            ("BUILDKIT_EXPORTEDPRODUCT", "docker"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(environment.options["build-arg:A"], "b=c");
        assert_eq!(environment.options["no-cache"], "");
        assert_eq!((environment.session_id.as_str(), environment.product.as_str()), ("s", "docker"));
    }

    #[test]
    fn workers_as_buildkit_writes_them() {
        let text = r#"[{"id":"w","labels":null,"platforms":[{"architecture":"amd64","os":"linux"},
            {"architecture":"amd64","os":"windows","os.version":"10.0.20348.1"}],"gcPolicy":null,
            "buildkitVersion":{"package":"p","version":"v","revision":"r"},"cdiDevices":null}, {"id":"x","platforms":null}]"#;
        let environment = read(&[("BUILDKIT_WORKERS", text)]);
        let platforms: Vec<_> = environment.workers[0].platforms.iter().map(Platform::format_all).collect();
        assert_eq!(platforms, ["linux/amd64", "windows(10.0.20348.1)/amd64"]);
        assert_eq!(environment.workers[1].platforms, []);
        assert_eq!(read(&[("BUILDKIT_WORKERS", "null")]).workers, []);
        assert_eq!(read(&[("BUILDKIT_WORKERS", "{")]).workers, []);
    }
}

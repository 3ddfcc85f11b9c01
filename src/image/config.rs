//! The configuration of an image, with Docker's extensions.
//!
//! Mirrors `dockerspec.DockerOCIImage`. Reading and writing agree with Go's `encoding/json` byte for byte,
//! since BuildKit digests the text and registries store it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Platform, config_read, config_write};
use crate::go::{duration, format, json_value, time};

/// Why a text is not a valid image config.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Not valid JSON.
    #[error("failed to parse image config: {0}")]
    Json(#[from] json_value::ErrorKind),
    /// A value of the wrong type.
    #[error("failed to parse image config: {field} is not {expected}")]
    Type {
        /// The field, for example `config.Env`.
        field: String,
        /// The expected type.
        expected: &'static str,
    },
    /// A time that Go cannot parse.
    #[error("failed to parse image config: {field}: {error}")]
    Time {
        /// The field.
        field: String,
        /// What is wrong with it.
        error: time::InvalidTime,
    },
}

/// An image's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// The creation time, in RFC 3339 as Go writes it.
    pub created: Option<String>,
    /// The maintainer.
    pub author: String,
    /// The platform on which it runs.
    pub platform: Platform,
    /// The content of its layers.
    pub rootfs: RootFs,
    /// The steps that built it.
    pub history: Vec<History>,
    /// The settings of its containers.
    pub config: Config,
}

/// The uncompressed layers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootFs {
    /// `layers`.
    pub kind: String,
    /// Digests from the bottom up. `None` is written as `null`, as Go does for a nil slice.
    pub diff_ids: Option<Vec<String>>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// The time of the step, in RFC 3339 as Go writes it.
    pub created: Option<String>,
    /// The instruction.
    pub created_by: String,
    /// The author.
    pub author: String,
    /// A comment, `buildkit.dockerfile.v0`.
    pub comment: String,
    /// The step created no layer.
    pub empty_layer: bool,
}

/// The settings of the image's containers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// USER.
    pub user: String,
    /// EXPOSE: `80/tcp`.
    pub exposed_ports: BTreeSet<String>,
    /// ENV: `KEY=value`, in order.
    pub env: Vec<String>,
    /// ENTRYPOINT. An empty list is written like `None`.
    pub entrypoint: Option<Vec<String>>,
    /// CMD. An empty list is written like `None`.
    pub cmd: Option<Vec<String>>,
    /// VOLUME.
    pub volumes: BTreeSet<String>,
    /// WORKDIR.
    pub working_dir: String,
    /// LABEL.
    pub labels: BTreeMap<String, String>,
    /// STOPSIGNAL.
    pub stop_signal: String,
    /// Windows must not change the command line.
    pub args_escaped: bool,
    /// HEALTHCHECK.
    pub healthcheck: Option<HealthConfig>,
    /// ONBUILD.
    pub on_build: Vec<String>,
    /// SHELL.
    pub shell: Vec<String>,
}

/// HEALTHCHECK. Durations are nanoseconds; zero inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthConfig {
    /// `NONE`, or `CMD` or `CMD-SHELL` and arguments.
    pub test: Vec<String>,
    /// Time between checks.
    pub interval: i64,
    /// Time until a check times out.
    pub timeout: i64,
    /// Time to start up before failures count.
    pub start_period: i64,
    /// Time between checks during the start.
    pub start_interval: i64,
    /// Failures in a row that make a container unhealthy.
    pub retries: i64,
}

impl HealthConfig {
    /// Formats the config as Go's `%+v`, which the history line of HEALTHCHECK shows.
    #[must_use]
    pub fn to_history(&self) -> String {
        format!(
            "{{Test:{} Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}",
            format::list(&self.test),
            duration::format(self.interval),
            duration::format(self.timeout),
            duration::format(self.start_period),
            duration::format(self.start_interval),
            self.retries
        )
    }
}

impl Image {
    /// Parses a config as `json.Unmarshal` does: keys are case-insensitive, unknown keys are ignored, and
    /// `null` leaves a value unset.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind`] for text that is not JSON, values of the wrong type, and times that Go rejects.
    pub fn parse(text: &[u8]) -> Result<Self, ErrorKind> {
        config_read::read(text)
    }

    /// Returns the config as `json.Marshal` writes it.
    #[must_use]
    pub fn to_json(&self) -> String {
        config_write::write(self)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Case {
        #[serde(rename = "in", default)]
        text: String,
        #[serde(default)]
        bytes: Vec<u8>,
        out: Option<String>,
        health: Option<String>,
    }

    #[test]
    fn reads_and_writes_as_go_does() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../testdata/image/config.json")).unwrap();
        for case in cases {
            let text = if case.bytes.is_empty() { case.text.as_bytes() } else { &case.bytes };
            let image = Image::parse(text);
            let shown = String::from_utf8_lossy(text);
            assert_eq!(image.as_ref().ok().map(Image::to_json), case.out, "{shown}: {image:?}");
            let health = image.ok().and_then(|i| i.config.healthcheck).map(|h| h.to_history());
            assert_eq!(health, case.health, "{shown}");
        }
    }

    #[test]
    fn platforms_of_empty_and_inherited_images() {
        let windows = Platform::parse("windows(10.0.20348)/amd64").unwrap();
        assert_eq!(
            Image::empty(&windows).to_json(),
            concat!(
                r#"{"architecture":"amd64","os":"windows","os.version":"10.0.20348","#,
                r#""rootfs":{"type":"layers","diff_ids":null},"config":{"WorkingDir":"/"}}"#
            )
        );
        let mut image = Image::empty(&windows);
        image.set_platform(&Platform::new("windows", "amd64"));
        assert_eq!(image.platform, windows);
        image.set_platform(&Platform::new("linux", "amd64"));
        assert_eq!(image.platform, Platform::new("linux", "amd64"));
    }

    #[test]
    fn errors_name_the_field() {
        let error = |text: &str| Image::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error(r#"{"config":{"Env":"x"}}"#),
            "failed to parse image config: config.Env is not a list of strings"
        );
        assert_eq!(
            error(r#"{"created":"x"}"#),
            r#"failed to parse image config: created: cannot parse "x" as an RFC 3339 time"#
        );
        assert_eq!(error("{"), "failed to parse image config: unexpected end of JSON input");
        let deep = "[".repeat(100_000);
        assert_eq!(error(&deep), "failed to parse image config: JSON is nested deeper than 10000 levels");
    }
}

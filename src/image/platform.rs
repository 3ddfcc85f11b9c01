//! Platforms: `linux/amd64`, `windows(10.0.17763)/amd64`.
//!
//! Mirrors `github.com/containerd/platforms` as BuildKit pins it (1.0.0-rc.5).

use std::fmt;

use serde_json::{Map, Value};

use super::machine::{HOST_OS, host_architecture, host_variant};
use crate::go::unicode::to_lower;
use crate::go::{Quoted, path};

/// The platform of an image (`ocispecs.Platform`). The JSON form is that of the image specification.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Platform {
    /// Processor architecture, in Go's names: `amd64`, `arm64`.
    pub architecture: String,
    /// Operating system, in Go's names: `linux`, `windows`.
    pub os: String,
    /// Version of the operating system; empty if it does not matter.
    pub os_version: String,
    /// Features of the operating system. `None` and an empty list are written alike, but Go distinguishes
    /// them.
    pub os_features: Option<Vec<String>>,
    /// Variant of the architecture, such as `v7` of `arm`; empty if there is none.
    pub variant: String,
}

impl Platform {
    /// Parses the JSON form; `None` if it is invalid.
    #[must_use]
    pub fn of_json(value: &Value) -> Option<Self> {
        let members = value.as_object()?;
        let text = |key: &str| match members.get(key) {
            None | Some(Value::Null) => Some(String::new()),
            Some(value) => value.as_str().map(str::to_owned),
        };
        let feature = |value: &Value| value.as_str().map(str::to_owned);
        let os_features = match members.get("os.features") {
            None | Some(Value::Null) => None,
            Some(features) => Some(features.as_array()?.iter().map(feature).collect::<Option<_>>()?),
        };
        Some(Self {
            architecture: text("architecture")?,
            os: text("os")?,
            os_version: text("os.version")?,
            os_features,
            variant: text("variant")?,
        })
    }

    /// Returns the JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |key: &str, value: Value| drop(members.insert(key.to_owned(), value));
        put("architecture", self.architecture.as_str().into());
        put("os", self.os.as_str().into());
        if !self.os_version.is_empty() {
            put("os.version", self.os_version.as_str().into());
        }
        if let Some(features) = self.os_features.clone().filter(|features| !features.is_empty()) {
            put("os.features", features.into());
        }
        if !self.variant.is_empty() {
            put("variant", self.variant.as_str().into());
        }
        Value::Object(members)
    }
}

/// Why a text is not a valid platform. The texts are those of `platforms.Parse`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A `*` anywhere.
    #[error("{}: wildcards not yet supported: invalid argument", Quoted(.0))]
    Wildcard(String),
    /// The first component is not an operating system, with or without options.
    #[error(
        "{} is an invalid OS component of {}: OSAndVersion specifier component must match {}: invalid argument",
        Quoted(.component), Quoted(.text), Quoted(OS_PATTERN)
    )]
    Os {
        /// The component.
        component: String,
        /// The whole text.
        text: String,
    },
    /// A later component has invalid characters.
    #[error(
        "{} is an invalid component of {}: platform specifier component must match {}: invalid argument",
        Quoted(.component), Quoted(.text), Quoted(COMPONENT_PATTERN)
    )]
    Component {
        /// The component.
        component: String,
        /// The whole text.
        text: String,
    },
    /// A percent escape in the version is broken.
    #[error("{} has an invalid OS version {}: invalid URL escape {}", Quoted(.text), Quoted(.version), Quoted(.escape))]
    Version {
        /// The whole text.
        text: String,
        /// The version as written.
        version: String,
        /// The escape.
        escape: String,
    },
    /// A percent escape in a feature is broken.
    #[error(
        "{} has invalid OS features: invalid os feature {}: invalid URL escape {}",
        Quoted(.text), Quoted(.feature), Quoted(.escape)
    )]
    Feature {
        /// The whole text.
        text: String,
        /// The feature as written.
        feature: String,
        /// The escape.
        escape: String,
    },
    /// One word that is neither an operating system nor an architecture.
    #[error("{}: unknown operating system or architecture: invalid argument", Quoted(.0))]
    Unknown(String),
    /// Too many components.
    #[error("{}: cannot parse platform specifier: invalid argument", Quoted(.0))]
    TooLong(String),
}

// Shown in messages because users know them; the checks below do not use them.
const COMPONENT_PATTERN: &str = "^[A-Za-z0-9_.-]+$";
const OS_PATTERN: &str = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$";

const KNOWN_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

const KNOWN_ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// Returns whether the operating system is Windows.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.os == "windows"
    }

    /// Returns the platform without the version and features of Windows.
    #[must_use]
    pub fn without_version(&self) -> Self {
        Self { os_version: String::new(), os_features: None, ..self.clone() }
    }

    /// Creates a platform from an operating system and an architecture.
    #[must_use]
    pub fn new(os: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self { os: os.into(), architecture: architecture.into(), ..Self::default() }
    }

    /// Parses `os[(version+feature...)][/architecture[/variant]]`, or only an architecture
    /// (`platforms.Parse`). Missing parts come from the machine.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind`] with upstream's text.
    pub fn parse(text: &str) -> Result<Self, ErrorKind> {
        if text.contains('*') {
            return Err(ErrorKind::Wildcard(text.to_owned()));
        }
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let (first, rest) = (parts[0], &parts[1..]);
        let mut platform = parse_os(first, text)?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if let Some(bad) = rest.iter().find(|part| part.is_empty() || !part.bytes().all(allowed)) {
            return Err(ErrorKind::Component { component: (*bad).to_owned(), text: text.to_owned() });
        }
        match *rest {
            [] if KNOWN_OS.contains(&platform.os.as_str()) => {
                platform.architecture = host_architecture().to_owned();
                if platform.architecture == "arm" && host_variant() != "v7" {
                    platform.variant = host_variant();
                }
            }
            [] => {
                (platform.architecture, platform.variant) = normalize_architecture(first, "");
                if platform.architecture == "arm" && platform.variant == "v7" {
                    platform.variant.clear();
                }
                if !KNOWN_ARCHITECTURES.contains(&platform.architecture.as_str()) {
                    return Err(ErrorKind::Unknown(text.to_owned()));
                }
                platform.os = HOST_OS.to_owned();
            }
            [architecture] => {
                (platform.architecture, platform.variant) = normalize_architecture(architecture, "");
                if platform.architecture == "arm" && platform.variant == "v7" {
                    platform.variant.clear();
                }
            }
            [architecture, variant] => {
                (platform.architecture, platform.variant) = normalize_architecture(architecture, variant);
                if platform.architecture == "arm64" && platform.variant.is_empty() {
                    "v8".clone_into(&mut platform.variant);
                }
            }
            _ => return Err(ErrorKind::TooLong(text.to_owned())),
        }
        Ok(platform)
    }

    /// Returns the canonical spelling: `x86_64` becomes `amd64`, features are sorted and unique
    /// (`platforms.Normalize`).
    #[must_use]
    pub fn normalize(&self) -> Self {
        let (architecture, variant) = normalize_architecture(&self.architecture, &self.variant);
        let mut os_features = self.os_features.clone();
        if let Some(features) = &mut os_features {
            features.sort_unstable();
            features.dedup();
        }
        Self {
            os: normalize_os(&self.os),
            architecture,
            variant,
            os_version: self.os_version.clone(),
            os_features,
        }
    }

    /// Returns `os/architecture/variant` without version and features (`platforms.Format`).
    #[must_use]
    pub fn format(&self) -> String {
        if self.os.is_empty() {
            return "unknown".to_owned();
        }
        path::join(&[&self.os, &self.architecture, &self.variant])
    }

    /// Returns [`Self::format`] with version and features in parentheses (`platforms.FormatAll`).
    #[must_use]
    pub fn format_all(&self) -> String {
        if self.os.is_empty() {
            return "unknown".to_owned();
        }
        let mut features: Vec<&str> =
            self.os_features.iter().flatten().map(String::as_str).filter(|f| !f.is_empty()).collect();
        features.sort_unstable();
        features.dedup();
        if self.os_version.is_empty() && features.is_empty() {
            return self.format();
        }
        let mut os = format!("{}({}", self.os, encode_option(&self.os_version));
        for feature in features {
            os.push('+');
            os.push_str(&encode_option(feature));
        }
        os.push(')');
        path::join(&[&os, &self.architecture, &self.variant])
    }

    /// Returns the platform of this machine (`platforms.DefaultSpec`): Linux, the architecture this program
    /// was built for, and the variant if it is an ARM machine.
    #[must_use]
    pub fn host() -> Self {
        Self { variant: host_variant(), ..Self::new(HOST_OS, host_architecture()) }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format_all())
    }
}

fn parse_os(component: &str, text: &str) -> Result<Platform, ErrorKind> {
    let invalid = || ErrorKind::Os { component: component.to_owned(), text: text.to_owned() };
    let (name, options) = match component.split_once('(') {
        Some((name, options)) => (name, options.strip_suffix(')').ok_or_else(invalid)?),
        None => (component, ""),
    };
    let in_option = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'%' | b'-');
    let in_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let mut options = options.split('+');
    let version = options.next().unwrap_or_default();
    let features: Vec<&str> = options.collect();
    if name.is_empty()
        || !name.bytes().all(in_name)
        || !version.bytes().all(in_option)
        || features.iter().any(|f| f.is_empty() || !f.bytes().all(in_option))
    {
        return Err(invalid());
    }
    let os_version = decode_option(version).map_err(|escape| ErrorKind::Version {
        text: text.to_owned(),
        version: version.to_owned(),
        escape,
    })?;
    let mut decoded = Vec::new();
    for feature in features {
        decoded.push(decode_option(feature).map_err(|escape| ErrorKind::Feature {
            text: text.to_owned(),
            feature: feature.to_owned(),
            escape,
        })?);
    }
    let os_features = Some(decoded).filter(|features| !features.is_empty());
    Ok(Platform { os: normalize_os(name), os_version, os_features, ..Platform::default() })
}

/// Decodes percent escapes (`url.PathUnescape`); the error is the invalid escape. Bytes that are not UTF-8
/// become U+FFFD, since the value is only used in JSON or text.
fn decode_option(value: &str) -> Result<String, String> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            out.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2).unwrap_or(tail)).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if digits.len() == 2 => out.push(byte),
            _ => return Err(format!("%{digits}")),
        }
        rest = &tail[2..];
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn encode_option(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '%' => out.push_str("%25"),
            '+' => out.push_str("%2B"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '/' => out.push_str("%2F"),
            c => out.push(c),
        }
    }
    out
}

fn normalize_os(os: &str) -> String {
    match to_lower(os).as_str() {
        "" => HOST_OS.to_owned(),
        "macos" => "darwin".to_owned(),
        os => os.to_owned(),
    }
}

fn normalize_architecture(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (to_lower(architecture), to_lower(variant));
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", other) => ("amd64", other),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64", other) => ("arm64", other),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        text: Option<String>,
        error: Option<String>,
        platform: Option<Platform>,
        normal: Option<Platform>,
        format: Option<String>,
        all: Option<String>,
    }

    fn cases(json: &str) -> Vec<Case> {
        let cases: Vec<Value> = serde_json::from_str(json).unwrap();
        let case = |case: &Value| {
            let text = |key: &str| case[key].as_str().map(str::to_owned);
            let platform = |key: &str| Platform::of_json(&case[key]);
            Case {
                text: text("in"),
                error: text("error"),
                platform: platform("platform"),
                normal: platform("normal"),
                format: text("format"),
                all: text("all"),
            }
        };
        cases.iter().map(case).collect()
    }

    fn check(case: &Case, platform: &Platform) {
        let text = &case.text;
        assert_eq!(Some(&platform.normalize()), case.normal.as_ref(), "{text:?}");
        assert_eq!(Some(platform.format()), case.format, "{text:?}");
        assert_eq!(Some(platform.to_string()), case.all, "{text:?}");
    }

    #[test]
    fn parses_as_containerd_does() {
        for case in cases(include_str!("../../testdata/platform/parse.json")) {
            let text = case.text.as_deref().unwrap();
            match Platform::parse(text) {
                Ok(platform) => {
                    assert_eq!(Some(&platform), case.platform.as_ref(), "{text:?}");
                    check(&case, &platform);
                }
                Err(error) => assert_eq!(Some(error.to_string()), case.error, "{text:?}"),
            }
        }
    }

    #[test]
    fn formats_as_containerd_does() {
        for case in cases(include_str!("../../testdata/platform/format.json")) {
            check(&case, case.platform.as_ref().unwrap());
        }
    }

    #[test]
    fn json_has_the_keys_of_the_image_specification() {
        let platform = Platform::parse("windows(10.0.20348+win32k)/amd64").unwrap();
        assert_eq!(
            platform.to_json().to_string(),
            r#"{"architecture":"amd64","os":"windows","os.version":"10.0.20348","os.features":["win32k"]}"#
        );
        assert_eq!(Platform::of_json(&platform.to_json()), Some(platform));
        let of = |text: &str| Platform::of_json(&serde_json::from_str(text).unwrap());
        assert_eq!(of(r#"{"os":"linux","variant":null,"x":1}"#), Some(Platform::new("linux", "")));
        for other in [r#"{"os":1}"#, r#"{"os.features":"x"}"#, "[]"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}

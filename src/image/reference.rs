//! Image references: `alpine`, `registry:5000/team/app:1.2@sha256:...`.
//!
//! Mirrors `github.com/distribution/reference`.

use std::fmt;

use super::digest;
use crate::go::unicode::to_lower;

const DEFAULT_DOMAIN: &str = "docker.io";
const LEGACY_DEFAULT_DOMAIN: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const DEFAULT_TAG: &str = "latest";
const LONGEST_PATH: usize = 255;

/// Why a text is not a valid image reference. The texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// 64 hexadecimal digits, which would be ambiguous with an image's ID.
    #[error("invalid repository name ({0}), cannot specify 64-byte hexadecimal strings")]
    Identifier(String),
    /// An upper case letter in the repository.
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    UppercaseName(String),
    /// It would be a valid reference in lower case.
    #[error("repository name must be lowercase")]
    Uppercase,
    /// Not a valid reference.
    #[error("invalid reference format")]
    Format,
    /// Empty.
    #[error("repository name must have at least one component")]
    Empty,
    /// A repository that is too long.
    #[error("repository name must not be more than {LONGEST_PATH} characters")]
    TooLong,
    /// The digest is invalid.
    #[error(transparent)]
    Digest(#[from] digest::ErrorKind),
    /// The tag to set is invalid.
    #[error("invalid tag format")]
    Tag,
    /// The digest to set is invalid.
    #[error("invalid digest format")]
    DigestFormat,
}

/// A named image reference with its registry filled in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: String,
    digest: String,
}

impl Reference {
    /// Parses a reference as users write it (`reference.ParseNormalizedNamed`): without a registry it belongs
    /// to `docker.io`, and there without a namespace to `library`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind`] with upstream's text.
    pub fn parse_normalized(text: &str) -> Result<Self, ErrorKind> {
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ErrorKind::Identifier(text.to_owned()));
        }
        let (domain, rest) = split_domain(text);
        let name = rest.split(':').next().unwrap_or_default();
        if to_lower(name) != name {
            return Err(ErrorKind::UppercaseName(name.to_owned()));
        }
        Self::parse(&format!("{domain}/{rest}"))
    }

    /// Parses a reference as it is, without a registry if it names none (`reference.Parse`).
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind`] with upstream's text.
    pub fn parse(text: &str) -> Result<Self, ErrorKind> {
        if text.is_empty() {
            return Err(ErrorKind::Empty);
        }
        let Some(reference) = Self::scan(text) else {
            let uppercase = Self::scan(&to_lower(text)).is_some();
            return Err(if uppercase { ErrorKind::Uppercase } else { ErrorKind::Format });
        };
        if reference.path.len() > LONGEST_PATH {
            return Err(ErrorKind::TooLong);
        }
        if !reference.digest.is_empty() {
            digest::validate(&reference.digest)?;
        }
        Ok(reference)
    }

    /// Splits a text by upstream's grammar. Neither names nor tags contain an `@`, and only a registry
    /// contains a `:` before its slash, so each mark is searched from the end.
    fn scan(text: &str) -> Option<Self> {
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) if is_digest(digest) => (named, digest),
            Some(_) => return None,
            None => (text, ""),
        };
        let last = named.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match named[last..].find(':') {
            Some(colon) if is_tag(&named[last + colon + 1..]) => {
                (&named[..last + colon], &named[last + colon + 1..])
            }
            Some(_) => return None,
            None => (named, ""),
        };
        let (domain, path) = match name.split_once('/') {
            Some((domain, path)) if is_domain(domain) && is_path(path) => (domain, path),
            _ if is_path(name) => ("", name),
            _ => return None,
        };
        Some(Self { domain: domain.into(), path: path.into(), tag: tag.into(), digest: digest.into() })
    }

    /// Adds the tag `latest` to a bare name (`reference.TagNameOnly`).
    #[must_use]
    pub fn tag_name_only(mut self) -> Self {
        if self.tag.is_empty() && self.digest.is_empty() {
            DEFAULT_TAG.clone_into(&mut self.tag);
        }
        self
    }

    /// Replaces the tag (`reference.WithTag`).
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Tag`] if the tag is invalid.
    pub fn with_tag(mut self, tag: &str) -> Result<Self, ErrorKind> {
        if !is_tag(tag) {
            return Err(ErrorKind::Tag);
        }
        tag.clone_into(&mut self.tag);
        Ok(self)
    }

    /// Replaces the digest (`reference.WithDigest`).
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::DigestFormat`] if the digest is invalid.
    pub fn with_digest(mut self, digest: &str) -> Result<Self, ErrorKind> {
        if !is_digest(digest) {
            return Err(ErrorKind::DigestFormat);
        }
        digest.clone_into(&mut self.digest);
        Ok(self)
    }

    /// Returns the bare name (`reference.TrimNamed`).
    #[must_use]
    pub fn trim(mut self) -> Self {
        self.tag.clear();
        self.digest.clear();
        self
    }

    /// Returns registry and repository.
    #[must_use]
    pub fn name(&self) -> String {
        if self.domain.is_empty() { self.path.clone() } else { format!("{}/{}", self.domain, self.path) }
    }

    /// Returns the registry, with its port.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Returns the repository.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the tag, if any.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        Some(self.tag.as_str()).filter(|tag| !tag.is_empty())
    }

    /// Returns the digest, if any.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        Some(self.digest.as_str()).filter(|digest| !digest.is_empty())
    }

    /// Returns whether there is neither a tag nor a digest (`reference.IsNameOnly`).
    #[must_use]
    pub const fn is_name_only(&self) -> bool {
        self.tag.is_empty() && self.digest.is_empty()
    }

    /// Returns the name as users write it (`reference.FamiliarName`).
    #[must_use]
    pub fn familiar_name(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return self.name();
        }
        match self.path.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name.to_owned(),
            _ => self.path.clone(),
        }
    }

    /// Returns the reference as users write it (`reference.FamiliarString`).
    #[must_use]
    pub fn familiar(&self) -> String {
        self.familiar_name() + &self.suffix()
    }

    fn suffix(&self) -> String {
        let mut suffix = String::new();
        if !self.tag.is_empty() {
            suffix = format!(":{}", self.tag);
        }
        if !self.digest.is_empty() {
            suffix = format!("{suffix}@{}", self.digest);
        }
        suffix
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name(), self.suffix())
    }
}

/// Splits a registry from the rest, filling in what users omit (`splitDockerDomain`).
fn split_domain(text: &str) -> (&str, String) {
    let Some((first, rest)) = text.split_once('/') else {
        return (DEFAULT_DOMAIN, format!("{OFFICIAL}{text}"));
    };
    let (domain, rest) = if first == LEGACY_DEFAULT_DOMAIN {
        (DEFAULT_DOMAIN, rest)
    } else if first == "localhost" || first.contains(['.', ':']) || to_lower(first) != first {
        (first, rest)
    } else {
        (DEFAULT_DOMAIN, text)
    };
    if domain == DEFAULT_DOMAIN && !rest.contains('/') {
        (domain, format!("{OFFICIAL}{rest}"))
    } else {
        (domain, rest.to_owned())
    }
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((inner, "")) => (inner, None),
            Some((inner, port)) => (inner, Some(port.strip_prefix(':').unwrap_or_default())),
            None => return false,
        },
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let host_ok = if text.starts_with('[') {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
    } else {
        host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    };
    host_ok && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

fn is_path(text: &str) -> bool {
    text.split('/').all(is_path_component)
}

/// Returns whether the text consists of runs of lower case letters and digits, separated by one dot, one or
/// two underscores, or dashes.
fn is_path_component(text: &str) -> bool {
    let word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut rest = text.as_bytes();
    loop {
        let length = rest.iter().take_while(|b| word(b)).count();
        if length == 0 {
            return false;
        }
        rest = &rest[length..];
        let separator = rest.iter().take_while(|b| !word(b)).count();
        match &rest[..separator] {
            [] => return rest.is_empty(),
            b"." | b"_" | b"__" => {}
            dashes if dashes.iter().all(|b| *b == b'-') => {}
            _ => return false,
        }
        rest = &rest[separator..];
    }
}

fn is_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&bytes.len())
        && word(bytes[0])
        && bytes.iter().all(|b| word(*b) || matches!(b, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, value)) = text.split_once(':') else { return false };
    let part = |p: &str| {
        p.starts_with(|c: char| c.is_ascii_alphabetic()) && p.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    algorithm.split(['-', '_', '+', '.']).all(part)
        && value.len() >= 32
        && value.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_as_distribution_does() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/reference/parse.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let field = |name: &str| case[name].as_str().map(str::to_owned);
            let reference = match Reference::parse_normalized(text) {
                Ok(reference) => reference,
                Err(error) => {
                    assert_eq!(Some(error.to_string()), field("error"), "{text:?}");
                    continue;
                }
            };
            assert_eq!(Some(reference.to_string()), field("string"), "{text:?}");
            assert_eq!(Some(reference.name()), field("name"), "{text:?}");
            assert_eq!(Some(reference.domain().to_owned()), field("domain"), "{text:?}");
            assert_eq!(Some(reference.path().to_owned()), field("path"), "{text:?}");
            assert_eq!(reference.tag().map(str::to_owned), field("tag"), "{text:?}");
            assert_eq!(reference.digest().map(str::to_owned), field("digest"), "{text:?}");
            assert_eq!(Some(reference.familiar()), field("familiar"), "{text:?}");
            assert_eq!(Some(reference.clone().tag_name_only().to_string()), field("tagged"), "{text:?}");
            assert_eq!(Some(reference.trim().to_string()), field("trim"), "{text:?}");
        }
    }

    #[test]
    fn takes_digests_as_distribution_does() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/reference/with_digest.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let base = Reference::parse_normalized("a/b:1").unwrap();
            match base.with_digest(text) {
                Ok(reference) => assert_eq!(Some(reference.to_string().as_str()), case["string"].as_str()),
                Err(error) => {
                    assert_eq!(Some(error.to_string().as_str()), case["error"].as_str(), "{text:?}")
                }
            }
        }
    }

    #[test]
    fn tags_are_checked() {
        let reference = Reference::parse_normalized("alpine").unwrap();
        assert_eq!(reference.clone().with_tag("-x"), Err(ErrorKind::Tag));
        assert_eq!(reference.with_tag("3").unwrap().familiar(), "alpine:3");
    }
}

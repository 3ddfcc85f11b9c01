//! URLs as Go's `net/url` parses and formats them.

mod authority;
mod escape;
mod query;

use std::fmt;

pub use authority::User;
use escape::{Part, escape, is_valid, unescape};
pub use query::{Values, parse_query};

use super::Quoted;
use super::quote::quote_bytes;

/// The error for a text that is not a valid URL (`*url.Error`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parse {}: {kind}", Quoted(.url))]
pub struct UrlError {
    /// The text.
    pub url: String,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// The kind of error in a URL. The texts are Go's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A control character.
    #[error("net/url: invalid control character in URL")]
    ControlCharacter,
    /// A colon at the start.
    #[error("missing protocol scheme")]
    MissingScheme,
    /// `a:b`, in which `a` would be parsed as a scheme.
    #[error("first path segment in URL cannot contain colon")]
    ColonInFirstSegment,
    /// A percent sign without two hexadecimal digits, or an escape that is not allowed there.
    #[error("invalid URL escape {}", quote_bytes(.0))]
    Escape(Vec<u8>),
    /// A character that is not allowed in a host.
    #[error("invalid character {} in host name", Quoted(.0))]
    HostCharacter(String),
    /// A user or password with characters that are not allowed.
    #[error("net/url: invalid userinfo")]
    UserInfo,
    /// A misplaced bracket, or an IPv4 address in brackets.
    #[error("invalid IP-literal")]
    IpLiteral,
    /// An opening bracket without a closing one.
    #[error("missing ']' in host")]
    MissingBracket,
    /// A port that is not a number.
    #[error("invalid port {} after host", Quoted(.0))]
    Port(String),
    /// Brackets around something other than an IPv6 address.
    #[error("invalid host: {} is no IPv6 address", Quoted(.0))]
    Address(String),
}

/// A parsed URL. Its parts are unescaped and may be any bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Url {
    /// The scheme in lower case.
    pub scheme: String,
    /// The rest after the scheme if it does not start with a slash, escaped.
    pub opaque: String,
    /// User and password.
    pub user: Option<User>,
    /// The query as written, without its question mark.
    pub raw_query: String,
    /// There is a question mark with nothing after it.
    pub force_query: bool,
    host: Vec<u8>,
    path: Vec<u8>,
    /// The path as written, if [`escape()`] would write it differently.
    raw_path: String,
    fragment: Vec<u8>,
    raw_fragment: String,
    /// There is a scheme, but no `//`.
    omit_host: bool,
}

impl Url {
    /// Parses a URL or a relative reference (`url.Parse`).
    ///
    /// # Errors
    ///
    /// Returns [`UrlError`] if the text is invalid.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (front, fragment) = text.split_once('#').unwrap_or((text, ""));
        let error = |url: &str, kind| UrlError { url: url.to_owned(), kind };
        let mut url = Self::parse_front(front).map_err(|kind| error(front, kind))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(|kind| error(text, kind))?;
        if escape(&url.fragment, Part::Fragment) != fragment {
            fragment.clone_into(&mut url.raw_fragment);
        }
        Ok(url)
    }

    /// Parses everything but the fragment.
    fn parse_front(text: &str) -> Result<Self, ErrorKind> {
        let mut url = Self::default();
        if text.bytes().any(|b| b.is_ascii_control()) {
            return Err(ErrorKind::ControlCharacter);
        }
        if text == "*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = split_scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        if let Some(before) = rest.strip_suffix('?').filter(|before| !before.contains('?')) {
            url.force_query = true;
            rest = before;
        } else if let Some((before, query)) = rest.split_once('?') {
            query.clone_into(&mut url.raw_query);
            rest = before;
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err(ErrorKind::ColonInFirstSegment);
            }
        }
        let authority =
            rest.strip_prefix("//").filter(|after| !url.scheme.is_empty() || !after.starts_with('/'));
        if let Some(after) = authority {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            (url.user, url.host) = authority::parse(authority, &url.scheme)?;
            rest = path;
        } else if !url.scheme.is_empty() {
            url.omit_host = true;
        }
        url.path = unescape(rest, Part::Path)?;
        if escape(&url.path, Part::Path) != rest {
            rest.clone_into(&mut url.raw_path);
        }
        Ok(url)
    }

    /// Returns host and port.
    #[must_use]
    pub fn host(&self) -> String {
        String::from_utf8_lossy(&self.host).into_owned()
    }

    /// Returns the path.
    #[must_use]
    pub fn path(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }

    /// Returns the fragment, without its hash sign.
    #[must_use]
    pub fn fragment(&self) -> String {
        String::from_utf8_lossy(&self.fragment).into_owned()
    }

    /// Returns the values of the query, without invalid ones (`URL.Query`).
    #[must_use]
    pub fn query(&self) -> Values {
        parse_query(&self.raw_query).0
    }

    /// Returns the URL without query and fragment. A question mark with nothing after it is kept.
    #[must_use]
    pub fn without_query_and_fragment(&self) -> Self {
        let (fragment, raw_fragment) = (Vec::new(), String::new());
        Self { raw_query: String::new(), fragment, raw_fragment, ..self.clone() }
    }

    fn escaped_path(&self) -> String {
        if !self.raw_path.is_empty() && is_valid(&self.raw_path, Part::Path) {
            self.raw_path.clone()
        } else if self.path == b"*" {
            "*".to_owned()
        } else {
            escape(&self.path, Part::Path)
        }
    }
}

impl fmt::Display for Url {
    /// Formats like `URL.String`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out = format!("{}:", self.scheme);
        }
        if self.opaque.is_empty() {
            let nobody = self.host.is_empty() && self.user.is_none();
            let has_authority = !nobody || !(self.scheme.is_empty() || self.omit_host);
            if has_authority {
                if !nobody || !self.path.is_empty() {
                    out.push_str("//");
                }
                if let Some(user) = &self.user {
                    out.push_str(&user.to_string());
                    out.push('@');
                }
                out.push_str(&escape(&self.host, Part::Host));
            }
            let path = self.escaped_path();
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
            out.push_str(&path);
        } else {
            out.push_str(&self.opaque);
        }
        if self.force_query || !self.raw_query.is_empty() {
            out.push('?');
            out.push_str(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            if !self.raw_fragment.is_empty() && is_valid(&self.raw_fragment, Part::Fragment) {
                out.push_str(&self.raw_fragment);
            } else {
                out.push_str(&escape(&self.fragment, Part::Fragment));
            }
        }
        f.write_str(&out)
    }
}

/// Splits off a scheme and its colon, if there is one.
fn split_scheme(text: &str) -> Result<(&str, &str), ErrorKind> {
    let in_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let end = text.find(|c| !in_scheme(c)).unwrap_or(text.len());
    let (scheme, rest) = text.split_at(end);
    match rest.strip_prefix(':') {
        Some(_) if scheme.is_empty() => Err(ErrorKind::MissingScheme),
        Some(after) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok((scheme, after)),
        _ => Ok(("", text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_as_go_does() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../testdata/source/url.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let url = match Url::parse(text) {
                Ok(url) => url,
                Err(error) => {
                    let expected = case["error"].as_str().unwrap_or_else(|| panic!("{text:?}: {error}"));
                    // Go's message has more details about an invalid address.
                    if !matches!(error.kind, ErrorKind::Address(_)) {
                        assert_eq!(error.to_string(), expected, "{text:?}");
                    }
                    continue;
                }
            };
            assert!(case["error"].is_null(), "{case}");
            assert_eq!(url.scheme, case["scheme"], "{text:?}");
            assert_eq!(url.opaque, case["opaque"], "{text:?}");
            assert_eq!(url.host(), case["host"], "{text:?}");
            assert_eq!(url.path(), case["path"], "{text:?}");
            assert_eq!(url.fragment(), case["fragment"], "{text:?}");
            assert_eq!(
                url.user.as_ref().map(ToString::to_string).as_deref(),
                case["user"].as_str(),
                "{text:?}"
            );
            assert_eq!(url.to_string(), case["string"], "{text:?}");
            assert_eq!(url.without_query_and_fragment().to_string(), case["bare"], "{text:?}");
            assert_eq!(serde_json::json!(url.query()), case["query"], "{text:?}");
        }
    }
}

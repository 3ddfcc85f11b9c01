//! Repository addresses: a URL, or SSH's `user@host:path`.

use std::fmt;

use crate::go::path;
use crate::go::url::{Url, UrlError, User, Values, parse_query};

/// A parsed address (`gitutil.GitURL`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitUrl {
    /// `http`, `https`, `ssh` or `git`; an SSH address without a scheme has `ssh`.
    pub scheme: String,
    /// Host and port.
    pub host: String,
    /// The path on the host.
    pub path: String,
    /// The values of the query.
    pub query: Values,
    /// The reference after `#`, up to a colon.
    pub reference: String,
    /// The directory after that colon, without slashes at its ends.
    pub subdir: String,
    /// The address to pass to git, without query and fragment.
    pub remote: String,
}

/// Why a text is not a valid address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitUrlError {
    /// Neither a URL nor an SSH address.
    #[error("unknown protocol")]
    Unknown,
    /// A URL with a scheme that git does not support.
    #[error("{0}: invalid protocol")]
    Scheme(String),
    /// A broken URL.
    #[error(transparent)]
    Url(#[from] UrlError),
}

impl GitUrl {
    /// Parses an address (`gitutil.ParseURL`).
    ///
    /// # Errors
    ///
    /// Returns [`GitUrlError`] with upstream's text if the address is invalid.
    pub fn parse(text: &str) -> Result<Self, GitUrlError> {
        if let Some(scheme) = scheme(text) {
            let scheme = scheme.to_ascii_lowercase();
            if !matches!(scheme.as_str(), "http" | "https" | "ssh" | "git") {
                return Err(GitUrlError::Scheme(scheme));
            }
            return Ok(Self::from_url(&Url::parse(text)?));
        }
        Self::parse_scp(text).ok_or(GitUrlError::Unknown)
    }

    pub(super) fn from_url(url: &Url) -> Self {
        let (reference, subdir) = split_fragment(&url.fragment());
        Self {
            scheme: url.scheme.clone(),
            host: url.host(),
            path: url.path(),
            query: url.query(),
            reference,
            subdir,
            remote: url.without_query_and_fragment().to_string(),
        }
    }

    /// Parses `user@host:path?query#fragment` (`sshutil.ParseSCPStyleURL`).
    fn parse_scp(text: &str) -> Option<Self> {
        let (user, rest) = text.split_once('@')?;
        let (host, rest) = rest.split_once(':')?;
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if user.is_empty()
            || host.is_empty()
            || !user.bytes().all(|b| word(b) || b == b'_')
            || !host.bytes().all(|b| word(b) || b == b'.')
            || rest.contains('\n')
        {
            return None;
        }
        let (front, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = front.split_once('?').unwrap_or((front, ""));
        let (query, error) = parse_query(query);
        if error.is_some() {
            return None;
        }
        let (reference, subdir) = split_fragment(fragment);
        Some(Self {
            scheme: "ssh".to_owned(),
            host: host.to_owned(),
            path: path.to_owned(),
            query,
            reference,
            subdir,
            remote: format!("{}@{host}:{path}", User::new(user)),
        })
    }
}

/// Returns the letters and digits before `://`, if the text starts that way.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    (!scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(scheme)
}

/// Parses `reference:directory`, with the directory cleaned below the repository's root (`parseOpts`).
fn split_fragment(fragment: &str) -> (String, String) {
    let (reference, subdir) = fragment.split_once(':').unwrap_or((fragment, ""));
    let subdir = path::join(&["/", subdir]);
    (reference.to_owned(), subdir.strip_prefix('/').unwrap_or_default().to_owned())
}

/// The address that BuildKit fetches from, as named in the source operation (`llb.Git`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The address.
    pub url: String,
    /// Host and path, the same for every protocol; the address if it cannot be parsed.
    pub id: String,
    /// It is fetched over SSH.
    pub ssh: bool,
}

/// Parses the address of a repository as `llb.Git` does: without a scheme, it is HTTPS.
#[must_use]
pub fn remote(address: &str) -> Remote {
    let mut url = address.to_owned();
    let mut parsed = GitUrl::parse(&url);
    if parsed == Err(GitUrlError::Unknown) {
        url = format!("https://{url}");
        parsed = GitUrl::parse(&url);
    }
    match parsed {
        Ok(git) => Remote {
            id: git.host + &path::join(&["/", &git.path]),
            ssh: git.scheme == "ssh",
            url: git.remote,
        },
        Err(_) => Remote { id: url.clone(), url, ssh: false },
    }
}

impl fmt::Display for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.remote)
    }
}

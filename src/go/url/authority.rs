//! `user:password@host:port`.

use std::fmt;
use std::net::Ipv6Addr;

use super::ErrorKind;
use super::escape::{Part, escape, unescape};

/// User and password, unescaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    /// Creates a user without a password (`url.User`).
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.as_bytes().to_vec(), password: None }
    }
}

impl fmt::Display for User {
    /// Formats like `Userinfo.String`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.name, Part::User))?;
        match &self.password {
            Some(password) => write!(f, ":{}", escape(password, Part::User)),
            None => Ok(()),
        }
    }
}

/// Parses an authority (`parseAuthority`).
pub(super) fn parse(text: &str, scheme: &str) -> Result<(Option<User>, Vec<u8>), ErrorKind> {
    let Some((user, host)) = text.rsplit_once('@') else { return Ok((None, parse_host(text, scheme)?)) };
    let host = parse_host(host, scheme)?;
    let valid = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
    if !user.bytes().all(valid) {
        return Err(ErrorKind::UserInfo);
    }
    let (name, password) = match user.split_once(':') {
        Some((name, password)) => (name, Some(password)),
        None => (user, None),
    };
    let name = unescape(name, Part::User)?;
    let password = password.map(|password| unescape(password, Part::User)).transpose()?;
    Ok((Some(User { name, password }), host))
}

fn parse_host(host: &str, scheme: &str) -> Result<Vec<u8>, ErrorKind> {
    match host.rfind('[') {
        Some(0) => return parse_literal(host),
        Some(_) => return Err(ErrorKind::IpLiteral),
        None => {}
    }
    // Schemes other than these two may have colons in their hosts.
    let web = matches!(scheme, "http" | "https");
    let colon = if web { host.find(':') } else { host.rfind(':') };
    let port = colon.map_or("", |colon| &host[colon..]);
    check_port(port)?;
    unescape(host, Part::Host)
}

/// Parses an IPv6 address in brackets, optionally with a zone and a port.
fn parse_literal(host: &str) -> Result<Vec<u8>, ErrorKind> {
    let (inner, port) = host[1..].rsplit_once(']').ok_or(ErrorKind::MissingBracket)?;
    check_port(port)?;
    let port = unescape(port, Part::Host)?;
    let (address, zone) = inner.split_at(inner.find("%25").unwrap_or(inner.len()));
    let mut literal = unescape(address, Part::Host)?;
    literal.extend(unescape(zone, Part::Zone)?);
    let shown = String::from_utf8_lossy(&literal).into_owned();
    let (address, zone) = shown.split_once('%').map_or((shown.as_str(), None), |(a, z)| (a, Some(z)));
    if address.parse::<std::net::Ipv4Addr>().is_ok() && zone.is_none() {
        return Err(ErrorKind::IpLiteral);
    }
    if address.parse::<Ipv6Addr>().is_err() || zone == Some("") {
        return Err(ErrorKind::Address(shown));
    }
    let mut out = b"[".to_vec();
    out.extend(literal);
    out.push(b']');
    out.extend(port);
    Ok(out)
}

/// Checks that a port is empty, or a colon and optional digits.
fn check_port(port: &str) -> Result<(), ErrorKind> {
    let digits = if port.is_empty() { Some("") } else { port.strip_prefix(':') };
    if digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
        Ok(())
    } else {
        Err(ErrorKind::Port(port.to_owned()))
    }
}

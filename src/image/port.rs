//! Ports of EXPOSE: `80`, `53/udp`, `8000-8010/tcp`.
//!
//! Mirrors `portSpecs` of moby/buildkit's `dockerfile2llb/convert_expose.go`, which still accepts and ignores
//! the host part of `docker run -p`.

use std::net::IpAddr;

use crate::go::number::parse_int;
use crate::go::unicode::to_lower;
use crate::go::{Quoted, ip};

/// Why a port is not valid. The texts are docker/dockerfile's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The container's port is missing.
    #[error("invalid port: {}: no port specified", Quoted(.0))]
    Missing(String),
    /// A protocol other than `tcp`, `udp` and `sctp`.
    #[error("invalid port: {}: invalid proto: {protocol}", Quoted(.port))]
    Protocol {
        /// The whole text.
        port: String,
        /// The protocol.
        protocol: String,
    },
    /// An address in brackets that is not closed properly.
    #[error("invalid IP address {address}: {error}")]
    Brackets {
        /// The address as written.
        address: String,
        /// What is wrong.
        error: ip::HostPortError,
    },
    /// A host part that is not a valid address.
    #[error("invalid IP address: {0}")]
    Address(String),
    /// An invalid port or range of the container.
    #[error("invalid containerPort: {0}")]
    Container(String),
    /// An invalid port or range of the host.
    #[error("invalid hostPort: {0}")]
    Host(String),
    /// Ranges of different lengths.
    #[error("invalid ranges specified for container and host Ports: {container} and {host}")]
    Ranges {
        /// The container's range.
        container: String,
        /// The host's range.
        host: String,
    },
}

/// The meaning of one word of EXPOSE.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exposed {
    /// The ports, `80/tcp`.
    pub ports: Vec<String>,
    /// The protocol is not in lower case (rule `ExposeProtoCasing`).
    pub protocol_not_lowercase: bool,
    /// There is a host port or address (rule `ExposeInvalidFormat`).
    pub has_host_part: bool,
}

/// Parses `[[address:]host:]container[/protocol]`. The facts behind the two warnings are known even if the
/// rest is an error, but docker/dockerfile's users see only the error.
///
/// # Errors
///
/// Returns [`PortError`] with docker/dockerfile's text.
pub fn parse_expose(port: &str) -> Result<Exposed, PortError> {
    let (rest, container) = port.rsplit_once(':').unwrap_or(("", port));
    let (address, host) = rest.rsplit_once(':').unwrap_or(("", rest));
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    if container.is_empty() {
        return Err(PortError::Missing(port.to_owned()));
    }
    let lower = to_lower(protocol);
    let lower = match lower.as_str() {
        "" => "tcp",
        known @ ("tcp" | "udp" | "sctp") => known,
        _ => {
            return Err(PortError::Protocol { port: port.to_owned(), protocol: protocol.to_owned() });
        }
    };
    check_address(address)?;
    let (first, last) = range(container).ok_or_else(|| PortError::Container(container.to_owned()))?;
    if !host.is_empty() {
        let (host_first, host_last) = range(host).ok_or_else(|| PortError::Host(host.to_owned()))?;
        // A single port may be published on any port of a range.
        if last - first != host_last - host_first && last != first {
            return Err(PortError::Ranges { container: container.to_owned(), host: host.to_owned() });
        }
    }
    Ok(Exposed {
        ports: (first..=last).map(|number| format!("{number}/{lower}")).collect(),
        protocol_not_lowercase: !protocol.is_empty() && protocol != lower,
        has_host_part: !address.is_empty() || !host.is_empty(),
    })
}

fn check_address(address: &str) -> Result<(), PortError> {
    let bare = if address.starts_with('[') {
        match ip::split_host_port(&format!("{address}:")) {
            Ok((bare, _)) => bare,
            Err(error) => return Err(PortError::Brackets { address: address.to_owned(), error }),
        }
    } else {
        address.to_owned()
    };
    let valid: Option<IpAddr> = ip::parse(&bare);
    if bare.is_empty() || valid.is_some() { Ok(()) } else { Err(PortError::Address(bare)) }
}

/// Parses `8000` or `8000-8010`.
fn range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| parse_int(text, 10, 64).ok().and_then(|n| u16::try_from(n).ok());
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    if first == last {
        return number(first).map(|first| (first, first));
    }
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_buildkit() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/image/expose.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            match parse_expose(text) {
                Ok(exposed) => {
                    assert_eq!(serde_json::json!(exposed.ports), case["ports"], "{text:?}");
                    assert_eq!(exposed.protocol_not_lowercase, case["casing"], "{text:?}");
                    assert_eq!(exposed.has_host_part, case["format"], "{text:?}");
                }
                Err(error) => {
                    assert_eq!(Some(error.to_string().as_str()), case["error"].as_str(), "{text:?}")
                }
            }
        }
    }
}

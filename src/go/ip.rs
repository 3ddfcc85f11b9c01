//! Network addresses as Go's package `net` parses and formats them.

use std::net::IpAddr;

/// The error for a text that is not `host:port` (`*net.AddrError`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", about(.address))]
pub struct HostPortError {
    /// The text.
    pub address: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Go omits an empty address from the message.
fn about(address: &str) -> String {
    if address.is_empty() { String::new() } else { format!("address {address}: ") }
}

/// Parses an address (`net.ParseIP`): no zone, no leading zeros.
#[must_use]
pub fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// Splits `host:port` and `[host]:port` (`net.SplitHostPort`).
///
/// # Errors
///
/// Returns [`HostPortError`] with Go's text.
pub fn split_host_port(text: &str) -> Result<(String, String), HostPortError> {
    let error = |reason| Err(HostPortError { address: text.to_owned(), reason });
    const MISSING_PORT: &str = "missing port in address";
    const TOO_MANY_COLONS: &str = "too many colons in address";
    let Some((before, port)) = text.rsplit_once(':') else { return error(MISSING_PORT) };
    let (host, inside, outside) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((host, after)) = rest.split_once(']') else {
                return error("missing ']' in address");
            };
            if host.len() + 2 != before.len() {
                let colon = after.starts_with(':');
                return error(if colon { TOO_MANY_COLONS } else { MISSING_PORT });
            }
            (host, rest, after)
        }
        None if before.contains(':') => return error(TOO_MANY_COLONS),
        None => (before, text, text),
    };
    if inside.contains('[') {
        return error("unexpected '[' in address");
    }
    if outside.contains(']') {
        return error("unexpected ']' in address");
    }
    Ok((host.to_owned(), port.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_go() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/net.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let canonical = parse(text).map(|address| address.to_canonical().to_string());
            assert_eq!(canonical.as_deref(), case["ip"].as_str(), "{text:?}");
            let split = match split_host_port(text) {
                Ok((host, port)) => serde_json::json!([host, port]),
                Err(error) => serde_json::json!(error.to_string()),
            };
            assert_eq!(split, case["split"], "{text:?}");
        }
    }
}

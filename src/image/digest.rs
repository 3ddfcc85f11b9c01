//! Content digests: `sha256:` and 64 hexadecimal digits.
//!
//! Mirrors `github.com/opencontainers/go-digest`.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The prefix of digests of the usual algorithm.
pub const SHA256: &str = "sha256:";

/// Why a text is not a valid digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Not `algorithm:value`, or a value with characters that the algorithm does not allow.
    #[error("invalid checksum digest format")]
    Format,
    /// A value of the wrong length.
    #[error("invalid checksum digest length")]
    Length,
    /// Well-formed, but with an unknown algorithm.
    #[error("unsupported digest algorithm")]
    Unsupported,
}

/// Returns the digest of bytes.
#[must_use]
pub fn of(bytes: &[u8]) -> String {
    let mut text = SHA256.to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Checks a digest (`digest.Digest.Validate`).
///
/// # Errors
///
/// Returns [`ErrorKind`] with upstream's text.
pub fn validate(text: &str) -> Result<(), ErrorKind> {
    let Some((algorithm, encoded)) = text.split_once(':').filter(|(a, e)| !a.is_empty() && !e.is_empty())
    else {
        return Err(ErrorKind::Format);
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ if well_formed(algorithm, encoded) => return Err(ErrorKind::Unsupported),
        _ => return Err(ErrorKind::Format),
    };
    if encoded.len() != length {
        return Err(ErrorKind::Length);
    }
    if encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        Ok(())
    } else {
        Err(ErrorKind::Format)
    }
}

fn well_formed(algorithm: &str, encoded: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    algorithm.split(['.', '+', '_', '-']).all(part)
        && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validates_as_go_digest_does() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/reference/digest.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let error = validate(text).err().map(|e| e.to_string());
            assert_eq!(error.as_deref(), case["error"].as_str(), "{text:?}");
        }
    }
}

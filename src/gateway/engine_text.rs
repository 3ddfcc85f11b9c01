//! Engine errors that are recognizable only by their text, because engines have no code for them. Nothing
//! outside this file inspects the text of an engine's error.

use tonic::Code;

use super::Error;

/// The index lists no image for the platform.
const NO_PLATFORM: &str = "no match for platform in manifest";

/// The end of an error about an image that the registry does not have.
const NOT_FOUND: &str = ": not found";

/// Docker Engine's reason for disabling merges.
const NEEDS_CONTAINERD_STORE: &str = "containerd image store";

/// A download that is forbidden, missing, or impossible from where the engine runs.
const WRONG_WAY: [&str; 16] = [
    "status 400",
    "status 401",
    "status 403",
    "status 404",
    "status 405",
    "status 406",
    "400 Bad Request",
    "401 Unauthorized",
    "403 Forbidden",
    "404 Not Found",
    "not found",
    "authoriz",
    "x509",
    "HTTP response to HTTPS",
    "no such host",
    "connection refused",
];

impl Error {
    /// Returns whether an index was read but lists no image for the platform.
    #[must_use]
    pub fn is_no_match_for_platform(&self) -> bool {
        self.to_string().contains(NO_PLATFORM)
    }

    /// Returns whether the registry answered that it does not have the image.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.to_string().ends_with(NOT_FOUND)
    }

    /// Returns whether Docker Engine lacks a feature because it uses its older image store.
    #[must_use]
    pub fn needs_containerd_store(&self) -> bool {
        self.to_string().contains(NEEDS_CONTAINERD_STORE)
    }

    /// Returns whether a download failed because the file is not available this way, though perhaps another way. A
    /// registry's answer when it gets too many requests or is out of order says nothing about the file.
    #[must_use]
    pub fn is_wrong_way(&self) -> bool {
        let codes = [Code::NotFound, Code::Unimplemented, Code::Unauthenticated, Code::PermissionDenied];
        let text = self.to_string();
        codes.contains(&self.code()) || WRONG_WAY.iter().any(|answer| text.contains(answer))
    }
}

#[cfg(test)]
mod tests {
    use tonic::Status;

    use super::*;

    fn said(text: &str) -> [bool; 4] {
        let error = Error::from(Status::unknown(text));
        [
            error.is_no_match_for_platform(),
            error.is_not_found(),
            error.needs_containerd_store(),
            error.is_wrong_way(),
        ]
    }

    #[test]
    fn each_question_knows_its_texts() {
        let platform = "failed to resolve source metadata for r/a:1: no match for platform in manifest sha256:1: not found";
        assert_eq!(said(platform), [true, true, false, true]);
        assert_eq!(
            said("failed to resolve source metadata for r/a:1: r/a:1: not found"),
            [false, true, false, true]
        );
        let merges = "requested experimental feature mergeop  has been disabled on the build server: only enabled with \
                      containerd image store backend";
        assert_eq!(said(merges), [false, false, true, false]);
        assert_eq!(said("invalid response status 401"), [false, false, false, true]);
        for other in ["unexpected status 429 Too Many Requests", "unexpected status 503 Service Unavailable"]
        {
            assert_eq!(said(other), [false; 4], "{other}");
        }
        assert!(Error::from(Status::permission_denied("")).is_wrong_way());
    }
}

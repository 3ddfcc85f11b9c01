//! Errors to BuildKit and from BuildKit.
//!
//! An [`Error`] is a gRPC status: a code, a message and typed details. BuildKit's clients print the
//! Dockerfile excerpt from details of type `errdefs.Source`. An error that came from BuildKit itself keeps
//! its code and its details on the way back. Mirrors `util/grpcerrors`.

use std::fmt;

use prost::Message as _;
use serde_json::json;
use tonic::{Code, Status};

use super::capabilities::UnsupportedCapability;
use super::source_detail;
use crate::list;
use crate::proto::{frontend, pb, rpc};
use crate::span::{Located, Range};

/// Type URLs of details, whose values are JSON.
mod type_url {
    pub(super) const SOURCE: &str = "github.com/moby/buildkit/errdefs.Source+json";
    pub(super) const FRONTEND_CAP: &str = "github.com/moby/buildkit/errdefs.FrontendCap+json";
    pub(super) const SUBREQUEST: &str = "github.com/moby/buildkit/errdefs.Subrequest+json";
}

/// The reason why a build failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Content>);

#[derive(Debug, Clone, PartialEq)]
struct Content {
    code: Code,
    message: String,
    /// The message is BuildKit's, without the name of its code: once context is put before the message, the
    /// code's name goes in between, as Go prints such an error.
    relayed: bool,
    /// The outermost detail first.
    details: Vec<rpc::Any>,
}

impl Error {
    /// Creates an error caused by the user's input.
    pub fn new(message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self(Box::new(Content { code: Code::Unknown, message, relayed: false, details: Vec::new() }))
    }

    /// Creates the error for a capability that the client requires and the frontend lacks (upstream's
    /// `errdefs.NewUnsupportedFrontendCapError`).
    #[must_use]
    pub fn unsupported_frontend_cap(name: &str) -> Self {
        Self::new(format_args!("unsupported frontend capability {name}"))
            .with_code(Code::Unimplemented)
            .with_detail(type_url::FRONTEND_CAP, &named(name))
    }

    /// Creates the error for a request other than a build that the frontend does not support (upstream's
    /// `errdefs.NewUnsupportedSubrequestError`).
    #[must_use]
    pub fn unsupported_subrequest(name: &str) -> Self {
        Self::new(format_args!("unsupported request {name}")).with_detail(type_url::SUBREQUEST, &named(name))
    }

    /// Creates an error with locations in `file`, with an excerpt for each location.
    #[must_use]
    pub fn located<K: fmt::Display>(error: &Located<K>, file: &pb::SourceInfo) -> Self {
        Self::new(&error.kind).with_locations(&error.locations, file)
    }

    /// Puts `context` before the message (`errors.Wrap` in Go).
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {self}");
        self.0.relayed = false;
        self
    }

    /// Puts `text` after the message.
    #[must_use]
    pub fn suffix(mut self, text: impl fmt::Display) -> Self {
        self.0.message.push_str(&text.to_string());
        self
    }

    /// Replaces the code.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// Adds a location in a file (upstream's `errdefs.WithSource`).
    #[must_use]
    pub fn with_source(self, file: &pb::SourceInfo, ranges: &[Range]) -> Self {
        self.with_detail(type_url::SOURCE, &source_detail::to_json(file, ranges))
    }

    /// Adds locations in `file`, the innermost first.
    #[must_use]
    pub fn with_locations(self, locations: &[Vec<Range>], file: &pb::SourceInfo) -> Self {
        locations.iter().fold(self, |failure, ranges| failure.with_source(file, ranges))
    }

    /// Removes all locations, since docker/dockerfile gives none when it answers a request.
    #[must_use]
    pub fn without_locations(mut self) -> Self {
        self.0.details.retain(|detail| detail.type_url != type_url::SOURCE);
        self
    }

    /// Returns whether the error has a location in a file.
    #[must_use]
    pub fn has_source(&self) -> bool {
        self.0.details.iter().any(|detail| detail.type_url == type_url::SOURCE)
    }

    /// Returns the locations in files, the innermost first.
    #[must_use]
    pub fn locations(&self) -> Vec<Vec<Range>> {
        let sources = self.0.details.iter().rev().filter(|detail| detail.type_url == type_url::SOURCE);
        sources.map(|detail| source_detail::ranges(&detail.value)).collect()
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the status to send.
    ///
    /// Details that would make the message too large to send are left out, such as the excerpts of a huge
    /// Dockerfile: the message matters more.
    #[must_use]
    pub fn into_status(self) -> rpc::Status {
        let mut status =
            rpc::Status { code: self.0.code as i32, message: self.0.message, details: self.0.details };
        if status.encoded_len() > super::transport::MAX_MESSAGE_BYTES / 2 {
            status.details.clear();
        }
        if status.encoded_len() > super::transport::MAX_MESSAGE_BYTES / 2 {
            let end = status.message.floor_char_boundary(super::transport::MAX_MESSAGE_BYTES / 4);
            status.message.truncate(end);
        }
        status
    }

    /// Returns the request that ends the build with this error.
    pub(super) fn into_request(self) -> frontend::ReturnRequest {
        frontend::ReturnRequest { result: None, error: Some(self.into_status()) }
    }

    /// Puts a detail first, since Go walks an error from the outside in.
    fn with_detail(mut self, type_url: &str, value: &serde_json::Value) -> Self {
        self.0
            .details
            .insert(0, rpc::Any { type_url: type_url.to_owned(), value: value.to_string().into_bytes() });
        self
    }
}

/// Writes the message as Go prints the error.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.relayed && !matches!(self.0.code, Code::Ok | Code::Unknown) {
            write!(f, "{}: ", code_name(self.0.code))?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        // Unreadable details are treated as none.
        let details = rpc::Status::decode(status.details()).map(|full| full.details).unwrap_or_default();
        Self(Box::new(Content {
            code: if status.code() == Code::Ok { Code::Unknown } else { status.code() },
            message: status.message().to_owned(),
            relayed: true,
            // BuildKit wraps each detail around the previous ones.
            details: details.into_iter().rev().collect(),
        }))
    }
}

impl From<UnsupportedCapability> for Error {
    fn from(error: UnsupportedCapability) -> Self {
        Self::new(error)
    }
}

impl From<list::ErrorKind> for Error {
    fn from(kind: list::ErrorKind) -> Self {
        Self::new(kind)
    }
}

fn named(name: &str) -> serde_json::Value {
    json!({ "name": name })
}

/// Returns Go's name of a code.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relayed() -> Error {
        let detail = |url: &str| rpc::Any { type_url: url.to_owned(), value: b"{}".to_vec() };
        let full = rpc::Status {
            code: Code::NotFound as i32,
            message: "no such image".into(),
            details: vec![detail("a"), detail("b")],
        };
        Status::with_details(Code::NotFound, "no such image", full.encode_to_vec().into()).into()
    }

    #[test]
    fn buildkits_errors_keep_code_and_details() {
        let status = relayed().into_status();
        assert_eq!((status.code, status.message.as_str()), (5, "no such image"));
        assert_eq!(status.details.iter().map(|d| d.type_url.as_str()).collect::<Vec<_>>(), ["b", "a"]);

        let failure = relayed().context("failed to load").context("outer");
        assert_eq!(failure.to_string(), "outer: failed to load: NotFound: no such image");
        let status = failure.into_status();
        assert_eq!((status.code, status.details.len()), (5, 2));
    }

    #[test]
    fn the_innermost_place_is_the_last_detail() {
        let file = pb::SourceInfo { filename: "Dockerfile".into(), ..Default::default() };
        let error = Located::at("bad", &[Range::lines(3, 3)]).with_location(&[Range::lines(1, 2)]);
        let failure = Error::located(&error, &file);
        assert!(failure.has_source());
        assert_eq!(failure.locations(), [[Range::lines(3, 3)], [Range::lines(1, 2)]]);
        let status = failure.into_status();
        assert_eq!((status.code, status.message.as_str()), (2, "bad"));
        let lines = |detail: &rpc::Any| {
            let value: serde_json::Value = serde_json::from_slice(&detail.value).unwrap();
            value["ranges"][0]["start"]["line"].as_u64().unwrap()
        };
        assert_eq!(status.details.iter().map(lines).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn a_detail_that_is_too_large_does_not_cost_the_message() {
        let file = pb::SourceInfo { data: vec![b'x'; 8 << 20], ..Default::default() };
        let status = Error::new("bad").with_source(&file, &[Range::lines(1, 1)]).into_status();
        assert_eq!((status.message.as_str(), status.details.len()), ("bad", 0));
        let status = Error::new("ä".repeat(8 << 20)).into_status();
        assert!(status.encoded_len() < 8 << 20);
    }

    #[test]
    fn what_the_frontend_lacks() {
        let status = Error::unsupported_frontend_cap("x.y").into_status();
        assert_eq!((status.code, status.message.as_str()), (12, "unsupported frontend capability x.y"));
        assert_eq!(status.details[0].value, br#"{"name":"x.y"}"#);
        assert_eq!(Error::unsupported_subrequest("r").to_string(), "unsupported request r");
    }
}

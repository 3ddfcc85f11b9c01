//! Answers of docker/dockerfile, for tests: a Dockerfile with its `result.json` and `result.txt`.

use std::path::Path;

use serde_json::Value;

use crate::gateway::BuildResult;
use crate::span::{Position, Range};

/// An answer of docker/dockerfile.
pub(super) struct Vector {
    pub(super) dockerfile: Vec<u8>,
    pub(super) json: Value,
    json_text: String,
    text: Vec<u8>,
}

impl Vector {
    /// Reads the answer to a request about a Dockerfile of `testdata/request`.
    pub(super) fn read(request: &str, name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/request").join(request).join(name);
        let read = |extension: &str| std::fs::read(path.with_extension(extension)).unwrap();
        let json_text = String::from_utf8(read("json")).unwrap();
        Self {
            dockerfile: read("Dockerfile"),
            json: serde_json::from_str(&json_text).unwrap(),
            json_text,
            text: read("txt"),
        }
    }

    /// Returns the items under a key of the JSON.
    pub(super) fn list<T>(&self, key: &str, item: impl Fn(&Value) -> T) -> Vec<T> {
        self.json[key].as_array().map_or(&[][..], Vec::as_slice).iter().map(item).collect()
    }

    /// Asserts that our answer is the same, byte for byte.
    #[track_caller]
    pub(super) fn check(&self, ours: &BuildResult) {
        let text = |key: &str| String::from_utf8_lossy(&ours.metadata[key]).into_owned();
        assert!(text("result.json") == self.json_text, "{}", text("result.json"));
        assert!(ours.metadata["result.txt"] == self.text, "{}", text("result.txt"));
        assert_eq!(ours.metadata["version"], b"1.0.0");
    }
}

/// Returns a string; empty if the value is not one.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the ranges of a location.
pub(super) fn ranges(location: &Value) -> Vec<Range> {
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap_or_default()).unwrap();
    let position =
        |value: &Value| Position { line: number(&value["line"]), character: number(&value["character"]) };
    let ranges = location["ranges"].as_array().map_or(&[][..], Vec::as_slice);
    ranges.iter().map(|r| Range { start: position(&r["start"]), end: position(&r["end"]) }).collect()
}

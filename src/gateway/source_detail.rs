//! The error detail with the location of an error in a file, as JSON.
//!
//! Has the form in which Go's `encoding/json` writes `errdefs.Source`: fields with their proto names, zero
//! values omitted, bytes in base64.

use serde_json::{Map, Value};

use super::base64;
use crate::proto::pb;
use crate::span::{Position, Range};

/// Returns the detail for `ranges` of `file`.
#[must_use]
pub fn to_json(file: &pb::SourceInfo, ranges: &[Range]) -> Value {
    let ranges: Vec<pb::Range> = ranges.iter().map(|range| pb::Range::from(*range)).collect();
    Object::new().with("info", source_info(file)).with("ranges", list(&ranges, range)).into()
}

/// Returns the ranges of a detail; empty if it is unreadable.
#[must_use]
pub fn ranges(detail: &[u8]) -> Vec<Range> {
    let detail: Value = serde_json::from_slice(detail).unwrap_or_default();
    let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
    let position =
        |value: &Value| Position { line: number(&value["line"]), character: number(&value["character"]) };
    let ranges = detail["ranges"].as_array().map_or(&[][..], Vec::as_slice);
    ranges.iter().map(|r| Range { start: position(&r["start"]), end: position(&r["end"]) }).collect()
}

/// A JSON object without empty members.
struct Object(Map<String, Value>);

impl Object {
    fn new() -> Self {
        Self(Map::new())
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            // An empty message is a non-nil pointer in Go, which is written.
            Value::Bool(true) | Value::Object(_) => false,
        };
        if !empty {
            self.0.insert(key.to_owned(), value);
        }
        self
    }

    fn with_map(self, key: &str, map: Map<String, Value>) -> Self {
        if map.is_empty() { self } else { self.with(key, map) }
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

fn list<T>(items: &[T], each: impl Fn(&T) -> Value) -> Vec<Value> {
    items.iter().map(each).collect()
}

fn option<T>(item: Option<&T>, each: impl Fn(&T) -> Value) -> Value {
    item.map_or(Value::Null, each)
}

fn map<'a, T: 'a>(
    entries: impl IntoIterator<Item = (&'a String, &'a T)>,
    each: impl Fn(&T) -> Value,
) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.clone(), each(value))).collect()
}

fn source_info(info: &pb::SourceInfo) -> Value {
    Object::new()
        .with("filename", info.filename.as_str())
        .with("data", base64::encode(&info.data))
        .with("definition", option(info.definition.as_ref(), definition))
        .with("language", info.language.as_str())
        .into()
}

fn definition(definition: &pb::Definition) -> Value {
    Object::new()
        .with("def", list(&definition.def, |bytes| base64::encode(bytes).into()))
        .with_map("metadata", {
            let entries = definition.metadata.iter();
            entries
                .filter_map(|entry| Some((entry.key().to_owned(), metadata(entry.value.as_ref()?))))
                .collect()
        })
        .with("Source", option(definition.source.as_ref(), source))
        .into()
}

fn metadata(metadata: &pb::OpMetadata) -> Value {
    Object::new()
        .with("ignore_cache", metadata.ignore_cache)
        .with_map("description", map(&metadata.description, |text| text.as_str().into()))
        .with(
            "export_cache",
            option(metadata.export_cache.as_ref(), |cache| Object::new().with("Value", cache.value).into()),
        )
        .with_map("caps", map(&metadata.caps, |&enabled| enabled.into()))
        .with("progress_group", option(metadata.progress_group.as_ref(), progress_group))
        .with("linux_resources", option(metadata.linux_resources.as_ref(), linux_resources))
        .into()
}

fn progress_group(group: &pb::ProgressGroup) -> Value {
    Object::new()
        .with("id", group.id.as_str())
        .with("name", group.name.as_str())
        .with("weak", group.weak)
        .into()
}

fn linux_resources(limits: &pb::LinuxResources) -> Value {
    Object::new()
        .with("memory", limits.memory)
        .with("memorySwap", limits.memory_swap)
        .with("cpuShares", limits.cpu_shares)
        .with("cpuPeriod", limits.cpu_period)
        .with("cpuQuota", limits.cpu_quota)
        .with("cpusetCpus", limits.cpuset_cpus.as_str())
        .with("cpusetMems", limits.cpuset_mems.as_str())
        .into()
}

fn source(source: &pb::Source) -> Value {
    Object::new()
        .with_map("locations", {
            let entries = source.locations.iter();
            entries.filter_map(|e| Some((e.key().to_owned(), locations(e.value.as_ref()?)))).collect()
        })
        .with("infos", list(&source.infos, source_info))
        .into()
}

fn locations(locations: &pb::Locations) -> Value {
    Object::new().with("locations", list(&locations.locations, location)).into()
}

fn location(location: &pb::Location) -> Value {
    Object::new()
        .with("sourceIndex", location.source_index)
        .with("ranges", list(&location.ranges, range))
        .into()
}

fn range(range: &pb::Range) -> Value {
    Object::new()
        .with("start", option(range.start.as_ref(), position))
        .with("end", option(range.end.as_ref(), position))
        .into()
}

fn position(position: &pb::Position) -> Value {
    Object::new().with("line", position.line).with("character", position.character).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_there_and_back() {
        let places = [Range::lines(1, 2), Range::lines(0, 7)];
        let detail = to_json(&pb::SourceInfo::default(), &places).to_string();
        assert_eq!(ranges(detail.as_bytes()), places);
        assert_eq!(ranges(b"no json"), []);
    }

    #[test]
    fn goes_as_go_writes_it() {
        let metadata = pb::OpMetadata {
            caps: [("source.local".to_owned(), true), ("off".to_owned(), false)].into(),
            description: [("llb.customname".to_owned(), "[internal] x".to_owned())].into(),
            progress_group: Some(pb::ProgressGroup { id: "g".into(), name: String::new(), weak: true }),
            export_cache: Some(pb::ExportCache { value: false }),
            ..Default::default()
        };
        let file = pb::SourceInfo {
            filename: "Dockerfile".into(),
            data: b"FROM a\n".to_vec(),
            language: "Dockerfile".into(),
            definition: Some(pb::Definition {
                def: vec![vec![1, 2], vec![]],
                metadata: vec![("sha256:0".to_owned(), metadata).into()],
                source: None,
            }),
        };
        assert_eq!(
            to_json(&file, &[Range::lines(1, 2)]).to_string(),
            concat!(
                r#"{"info":{"filename":"Dockerfile","data":"RlJPTSBhCg==","definition":{"def":["AQI=",""],"#,
                r#""metadata":{"sha256:0":{"description":{"llb.customname":"[internal] x"},"export_cache":{},"#,
                r#""caps":{"off":false,"source.local":true},"progress_group":{"id":"g","weak":true}}}},"#,
                r#""language":"Dockerfile"},"ranges":[{"start":{"line":1},"end":{"line":2}}]}"#
            )
        );
    }
}

//! Caches: which to import (`cache-imports`, `cache-from`) and which to skip (`no-cache`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::ErrorKind;
use crate::proto::frontend::CacheOptionsEntry;

/// Parses a cache of `cache-imports`. Go ignores the case of keys and treats null as absent.
fn import(value: &Value) -> Result<CacheOptionsEntry, String> {
    let mut entry = CacheOptionsEntry::default();
    let text = |key: &str, value: &Value| match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(format!("{key} is not a text")),
    };
    let members = value.as_object().ok_or("a cache is not an object")?;
    for (key, value) in members {
        match (key.to_lowercase().as_str(), value) {
            ("type", value) => entry.r#type = text(key, value)?,
            ("attrs", Value::Null) => {}
            ("attrs", Value::Object(attrs)) => {
                for (key, value) in attrs {
                    entry.attrs.insert(key.clone(), text(key, value)?);
                }
            }
            ("attrs", _) => return Err(format!("{key} is not an object")),
            _ => {}
        }
    }
    Ok(entry)
}

/// Returns the caches of `cache-imports`, which is JSON, and then those of `cache-from`, which is a list of
/// references from the time before other kinds existed.
pub(super) fn imports(options: &BTreeMap<String, String>) -> Result<Vec<CacheOptionsEntry>, ErrorKind> {
    let value = |key| options.get(key).map_or("", String::as_str);
    let mut imports = Vec::new();
    let text = value("cache-imports");
    if !text.is_empty() {
        let invalid = |error: String| ErrorKind::CacheImports { text: text.to_owned(), error };
        let list: Value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        match &list {
            Value::Null => {}
            Value::Array(list) => {
                for value in list.iter().filter(|value| !value.is_null()) {
                    imports.push(import(value).map_err(invalid)?);
                }
            }
            _ => return Err(invalid("it is not a list".to_owned())),
        }
    }
    let references = value("cache-from");
    if !references.is_empty() {
        imports.extend(references.split(',').map(|reference| CacheOptionsEntry {
            r#type: "registry".to_owned(),
            attrs: [("ref".to_owned(), reference.to_owned())].into(),
        }));
    }
    Ok(imports)
}

/// The stages to build without cache.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NoCache {
    /// No stage.
    #[default]
    No,
    /// All stages.
    All,
    /// The stages with these names.
    Stages(Vec<String>),
}

impl NoCache {
    /// Parses the option `no-cache`; an empty value selects every stage.
    pub(super) fn parse(value: Option<&String>) -> Self {
        match value.map(String::as_str) {
            None => Self::No,
            Some("") => Self::All,
            Some(list) => Self::Stages(list.split(',').map(str::to_owned).collect()),
        }
    }

    pub(super) fn applies_to(&self, name: &str) -> bool {
        match self {
            Self::No => false,
            Self::All => true,
            Self::Stages(names) => names.iter().any(|other| other.eq_ignore_ascii_case(name)),
        }
    }
}

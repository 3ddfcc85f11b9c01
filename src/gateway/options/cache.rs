//! Caches: which to import (`cache-imports`, `cache-from`) and which to pass over (`no-cache`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::ErrorKind;
use crate::proto::frontend::CacheOptionsEntry;

/// Go reads keys in any case and takes null for nothing.
#[derive(Deserialize)]
struct Import {
    #[serde(default, rename = "Type", alias = "type")]
    kind: Option<String>,
    #[serde(default, rename = "Attrs", alias = "attrs")]
    attrs: Option<BTreeMap<String, String>>,
}

/// The caches of `cache-imports`, which is JSON, and then those of `cache-from`, which is a list
/// of references from before there were other kinds.
pub(super) fn imports(options: &BTreeMap<String, String>) -> Result<Vec<CacheOptionsEntry>, ErrorKind> {
    let value = |key| options.get(key).map_or("", String::as_str);
    let mut imports = Vec::new();
    let text = value("cache-imports");
    if !text.is_empty() {
        let list: Option<Vec<Import>> = serde_json::from_str(text)
            .map_err(|error| ErrorKind::CacheImports { text: text.to_owned(), error: error.to_string() })?;
        imports.extend(list.into_iter().flatten().map(|import| CacheOptionsEntry {
            r#type: import.kind.unwrap_or_default(),
            attrs: import.attrs.unwrap_or_default(),
        }));
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

/// Which stages are built anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NoCache {
    /// None.
    #[default]
    No,
    /// All.
    All,
    /// Those of these names.
    Stages(Vec<String>),
}

impl NoCache {
    /// Reads the option `no-cache`; an empty one means every stage.
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

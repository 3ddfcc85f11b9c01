//! Checks the table of folders in ARCHITECTURE.md, which lists the folders that each folder of `src/` uses.
//! The uses are read from the files, except for their tests. A folder uses only folders above it in the
//! table, so there are no cycles.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The first line of the table.
const HEADER: &str = "| folder | contents | uses |";

#[test]
fn the_table_has_what_each_folder_uses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = found(&root.join("src"));
    let rows = rows(&fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    let mut above = BTreeSet::new();
    let mut errors = Vec::new();
    for (name, uses) in &rows {
        match found.get(name) {
            None => errors.push(format!("{name}: no such folder")),
            Some(found) if found != uses => {
                let missing: Vec<_> = found.difference(uses).collect();
                let unused: Vec<_> = uses.difference(found).collect();
                errors.push(format!(
                    "{name}: the table lacks {missing:?}, and has {unused:?}, which it does not use"
                ));
            }
            Some(_) => {}
        }
        let below: Vec<_> = uses.difference(&above).collect();
        if !below.is_empty() {
            errors.push(format!("{name} uses {below:?}, which the table does not have above it"));
        }
        assert!(above.insert(name.clone()), "{name} has two rows");
    }
    errors.extend(found.keys().filter(|name| !above.contains(*name)).map(|name| format!("{name}: no row")));
    assert!(errors.is_empty(), "ARCHITECTURE.md:\n{}", errors.join("\n"));
}

#[test]
fn every_way_to_name_a_folder_is_found() {
    let text = "\
//! crate::comment
use super::near;
use super::super::climbed::X;
use crate::plain::{a, b};
use crate::{
    first,
    second::{x, y},
};
/// [`crate::comment`]
pub(crate) fn f(a: crate::inline::A) {
    super::super::from_body::f();
}
mod nested {
    use super::super::not_the_root;
    use super::super::super::from_nested;
}
#[cfg(test)]
#[path = \"x.rs\"]
mod in_a_file;
#[cfg(test)]
mod tests {
    use crate::only_in_tests;
}
#[cfg(test)]
use crate::only_in_tests;
type Last = crate::last::Type;
";
    let file = read(text, 2);
    let used: Vec<&str> = file.uses.iter().map(String::as_str).collect();
    assert_eq!(used, ["climbed", "first", "from_body", "from_nested", "inline", "last", "plain", "second"]);
    assert_eq!(file.test_modules, ["in_a_file"]);
}

/// Returns the rows of the table: the name of a folder, and the folders that it may use.
fn rows(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let squeeze = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let after = text.lines().skip_while(|line| squeeze(line) != HEADER).skip(2);
    let rows: Vec<_> = after
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [folder, _, uses] = cells[..] else { panic!("not three cells: {line}") };
            let names = uses.split(", ").filter(|name| !name.is_empty());
            let name = folder.trim_matches('`').trim_start_matches("src/").trim_end_matches('/');
            (
                name.trim_end_matches(".rs").to_owned(),
                names.map(|name| name.trim_matches('`').to_owned()).collect(),
            )
        })
        .collect();
    assert!(rows.len() > 20, "{} rows below {HEADER:?}", rows.len());
    rows
}

/// Returns the folders that each folder uses. A file beside the folders counts as a folder.
fn found(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    list(src, &mut files);
    let read_file = |path: &PathBuf| {
        let module = module(path.strip_prefix(src).unwrap());
        let text = fs::read_to_string(path).unwrap();
        // The executable refers to the library by its name.
        let text = if module == ["main"] { text.replace("fanlight::", "crate::") } else { text };
        let file = read(&text, module.len());
        (module, file)
    };
    let files: Vec<_> = files.iter().map(read_file).collect();
    let tests: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|(module, file)| {
            file.test_modules.iter().map(move |name| [&module[..], std::slice::from_ref(name)].concat())
        })
        .collect();
    let mut found = BTreeMap::new();
    for (module, file) in &files {
        let Some(name) = module.first() else { continue };
        if (1..=module.len()).any(|length| tests.contains(&module[..length])) {
            continue;
        }
        let uses: &mut BTreeSet<String> = found.entry(name.clone()).or_default();
        uses.extend(file.uses.iter().filter(|used| *used != name).cloned());
    }
    found
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the names of a file's module, starting at the crate root.
fn module(file: &Path) -> Vec<String> {
    let names = file.with_extension("");
    let mut names: Vec<String> = names.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if names.last().is_some_and(|last| last == "mod" || last == "lib") {
        names.pop();
    }
    names
}

/// The relevant content of a file.
struct File {
    /// Modules of the crate root, except those that only tests use.
    uses: BTreeSet<String>,
    /// Child modules in files of their own that are compiled only for tests.
    test_modules: Vec<String>,
}

/// Reads a file of a module at the given depth below the crate root. The text must be formatted by rustfmt:
/// an item ends with a line that has the same indentation as its first line.
fn read(text: &str, depth: usize) -> File {
    let mut file = File { uses: BTreeSet::new(), test_modules: Vec::new() };
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut code = String::new();
    // The closing lines of the nested modules that are open here.
    let mut open: Vec<String> = Vec::new();
    while let Some(line) = lines.next() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.trim() == "#[cfg(test)]" {
            let item = lines.find(|line| !line.trim_start().starts_with("#[")).unwrap_or_default();
            let name = item.trim().trim_start_matches("pub ").strip_prefix("mod ");
            if let Some(name) = name.and_then(|name| name.strip_suffix(';')) {
                file.test_modules.push(name.to_owned());
            } else if !item.ends_with(';') && !item.ends_with('}') {
                let last = format!("{indent}}}");
                assert!(lines.any(|line| line == last), "no end of {item}");
            }
            continue;
        }
        if open.last().is_some_and(|last| last == line) {
            open.pop();
        } else if line.ends_with('{') && line.trim().trim_start_matches("pub ").starts_with("mod ") {
            open.push(format!("{indent}}}"));
        }
        // A chain of `super` that ends at the root is equivalent to `crate`.
        let root = "super::".repeat(depth + open.len());
        code.push_str(&if root.is_empty() { line.to_owned() } else { line.replace(&root, "crate::") });
        code.push('\n');
    }
    for (at, _) in code.match_indices("crate::") {
        let of_a_word = |c: char| c.is_alphanumeric() || c == '_';
        if !code[..at].ends_with(of_a_word) {
            names(&code[at + "crate::".len()..], &mut file.uses);
        }
    }
    file
}

/// Adds the first names of a path, or of a list of paths in braces.
fn names(path: &str, found: &mut BTreeSet<String>) {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = path.strip_prefix('{') else {
        found.insert(name(path));
        return;
    };
    let mut level = 1;
    let mut start = 0;
    for (at, c) in list.char_indices() {
        level = match c {
            '{' => level + 1,
            '}' => level - 1,
            _ => level,
        };
        if level == 0 || (level == 1 && c == ',') {
            found.insert(name(list[start..at].trim_start()));
            start = at + 1;
        }
        if level == 0 {
            break;
        }
    }
    found.remove("");
}

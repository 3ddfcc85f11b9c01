//! Agreement with docker/dockerfile: what its parser, its instructions and its checks make of the
//! Dockerfiles in `testdata/syntax`, this crate makes of them too.
//!
//! Each line of a fixture is `{"name", "input" or "input_bytes", "want"}`; `input_bytes` is hexadecimal.

use std::path::Path;

use serde_json::Value;

use super::upstream_dump::analyse;

fn check(path: &Path) -> usize {
    let cases = std::fs::read_to_string(path).unwrap();
    let mut failures = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let input = match &case["input"] {
            Value::String(text) => text.clone().into_bytes(),
            _ => unhex(case["input_bytes"].as_str().unwrap()),
        };
        let got = analyse(&input);
        if got != case["want"] {
            let name = case["name"].as_str().unwrap_or_default();
            let input = String::from_utf8_lossy(&input);
            failures.push(format!("{name}: {input:?}\n want {}\n  got {got}", case["want"]));
        }
    }
    let count = cases.lines().count();
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{}: {} of {count} differ\n{shown}", path.display(), failures.len());
    count
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn agrees_with_docker_dockerfile() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/syntax");
    let mut count = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            count += check(&path);
        }
    }
    assert!(count > 500, "only {count} cases were found");
}

//! Compares this crate with docker/dockerfile: its parser, instructions and checks must give the same results
//! for the Dockerfiles in `testdata/syntax`.
//!
//! Each line of a fixture is `{"name", "input" or "input_bytes", "want"}`; `input_bytes` is hexadecimal.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::upstream_dump::analyse;

fn check(path: &Path) {
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
    assert!(count > 2, "only {count} cases were found");
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/syntax")
}

/// Defines a test for each file in `testdata/syntax`, named like the file, and a test that every file has
/// one.
macro_rules! fixtures {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(&folder().join(concat!(stringify!($name), ".jsonl")));
            }
        )*

        #[test]
        fn each_file_has_a_test() {
            let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
            files.sort_unstable();
            assert_eq!(files, [$(concat!(stringify!($name), ".jsonl")),*]);
            let count = |name: &String| std::fs::read_to_string(folder().join(name)).unwrap().lines().count();
            assert!(files.iter().map(count).sum::<usize>() > 900, "cases are missing");
        }
    };
}

fixtures! { bytes directives flags from healthcheck heredoc json lines mount onbuild pairs simple whole }

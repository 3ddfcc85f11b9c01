//! The seeds of fuzzing, taken from the data of the tests.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The name of a fuzz target, with its inputs.
pub type Seeds = (&'static str, Vec<Vec<u8>>);

/// Returns the seeds of every target, read from the repository's `testdata`.
///
/// # Errors
///
/// Returns an error if a file cannot be read.
pub fn all(testdata: &Path) -> io::Result<Vec<Seeds>> {
    Ok(vec![
        ("parser", dockerfiles(testdata)?),
        ("expansion", words(testdata)?),
        ("pattern", patterns(testdata)?),
        ("names", names(testdata)?),
        ("programs", super::programs::seeds()),
    ])
}

fn dockerfiles(testdata: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    let mut folders = vec![testdata.join("agreement"), testdata.join("e2e")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains("Dockerfile") {
                seeds.push(fs::read(path)?);
            }
        }
    }
    Ok(seeds)
}

fn words(testdata: &Path) -> io::Result<Vec<Vec<u8>>> {
    let seed = |case: &Value| {
        let choice = u8::try_from(case["c"].as_u64()?).ok()?;
        Some([&[choice], case["w"].as_str()?.as_bytes()].concat())
    };
    Ok(json(&testdata.join("expand/words.json"))?.iter().filter_map(seed).collect())
}

fn patterns(testdata: &Path) -> io::Result<Vec<Vec<u8>>> {
    let cases = json(&testdata.join("pattern/match.json"))?;
    let paths = cases.first().and_then(|first| first["paths"].as_array()).cloned().unwrap_or_default();
    let mut seeds = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let patterns: Vec<&str> =
            case["patterns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let path = paths.get(index % paths.len().max(1)).and_then(Value::as_str).unwrap_or("a/b");
        seeds.push(format!("{path}\n{}", patterns.join("\n")).into_bytes());
    }
    Ok(seeds)
}

fn names(testdata: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut seeds =
        vec![b"nano:{a@sha256:1,b}".to_vec(), b"host:5000/nano:a, b,c".to_vec(), b"1h2m3.5s".to_vec()];
    for file in [
        "reference/parse.json",
        "reference/digest.json",
        "platform/parse.json",
        "source/url.json",
        "source/git_ref.json",
    ] {
        let cases = json(&testdata.join(file))?;
        seeds.extend(cases.iter().filter_map(|case| Some(case["in"].as_str()?.as_bytes().to_vec())));
    }
    Ok(seeds)
}

fn json(path: &Path) -> io::Result<Vec<Value>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Returns the entries of a folder, in order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

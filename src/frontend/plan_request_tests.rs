//! Plans of the Dockerfiles in `testdata/plan`, compared with the JSON and text files beside them.
//!
//! `ci/test -update unit` writes them anew.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::build;
use crate::gateway::capabilities::names;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};
use crate::gateway::{BuildResult, Error};
use crate::image::Platform;
use crate::request;
use crate::request::plan::against::{Against, Compared, State};
use crate::request::plan::rebase::{Change, MovedImage, Rebase};

const CAPS: &[&str] = &[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META, names::SOLVE_EVALUATE];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plan")
}

/// Returns the answer for a Dockerfile. `index` is the index that all images are found in.
fn plan(text: &str, options: &[(String, String)], index: &str) -> Result<BuildResult, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let read = |name: &str| std::fs::read_to_string(folder().join(name)).unwrap();
        let mut fake = Fake::default()
            .with_caps(CAPS)
            .with_all_llb_caps()
            .with_file("Dockerfile", text)
            .with_file(".dockerignore", "")
            .with_file("index.json", index);
        let images: serde_json::Map<String, Value> = serde_json::from_str(&read("images.json")).unwrap();
        for (reference, config) in images {
            // An index answers for its entries as well.
            for digest in ["", "0", "2", "3"].map(|digit| digit.repeat(64)) {
                let mut config = config.clone();
                if digest.starts_with('2') {
                    config["os.version"] = "10.0.20348.2762".into();
                }
                let config = config.to_string();
                if digest.is_empty() {
                    fake = fake.with_image(&reference, config.as_bytes());
                    continue;
                }
                let name = reference.rsplit_once(':').unwrap().0;
                for reference in [reference.as_str(), name] {
                    fake = fake.with_image(&format!("{reference}@sha256:{digest}"), config.as_bytes());
                }
            }
        }
        let bridge = bridge_to(&fake).await;
        let mut environment = Environment { session_id: "session".into(), ..Environment::default() };
        environment.options.extend(options.iter().cloned());
        environment.options.insert("cmdline".to_owned(), String::new());
        environment.options.insert("requestid".to_owned(), "frontend.plan".to_owned());
        build(&bridge, environment).await
    })
}

fn options(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Compares the plan of a Dockerfile with the files beside it.
fn check(name: &str) {
    let file = |extension: &str| folder().join(format!("{name}.{extension}"));
    let read = |extension: &str| std::fs::read_to_string(file(extension));
    let index = read("index").unwrap_or_default();
    let answer = plan(&read("Dockerfile").unwrap(), &options(&read("options").unwrap()), &index).unwrap();
    assert_eq!(answer.metadata["version"], b"1.0.0");
    let ours = |key: &str| String::from_utf8(answer.metadata[key].clone()).unwrap();
    let (json, text) = (ours("result.json"), ours("result.txt"));
    serde_json::from_str::<Value>(&json).unwrap();
    if std::env::var_os("FANLIGHT_UPDATE").is_some() {
        std::fs::write(file("json"), &json).unwrap();
        std::fs::write(file("txt"), &text).unwrap();
        return;
    }
    let is_same = |extension: &str, ours: &str| read(extension).is_ok_and(|known| known == ours);
    assert!(is_same("txt", &text), "{name} as txt:\n{text}");
    assert!(is_same("json", &json), "{name} as json:\n{json}");
}

/// Generates a test for each Dockerfile in `testdata/plan`, with its name, and one that checks that each has a test.
macro_rules! plans {
    ($($name:ident)*) => {
        /// Plans of the Dockerfiles.
        mod plans {
            $(
                #[test]
                fn $name() {
                    super::check(&stringify!($name).replace('_', "-"));
                }
            )*

            #[test]
            fn each_dockerfile_has_a_test() {
                let files = std::fs::read_dir(super::folder()).unwrap().map(|entry| entry.unwrap().file_name());
                let names = files.filter_map(|file| Some(file.to_str()?.strip_suffix(".Dockerfile")?.replace('-', "_")));
                let mut names: Vec<String> = names.collect();
                names.sort_unstable();
                assert_eq!(names, [$(stringify!($name)),*]);
            }
        }
    };
}

plans! {
    every_version from_windows host_process index_base linux newer_release no_seed nothing plain_layers run triggers
}

/// What keeps a file from being built is an error with its location, as in a build.
#[test]
fn errors_have_locations() {
    let windows = options("platform=windows/amd64");
    for (text, message, line) in [
        ("FROM scratch AS a\n\nFROM nothing:1\n", "nothing:1: failed to resolve", 3),
        ("FROM a,\n", "empty element", 1),
        ("ARG A=a:1,2\nARG B=b:1,2,3\nFROM $A AS a\nFROM $B\nCOPY --from=a / /\n", "different lengths", 3),
        ("FROM alpine:3\nCOPPY a b\n", "unknown instruction", 2),
    ] {
        let failure = plan(text, &windows, "").unwrap_err();
        assert!(failure.to_string().contains(message), "{failure}");
        let locations = failure.locations();
        assert_eq!(
            locations.first().and_then(|place| place.first()).map(|range| range.start.line),
            Some(line),
            "{failure}"
        );
    }
    let mut unknown = windows;
    unknown.push(("build-arg:FANLIGHT_VERSIONS".into(), "ltsc2025".into()));
    let failure = plan("FROM mcr.microsoft.com/windows/nanoserver:ltsc2019\n", &unknown, "").unwrap_err();
    assert!(failure.to_string().contains("10.0.17763.6414"), "{failure}");
    assert_eq!(failure.locations().len(), 1);
}

/// The parts of the JSON about a pushed image; `ci/tools` checks them against the schema.
#[test]
fn pushed_images() {
    let digest = format!("sha256:{}", "1".repeat(64));
    let compared = |state, days, support_ended| Compared {
        platform: Platform::new("windows", "amd64"),
        image: "windows/amd64".to_owned(),
        digest: digest.clone(),
        base: "nanoserver:ltsc2022".to_owned(),
        state,
        from: "10.0.20348.1".to_owned(),
        to: "10.0.20348.2".to_owned(),
        days,
        support_ended,
    };
    let none = Compared {
        image: String::new(),
        digest: String::new(),
        base: String::new(),
        from: String::new(),
        to: String::new(),
        ..compared(State::Dropped, None, Some("2022-08-09"))
    };
    let states = [State::Current, State::Ahead, State::Other, State::Missing];
    let mut variants = vec![compared(State::Behind, Some(28), None), none];
    variants.extend(states.map(|state| compared(state, None, None)));
    let against = Against { reference: format!("host/app:1@{digest}"), variants };
    let moved = |change| MovedImage {
        image: "windows/amd64".to_owned(),
        from: "windows(10.0.20348.1)/amd64".to_owned(),
        digest: digest.clone(),
        old_base: format!("nanoserver@{digest}"),
        new_base: format!("nanoserver@{digest}"),
        layers: 2,
        change,
    };
    let along = MovedImage { old_base: String::new(), new_base: String::new(), ..moved(Change::AsItIs) };
    let images = vec![moved(Change::Current), moved(Change::Moved), moved(Change::Widened), along];
    let rebase = Rebase { reference: against.reference.clone(), images };
    let answer = request::plan::plan(Vec::new(), &[], Some(against), Some(rebase));
    let file = folder().join("pushed.json");
    let ours = String::from_utf8(answer.metadata["result.json"].clone()).unwrap();
    if std::env::var_os("FANLIGHT_UPDATE").is_some() {
        std::fs::write(&file, &ours).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), ours);
}

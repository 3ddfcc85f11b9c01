//! Whole builds of generated Dockerfiles, against a fake BuildKit.

use proptest::prelude::*;

use super::build;
use crate::gateway::capabilities::names;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};
use crate::gateway::{BuildResult, Error};
use crate::proto::frontend::SolveRequest;

const CAPS: &[&str] =
    &[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META, names::SOLVE_EVALUATE, names::WARNINGS];

const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],
    "OnBuild":["COPY --from=b . /x","RUN $A"]},"rootfs":{"type":"layers","diff_ids":["sha256:0"]}}"#;

/// The options of a build, and of every request.
const REQUESTS: &[&[(&str, &str)]] = &[
    &[("platform", "linux/amd64,linux/arm64"), ("no-cache", "a"), ("build-arg:A", "given")],
    &[("platform", "linux/amd64,windows/amd64"), ("build-arg:FANLIGHT_LAZY", "0")],
    &[("build-arg:SOURCE_DATE_EPOCH", "b"), ("target", "a")],
    &[("requestid", "frontend.lint")],
    &[("requestid", "frontend.outline")],
    &[("requestid", "frontend.targets")],
    &[("requestid", "frontend.convertllb")],
    &[
        ("requestid", "frontend.plan"),
        ("platform", "linux/amd64,windows/amd64"),
        ("build-arg:FANLIGHT_LAZY", "0"),
    ],
];

/// Builds, and returns the error, if any, and the solve requests.
fn run(text: &str, options: &[(&str, &str)]) -> (Option<String>, Vec<SolveRequest>) {
    let (outcome, fake) = run_on(text, options);
    (outcome.err().map(|failure| failure.to_string()), fake.solved())
}

fn run_on(text: &str, options: &[(&str, &str)]) -> (Result<BuildResult, Error>, Fake) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let fake = Fake::default()
            .with_caps(CAPS)
            .with_all_llb_caps()
            .with_file("Dockerfile", text)
            .with_file(".dockerignore", "*.log\n")
            .with_image("docker.io/library/alpine:latest", CONFIG);
        let bridge = bridge_to(&fake).await;
        let options = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let mut environment = Environment { session_id: "session".into(), ..Environment::default() };
        environment.options.extend(options);
        environment.options.insert("cmdline".to_owned(), String::new());
        (build(&bridge, environment).await, fake)
    })
}

/// Words that mean something somewhere, so that lines are often valid and often nearly valid.
fn line() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "b",
        "0",
        "1",
        "AS",
        "alpine",
        "scratch",
        "$A",
        "${A:-b}",
        "${A:?b}",
        "${",
        "\"",
        "'",
        "<<E",
        "E",
        "--from=a",
        "--from=b",
        "--link",
        "--chmod=7",
        "--mount=from=a,target=/x",
        "--mount=type=cache,id=$A",
        "--platform=$BUILDPLATFORM",
        "/x",
        ".",
        "A=1",
        "A",
        "[\"a\"]",
        "[]",
        "\\\n",
        "#",
        "https://b/x",
        "80",
        "https://b/x.git#a",
        "--parents",
        "--checksum=x",
        "CMD",
        "NONE",
        "{a,b}",
        "a,b",
        "c:\\x",
        "é",
    ]);
    let instruction = prop::sample::select(vec![
        "FROM",
        "FROM",
        "FROM alpine AS",
        "FROM a AS b\n",
        "RUN",
        "COPY",
        "COPY",
        "ADD",
        "ENV",
        "ARG",
        "WORKDIR",
        "USER",
        "LABEL",
        "CMD",
        "ENTRYPOINT",
        "ONBUILD RUN",
        "ONBUILD COPY",
        "HEALTHCHECK",
        "EXPOSE",
        "VOLUME",
        "SHELL",
        "STOPSIGNAL",
        "MAINTAINER",
        "# check=",
        "FOO",
    ]);
    (instruction, prop::collection::vec(word, 0..4))
        .prop_map(|(instruction, words)| format!("{instruction} {}\n", words.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Every text is built or refused, without a panic and the same way every time.
    #[test]
    fn any_dockerfile_has_one_answer(
        lines in prop::collection::vec(line(), 0..10),
        options in prop::sample::select(REQUESTS),
    ) {
        let text = format!("FROM alpine\n{}", lines.concat());
        let (error, mut solved) = run(&text, options);
        let (again, mut solved_again) = run(&text, options);
        prop_assert_eq!(error, again);
        // Solves run concurrently.
        let order = |request: &SolveRequest| format!("{request:?}");
        solved.sort_by_key(order);
        solved_again.sort_by_key(order);
        prop_assert_eq!(solved.len(), solved_again.len());
        for (one, other) in solved.iter().zip(&solved_again) {
            let definition = |request: &SolveRequest| request.definition.clone().unwrap_or_default().def;
            prop_assert_eq!(definition(one), definition(other));
        }
    }
}

/// Checks that what the strategy above generates can mostly be built.
#[test]
fn a_build_and_its_triggers() {
    let (error, solved) = run("FROM scratch AS b\nCOPY . /\nFROM alpine AS a\nRUN b\n", REQUESTS[0]);
    assert_eq!(error, None);
    // The Dockerfile, the ignore file, two platforms.
    assert_eq!(solved.len(), 4);
}

#[test]
fn what_was_found_before_an_error_is_shown() {
    let (outcome, fake) = run_on("FROM scratch AS Upper\nMAINTAINER a\nBADCMD\n", &[]);
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "dockerfile parse error on line 3: unknown instruction: BADCMD"
    );
    assert_eq!(fake.calls("Warn"), 2);
}

#[test]
fn without_a_base_an_image_has_the_version_that_is_asked_for() {
    let platforms = "windows(10.0.17763.1)/amd64,windows(10.0.20348.2)/amd64";
    let (outcome, _) =
        run_on("FROM scratch\nARG TARGETOSVERSION\nLABEL v=$TARGETOSVERSION\n", &[("platform", platforms)]);
    let result = outcome.unwrap();
    for version in ["10.0.17763.1", "10.0.20348.2"] {
        let config = &result.metadata[&format!("containerimage.config/windows({version})/amd64")];
        let config: serde_json::Value = serde_json::from_slice(config).unwrap();
        assert_eq!(
            (&config["os.version"], &config["config"]["Labels"]["v"]),
            (&version.into(), &version.into())
        );
    }
}

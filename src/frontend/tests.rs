//! Whole builds of Dockerfiles that no one wrote, against a BuildKit of the tests' own.

use proptest::prelude::*;

use super::build;
use crate::gateway::capabilities::names;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};
use crate::proto::frontend::SolveRequest;

const CAPS: &[&str] = &[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META, names::SOLVE_EVALUATE];

const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],
    "OnBuild":["COPY --from=b . /x","RUN $A"]},"rootfs":{"type":"layers","diff_ids":["sha256:0"]}}"#;

/// What is asked for; a build, and every request.
const REQUESTS: &[&[(&str, &str)]] = &[
    &[("platform", "linux/amd64,linux/arm64"), ("no-cache", "a"), ("build-arg:A", "given")],
    &[("platform", "linux/amd64,windows/amd64"), ("build-arg:FANLIGHT_LAZY", "0")],
    &[("build-arg:SOURCE_DATE_EPOCH", "b"), ("target", "a")],
    &[("requestid", "frontend.lint")],
    &[("requestid", "frontend.outline")],
    &[("requestid", "frontend.targets")],
    &[("requestid", "frontend.convertllb")],
];

/// Builds, and gives the error, if any, and what was solved.
fn run(text: &str, options: &[(&str, &str)]) -> (Option<String>, Vec<SolveRequest>) {
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
        let outcome = build(&bridge, environment).await;
        (outcome.err().map(|failure| failure.to_string()), fake.solved())
    })
}

/// Words that mean something somewhere, so that lines are often right and often nearly so.
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

    /// Every text is built or refused, never met with a panic, and the same way every time.
    #[test]
    fn any_dockerfile_has_one_answer(
        lines in prop::collection::vec(line(), 0..10),
        options in prop::sample::select(REQUESTS),
    ) {
        let text = format!("FROM alpine\n{}", lines.concat());
        let (error, mut solved) = run(&text, options);
        let (again, mut solved_again) = run(&text, options);
        prop_assert_eq!(error, again);
        // Solves are in flight together.
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

/// What the strategy above is for: most of it can be built.
#[test]
fn a_build_and_its_triggers() {
    let (error, solved) = run("FROM scratch AS b\nCOPY . /\nFROM alpine AS a\nRUN b\n", REQUESTS[0]);
    assert_eq!(error, None);
    // The Dockerfile, the ignore file, two platforms.
    assert_eq!(solved.len(), 4);
}

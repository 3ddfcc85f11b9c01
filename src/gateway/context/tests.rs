//! Tests of contexts against a fake BuildKit.

use std::collections::BTreeMap;

use prost::Message as _;

use super::*;
use crate::gateway::capabilities::names;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};
use crate::llb::ResolveMode;
use crate::proto::{frontend, pb};

const CAPS: &[&str] = &[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META, names::SOLVE_EVALUATE];

async fn open(fake: &Fake, options: &[(&str, &str)]) -> Result<Contexts, Error> {
    let bridge = bridge_to(fake).await;
    let options = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let environment =
        Environment { options: options.collect(), session_id: "session".into(), ..Environment::default() };
    let options = Options::new(environment, bridge.capabilities()).unwrap();
    Contexts::open(bridge, &options).await
}

fn fake() -> Fake {
    Fake::default().with_caps(CAPS)
}

/// Returns the identifiers and attributes of the sources of a definition.
fn sources(definition: &pb::Definition) -> Vec<(String, BTreeMap<String, String>)> {
    let ops = definition.def.iter().map(|bytes| pb::Op::decode(bytes.as_slice()).unwrap().op);
    let source = |op| match op {
        Some(pb::op::Op::Source(source)) => Some(source),
        _ => None,
    };
    ops.filter_map(source)
        .map(|source| {
            let attrs = source.attrs.iter().map(|attr| (attr.key().to_owned(), attr.value().to_owned()));
            (source.identifier, attrs.collect())
        })
        .collect()
}

fn attrs(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn label(definition: &pb::Definition) -> &str {
    let mut names = definition
        .metadata
        .iter()
        .filter_map(|entry| entry.value.as_ref()?.description.get("llb.customname"));
    names.next().map_or("", String::as_str)
}

fn of(state: &State) -> pb::Definition {
    encode(state).to_pb()
}

#[tokio::test]
async fn the_dockerfile_and_the_ignore_file_beside_it() {
    let fake = fake().with_file("Dockerfile", "FROM a").with_file("Dockerfile.dockerignore", "secret\n");
    let contexts = open(&fake, &[("local-sessionid:dockerfile", "other")]).await.unwrap();
    let source = contexts.dockerfile().await.unwrap();
    assert_eq!(
        (source.map.filename.as_str(), source.map.data.as_slice()),
        ("Dockerfile", b"FROM a" as &[u8])
    );
    let asked = fake.solved()[0].definition.clone().unwrap();
    assert_eq!(label(&asked), "[internal] load build definition from Dockerfile");
    let expected = attrs(&[
        ("local.differ", "none"),
        ("local.followpaths", r#"["Dockerfile","Dockerfile.dockerignore","dockerfile"]"#),
        ("local.session", "other"),
        ("local.sharedkeyhint", "dockerfile"),
    ]);
    assert_eq!(sources(&asked), [("local://dockerfile".to_owned(), expected)]);
    assert_eq!(source.map.definition.as_ref().unwrap().to_pb(), asked);
    assert!(source.head.starts_with("sha256:"));

    let main = contexts.main().await.unwrap();
    assert_eq!(main.ignore_patterns(), ["secret"]);
    assert_eq!(fake.calls("Solve"), 1);
    let context = of(&main.state(vec!["./a".into()]));
    assert_eq!(label(&context), "[internal] load build context");
    let expected = attrs(&[
        ("local.excludepatterns", r#"["secret"]"#),
        ("local.followpaths", r#"["./a"]"#),
        ("local.session", "session"),
        ("local.sharedkeyhint", "context"),
    ]);
    assert_eq!(sources(&context), [("local://context".to_owned(), expected)]);
}

#[tokio::test]
async fn a_dockerfile_in_lower_case() {
    let contexts =
        open(&fake().with_file("a/dockerfile", "x"), &[("filename", "a/Dockerfile")]).await.unwrap();
    assert_eq!(contexts.dockerfile().await.unwrap().map.data, b"x");
    let contexts = open(&fake().with_file("dockerfile", "x"), &[("filename", "Other")]).await.unwrap();
    let error = contexts.dockerfile().await.unwrap_err();
    assert_eq!(error.to_string(), "failed to read dockerfile: NotFound: no file Other");
}

#[tokio::test]
async fn a_dockerfile_that_is_too_large() {
    let fake = fake().with_file("Dockerfile", vec![b' '; (16 << 20) + 1]).with_file("dockerfile", "x");
    let error = open(&fake, &[]).await.unwrap().dockerfile().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to read dockerfile: Dockerfile exceeds maximum allowed size of 16777216 bytes"
    );
}

#[tokio::test]
async fn the_ignore_file_of_the_context() {
    let fake = fake().with_file("Dockerfile", "x").with_file(".dockerignore", "a\n!b\n");
    let contexts = open(&fake, &[]).await.unwrap();
    contexts.dockerfile().await.unwrap();
    let main = contexts.main().await.unwrap();
    assert_eq!(main.ignore_patterns(), ["a", "!b"]);
    let asked = fake.solved()[1].definition.clone().unwrap();
    assert_eq!(label(&asked), "[internal] load .dockerignore");
    let expected = attrs(&[
        ("local.differ", "none"),
        ("local.followpaths", r#"[".dockerignore"]"#),
        ("local.session", "session"),
        ("local.sharedkeyhint", "context-.dockerignore"),
    ]);
    assert_eq!(sources(&asked), [("local://context".to_owned(), expected)]);
}

#[tokio::test]
async fn a_download_that_is_a_dockerfile_or_an_archive() {
    let url = ("context", "https://example.com/a");
    let plain = fake().with_file("context", "FROM x");
    let contexts = open(&plain, &[url]).await.unwrap();
    let source = contexts.dockerfile().await.unwrap();
    assert_eq!((source.map.filename.as_str(), source.map.data.as_slice()), ("context", b"FROM x" as &[u8]));

    let archive = fake().with_file("context", [0x1f, 0x8b, 8]).with_file("Dockerfile", "FROM y");
    let contexts = open(&archive, &[url, ("contextsubdir", "sub")]).await.unwrap();
    assert_eq!(contexts.dockerfile().await.unwrap().map.data, b"FROM y");
    let solved = archive.solved();
    assert_eq!(label(solved[0].definition.as_ref().unwrap()), "[internal] load remote build context");
    // The Dockerfile is looked up in the archive; the context is a directory in it.
    assert_eq!(solved[1].definition.as_ref().unwrap().def.len(), 3);
    assert_eq!(of(&contexts.main().await.unwrap().state(Vec::new())).def.len(), 4);
}

#[tokio::test]
async fn inputs_go_before_directories_unless_the_client_names_one() {
    let input = of(&remote::http("https://example.com/input", crate::llb::Metadata::default()));
    let fake = fake()
        .with_input("context", input.clone())
        .with_input("dockerfile", input)
        .with_file("Dockerfile", "x");
    let contexts = open(&fake, &[]).await.unwrap();
    contexts.dockerfile().await.unwrap();
    assert!(matches!(contexts.main().await.unwrap(), MainContext::Remote(_)));
    assert_eq!(sources(fake.solved()[0].definition.as_ref().unwrap())[0].0, "https://example.com/input");

    let contexts = open(&fake, &[("dockerfilekey", "mine")]).await.unwrap();
    contexts.dockerfile().await.unwrap();
    assert_eq!(sources(fake.solved()[1].definition.as_ref().unwrap())[0].0, "local://mine");

    let error = open(&fake.with_input("context", pb::Definition::default()), &[]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to get frontend inputs: invalid nil input definition to definition op"
    );
}

fn linux() -> Platform {
    Platform::new("linux", "amd64")
}

async fn load(fake: &Fake, options: &[(&str, &str)], name: &str) -> Result<LoadedContext, Error> {
    let contexts = open(fake, options).await?;
    let named = contexts.named(name, &linux())?.expect("there is such a context");
    named.load(Some(&linux()), ResolveMode::ForcePull).await
}

#[tokio::test]
async fn a_named_context_may_be_for_one_platform() {
    let options =
        [("context:base", "docker-image://any"), ("context:base::linux/amd64", "docker-image://own")];
    let fake = fake().with_image("docker.io/library/own:latest", br#"{"created":"2020-01-01T00:00:00Z"}"#);
    let loaded = load(&fake, &options, "docker.io/library/base:latest").await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.log_name, "[context base::linux/amd64] load metadata for own");
    assert_eq!(
        (asked.resolve_mode.as_str(), asked.platform.as_ref().unwrap().os.as_str()),
        ("pull", "linux")
    );
    assert_eq!(loaded.image.unwrap().created, None);
    assert!(loaded.digest.starts_with("sha256:"));
    let definition = of(&loaded.state);
    assert_eq!(label(&definition), "[context base::linux/amd64] own");
    assert_eq!(sources(&definition)[0].0, "docker-image://docker.io/library/own:latest");
    let contexts = open(&fake, &options).await.unwrap();
    assert!(contexts.named("other", &linux()).unwrap().is_none());
}

#[tokio::test]
async fn a_named_directory_has_its_own_ignore_file() {
    let fake = fake().with_file(".dockerignore", "tmp");
    let options = [("context:lib", "local:libdir"), ("sharedkey:localdir:lib", "key")];
    let late = load(&fake, &options, "lib").await.unwrap().late.unwrap();
    let solved = &fake.solved()[0];
    assert!(solved.evaluate);
    assert_eq!(label(solved.definition.as_ref().unwrap()), "[context lib] load .dockerignore");
    let definition = of(&late.state(vec!["./x".into()]));
    assert_eq!(label(&definition), "[context lib] load from client");
    let expected = attrs(&[
        ("local.excludepatterns", r#"["tmp"]"#),
        ("local.followpaths", r#"["./x"]"#),
        ("local.session", "session"),
        ("local.sharedkeyhint", "context:lib-key"),
    ]);
    assert_eq!(sources(&definition), [("local://libdir".to_owned(), expected)]);
}

#[tokio::test]
async fn an_oci_layout_of_the_client() {
    let digest = format!("sha256:{}", "1".repeat(64));
    let shown = format!("docker.io/library/base@{digest}");
    let fake = fake().with_image(&shown, b"{}");
    let layout = format!("oci-layout://store@{digest}");
    let loaded = load(&fake, &[("context:base", &layout)], "base").await.unwrap();
    let expected = attrs(&[("oci.session", "session"), ("oci.store", "store")]);
    assert_eq!(sources(&of(&loaded.state)), [(format!("oci-layout://{shown}"), expected)]);
    let source = fake.asked()[0].source.clone().unwrap();
    assert_eq!(source.identifier, format!("oci-layout://{shown}"));
    assert_eq!(source.attrs.len(), 2);
}

#[tokio::test]
async fn an_input_with_its_config() {
    let input = of(&remote::http("https://example.com/input", crate::llb::Metadata::default()));
    let config = crate::gateway::base64::encode(br#"{"config":{"Env":["A=b"]}}"#);
    let metadata = format!(r#"{{"containerimage.config":"{config}","other":null}}"#);
    let options = [("context:base", "input:up"), ("input-metadata:up", metadata.as_str())];
    let fake = fake().with_input("up", input);
    let loaded = load(&fake, &options, "base").await.unwrap();
    assert_eq!(loaded.state.env.to_strings(), ["A=b"]);
    assert_eq!(loaded.image.unwrap().config.env, ["A=b"]);
    let plain = load(&fake, &options[..1], "base").await.unwrap();
    assert!(plain.image.is_none());
}

#[tokio::test]
async fn a_policy_may_lead_from_one_context_to_another_but_not_in_circles() {
    let fake = fake().with_file(".dockerignore", "");
    fake.replace_image("docker.io/library/a:latest", "local://dir");
    let loaded = load(&fake, &[("context:base", "docker-image://a")], "base").await.unwrap();
    assert_eq!(sources(&of(&loaded.late.unwrap().state(Vec::new())))[0].0, "local://dir");

    let circle = "docker-image://docker.io/library/a:latest";
    fake.replace_image("docker.io/library/a:latest", circle);
    let error = load(&fake, &[("context:base", "docker-image://a")], "base").await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("context recursion limit exceeded; this may indicate a cycle"), "{text}");
}

#[tokio::test]
async fn texts_that_are_no_contexts() {
    for (input, expected) in [
        ("plain", "invalid context specifier plain for base"),
        ("ftp://x", "unsupported context source ftp for base"),
        (
            "docker-image://UPPER",
            "invalid reference format: repository name (library/UPPER) must be lowercase",
        ),
        ("oci-layout://store:1", "oci-layout reference \"store:1\" has no digest"),
        (
            "oci-layout://",
            "could not parse oci-layout reference \"\": repository name must have at least one component",
        ),
        ("input:none", "invalid input none for base"),
        ("git:nothing", "invalid git context git:nothing"),
    ] {
        let error = load(&fake(), &[("context:base", input)], "base").await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{input}");
    }
    let contexts = open(&fake(), &[]).await.unwrap();
    let error = contexts.named("A B", &linux()).unwrap_err();
    assert!(error.to_string().starts_with("invalid context name A B: "), "{error}");
    assert!(
        load(&fake(), &[("context:base", "docker-image://scratch")], "base")
            .await
            .unwrap()
            .state
            .output
            .is_none()
    );
}

#[tokio::test]
async fn the_time_of_a_source() {
    let fake = fake().with_file("context", "no archive");
    let contexts = open(&fake, &[]).await.unwrap();
    let url = "https://example.com/a";
    let state = remote::http(url, crate::llb::Metadata::default());
    let last_modified = Some(crate::proto::fanlight::Timestamp { seconds: 7, nanos: 9 });
    for (last_modified, expected) in [(last_modified, Some(7)), (None, None)] {
        let http = frontend::ResolveSourceHttpResponse { last_modified, ..Default::default() };
        fake.answer(url, frontend::ResolveSourceMetaResponse { http: Some(http), ..Default::default() });
        // Answers are cached, so each answer needs a build of its own.
        let contexts = open(&fake, &[]).await.unwrap();
        assert_eq!(contexts.time_of(&state, "x").await, Ok(expected));
    }
    assert_eq!(contexts.time_of(&State::scratch(), "x").await, Ok(None));
    // For the content of an archive, the archive itself is checked.
    let contexts = open(&fake, &[]).await.unwrap();
    assert_eq!(contexts.time_of(&remote::unpacked(&state), "x").await, Ok(None));
    assert_eq!(fake.solved().last().unwrap().definition, Some(of(&state)));
}

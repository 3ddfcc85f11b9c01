//! The fan-out through a whole build, on an engine in this process.

use crate::frontend::build;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};

/// The base image of the tests, which is an index in most of them.
const BASE: &str = "example.com/base:1";
/// The repository of [`BASE`]. An image of an index is requested as `NAME@DIGEST`, without the tag.
const NAME: &str = "example.com/base";
/// The digest that [`Fake`] gives every image and index that it resolves, unless it has an `index.json`.
const INDEX: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
/// The digests of the two images that the index lists.
const NEWER: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const OLDER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

fn config(os_version: &str) -> Vec<u8> {
    format!(
        r#"{{"architecture":"amd64","os":"windows","os.version":"{os_version}","rootfs":{{"type":"layers","diff_ids":["sha256:0"]}}}}"#
    )
    .into_bytes()
}

/// An engine that has the base, and returns its first image for every version.
fn engine() -> Fake {
    let first = config("10.0.26100.1");
    Fake::default()
        .with_all_llb_caps()
        .with_file("Dockerfile", format!("FROM {BASE}\nCOPY a /\n"))
        .with_index(BASE, &first)
        .with_index(&format!("{BASE}@{INDEX}"), &first)
}

async fn outcome(fake: &Fake, options: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let mut environment = Environment { session_id: "session".into(), ..Environment::default() };
    let fixed = [("cmdline", ""), ("platform", "windows/amd64"), ("build-arg:FANLIGHT_LAZY", "0")];
    let options = fixed.iter().chain(options);
    environment.options.extend(options.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    let result = build(&bridge_to(fake).await, environment).await.map_err(|e| e.to_string())?;
    Ok(result.metadata.into_keys().filter(|key| key.starts_with("containerimage.config")).collect())
}

#[tokio::test]
async fn an_index_that_can_be_read_gives_its_images_by_digest() {
    let index = format!(
        r#"{{"manifests":[
            {{"digest":"{OLDER}","platform":{{"os":"windows","architecture":"amd64","os.version":"10.0.20348.1"}}}},
            {{"digest":"{NEWER}","platform":{{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}}}}]}}"#
    );
    let fake = engine()
        .with_file("index.json", index)
        .with_image(&format!("{NAME}@{NEWER}"), &config("10.0.26100.1"))
        .with_image(&format!("{NAME}@{OLDER}"), &config("10.0.20348.1"));
    let built = outcome(&fake, &[]).await.unwrap();
    let id = |version: &str| format!("containerimage.config/windows({version})/amd64");
    assert_eq!(built, [id("10.0.20348.1"), id("10.0.26100.1")]);
}

#[tokio::test]
async fn an_image_on_its_own_is_taken_for_one() {
    let config = config("10.0.20348.1");
    let fake = Fake::default()
        .with_all_llb_caps()
        .with_file("Dockerfile", format!("FROM {BASE}\nCOPY a /\n"))
        .with_image(BASE, &config)
        .with_image(&format!("{BASE}@{INDEX}"), &config);
    assert_eq!(outcome(&fake, &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_index_beside_a_list_has_to_be_told_too() {
    let text = format!(
        "FROM --platform=linux/amd64 cache:{{ltsc2019,ltsc2022}} AS addon\nFROM {BASE}\nCOPY --from=addon a /\n"
    );
    let linux =
        br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:0"]}}"#;
    let mut fake = engine().with_file("Dockerfile", text);
    for tag in ["ltsc2019", "ltsc2022"] {
        fake = fake.with_image(&format!("docker.io/library/cache:{tag}"), linux);
    }
    let error = outcome(&fake, &[]).await.unwrap_err();
    assert!(error.contains("example.com/base:1 may be an index of several Windows versions"), "{error}");
}

/// Base images of two known releases and of two that are newer than the table, under one name or under two.
fn newer_releases(tags: &[(&str, &str)]) -> Fake {
    let list: Vec<&str> = tags.iter().map(|(tag, _)| *tag).collect();
    let mut fake = Fake::default()
        .with_all_llb_caps()
        .with_file("Dockerfile", format!("FROM {NAME}:{{{}}}\nCOPY a /\n", list.join(",")));
    for (tag, version) in tags {
        fake = fake.with_image(&format!("{NAME}:{tag}"), &config(version));
    }
    fake
}

#[tokio::test]
async fn the_tag_of_a_base_tells_the_build_of_a_release_that_is_newer_than_the_table() {
    let known = [("ltsc2022", "10.0.20348.1"), ("ltsc2025", "10.0.26100.1")];
    let fake =
        newer_releases(&[known[0], known[1], ("ltsc2099", "10.0.40100.7"), ("a-99H1", "10.0.40200.1")]);
    let selected = async |versions: &str, platform: &str| {
        let mut options = vec![("platform", platform)];
        if !versions.is_empty() {
            options.push(("build-arg:FANLIGHT_VERSIONS", versions));
        }
        let built = outcome(&fake, &options).await?;
        Ok::<_, String>(
            built.iter().filter_map(|key| Some(key.split(['(', ')']).nth(1)?.to_owned())).collect::<Vec<_>>(),
        )
    };
    for (versions, platform, expected) in [
        ("ltsc2099,ltsc2022", "windows/amd64", vec!["10.0.20348.1", "10.0.40100.7"]),
        ("LTSC2099,99h1", "windows/amd64", vec!["10.0.40100.7", "10.0.40200.1"]),
        ("40100,99H1", "windows/amd64", vec!["10.0.40100.7", "10.0.40200.1"]),
        ("", "windows(ltsc2099)/amd64,windows(ltsc2022)/amd64", vec!["10.0.20348.1", "10.0.40100.7"]),
        ("", "windows(ltsc2099)/amd64,windows(99H1)/amd64", vec!["10.0.40100.7", "10.0.40200.1"]),
        ("", "windows/amd64", vec!["10.0.20348.1", "10.0.26100.1", "10.0.40100.7", "10.0.40200.1"]),
    ] {
        assert_eq!(selected(versions, platform).await.unwrap(), expected, "{versions} {platform}");
    }
    for (versions, platform, error) in [
        ("ltsc2099,ltsc2098", "windows/amd64", "unknown Windows version \"ltsc2098\""),
        ("ltsc2098", "windows/amd64", "unknown Windows version \"ltsc2098\""),
        (
            "",
            "windows(ltsc2098)/amd64",
            "unknown Windows version \"ltsc2098\" in the platform windows(ltsc2098)/amd64",
        ),
        ("ltsc2023", "windows/amd64", "(did you mean ltsc2022?): no base of this build has it in its tag"),
    ] {
        let text = selected(versions, platform).await.unwrap_err();
        assert!(text.contains(error), "{text}");
    }
}

#[tokio::test]
async fn a_tag_that_tells_nothing_certain_tells_nothing() {
    let versions = [("build-arg:FANLIGHT_VERSIONS", "ltsc2099")];
    let two = newer_releases(&[("a-ltsc2099", "10.0.40100.7"), ("b-ltsc2099", "10.0.40200.1")]);
    let error = outcome(&two, &versions).await.unwrap_err();
    assert!(
        error.contains("example.com/base:a-ltsc2099 (10.0.40100.7)")
            && error.contains("different Windows builds"),
        "{error}"
    );
    // The build of a known release is tagged with the new name.
    let lies = newer_releases(&[("ltsc2099", "10.0.20348.1"), ("ltsc2025", "10.0.26100.1")]);
    let error = outcome(&lies, &versions).await.unwrap_err();
    assert!(error.contains("available: example.com/base:ltsc2099 (10.0.20348.1)"), "{error}");
    // A base that cannot be looked up differs from one that has nothing to learn.
    let gone = newer_releases(&[("ltsc2025", "10.0.26100.1")])
        .with_file("Dockerfile", format!("FROM {NAME}:{{ltsc2025,ltsc2099}}\nCOPY a /\n"));
    let error = outcome(&gone, &versions).await.unwrap_err();
    assert!(error.contains("example.com/base:ltsc2099"), "{error}");
}

#[tokio::test]
async fn where_nothing_tells_the_versions_the_file_has_to() {
    let fake = engine();
    let error = outcome(&fake, &[]).await.unwrap_err();
    for part in [
        "example.com/base:1 may be an index of several Windows versions",
        "it only returns 10.0.26100.1",
        "FROM example.com/base:{1@sha256:...,1@sha256:...}",
        "FROM {example.com/base:1}",
    ] {
        assert!(error.contains(part), "{error}");
    }
    // A version that is asked for by name and found is correct.
    assert!(outcome(&fake, &[("build-arg:FANLIGHT_VERSIONS", "ltsc2025")]).await.is_ok());
    let error = outcome(&fake, &[("build-arg:FANLIGHT_VERSIONS", "ltsc2022")]).await.unwrap_err();
    assert!(error.contains("may be an index"), "{error}");
}

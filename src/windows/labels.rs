//! Labels of a Windows image that name its base image, for programs that look for outdated base images.
//!
//! The keys are annotation keys of the OCI image specification, used as labels in the config. Each Windows version has
//! a base of its own, so nobody can write them by hand. Docker Scout and Renovate read them.

use std::collections::BTreeMap;

use crate::image::Reference;

/// The reference of the base image.
pub const NAME: &str = "org.opencontainers.image.base.name";
/// The digest that the build pinned.
pub const DIGEST: &str = "org.opencontainers.image.base.digest";

/// Removes the labels of a base that name its own base.
pub fn remove(labels: &mut BTreeMap<String, String>) {
    labels.remove(NAME);
    labels.remove(DIGEST);
}

/// Adds labels that name the base image of an image: `base` is its full reference, and `written` is the base as
/// written, which has the tag if `base` names an image of an index by digest only. Existing labels stay, because they
/// come from the file.
pub fn add(labels: &mut BTreeMap<String, String>, base: &str, written: &str) {
    let Ok(reference) = Reference::parse_normalized(base) else { return };
    let Some(digest) = reference.digest() else { return };
    let written = Reference::parse_normalized(written).ok();
    let written = written.filter(|written| written.name() == reference.name());
    let tag = reference.tag().or_else(|| written.as_ref()?.tag());
    let name = match tag {
        Some(tag) => format!("{}:{tag}", reference.name()),
        None => reference.to_string(),
    };
    labels.entry(NAME.to_owned()).or_insert(name);
    labels.entry(DIGEST.to_owned()).or_insert_with(|| digest.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: &str, labels: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all: BTreeMap<String, String> =
            labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        add(&mut all, base, "golang:1-windows");
        all.into_iter()
            .map(|(key, value)| (key.rsplit('.').next().unwrap_or_default().to_owned(), value))
            .collect()
    }

    #[test]
    fn a_base_is_named_with_its_tag_and_apart_from_that_its_digest() {
        let digest = format!("sha256:{}", "1".repeat(64));
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let golang = of(&format!("golang:1.25-nanoserver@{digest}"), &[]);
        let name = pair("name", "docker.io/library/golang:1.25-nanoserver");
        assert_eq!(golang, [pair("digest", &digest), name]);
        let untagged = format!("host:5000/base@{digest}");
        assert_eq!(of(&untagged, &[]), [pair("digest", &digest), pair("name", &untagged)]);
        let pinned = of(&format!("golang@{digest}"), &[]);
        assert_eq!(pinned, [pair("digest", &digest), pair("name", "docker.io/library/golang:1-windows")]);
        assert_eq!(of("host/base:1", &[]), []);
        let own = of(&untagged, &[(NAME, "mine")]);
        assert_eq!(own, [pair("digest", &digest), pair("name", "mine")]);
    }

    #[test]
    fn what_a_base_says_of_its_own_base_goes() {
        let mut labels: BTreeMap<String, String> =
            [NAME, DIGEST, "other"].iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect();
        remove(&mut labels);
        assert_eq!(labels.into_keys().collect::<Vec<_>>(), ["other"]);
    }
}

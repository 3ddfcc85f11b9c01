//! An image index of several Windows versions.

use serde::Deserialize;

use crate::image::{Platform, Reference};

/// What a registry is asked for: an index of either kind.
pub const MEDIA_TYPES: &str =
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";

/// Where a registry has the index of that digest.
#[must_use]
pub fn url(reference: &Reference, digest: &str) -> String {
    // As Docker and BuildKit do: only this machine is asked without encryption.
    let scheme = if is_loopback(reference) { "http" } else { "https" };
    format!("{scheme}://{}/v2/{}/manifests/{digest}", reference.domain(), reference.path())
}

/// Whether the registry is on this machine.
#[must_use]
pub fn is_loopback(reference: &Reference) -> bool {
    let domain = reference.domain();
    let host = domain.rsplit_once(':').map_or(domain, |(host, _)| host);
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

/// Whether the registry is known to give nothing without a login, not even what is public.
#[must_use]
pub fn wants_login(reference: &Reference) -> bool {
    reference.domain() == "docker.io"
}

/// How a base's images are named one by one.
#[must_use]
pub fn advice(base: &str) -> String {
    let reference = Reference::parse_normalized(base).map(Reference::tag_name_only).ok();
    let name = reference.as_ref().map_or_else(|| base.to_owned(), Reference::familiar_name);
    let list = match reference.as_ref().and_then(Reference::tag) {
        Some(tag) => format!(":{{{tag}@sha256:...,{tag}@sha256:...}}"),
        None => "@{sha256:...,sha256:...}".to_owned(),
    };
    format!(
        "Name the images, FROM {name}{list}, with the digests that `docker buildx imagetools inspect {base}` shows; or \
         build some versions, --build-arg FANLIGHT_VERSIONS=ltsc2022,ltsc2025; or one image, FROM {{{base}}}"
    )
}

/// An image of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its manifest; empty where the index could not be read.
    pub digest: String,
    /// Its `os.version`.
    pub os_version: String,
    /// The version that an engine finds it by.
    pub asked: String,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Manifest>,
}

#[derive(Deserialize)]
struct Manifest {
    digest: String,
    platform: Option<ManifestPlatform>,
}

#[derive(Deserialize)]
struct ManifestPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default, rename = "os.version")]
    os_version: String,
}

/// The Windows images of an index for an architecture, each `os.version` once, in the index's
/// order. None for what is no index.
#[must_use]
pub fn windows_entries(json: &[u8], platform: &Platform) -> Vec<Entry> {
    let Ok(index) = serde_json::from_slice::<Index>(json) else { return Vec::new() };
    let mut found: Vec<Entry> = Vec::new();
    for manifest in index.manifests {
        let Some(of) = manifest.platform else { continue };
        let fits = of.os == "windows" && of.architecture == platform.architecture;
        if fits && !found.iter().any(|entry| entry.os_version == of.os_version) {
            found.push(Entry {
                digest: manifest.digest,
                asked: of.os_version.clone(),
                os_version: of.os_version,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_encryption() {
        let url = |text| url(&Reference::parse_normalized(text).unwrap(), "sha256:1");
        assert_eq!(url("127.0.0.1:5000/a/b:1"), "http://127.0.0.1:5000/v2/a/b/manifests/sha256:1");
        assert_eq!(url("localhost/a"), "http://localhost/v2/a/manifests/sha256:1");
        assert_eq!(url("host.example/a"), "https://host.example/v2/a/manifests/sha256:1");
    }

    #[test]
    fn the_advice_is_a_list_to_write() {
        let text = advice("example.com/base:1");
        assert!(text.contains("FROM example.com/base:{1@sha256:...,1@sha256:...},"), "{text}");
        assert!(text.ends_with("FROM {example.com/base:1}"), "{text}");
        let digest = format!("golang@sha256:{}", "0".repeat(64));
        assert!(advice(&digest).contains("FROM golang@{sha256:...,sha256:...},"));
    }

    #[test]
    fn windows_entries_of_the_architecture_are_found_once() {
        let json = br#"{"schemaVersion":2,"manifests":[
            {"digest":"sha256:1","platform":{"os":"linux","architecture":"amd64"}},
            {"digest":"sha256:2","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:3","platform":{"os":"windows","architecture":"arm64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:4","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:5","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.20348.2"}}]}"#;
        let platform = Platform::parse("windows/amd64").unwrap();
        let digests: Vec<String> =
            windows_entries(json, &platform).into_iter().map(|entry| entry.digest).collect();
        assert_eq!(digests, ["sha256:2", "sha256:5"]);
        assert!(windows_entries(b"{}", &platform).is_empty());
        assert!(windows_entries(b"no json", &platform).is_empty());
    }
}

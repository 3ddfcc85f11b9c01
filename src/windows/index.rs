//! Image indexes of several Windows versions.

use serde_json::Value;

use crate::image::{OsVersion, Platform, Reference};

/// The media types to request from a registry: both kinds of index.
pub const MEDIA_TYPES: &str =
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";

/// Returns the URL of the index with that digest in its registry.
#[must_use]
pub fn url(reference: &Reference, digest: &str) -> String {
    // As in Docker and BuildKit: only this machine is reached without encryption.
    let scheme = if is_loopback(reference) { "http" } else { "https" };
    format!("{scheme}://{}/v2/{}/manifests/{digest}", reference.domain(), reference.path())
}

/// Returns whether the registry is on this machine.
#[must_use]
pub fn is_loopback(reference: &Reference) -> bool {
    let domain = reference.domain();
    let host = domain.rsplit_once(':').map_or(domain, |(host, _)| host);
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

/// Returns whether the registry is known to require a login even for public images.
#[must_use]
pub fn wants_login(reference: &Reference) -> bool {
    reference.domain() == "docker.io"
}

/// Returns advice on how to name the images of a base one by one.
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

/// An image of an index, for one architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its manifest; empty if the index could not be read.
    pub digest: String,
    /// Its `os.version`, if the index lists it. Otherwise its config has it.
    pub version: Option<OsVersion>,
    /// Its `os.features`.
    pub features: Vec<String>,
    /// The version by which an engine or a client's context finds it without a digest.
    pub found_by: String,
    /// True if the index lists it for the platform. Otherwise its config has the platform.
    pub is_certain: bool,
}

/// Why a text is neither an index nor a manifest.
#[derive(Debug, thiserror::Error)]
pub enum InvalidIndex {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A field has the wrong type.
    #[error("the index has a field of a wrong type: {0}")]
    Field(&'static str),
}

/// An entry of an index.
struct Manifest {
    digest: String,
    platform: Option<Platform>,
}

impl Manifest {
    /// Parses the entries of an index; `None` for another manifest.
    fn list(json: &[u8]) -> Result<Option<Vec<Self>>, InvalidIndex> {
        let index: Value = serde_json::from_slice(json)?;
        let members = index.as_object().ok_or(InvalidIndex::Field("the whole"))?;
        match members.get("manifests") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(list)) => list.iter().map(Self::of).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(InvalidIndex::Field("manifests")),
        }
    }

    fn of(value: &Value) -> Result<Self, InvalidIndex> {
        let digest = value["digest"].as_str().ok_or(InvalidIndex::Field("digest"))?.to_owned();
        let platform = match &value["platform"] {
            Value::Null => None,
            platform => Some(Platform::of_json(platform).ok_or(InvalidIndex::Field("platform"))?),
        };
        Ok(Self { digest, platform })
    }
}

/// Returns the Windows images of an index for an architecture, in the order of the index; `None` for the manifest of a
/// single image. Accepts what BuildKit accepts: platform names in any spelling, and entries without a platform, whose
/// configs have it.
///
/// # Errors
///
/// Returns an error if the text is neither an index nor a manifest.
pub fn windows_entries(json: &[u8], platform: &Platform) -> Result<Option<Vec<Entry>>, InvalidIndex> {
    let Some(manifests) = Manifest::list(json)? else { return Ok(None) };
    let mut found: Vec<Entry> = Vec::new();
    for manifest in manifests {
        let Some(entry) = entry(manifest, platform) else { continue };
        // Hosts take the first of equal entries.
        let is_same = |other: &Entry| {
            let known = entry.version.is_some() && other.features == entry.features;
            other.version == entry.version && (known || other.digest == entry.digest)
        };
        if !found.iter().any(is_same) {
            found.push(entry);
        }
    }
    Ok(Some(found))
}

/// Returns the images of an index for all platforms, with the digests of their manifests; empty for the manifest of a
/// single image. Entries that are not images, such as attestations, have no known OS and are left out.
///
/// # Errors
///
/// Returns an error if the text is neither an index nor a manifest.
pub fn all_entries(json: &[u8]) -> Result<Vec<(Platform, String)>, InvalidIndex> {
    let manifests = Manifest::list(json)?.unwrap_or_default().into_iter();
    let known = manifests.filter_map(|manifest| Some((manifest.platform?, manifest.digest)));
    let is_image = |platform: &Platform| !["", "unknown"].contains(&platform.os.as_str());
    Ok(known.filter(|(platform, _)| is_image(platform)).collect())
}

fn entry(manifest: Manifest, wanted: &Platform) -> Option<Entry> {
    let digest = manifest.digest;
    let Some(platform) = manifest.platform.filter(|platform| !platform.os.is_empty()) else {
        let found_by = String::new();
        return Some(Entry { digest, version: None, features: Vec::new(), found_by, is_certain: false });
    };
    let platform = platform.normalize();
    if !platform.is_windows() || platform.architecture != wanted.architecture {
        return None;
    }
    Some(Entry {
        digest,
        version: OsVersion::parse(&platform.os_version),
        features: platform.os_features.unwrap_or_default(),
        found_by: platform.os_version,
        is_certain: true,
    })
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

    fn entries(json: &str) -> Option<Vec<Entry>> {
        windows_entries(json.as_bytes(), &Platform::parse("windows/amd64").unwrap()).unwrap()
    }

    fn digests(json: &str) -> Vec<String> {
        entries(json).unwrap().into_iter().map(|entry| entry.digest).collect()
    }

    #[test]
    fn windows_entries_of_the_architecture_are_found_once() {
        let json = r#"{"schemaVersion":2,"manifests":[
            {"digest":"sha256:1","platform":{"os":"linux","architecture":"amd64"}},
            {"digest":"sha256:2","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:3","platform":{"os":"windows","architecture":"arm64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:4","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.26100.1"}},
            {"digest":"sha256:5","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.20348.2"}}]}"#;
        assert_eq!(digests(json), ["sha256:2", "sha256:5"]);
        assert_eq!(entries("{}"), None);
        assert_eq!(entries(r#"{"manifests":[]}"#), Some(Vec::new()));
        assert!(windows_entries(b"no json", &Platform::default()).is_err());
    }

    #[test]
    fn other_entries_of_an_index() {
        let json = r#"{"manifests":[{"digest":"sha256:1","platform":{"os":"linux","architecture":"amd64"}},
            {"digest":"sha256:2","platform":{"os":"windows","architecture":"amd64"}},{"digest":"sha256:3"},
            {"digest":"sha256:4","platform":{"os":"unknown","architecture":"unknown"}}]}"#;
        let of = |platform, digest: &str| (Platform::parse(platform).unwrap(), digest.to_owned());
        let images = [of("linux/amd64", "sha256:1"), of("windows/amd64", "sha256:2")];
        assert_eq!(all_entries(json.as_bytes()).unwrap(), images);
        assert_eq!(all_entries(b"{}").unwrap(), []);
        assert!(all_entries(b"<html>").is_err());
    }

    #[test]
    fn what_buildkit_reads_is_read() {
        let json = r#"{"manifests":[
            {"digest":"sha256:1","platform":null},
            {"digest":"sha256:2","platform":{"os":"Windows","architecture":"AMD64","os.version":null}},
            {"digest":"sha256:3","platform":{"os":"windows","architecture":"x86_64","os.version":"10.0.20348.2"}},
            {"digest":"sha256:4","platform":{"os":"windows","architecture":"amd64","os.version":"10.0.20348.2","os.features":["win32k"]}},
            {"digest":"sha256:5","platform":{"os":"unknown","architecture":"unknown"}},
            {"digest":"sha256:6"}]}"#;
        assert_eq!(digests(json), ["sha256:1", "sha256:2", "sha256:3", "sha256:4", "sha256:6"]);
        let certain: Vec<bool> = entries(json).unwrap().iter().map(|entry| entry.is_certain).collect();
        assert_eq!(certain, [false, true, true, true, false]);
    }
}

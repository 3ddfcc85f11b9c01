//! The time at which the content of a source was made.
//!
//! Mirrors `resolveSourceDateEpochFromState` of moby/buildkit's `dockerfile2llb` and
//! `util/gitutil/gitobject`.

use prost::Message as _;

use super::{archive, encode, remote, solve};
use crate::gateway::{Bridge, Error, FileRange};
use crate::llb::{Http, Metadata, State};
use crate::proto::frontend::{Ref, ResolveSourceGitRequest, ResolveSourceMetaRequest};
use crate::proto::{fsutil, pb};

/// File types, in the bits of Go's `os.FileMode`.
const MODE_DIRECTORY: u32 = 1 << 31;
const MODE_TYPE: u32 = MODE_DIRECTORY | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;

const NANOSECONDS: i64 = 1_000_000_000;

/// The number of bytes of a download that are read to detect an archive.
const ARCHIVE_HEADER_BYTES: i64 = 1024;

/// Returns seconds since 1970, if there is exactly one source and it has a time.
pub(super) async fn time_of(bridge: &Bridge, state: &State, log_name: &str) -> Result<Option<i64>, Error> {
    let Some(source) = only_source(&encode(state).to_pb()) else { return Ok(None) };
    let is_git = source.identifier.starts_with("git://");
    let is_http = remote::is_url(&source.identifier);
    // Only the source: for a context that is an archive, the state holds the unpacked content.
    let download = Http {
        url: source.identifier.clone(),
        filename: attr(&source, "http.filename"),
        checksum: attr(&source, "http.checksum"),
        accept: String::new(),
    };
    let request = ResolveSourceMetaRequest {
        source: Some(source),
        log_name: log_name.to_owned(),
        git: is_git.then_some(ResolveSourceGitRequest { return_object: true }),
        ..ResolveSourceMetaRequest::default()
    };
    let answer = bridge.sources().meta(request).await?;
    if let Some(git) = answer.git.as_ref().filter(|git| !git.commit_object.is_empty()) {
        return commit_time(&git.commit_object).map_err(Error::new);
    }
    if let Some(time) = answer.http.as_ref().and_then(|http| http.last_modified.as_ref()) {
        return Ok(Some(time.seconds));
    }
    if !is_http || download.filename.is_empty() {
        return Ok(None);
    }
    newest_in_archive(bridge, download).await
}

fn attr(source: &pb::SourceOp, key: &str) -> String {
    source
        .attrs
        .iter()
        .find(|attr| attr.key() == key)
        .map_or_else(String::new, |attr| attr.value().to_owned())
}

/// Returns the source operation of a graph, if there is exactly one.
fn only_source(definition: &pb::Definition) -> Option<pb::SourceOp> {
    let ops = definition.def.iter();
    let mut sources = ops.filter_map(|bytes| pb::OpSource::decode(bytes.as_slice()).ok()?.source);
    sources.next().filter(|_| sources.next().is_none())
}

/// Why a git object has no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CommitError {
    #[error("invalid {kind} object: missing {header} header")]
    Header { kind: &'static str, header: &'static str },
    #[error("not a commit object")]
    Tag,
}

/// Returns the time of a commit, from `committer NAME <EMAIL> SECONDS ZONE`.
fn commit_time(object: &[u8]) -> Result<Option<i64>, CommitError> {
    let text = String::from_utf8_lossy(object);
    let is_tag = text.starts_with("object ");
    let (kind, required): (_, &[&'static str]) = if is_tag {
        ("tag", &["object", "type", "tag", "tagger"])
    } else {
        ("commit", &["tree", "author", "committer"])
    };
    // Continuation lines of a signature start with a space and are not headers.
    let headers = || {
        let lines = text.split('\n').take_while(|line| !line.is_empty());
        lines.filter_map(|line| line.split_once(' ')).filter(|(key, _)| !key.is_empty())
    };
    for &header in required {
        if !headers().any(|(key, _)| key == header) {
            return Err(CommitError::Header { kind, header });
        }
    }
    if is_tag {
        return Err(CommitError::Tag);
    }
    let committer = headers().find(|(key, _)| *key == "committer").map_or("", |(_, value)| value);
    Ok(actor_time(committer))
}

fn actor_time(actor: &str) -> Option<i64> {
    let end = actor.rfind('>')?;
    actor.rfind('<').filter(|start| *start <= end)?;
    let mut words = actor[end + 1..].split_whitespace();
    let seconds = words.next()?.parse().ok()?;
    let zone = words.next()?;
    (zone.len() == 5 && zone.starts_with(['+', '-'])).then_some(seconds)
}

/// Returns the time of the newest file in a downloaded archive; `None` if it is not an archive. BuildKit
/// unpacks it, so this code need not know how it is compressed.
async fn newest_in_archive(bridge: &Bridge, download: Http) -> Result<Option<i64>, Error> {
    let filename = &download.filename.clone();
    let state = &download.state(Metadata::default());
    let download = solve(bridge, &encode(state), false).await?;
    let range = FileRange { offset: 0, length: ARCHIVE_HEADER_BYTES };
    if !archive::may_be_archive(&bridge.read_file(&download, filename, Some(range)).await?) {
        return Ok(None);
    }
    let unpacked = solve(bridge, &encode(&remote::unpacked_file(state, filename)), false).await?;
    let size = bridge.stat(&download, filename).await?.size;
    if bridge.stat(&unpacked, filename).await.is_ok_and(|stat| stat.size == size) {
        // Compressed but not an archive: it was copied unchanged.
        return Ok(None);
    }
    newest_file(bridge, &unpacked).await
}

async fn newest_file(bridge: &Bridge, reference: &Ref) -> Result<Option<i64>, Error> {
    let mut newest = None;
    let mut directories = vec!["/".to_owned()];
    while let Some(directory) = directories.pop() {
        for fsutil::Stat { path, mode, mod_time, .. } in bridge.read_dir(reference, &directory, "").await? {
            if mode & MODE_TYPE == 0 {
                newest = newest.max(Some(mod_time.div_euclid(NANOSECONDS)));
            } else if mode & MODE_DIRECTORY != 0 {
                directories.push(format!("{directory}{path}/"));
            }
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_commits() {
        let commit = |committer: &str| {
            let text = format!("tree 0\nauthor A <a@b> 1 +0000\ncommitter {committer}\n\nmessage\n");
            commit_time(text.as_bytes())
        };
        assert_eq!(commit("A <a@b> 1700000000 +0100"), Ok(Some(1_700_000_000)));
        assert_eq!(commit("A <B <a@b> -5 -0000"), Ok(Some(-5)));
        for odd in ["A", "A > <", "A <a@b>", "A <a@b> 1", "A <a@b> x +0000", "A <a@b> 1 0000"] {
            assert_eq!(commit(odd), Ok(None), "{odd}");
        }
    }

    #[test]
    fn objects_that_are_no_commits() {
        let error = |text: &str| commit_time(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error("tree 0\nauthor a\n\ncommitter in the message"),
            "invalid commit object: missing committer header"
        );
        assert_eq!(error("object 0\ntype commit\ntag v1\ntagger a\n"), "not a commit object");
        assert_eq!(error("object 0\n"), "invalid tag object: missing type header");
    }

    #[test]
    fn a_graph_with_two_sources_has_no_time() {
        let source = |url: &str| remote::http(url, crate::llb::Metadata::default());
        let one = source("https://example.com/a");
        assert!(only_source(&encode(&one).to_pb()).is_some());
        let two =
            crate::llb::merge(&[&one, &source("https://example.com/b")], crate::llb::Metadata::default());
        assert!(only_source(&encode(&two).to_pb()).is_none());
        assert!(only_source(&encode(&State::scratch()).to_pb()).is_none());
    }
}

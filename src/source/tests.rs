use serde_json::{Value, json};

use super::*;

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn reads_git_references_as_buildkit_does() {
    for case in cases(include_str!("../../testdata/source/git_ref.json")) {
        let text = case["in"].as_str().unwrap();
        let read = match git_ref(text) {
            Ok(None) => json!({ "git": false }),
            Err(error) => json!({ "git": true, "error": error.to_string() }),
            Ok(Some(git)) => json!({
                "git": true,
                "remote": git.remote,
                "short_name": git.short_name,
                "reference": git.reference,
                "checksum": git.checksum,
                "subdir": git.subdir,
                "local": git.indistinguishable_from_local,
                "unencrypted": git.unencrypted_tcp,
                "keep_git_dir": git.keep_git_dir,
                "submodules": git.submodules,
                "mtime": git.mtime,
                "fetch_by_commit": git.fetch_by_commit,
            }),
        };
        assert_eq!(read, case["read"], "{text:?}");
        assert_eq!(is_http(text), case["http"], "{text:?}");
        let remote = remote(text);
        assert_eq!(json!([remote.url, remote.id, remote.ssh]), case["remote"], "{text:?}");
    }
}

//! Generates the wire types from `proto/`, and sets the address of the documentation.
//!
//! Maps become `BTreeMap`, because Go writes map entries in the order of their keys and the digest of an
//! operation is the digest of its bytes.

use std::env;
use std::error::Error;

const FILES: &[&str] = &["proto/ops.proto", "proto/gateway.proto"];

/// The address of the folder docs/, with a final slash, for the links that clients print. A release has its
/// own.
const DOCS: &str = "FANLIGHT_DOCS";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-env-changed={DOCS}");
    let docs = env::var(DOCS).ok().filter(|docs| !docs.is_empty());
    println!("cargo::rustc-env={DOCS}={}", docs.as_deref().unwrap_or("docs/"));
    let files = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure()
        // The server is BuildKit; tests and examples run an in-process one.
        .server_mod_attribute(".", "#[cfg(any(test, feature = \"testing\"))]")
        // The client is in src/gateway/client.rs.
        .build_client(false)
        .build_transport(false)
        .btree_map(".")
        .compile_fds(files)?;
    Ok(())
}

//! Generates the wire types from `proto/`, and keeps the release binary small.
//!
//! Maps become `BTreeMap`, because Go writes map entries in the order of their keys and the
//! digest of an operation is the digest of its bytes.

use std::env;
use std::error::Error;

const FILES: &[&str] = &["proto/ops.proto", "proto/gateway.proto", "proto/errdefs.proto"];
const LINK_SCRIPT: &str = "link/no-unwind.ld";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure()
        // The server is BuildKit; tests have one in this process.
        .server_mod_attribute(".", "#[cfg(test)]")
        .build_transport(false)
        .btree_map(".")
        .compile_fds(files)?;
    if env::var("CARGO_CFG_TARGET_ENV")? == "musl" && env::var("PROFILE")? == "release" {
        leave_out_unwind_tables()?;
    }
    Ok(())
}

/// A static binary that aborts on panic has no use for them.
fn leave_out_unwind_tables() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LINK_SCRIPT}");
    let script = format!("{}/{LINK_SCRIPT}", env::var("CARGO_MANIFEST_DIR")?);
    // A C compiler passes options on to its linker; a linker takes them as they are.
    let is_linker = env::var("RUSTC_LINKER").is_ok_and(|linker| linker.contains("ld"));
    let arguments = ["-T", &script, "--no-eh-frame-hdr"];
    if is_linker {
        for argument in arguments {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    } else {
        println!("cargo::rustc-link-arg-bins=-Wl,{}", arguments.join(","));
    }
    Ok(())
}

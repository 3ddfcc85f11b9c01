//! The wire types, generated from `proto/`: plain data with the names and numbers of BuildKit's
//! contract, and the client of its frontend service.
//!
//! The modules mirror the packages of the contract, since generated code refers to its
//! neighbours by these paths; use them by the short names below.

#![allow(missing_docs, reason = "generated code; its comments are those of proto/")]
#![allow(clippy::all, reason = "generated code")]

/// LLB: operations, definitions and source locations.
pub mod pb {
    include!(concat!(env!("OUT_DIR"), "/pb.rs"));
}

/// Packages that start with `moby`.
pub mod moby {
    /// `moby.buildkit`.
    pub mod buildkit {
        /// `moby.buildkit.v1`.
        pub mod v1 {
            /// Capabilities.
            pub mod apicaps {
                include!(concat!(env!("OUT_DIR"), "/moby.buildkit.v1.apicaps.rs"));
            }
            /// The frontend's service.
            pub mod frontend {
                include!(concat!(env!("OUT_DIR"), "/moby.buildkit.v1.frontend.rs"));
            }
            /// Workers.
            pub mod types {
                include!(concat!(env!("OUT_DIR"), "/moby.buildkit.v1.types.rs"));
            }
        }
    }
}

/// Packages that start with `fsutil`.
pub mod fsutil {
    /// Files.
    pub mod types {
        include!(concat!(env!("OUT_DIR"), "/fsutil.types.rs"));
    }
    pub use types::Stat;
}

/// What the contract takes from protobuf's own packages.
pub mod fanlight {
    include!(concat!(env!("OUT_DIR"), "/fanlight.rs"));
}

/// Packages that start with `google`.
pub mod google {
    /// Status with details.
    pub mod rpc {
        include!(concat!(env!("OUT_DIR"), "/google.rpc.rs"));
    }
}

/// Entries of maps, which are messages of their own.
macro_rules! entries {
    ($($entry:path: $value:path;)*) => {
        $(impl From<(String, $value)> for $entry {
            fn from((key, value): (String, $value)) -> Self {
                Self { key: Some(key), value: Some(value) }
            }
        })*
    };
}

entries! {
    pb::LocationsEntry: pb::Locations;
    pb::MetadataEntry: pb::OpMetadata;
    frontend::RefEntry: frontend::Ref;
    frontend::DefinitionEntry: pb::Definition;
}

pub use google::rpc;
pub use moby::buildkit::v1::{apicaps as caps, frontend, types};

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::{frontend, pb};

    #[test]
    fn head_and_body_make_an_operation() {
        let platform =
            pb::Platform { architecture: "amd64".into(), os: "linux".into(), ..Default::default() };
        let head = pb::OpHead { platform: Some(platform.clone()), ..Default::default() };
        let source = pb::SourceOp {
            identifier: "local://context".into(),
            attrs: vec![pb::Attr { key: Some("local.sharedkeyhint".into()), value: Some(String::new()) }],
        };
        let body = pb::OpBody { op: Some(pb::op_body::Op::Source(source.clone())) };
        let mut bytes = head.encode_to_vec();
        body.encode(&mut bytes).unwrap();

        let read = pb::Op::decode(bytes.as_slice()).unwrap();
        assert_eq!(read.platform, Some(platform));
        assert_eq!(read.op, Some(pb::op::Op::Source(source)));
        // An entry's empty value is written, as Go does: tag 0x12 and length 0 at the very end.
        assert!(bytes.ends_with(&[0x12, 0]));
    }

    #[test]
    fn entries_without_content_are_written() {
        let reference = frontend::RefEntry::from(("k".to_owned(), frontend::Ref::default()));
        assert_eq!(
            frontend::RefMap { refs: vec![reference] }.encode_to_vec(),
            [0x0a, 5, 0x0a, 1, b'k', 0x12, 0]
        );
        let locations = pb::LocationsEntry::from(("d".to_owned(), pb::Locations::default()));
        let source = pb::Source { locations: vec![locations], infos: Vec::new() };
        assert_eq!(source.encode_to_vec(), [0x0a, 5, 0x0a, 1, b'd', 0x12, 0]);
    }
}

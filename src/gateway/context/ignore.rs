//! Ignore files, which list the files of a directory that are not sent.

use super::local::IGNORE_FILE;
use super::read::read_optional;
use crate::gateway::{Bridge, Error};
use crate::pattern::read_ignore_file;
use crate::proto::frontend::Ref;

/// An ignore file that was read.
#[derive(Debug)]
pub(super) struct IgnoreFile {
    pub(super) name: String,
    pub(super) data: Vec<u8>,
}

impl IgnoreFile {
    /// Reads `.dockerignore`. A missing file counts as empty.
    pub(super) async fn read(bridge: &Bridge, reference: &Ref) -> Result<Self, Error> {
        let data = read_optional(bridge, reference, IGNORE_FILE).await?.unwrap_or_default();
        Ok(Self { name: IGNORE_FILE.to_owned(), data })
    }

    /// Returns its patterns.
    pub(super) fn patterns(&self) -> Result<Vec<String>, Error> {
        read_ignore_file(&self.data)
            .map_err(|error| Error::new(error).context(format_args!("failed parsing {}", self.name)))
    }
}

//! Reads whole files, up to a size limit.
//!
//! Mirrors `ReadFile` of moby/buildkit's `frontend/dockerui`.

use crate::gateway::transport::MAX_MESSAGE_BYTES;
use crate::gateway::{Bridge, Error, FileRange};
use crate::proto::frontend::Ref;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum ReadError {
    /// It is larger than a message.
    #[error("{0} exceeds maximum allowed size of {MAX_MESSAGE_BYTES} bytes")]
    TooLarge(String),
    /// It does not exist, or is not a file.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge(_) => Self::new(error),
            ReadError::Failed(error) => error,
        }
    }
}

/// Reads a file. Its size is requested alongside its content, since reading a file that is too large fails
/// with an error about messages.
pub(super) async fn read_file(bridge: &Bridge, reference: &Ref, path: &str) -> Result<Vec<u8>, ReadError> {
    let limit = MAX_MESSAGE_BYTES as i64;
    let range = FileRange { offset: 0, length: limit + 1 };
    let (stat, data) =
        tokio::join!(bridge.stat(reference, path), bridge.read_file(reference, path, Some(range)));
    // If the size is not known, the error of reading the content says what is wrong.
    if stat.is_ok_and(|stat| stat.size > limit) {
        return Err(ReadError::TooLarge(path.to_owned()));
    }
    let data = data?;
    if data.len() > MAX_MESSAGE_BYTES {
        return Err(ReadError::TooLarge(path.to_owned()));
    }
    Ok(data)
}

/// Reads a file that may be missing; only its size can cause an error.
pub(super) async fn read_optional(
    bridge: &Bridge,
    reference: &Ref,
    path: &str,
) -> Result<Option<Vec<u8>>, Error> {
    match read_file(bridge, reference, path).await {
        Ok(data) => Ok(Some(data)),
        Err(ReadError::Failed(_)) => Ok(None),
        Err(error @ ReadError::TooLarge(_)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::capabilities::names;
    use crate::gateway::testing::{Fake, bridge_to};

    #[tokio::test]
    async fn a_file_may_be_as_large_as_a_message_minus_its_frame() {
        let fake = Fake::default()
            .with_caps(&[names::STAT_FILE])
            .with_file("fits", vec![b'x'; MAX_MESSAGE_BYTES - 64])
            .with_file("large", vec![b'x'; MAX_MESSAGE_BYTES + 1]);
        let bridge = bridge_to(&fake).await;
        let reference = Ref::default();
        assert_eq!(read_file(&bridge, &reference, "fits").await.unwrap().len(), MAX_MESSAGE_BYTES - 64);
        let error = read_optional(&bridge, &reference, "large").await.unwrap_err();
        assert_eq!(error.to_string(), "large exceeds maximum allowed size of 16777216 bytes");
        assert_eq!(read_optional(&bridge, &reference, "none").await, Ok(None));
        assert!(read_file(&bridge, &reference, "none").await.is_err());
    }
}

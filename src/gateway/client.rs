//! The calls of BuildKit's frontend service.
//!
//! tonic would generate a client with a codec for each message type, and the executable would contain each
//! call as many times as there are message types: together a tenth of its size. Here tonic carries only
//! bytes, and messages are encoded before and decoded after.

use std::result::Result;

use prost::Message;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::BoxFuture;
use tonic::codegen::http::Uri;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

use super::transport::{Connection, MAX_MESSAGE_BYTES};
use crate::proto::frontend::*;

/// The client of BuildKit's frontend service. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Client(Grpc<Connection>);

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident $method:literal $request:ident $answer:ident;)*) => {
        impl Client {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// Returns an error if BuildKit reports one, or if the connection breaks.
                pub async fn $name(&self, request: $request) -> Result<$answer, Status> {
                    let path = concat!("/moby.buildkit.v1.frontend.LLBBridge/", $method);
                    decode(self.call(path, request.encode_to_vec()).await?)
                }
            )*
        }
    };
}

calls! {
    /// Asks for BuildKit's capabilities.
    ping "Ping" PingRequest PongResponse;
    /// Asks for an image's config.
    resolve_image_config "ResolveImageConfig" ResolveImageConfigRequest ResolveImageConfigResponse;
    /// Asks for the metadata of a source.
    resolve_source_meta "ResolveSourceMeta" ResolveSourceMetaRequest ResolveSourceMetaResponse;
    /// Solves a definition.
    solve "Solve" SolveRequest SolveResponse;
    /// Reads a file.
    read_file "ReadFile" ReadFileRequest ReadFileResponse;
    /// Lists a directory.
    read_dir "ReadDir" ReadDirRequest ReadDirResponse;
    /// Asks for a file's size, mode and times.
    stat_file "StatFile" StatFileRequest StatFileResponse;
    /// Builds a reference.
    evaluate "Evaluate" EvaluateRequest EvaluateResponse;
    /// Asks for the definitions that the client passes.
    inputs "Inputs" InputsRequest InputsResponse;
    /// Shows a warning.
    warn "Warn" WarnRequest WarnResponse;
    /// Ends the build.
    end "Return" ReturnRequest ReturnResponse;
}

impl Client {
    pub(super) fn new(connection: Connection) -> Self {
        // The name is never looked up.
        let grpc = Grpc::with_origin(connection, Uri::from_static("http://localhost"));
        Self(grpc.max_decoding_message_size(MAX_MESSAGE_BYTES).max_encoding_message_size(MAX_MESSAGE_BYTES))
    }

    fn call(&self, path: &'static str, message: Vec<u8>) -> BoxFuture<Bytes, Status> {
        let mut grpc = self.0.clone();
        Box::pin(async move {
            let not_ready = |error| Status::unknown(format!("the connection to BuildKit broke: {error}"));
            grpc.ready().await.map_err(not_ready)?;
            let answer = grpc.unary(Request::new(message), PathAndQuery::from_static(path), Raw).await?;
            Ok(answer.into_inner())
        })
    }
}

fn decode<M: Message + Default>(bytes: Bytes) -> Result<M, Status> {
    M::decode(bytes).map_err(|error| Status::internal(error.to_string()))
}

/// A codec for messages that are already bytes.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

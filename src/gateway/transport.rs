//! A gRPC connection over the process's standard input and output.
//!
//! BuildKit passes two pipes to a frontend; other engines may pass sockets. Anything else, such as a
//! terminal, means that a person started the program, which is reported as an error with an explanation.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tonic::body::Body;
use tonic::codegen::BoxFuture;
use tonic::codegen::http::{Request, Response};
use tower::Service;

use super::client::Client;

/// The largest message either side accepts, in bytes (containerd's `DefaultMaxRecvMsgSize`).
pub const MAX_MESSAGE_BYTES: usize = 16 << 20;

/// The number of bytes that BuildKit may send before the frontend has read them: enough to receive a
/// Dockerfile without waiting.
const WINDOW_BYTES: u32 = 1 << 20;

/// Why connecting failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Standard input or output is a file, a terminal or closed.
    #[error(
        "standard input and output are not a connection: BuildKit starts this program, as the image named in a Dockerfile's \"# syntax=\" line"
    )]
    NotAConnection,
    /// The operating system reported an error.
    #[error("failed to take over standard input and output: {0}")]
    Io(#[from] io::Error),
    /// The connection broke before it was ready.
    #[error("failed to connect to BuildKit: {0}")]
    Connect(#[from] hyper::Error),
}

/// Connects over file descriptors 0 and 1.
///
/// # Errors
///
/// Returns [`Error::NotAConnection`] if they are neither pipes nor sockets.
pub async fn stdio() -> Result<Client, Error> {
    let input = reader(io::stdin().as_fd().try_clone_to_owned()?)?;
    let output = writer(io::stdout().as_fd().try_clone_to_owned()?)?;
    over(tokio::io::join(input, output)).await
}

/// Connects over any stream.
///
/// # Errors
///
/// Returns an error if the stream ends before HTTP/2 is set up.
pub async fn over<S>(stream: S) -> Result<Client, Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .handshake(TokioIo::new(stream))
        .await?;
    // Calls that are in flight when the connection breaks get its error.
    tokio::spawn(connection);
    Ok(Client::new(Connection { sender }))
}

/// A single HTTP/2 connection. When it ends, so does the build, since there is no other connection to use.
/// The pools, balancers and reconnects of tonic's own channel are therefore not needed.
#[derive(Debug, Clone)]
pub struct Connection {
    sender: SendRequest<Body>,
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.sender.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.sender.send_request(request))
    }
}

type Reader = Pin<Box<dyn AsyncRead + Send>>;
type Writer = Pin<Box<dyn AsyncWrite + Send>>;

fn reader(fd: OwnedFd) -> Result<Reader, Error> {
    Ok(match Kind::of(&fd)? {
        Kind::Pipe => Box::pin(pipe::Receiver::from_owned_fd(fd)?),
        Kind::Socket => Box::pin(socket(fd)?),
    })
}

fn writer(fd: OwnedFd) -> Result<Writer, Error> {
    Ok(match Kind::of(&fd)? {
        Kind::Pipe => Box::pin(pipe::Sender::from_owned_fd(fd)?),
        Kind::Socket => Box::pin(socket(fd)?),
    })
}

fn socket(fd: OwnedFd) -> io::Result<UnixStream> {
    let socket = StdUnixStream::from(fd);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

enum Kind {
    Pipe,
    Socket,
}

impl Kind {
    fn of(fd: &OwnedFd) -> Result<Self, Error> {
        let file_type = File::from(fd.try_clone()?).metadata()?.file_type();
        if file_type.is_fifo() {
            Ok(Self::Pipe)
        } else if file_type.is_socket() {
            Ok(Self::Socket)
        } else {
            Err(Error::NotAConnection)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_not_a_connection() {
        let file = OwnedFd::from(File::open("/dev/null").unwrap());
        assert!(matches!(reader(file), Err(Error::NotAConnection)));
    }

    #[tokio::test]
    async fn pipes_and_sockets_are() {
        let (input, output) = io::pipe().unwrap();
        assert!(reader(OwnedFd::from(input)).is_ok());
        assert!(writer(OwnedFd::from(output)).is_ok());
        let (socket, _other) = StdUnixStream::pair().unwrap();
        assert!(reader(OwnedFd::from(socket)).is_ok());
    }
}

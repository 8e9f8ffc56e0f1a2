//! How much of an answer comes to lie in memory while nobody reads it.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tower_service::Service;

use super::*;

/// A wire that holds a single byte, so that what the server gets rid of lies at the client.
struct Wire(TokioIo<DuplexStream>);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Hands the other ends of its wires to the test.
#[derive(Clone)]
struct Wires(mpsc::Sender<DuplexStream>);

impl Service<http::Uri> for Wires {
    type Response = Wire;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Wire, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: http::Uri) -> Self::Future {
        let (ours, theirs) = duplex(1);
        self.0.try_send(theirs).unwrap();
        std::future::ready(Ok(Wire(TokioIo::new(ours))))
    }
}

// four chunks of 64 KiB at most; the buffer grows on the way to its bound, and what it handed on
// last is a second one.
#[tokio::test(start_paused = true)]
async fn what_waits_for_a_reader_is_bounded() {
    let (sender, mut wires) = mpsc::channel(1);
    let transport = over(Wires(sender), Handle::current());
    let server = tokio::spawn(async move {
        let mut wire = wires.recv().await.unwrap();
        while wire.read_u8().await.unwrap() != b'\n' {}
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
        wire.write_all(head).await.unwrap();
        let mut taken = 0;
        // The paused clock moves when nobody has anything to do: then the client takes no more.
        while let Ok(written) =
            tokio::time::timeout(Duration::from_secs(1), wire.write(&[0; 4096])).await
        {
            taken += written.unwrap();
        }
        taken
    });
    let request = http::Request::get("http://a.org/")
        .body(reqwest::Body::default())
        .unwrap();
    let answer = transport.request(request).await.unwrap();
    let taken = server.await.unwrap();
    assert!(taken > 0 && taken <= 4 * HTTP1_BUFFER, "{taken}");
    drop(answer);
}

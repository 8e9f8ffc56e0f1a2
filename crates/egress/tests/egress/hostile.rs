//! Servers that lie about their answer's length, break off, trickle or never end (R-08, D-04, D-06).

use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use wharf_egress::{Client, Deadlines, Error, Limits, Options, Pace, Stage};

use crate::support::{LOOPBACK, client, excepting, fetch, get, loopback_client, read_head};

/// What a server does after it has written its text.
#[derive(Clone, Copy, Debug)]
enum End {
    /// Says that it will write no more, and goes on listening.
    HalfClose,
    /// Tears the connection down.
    Reset,
    /// Says nothing more.
    Silence,
}

/// A server whose every connection gives that text and then ends so; and a word for each connection
/// that the client has closed.
async fn lying(text: &'static str, end: End) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    let (gone, left) = mpsc::channel(16);
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(lie(connection, text, end, gone.clone()));
        }
    });
    (url, left)
}

async fn lie(mut connection: TcpStream, text: &'static str, end: End, gone: mpsc::Sender<()>) {
    read_head(&mut connection).await;
    connection.write_all(text.as_bytes()).await.unwrap();
    match end {
        End::HalfClose => connection.shutdown().await.unwrap(),
        End::Reset => {
            // What was written arrives before the end does.
            connection.set_zero_linger().unwrap();
            drop(connection);
            let _ = gone.send(()).await;
            return;
        }
        End::Silence => {}
    }
    let _ = connection.read(&mut [0]).await;
    let _ = gone.send(()).await;
}

async fn whole(client: &Client, url: &str) -> Result<Vec<u8>, Error> {
    let answer = fetch(client, url).await?;
    let parts = answer.bytes_stream();
    parts
        .try_fold(Vec::new(), |whole, part| async move {
            Ok([whole, part.to_vec()].concat())
        })
        .await
}

const SHORT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
const UNTERMINATED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";
const MID_CHUNK: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart";
const HALF_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
const NOTHING: &str = "";

// R-08: whatever is wrong with it, it is never a whole file; and no connection stays behind.
#[tokio::test]
async fn no_broken_answer_is_a_whole_one() {
    let deadlines = Deadlines {
        first_byte: Duration::from_millis(300),
        stall: Duration::from_millis(300),
        ..Deadlines::default()
    };
    for text in [SHORT, UNTERMINATED, MID_CHUNK, HALF_HEAD, NOTHING] {
        for end in [End::HalfClose, End::Reset, End::Silence] {
            let (url, mut left) = lying(text, end).await;
            let options = Options {
                deadlines,
                ..Options::default()
            };
            let client = client(excepting(&["127.0.0.0/8"]), options);
            let error = whole(&client, &url).await.unwrap_err();
            let is_told = match end {
                End::Silence => matches!(error, Error::TimedOut { .. }),
                End::HalfClose | End::Reset => {
                    matches!(error, Error::Interrupted { .. } | Error::Protocol { .. })
                }
            };
            assert!(is_told, "{text:?} {end:?}: {error:?}");
            left.recv().await.unwrap();
        }
    }
}

// R-08: what is beyond the announced length is nobody's, and its connection is not used again.
#[tokio::test]
async fn an_extra_body_is_not_the_next_answer() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone\
                HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let (url, mut left) = lying(text, End::Silence).await;
    let client = loopback_client();
    for _ in 0..3 {
        assert_eq!(whole(&client, &url).await.unwrap(), b"done");
        left.recv().await.unwrap();
    }
}

// H-03: an answer with two lengths, or with a length and a coding that contradict each other.
#[tokio::test]
async fn contradicting_lengths_are_no_answer() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\ndone evil",
        "HTTP/1.1 200 OK\r\nContent-Length: 4, 9\r\n\r\ndone evil",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\ndone",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\ndone",
    ] {
        let (url, _left) = lying(text, End::HalfClose).await;
        let error = whole(&loopback_client(), &url).await.unwrap_err();
        assert!(
            matches!(error, Error::Protocol { .. }),
            "{text:?}: {error:?}"
        );
    }
}

// R-16: a head without end is given up on, not kept.
#[tokio::test]
async fn a_head_may_not_grow_for_ever() {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let written = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        read_head(&mut connection).await;
        let mut written = 0_usize;
        connection.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        while connection
            .write_all(b"x-filler: xxxxxxxxxxxxxxxx\r\n")
            .await
            .is_ok()
        {
            written += 28;
        }
        written
    });
    let error = fetch(&loopback_client(), &url).await.unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{error:?}");
    assert!(written.await.unwrap() > 0, "and the connection was closed");
}

/// A server that sends one byte at a time without end, after that head.
async fn endless(head: &'static str, chunk: &'static [u8], every: Duration) -> String {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                read_head(&mut connection).await;
                connection.write_all(head.as_bytes()).await.unwrap();
                while connection.write_all(chunk).await.is_ok() {
                    tokio::time::sleep(every).await;
                }
            });
        }
    });
    url
}

// R-08: a byte now and then resets the stall's deadline, but does not keep the pace.
#[tokio::test]
async fn a_trickle_is_a_timeout_although_it_never_stalls() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let url = endless(head, b"x", Duration::from_millis(20)).await;
    let slowest = Pace {
        bytes: 1024,
        per: Duration::from_millis(200),
    };
    let deadlines = Deadlines {
        slowest,
        ..Deadlines::default()
    };
    let options = Options {
        deadlines,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.0/8"]), options);
    let error = whole(&client, &url).await.unwrap_err();
    let is_told = matches!(
        error,
        Error::TimedOut {
            stage: Stage::Pace,
            ..
        }
    );
    assert!(is_told, "{error:?}");
}

// R-08: a head that trickles has the one deadline.
#[tokio::test]
async fn a_head_that_trickles_is_a_timeout_of_the_first_byte() {
    let url = endless(
        "HTTP/1.1 200 OK\r\n",
        b"x: y\r\n",
        Duration::from_millis(20),
    )
    .await;
    let deadlines = Deadlines {
        first_byte: Duration::from_millis(200),
        ..Deadlines::default()
    };
    let options = Options {
        deadlines,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.0/8"]), options);
    let error = fetch(&client, &url).await.unwrap_err();
    let is_told = matches!(
        error,
        Error::TimedOut {
            stage: Stage::FirstByte,
            ..
        }
    );
    assert!(is_told, "{error:?}");
}

// D-04: nobody asked for a coding, so an answer that we would have to read is refused before its first
// byte, however far it would have blown up.
#[tokio::test]
async fn a_bomb_is_not_even_begun() {
    for header in [
        "Content-Encoding: gzip",
        "Content-Encoding: br",
        "Content-Encoding: zstd",
        "Content-Encoding: identity, gzip",
        "Content-Encoding: x-gzip",
        "content-encoding: DEFLATE",
        "Content-Encoding: identity\r\nContent-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked",
    ] {
        let head = format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").leak();
        let url = endless(head, &[0x1f; 16 * 1024], Duration::ZERO).await;
        let limits = Limits {
            max_bytes: Some(1024 * 1024),
        };
        let client = loopback_client();
        let answer = client.execute(get(&url), limits).await.unwrap();
        assert_eq!(answer.status(), 200, "the head may be read");
        let parts: Result<Vec<_>, _> = answer.bytes_stream().try_collect().await;
        let error = parts.unwrap_err();
        assert!(matches!(error, Error::Coded { .. }), "{header}: {error:?}");
        let answer = fetch(&client, &url).await.unwrap();
        let error = answer.collect_capped(1024).await.unwrap_err();
        assert!(matches!(error, Error::Coded { .. }), "{header}: {error:?}");
    }
}

// D-06: an honest answer without end stops at its limit.
#[tokio::test]
async fn an_endless_answer_ends_at_its_limit() {
    let url = endless(
        "HTTP/1.1 200 OK\r\n\r\n",
        &[b'x'; 16 * 1024],
        Duration::ZERO,
    )
    .await;
    let limits = Limits {
        max_bytes: Some(1024 * 1024),
    };
    let answer = loopback_client().execute(get(&url), limits).await.unwrap();
    let mut read = 0;
    let mut parts = Box::pin(answer.bytes_stream());
    let error = loop {
        match parts.try_next().await {
            Ok(part) => read += part.unwrap().len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::BodyTooLarge { .. }), "{error:?}");
    assert!(read <= 1024 * 1024, "{read}");
}

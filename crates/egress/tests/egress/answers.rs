//! Answers that stall, break off, grow too long or point elsewhere (R-08, D-06, S-10).

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use wharf_egress::{Deadlines, Error, Limits, Options, Stage};

use crate::support::{LOOPBACK, Then, client, excepting, fetch, get, loopback_client, serve};

async fn body_of(text: &'static str, then: Then, limits: Limits) -> Result<Vec<u8>, Error> {
    let server = serve(LOOPBACK, text, then).await;
    let request = get(&format!("http://{server}/file"));
    let response = loopback_client().execute(request, limits).await.unwrap();
    let parts = response.bytes_stream();
    parts
        .try_fold(Vec::new(), |whole, part| async move {
            Ok([whole, part.to_vec()].concat())
        })
        .await
}

fn at_most(max_bytes: u64) -> Limits {
    Limits {
        max_bytes: Some(max_bytes),
    }
}

//
#[tokio::test]
async fn no_first_byte_is_a_timeout() {
    let server = serve(LOOPBACK, "", Then::Hold).await;
    let deadlines = Deadlines {
        first_byte: Duration::from_millis(300),
        ..Deadlines::default()
    };
    let options = Options {
        deadlines,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.0/8"]), options);
    let error = fetch(&client, &format!("http://{server}/"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                stage: Stage::FirstByte,
                ..
            }
        ),
        "{error:?}"
    );
}

//
#[tokio::test]
async fn a_stalled_body_is_a_timeout() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
    let error = body_of(text, Then::Hold, Limits::default())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                stage: Stage::Body,
                ..
            }
        ),
        "{error:?}"
    );
}

// never a clean end.
#[tokio::test]
async fn a_body_cut_short_is_interrupted() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart",
    ] {
        let error = body_of(text, Then::Close, Limits::default())
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Interrupted { .. }),
            "{text:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn what_arrived_before_the_break_is_handed_on() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
    let server = serve(LOOPBACK, text, Then::Close).await;
    let response = fetch(&loopback_client(), &format!("http://{server}/"))
        .await
        .unwrap();
    let mut parts = Box::pin(response.bytes_stream());
    assert_eq!(parts.next().await.unwrap().unwrap(), "part");
    assert!(matches!(
        parts.next().await,
        Some(Err(Error::Interrupted { .. }))
    ));
    assert!(parts.next().await.is_none());
}

// D-06
#[tokio::test]
async fn a_body_may_be_as_long_as_its_limit_and_no_longer() {
    let declared = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ndone all";
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndone\r\n4\r\n all\r\n0\r\n\r\n";
    for text in [declared, chunked] {
        let whole = body_of(text, Then::Hold, at_most(8)).await;
        assert_eq!(whole.unwrap(), b"done all", "{text:?}");
        let error = body_of(text, Then::Hold, at_most(7)).await.unwrap_err();
        assert!(
            matches!(error, Error::BodyTooLarge { max_bytes: 7, .. }),
            "{text:?}: {error:?}"
        );
    }
}

// D-06
#[tokio::test]
async fn the_part_that_passes_the_limit_is_not_handed_on() {
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndone all\r\n0\r\n\r\n";
    let server = serve(LOOPBACK, text, Then::Hold).await;
    let request = get(&format!("http://{server}/"));
    let response = loopback_client()
        .execute(request, at_most(7))
        .await
        .unwrap();
    let first = Box::pin(response.bytes_stream()).next().await.unwrap();
    assert!(
        matches!(first, Err(Error::BodyTooLarge { max_bytes: 7, .. })),
        "{first:?}"
    );
}

// D-06: the declared length alone is reason enough; not a byte of the body was sent.
#[tokio::test]
async fn a_body_declared_too_long_is_not_awaited() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let error = body_of(text, Then::Hold, at_most(1000)).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::BodyTooLarge {
                max_bytes: 1000,
                ..
            }
        ),
        "{error:?}"
    );
}

// D-06
#[tokio::test]
async fn collecting_keeps_the_smaller_of_both_limits() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ndone all";
    let server = serve(LOOPBACK, text, Then::Hold).await;
    for (request_limit, collect_limit, kept) in [
        (None, 8, None),
        (None, 7, Some(7)),
        (Some(7), 8, Some(7)),
        (Some(8), 7, Some(7)),
    ] {
        let request = get(&format!("http://{server}/"));
        let limits = Limits {
            max_bytes: request_limit,
        };
        let response = loopback_client().execute(request, limits).await.unwrap();
        match (response.collect_capped(collect_limit).await, kept) {
            (Ok(whole), None) => assert_eq!(whole, "done all"),
            (Err(Error::BodyTooLarge { max_bytes, .. }), Some(kept)) => assert_eq!(max_bytes, kept),
            (other, _) => panic!("{request_limit:?} {collect_limit}: {other:?}"),
        }
    }
}

// S-10
#[tokio::test]
async fn a_redirect_is_handed_back() {
    let text = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    let server = serve(LOOPBACK, text, Then::Hold).await;
    let url = format!("http://{server}/here");
    let response = fetch(&loopback_client(), &url).await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], "/elsewhere");
    assert_eq!(response.url().as_str(), url);
}

// D-04: bytes pass as they are, whatever the server says they are.
#[tokio::test]
async fn an_encoded_body_is_not_decoded() {
    let text = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\ndone";
    assert_eq!(
        body_of(text, Then::Close, Limits::default()).await.unwrap(),
        b"done"
    );
}

//! Redirects that are followed, and those that lead nowhere (S-10, S-11).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Body, Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wharf_egress::{Error, Limits, RedirectRefusal, Response};

use crate::support::{LOOPBACK, Trap, get, loopback_client, read_head};

/// What came: method, path, credential and body.
type Seen = Arc<Mutex<Vec<(String, String, Option<String>, String)>>>;

/// A server that answers by path: `script` gives a status and, for a redirect, its location.
async fn server(
    script: impl Fn(&str) -> (u16, Option<String>) + Send + Sync + 'static,
) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let requests = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let head = read_head(&mut connection).await;
            let header = |name: &str| {
                head.lines()
                    .filter_map(|line| line.split_once(": "))
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.to_owned())
            };
            let length = header("content-length").map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            connection.read_exact(&mut body).await.unwrap();
            let mut words = head.split(' ').map(str::to_owned);
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            let (status, location) = script(&path);
            let location = location.map_or(String::new(), |url| format!("Location: {url}\r\n"));
            let body = String::from_utf8(body).unwrap();
            let credential = header("authorization");
            let seen = (method, path, credential, body);
            requests.lock().unwrap().push(seen);
            let answer = format!(
                "HTTP/1.1 {status} Scripted\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

/// A server on which `/1` leads to `/2`, and so on to `/last`.
async fn chain(status: u16, last: u32) -> (SocketAddr, Seen) {
    server(move |path| match path[1..].parse::<u32>() {
        Ok(number) if number < last => (status, Some(format!("/{}", number + 1))),
        _ => (200, None),
    })
    .await
}

async fn follow(request: Request) -> Result<Response, Error> {
    let authorize = |hop: &mut Request| {
        let credential = HeaderValue::from_str(&format!("Path {}", hop.url().path())).unwrap();
        hop.headers_mut().insert(AUTHORIZATION, credential);
    };
    let client = loopback_client();
    client
        .execute_following(request, Limits::default(), authorize)
        .await
}

fn refusal(answer: Result<Response, Error>) -> RedirectRefusal {
    match answer {
        Err(Error::Redirect { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

fn paths(seen: &Seen) -> Vec<String> {
    let seen = seen.lock().unwrap();
    seen.iter().map(|(_, path, ..)| path.clone()).collect()
}

#[tokio::test]
async fn method_body_and_a_fresh_credential_go_along() {
    for status in [301, 302, 307, 308] {
        let (server, seen) = chain(status, 3).await;
        let method = Method::from_bytes(b"PROPFIND").unwrap();
        let mut request = Request::new(method, format!("http://{server}/1").parse().unwrap());
        *request.body_mut() = Some(Body::from("<propfind/>"));
        let answer = follow(request).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.url().path()), (200, "/3"));
        let expected = ["/1", "/2", "/3"].map(|path| {
            (
                "PROPFIND".to_owned(),
                path.to_owned(),
                Some(format!("Path {path}")),
                "<propfind/>".to_owned(),
            )
        });
        assert_eq!(*seen.lock().unwrap(), expected, "{status}");
    }
}

#[tokio::test]
async fn five_hops_are_followed_and_six_are_not() {
    let (server, seen) = chain(302, 6).await;
    let answer = follow(get(&format!("http://{server}/1"))).await.unwrap();
    assert_eq!(answer.url().path(), "/6");
    assert_eq!(paths(&seen).len(), 6);

    let (server, seen) = chain(302, 7).await;
    let answer = follow(get(&format!("http://{server}/1"))).await;
    assert_eq!(refusal(answer), RedirectRefusal::TooMany);
    assert_eq!(paths(&seen).len(), 6);
}

#[tokio::test]
async fn a_loop_ends_where_it_closes() {
    let (server, seen) = server(|path| match path {
        "/a" => (307, Some("/b".to_owned())),
        _ => (307, Some("/a".to_owned())),
    })
    .await;
    let answer = follow(get(&format!("http://{server}/a"))).await;
    assert_eq!(refusal(answer), RedirectRefusal::Loop);
    assert_eq!(paths(&seen), ["/a", "/b"]);
}

// S-11: at whichever hop, another origin sees neither the credential nor anything else.
#[tokio::test]
async fn another_origin_is_never_asked() {
    for hop in 1..=5 {
        let trap = Trap::default();
        let elsewhere = trap.address();
        let (server, seen) = server(move |path| {
            let number: u32 = path[1..].parse().unwrap();
            let next = if number == hop {
                format!("http://{elsewhere}/{number}")
            } else {
                format!("/{}", number + 1)
            };
            (308, Some(next))
        })
        .await;
        let answer = follow(get(&format!("http://{server}/1"))).await;
        assert_eq!(refusal(answer), RedirectRefusal::OtherOrigin);
        assert_eq!(paths(&seen).len(), usize::try_from(hop).unwrap());
        trap.assert_untouched();
    }
}

// S-10: a private address, and the same host by another scheme, are other origins.
#[tokio::test]
async fn a_private_target_is_never_asked() {
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "https://127.0.0.1/",
        "//localhost/",
    ] {
        let (server, seen) = server(|_| (301, Some(location.to_owned()))).await;
        let answer = follow(get(&format!("http://{server}/"))).await;
        assert_eq!(refusal(answer), RedirectRefusal::OtherOrigin, "{location}");
        assert_eq!(paths(&seen), ["/"]);
    }
}

#[tokio::test]
async fn a_see_other_is_followed_by_readers_only() {
    let (server, _) = chain(303, 2).await;
    let url = format!("http://{server}/1");
    assert_eq!(follow(get(&url)).await.unwrap().status().as_u16(), 200);
    let delete = Request::new(Method::DELETE, url.parse().unwrap());
    assert_eq!(follow(delete).await.unwrap().status().as_u16(), 303);
}

#[tokio::test]
async fn a_body_that_streams_is_sent_once() {
    let (server, seen) = chain(307, 2).await;
    let mut put = Request::new(Method::PUT, format!("http://{server}/1").parse().unwrap());
    let parts = futures_util::stream::iter([Ok::<_, std::io::Error>("part")]);
    *put.body_mut() = Some(Body::wrap_stream(parts));
    assert_eq!(follow(put).await.unwrap().status().as_u16(), 307);
    assert_eq!(paths(&seen), ["/1"]);
}

// The address of the Location may carry a signature, so no message repeats it.
#[tokio::test]
async fn the_refusal_does_not_repeat_the_location() {
    let (server, _) = server(|_| (302, Some("http://b.org/?sig=secret".to_owned()))).await;
    let error = follow(get(&format!("http://{server}/"))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a redirect of 127.0.0.1 was not followed"
    );
    assert!(!format!("{error:?}").contains("secret"));
}

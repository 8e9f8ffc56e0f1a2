//! One pool for all users, and for each request its own credentials and no others (S-11, S-15).

use std::sync::{Arc, Mutex};

use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use wharf_egress::{Client, Limits};

use crate::support::{LOOPBACK, get, loopback_client, read_head};

/// The heads of requests, and on which connection each came.
type Heard = Arc<Mutex<Vec<(usize, String)>>>;

/// Keeps its connections, and sets a cookie with every answer.
async fn server() -> (String, Heard) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let heard = Heard::default();
    let keeper = Arc::clone(&heard);
    tokio::spawn(async move {
        for number in 0.. {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(connection, number, Arc::clone(&keeper)));
        }
    });
    (url, heard)
}

async fn answer(mut connection: TcpStream, number: usize, heard: Heard) {
    let text = "HTTP/1.1 200 OK\r\nSet-Cookie: session=somebody\r\nContent-Length: 4\r\n\r\ndone";
    loop {
        let head = read_head(&mut connection).await;
        heard.lock().unwrap().push((number, head));
        connection.write_all(text.as_bytes()).await.unwrap();
    }
}

async fn fetch_as(client: &Client, url: &str, user: Option<&'static str>) {
    let mut request: Request = get(url);
    if let Some(user) = user {
        let credential = HeaderValue::from_static(user);
        request.headers_mut().insert(AUTHORIZATION, credential);
    }
    let answer = client.execute(request, Limits::default()).await.unwrap();
    answer.collect_capped(4).await.unwrap();
}

// S-15: the connection is shared, and nothing of what went over it before.
#[tokio::test]
async fn users_share_a_connection_and_no_credential() {
    let (url, heard) = server().await;
    let client = loopback_client();
    let users = [Some("Basic YW5uYQ=="), Some("Basic YmVu"), None];
    for user in users.into_iter().cycle().take(9) {
        // What a call through a connection takes is a clone like this one.
        fetch_as(&client.clone(), &url, user).await;
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 9);
    for ((connection, head), user) in heard.iter().zip(users.into_iter().cycle()) {
        assert_eq!(*connection, 0, "all came over the first connection");
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        let credentials: Vec<_> = fields
            .filter(|(name, _)| ["authorization", "cookie"].contains(name))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(credentials, Vec::from_iter(user), "{head}");
    }
}

//! Requests written byte by byte, for what no HTTP library would send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends these bytes, then says that no more will come; gives all that the server sends until it
/// closes the connection too.
#[expect(clippy::disallowed_methods, reason = "a test's client is no part of the product")]
pub(crate) async fn exchange(url: &str, request: &[u8]) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request).await.unwrap();
    connection.shutdown().await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

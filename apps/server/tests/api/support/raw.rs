//! Requests written byte by byte, for what no HTTP library would send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends these bytes, then says that no more will come; gives all that the server sends until it
/// ends the connection too, in whichever way.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's client is no part of the product"
)]
pub(crate) async fn exchange(url: &str, request: &[u8]) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // A server that has heard enough may close while we speak; what it said before still counts.
    let _ = async {
        connection.write_all(request).await?;
        connection.shutdown().await
    }
    .await;
    let _ = connection.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

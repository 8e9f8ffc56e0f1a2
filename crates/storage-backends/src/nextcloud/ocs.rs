//! The Open Collaboration Services of a Nextcloud, in JSON.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-api-overview.html>

use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wharf_domain::item::ItemKind;
use wharf_domain::ports::nextcloud::AppPasswordEnd;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::Response;

use crate::fault::Fault;
use crate::webdav::{Client, ItemPath, of_answer};

/// Without it the server takes the request for one that a foreign page made.
const API_REQUEST: HeaderName = HeaderName::from_static("ocs-apirequest");

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;

#[derive(Deserialize)]
struct Envelope<T> {
    ocs: Content<T>,
}

#[derive(Deserialize)]
struct Content<T> {
    data: T,
}

/// Who asks.
#[derive(Deserialize)]
pub(super) struct User {
    /// What stands in the paths.
    pub(super) id: String,
}

/// What the client's server, asked at its installation, says to a question.
pub(super) async fn get<T: DeserializeOwned>(home: &Client, names: &[&str]) -> Result<T, Fault> {
    let answer = call(home, Method::GET, names).await?;
    if !answer.status().is_success() {
        return Err(of_answer(&answer));
    }
    let body = answer.collect_capped(MAX_ANSWER_BYTES).await?;
    let envelope: Envelope<T> =
        serde_json::from_slice(&body).map_err(|_| StorageErrorKind::WrongProtocol)?;
    Ok(envelope.ocs.data)
}

/// Deletes the app password that the client asks with.
pub(super) async fn delete_app_password(home: &Client) -> Result<AppPasswordEnd, Fault> {
    let answer = call(home, Method::DELETE, &["core", "apppassword"]).await?;
    match answer.status() {
        status if status.is_success() => Ok(AppPasswordEnd::Ended),
        // It is not accepted any more, which is all that was wanted.
        StatusCode::UNAUTHORIZED => Ok(AppPasswordEnd::Ended),
        StatusCode::FORBIDDEN => Ok(AppPasswordEnd::NotAnAppPassword),
        _ => Err(of_answer(&answer)),
    }
}

async fn call(home: &Client, method: Method, names: &[&str]) -> Result<Response, Fault> {
    let mut path = ItemPath::root();
    for name in ["ocs", "v2.php"].iter().chain(names) {
        let below = path.child(name.as_bytes());
        path = below.ok_or(StorageErrorKind::WrongProtocol)?;
    }
    let request = home.request(method, &path, ItemKind::File).await?;
    let request = request
        .header(API_REQUEST, HeaderValue::from_static("true"))
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    home.send(request).await
}

//! Finds the installation above an address that a person typed. It sends no credential.

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderValue};
use reqwest::{Method, Request};
use serde::Deserialize;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Client, Error as EgressError, Limits};

use crate::fault::Fault;
use crate::webdav::{Base, of_answer};

use super::place::candidates;

/// What every installation tells anybody.
const STATUS: &str = "status.php";

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// What an installation says of itself.
#[derive(Deserialize)]
struct Status {
    installed: bool,
    maintenance: bool,
    #[serde(rename = "versionstring")]
    _version: String,
}

/// The installation above this address; a fault if there is none.
pub(super) async fn installation(egress: &Client, typed: &Base) -> Result<Base, Fault> {
    for candidate in candidates(typed) {
        if let Some(installation) = installation_at(egress, &candidate).await? {
            return Ok(installation);
        }
    }
    Err(StorageErrorKind::WrongProtocol.into())
}

/// The installation at this address, or where that leads within its origin.
async fn installation_at(egress: &Client, candidate: &Base) -> Result<Option<Base>, Fault> {
    let mut url = candidate.as_url().clone();
    url.set_path(&[url.path(), STATUS].concat());
    let mut request = Request::new(Method::GET, url);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let limits = Limits {
        max_bytes: Some(MAX_ANSWER_BYTES),
    };
    let answer = match egress.execute_following(request, limits, |_| {}).await {
        Ok(answer) => answer,
        // Whoever leads elsewhere, or says too much, is another program.
        Err(EgressError::Redirect { .. } | EgressError::BodyTooLarge { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let status = answer.status().as_u16();
    if status == 429 || (500..600).contains(&status) {
        return Err(of_answer(&answer));
    }
    let mut url = answer.url().clone();
    if !answer.status().is_success() {
        return Ok(None);
    }
    let body = match answer.collect_capped(MAX_ANSWER_BYTES).await {
        Ok(body) => body,
        Err(EgressError::BodyTooLarge { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Ok(status) = serde_json::from_slice::<Status>(&body) else {
        return Ok(None);
    };
    if status.maintenance {
        return Err(StorageErrorKind::Unavailable.into());
    }
    let path = url.path().strip_suffix(STATUS).map(str::to_owned);
    let Some(path) = path.filter(|_| status.installed) else {
        return Ok(None);
    };
    url.set_path(&path);
    url.set_query(None);
    Ok(Base::new(url))
}

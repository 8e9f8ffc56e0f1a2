//! DELETE (RFC 4918, section 9.6): an item, with everything beneath it.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

use super::client::Client;
use super::path::ItemPath;
use super::{error, metadata, status};

/// How long to wait before each further try where a folder changes while it is deleted.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];

/// Deletes the item.
///
/// Where something within a folder comes or goes meanwhile, such as what is left of an upload that broke off, a
/// server says that it could not delete all of it, and can when it is asked again.
pub(crate) async fn delete(client: &Client, path: &ItemPath) -> Result<(), Fault> {
    // The kind decides about the slash, and nginx insists on it.
    let kind = metadata::item_at(client, path).await?.kind;
    let mut pauses = PAUSES.iter();
    let mut is_begun = false;
    loop {
        let request = client.request(Method::DELETE, path, kind).await?;
        let answer = client.send(request).await?;
        match answer.status() {
            StatusCode::MULTI_STATUS => {}
            StatusCode::NOT_FOUND if is_begun => return Ok(()),
            status if status.is_success() => return Ok(()),
            _ => return Err(error::of_answer(&answer)),
        }
        is_begun = true;
        match error::failed_within(answer).await? {
            // Section 9.6.1: something within was gone, or is there only since.
            None | Some(404 | 409 | 410) => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(StorageErrorKind::Locked.into()),
            },
            Some(failed) => return Err(status::kind(failed, None).into()),
        }
    }
}

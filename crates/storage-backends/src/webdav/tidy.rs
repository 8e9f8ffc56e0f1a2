//! Removing what uploads have left that a crash cut off: files under temporary names, which no listing shows.

use reqwest::{Method, StatusCode};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::temporary;

use super::client::Client;
use super::href::Place;
use super::path::ItemPath;
use super::{Depth, error};

/// How many are removed at once: a folder has no more of them than there were crashes.
const MOST: usize = 1_000;

/// Asks for no more than what is there.
const TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>"#
);

/// Removes all temporary files in a folder, if there is one.
pub(crate) async fn tidy(client: &Client, folder: &ItemPath) -> Result<(), Fault> {
    let left = match left_in(client, folder).await {
        Err(fault) if fault.kind == StorageErrorKind::NotFound => return Ok(()),
        left => left?,
    };
    for path in left {
        let request = client
            .request(Method::DELETE, &path, ItemKind::File)
            .await?;
        let answer = client.send(request).await?;
        if !answer.status().is_success() && answer.status() != StatusCode::NOT_FOUND {
            return Err(error::of_answer(&answer));
        }
    }
    Ok(())
}

async fn left_in(client: &Client, folder: &ItemPath) -> Result<Vec<ItemPath>, Fault> {
    let listed = client.propfind(folder, ItemKind::Folder, Depth::Children, TYPES);
    let (mut responses, hrefs) = listed.await?;
    let mut left = Vec::new();
    while let Some(response) = responses.next().await? {
        if let Place::Child(name) = hrefs.place(&response.href)
            && temporary::is_temporary(&name)
            && left.len() < MOST
        {
            left.extend(folder.child(&name));
        }
    }
    Ok(left)
}

//! What is known of one item, by PROPFIND with `Depth: 0`.

use wharf_domain::connection::AccountKey;
use wharf_domain::item::{Item, ItemKind};
use wharf_domain::ports::storage::{Quota, StorageAccount, StorageErrorKind};

use crate::fault::Fault;

use super::client::{Client, Depth};
use super::error::is_redirect;
use super::href::Place;
use super::item::item;
use super::multistatus::Properties;
use super::path::ItemPath;
use super::{propfind, status};

/// The item at this path.
pub(crate) async fn item_at(client: &Client, path: &ItemPath) -> Result<Item, Fault> {
    let dialect = client.dialect();
    let properties = properties(client, path, dialect.item).await?;
    Ok(item(path.clone(), properties, dialect))
}

/// The item at this path, if there is one.
pub(crate) async fn find(client: &Client, path: &ItemPath) -> Result<Option<Item>, Fault> {
    match item_at(client, path).await {
        Ok(item) => Ok(Some(item)),
        Err(fault) if fault.kind == StorageErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// How full the account is, where the server tells it; a fault if the client's base is no folder of a
/// WebDAV server.
pub(crate) async fn quota(client: &Client) -> Result<Option<Quota>, Fault> {
    let top = properties(client, &ItemPath::root(), propfind::ACCOUNT).await;
    let top = top.map_err(|fault| match fault.kind {
        StorageErrorKind::NotFound => StorageErrorKind::WrongProtocol.into(),
        _ => fault,
    })?;
    if !top.is_collection {
        return Err(StorageErrorKind::WrongProtocol.into());
    }
    let quota = Quota {
        used_bytes: top.quota_used_bytes,
        available_bytes: top.quota_available_bytes,
    };
    let is_known = quota.used_bytes.is_some() || quota.available_bytes.is_some();
    Ok(is_known.then_some(quota))
}

/// The account behind the client's credential.
pub(crate) async fn account(client: &Client) -> Result<StorageAccount, Fault> {
    let quota = quota(client).await?;
    let url = client.base().as_url();
    let username = client.username();
    Ok(StorageAccount {
        // A URL has no space, so the first one ends it.
        key: AccountKey(format!("{url} {username}")),
        label: format!("{username} at {}", url.host_str().unwrap_or_default()),
        quota,
    })
}

/// Asks for an item whose kind is not known yet. Apache sends whoever names a folder without a slash
/// to the name with one. Behind a proxy it may get scheme or host wrong there: then the redirect is not
/// followed, but the name with a slash is asked for as we know it.
pub(crate) async fn properties(
    client: &Client,
    path: &ItemPath,
    asked: &'static str,
) -> Result<Properties, Fault> {
    if path.is_root() {
        return properties_as(client, path, ItemKind::Folder, asked).await;
    }
    match properties_as(client, path, ItemKind::File, asked).await {
        Err(fault) if is_redirect(&fault) => {
            properties_as(client, path, ItemKind::Folder, asked).await
        }
        other => other,
    }
}

async fn properties_as(
    client: &Client,
    path: &ItemPath,
    kind: ItemKind,
    asked: &'static str,
) -> Result<Properties, Fault> {
    let (mut responses, hrefs) = client.propfind(path, kind, Depth::Item, asked).await?;
    let mut found = None;
    // To the end, for only there it shows whether the answer is whole.
    while let Some(response) = responses.next().await? {
        if found.is_none() && hrefs.place(&response.href) == Place::Itself {
            found = Some(response);
        }
    }
    let found = found.ok_or(StorageErrorKind::WrongProtocol)?;
    match found.status {
        Some(status @ (0..=199 | 300..)) => Err(status::kind(status, None).into()),
        _ => found
            .properties
            .ok_or_else(|| StorageErrorKind::Forbidden.into()),
    }
}

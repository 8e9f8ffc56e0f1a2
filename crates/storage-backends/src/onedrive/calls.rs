//! The calls of Graph that concern no content, each with all that it must name. Those that do no more when
//! they are made twice are; of the others it is looked whether the one before has done it.
//! <https://learn.microsoft.com/graph/api/resources/driveitem>

use graph_rs_sdk::ODataQuery as _;
use reqwest::header::{HeaderName, IF_MATCH, LOCATION};
use reqwest::{Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::download::text;
use crate::fault::{Fault, UnwantedStatus};
use crate::issued::Issued;

use super::account::{self, Drive};
use super::client::Client;
use super::graph::described;
use super::id::Address;
use super::item::{DOWNLOAD_URL, DriveItem, LISTED, PLACE};
use super::name::Name;

/// The most entries of a page: fewer would only cost more requests.
const PAGE_ENTRIES: &str = "1000";

/// What says what becomes of an item whose name is taken.
pub(crate) const CONFLICT: &str = "@microsoft.graph.conflictBehavior";

/// Nothing becomes of it.
pub(crate) const FAIL: &str = "fail";

/// A page of a folder.
#[derive(Deserialize)]
pub(crate) struct Page {
    /// Read one by one, so that one that cannot be read costs no other.
    pub(crate) value: Vec<Value>,
    #[serde(rename = "@odata.nextLink")]
    pub(crate) next_link: Option<String>,
}

/// What is to change about an item, or is to be other about a copy; what is not named stays.
#[derive(Serialize)]
pub(crate) struct Change<'c> {
    pub(crate) name: &'c str,
    #[serde(rename = "parentReference", skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<Reference<'c>>,
}

impl<'c> Change<'c> {
    /// Another name.
    pub(crate) const fn name(name: &'c str) -> Self {
        Self { name, parent: None }
    }
}

/// A folder.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drive_id: Option<&'r str>,
    pub(crate) id: &'r str,
}

/// Where the bytes of an upload go.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenedSession {
    upload_url: String,
}

impl Client {
    /// The account's drive.
    pub(crate) async fn drive(&self) -> Result<Drive, Fault> {
        self.asked(|| self.graph.drive().select(account::FIELDS))
            .await
    }

    /// What is known of an item.
    pub(crate) async fn get(&self, address: &Address) -> Result<DriveItem, Fault> {
        let fields = [LISTED, &[PLACE]].concat();
        let look = || self.look(address, &fields);
        self.circuit().idempotent(look).await
    }

    /// The same in a single try, and where its content is had for some minutes.
    pub(crate) async fn look_to_read(&self, address: &Address) -> Result<DriveItem, Fault> {
        self.look(address, &[LISTED, &[PLACE, DOWNLOAD_URL]].concat())
            .await
    }

    async fn look(&self, address: &Address, fields: &[&str]) -> Result<DriveItem, Fault> {
        let item = self.graph.item(address).get_items().select(fields);
        let told = self.told(described(item).await?).await;
        told.map_err(|fault| match fault.source() {
            // So is refused what has the form of an id, and was never one.
            Some(UnwantedStatus(400)) => StorageErrorKind::NotFound.into(),
            _ => fault,
        })
    }

    /// The first page of a folder.
    pub(crate) async fn children(&self, folder: &Address) -> Result<Page, Fault> {
        self.asked(|| {
            let children = self.graph.item(folder).list_children();
            children.select(LISTED).top(PAGE_ENTRIES)
        })
        .await
    }

    /// The page that the one before named.
    pub(crate) async fn next_page(&self, link: &str) -> Result<Page, Fault> {
        let url = self.own(link)?;
        let ask = || self.told(Request::new(Method::GET, url.clone()));
        self.circuit().idempotent(ask).await
    }

    /// Makes a folder, unless something has the name.
    pub(crate) async fn create_folder(
        &self,
        parent: &Address,
        name: &Name,
    ) -> Result<DriveItem, Fault> {
        let folder = json!({"name": name.as_str(), "folder": {}, CONFLICT: FAIL});
        let make = || async {
            let create = self.graph.item(parent).create_children(&folder);
            self.told(described(create).await?).await
        };
        let made = || async {
            let item = self.get(&parent.child(name)).await?;
            Ok(Some(item).filter(|item| item.kind() == Some(ItemKind::Folder)))
        };
        self.circuit().once(make, made).await
    }

    /// Changes what is known of an item, unless something else has the name.
    pub(crate) async fn update(
        &self,
        item: &Address,
        change: &Change<'_>,
    ) -> Result<DriveItem, Fault> {
        self.asked(|| self.graph.item(item).update_items(change))
            .await
    }

    /// Orders a copy, unless something has the name; where it is told what becomes of it.
    pub(crate) async fn order_copy(
        &self,
        item: &Address,
        change: &Change<'_>,
    ) -> Result<Issued, Fault> {
        let copy = self.graph.item(item).copy(change);
        let copy = copy.append_query_pair(CONFLICT, FAIL);
        let answer = self.accepted(described(copy).await?).await?;
        let monitor = text(answer.headers(), &LOCATION);
        self.lent(monitor.ok_or(StorageErrorKind::Unavailable)?)
    }

    /// Puts an item into the bin.
    pub(crate) async fn recycle(&self, item: &Address) -> Result<(), Fault> {
        let recycle = || async {
            let delete = self.graph.item(item).delete_items();
            self.accepted(described(delete).await?).await.map(drop)
        };
        let gone = || async {
            match self.get(item).await {
                Err(fault) if fault.kind == StorageErrorKind::NotFound => Ok(Some(())),
                _ => Ok(None),
            }
        };
        self.circuit().once(recycle, gone).await
    }

    /// Opens an upload session for an item; if it is one that is there, then in the version of this tag. An
    /// answer that is lost leaves a session that nobody can end; OneDrive ends it after some days.
    pub(crate) async fn open_session(
        &self,
        item: &Address,
        properties: &Value,
        e_tag: Option<&str>,
    ) -> Result<Issued, Fault> {
        let open = || async {
            let body = json!({"item": properties});
            let open = self.graph.item(item).create_upload_session(&body);
            let mut request = described(open).await?;
            insert_text(&mut request, &IF_MATCH, e_tag)?;
            self.told(request).await
        };
        let opened: OpenedSession = self.circuit().idempotent(open).await?;
        self.lent(&opened.upload_url)
    }
}

/// Puts a header into a request, as it was told to us. What cannot stand in one was told by nobody honest
/// (H-01).
pub(crate) fn insert_text(
    request: &mut Request,
    name: &HeaderName,
    text: Option<&str>,
) -> Result<(), Fault> {
    let Some(text) = text else {
        return Ok(());
    };
    let value = text.parse().map_err(|_| StorageErrorKind::Unavailable)?;
    request.headers_mut().insert(name, value);
    Ok(())
}

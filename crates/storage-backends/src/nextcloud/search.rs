//! Finds an item that was moved, by the number that stays with it: SEARCH (RFC 5323), as Nextcloud has it.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/search.html>

use futures_util::StreamExt;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::webdav::{Hrefs, ItemPath, Responses, method, of_answer};

use super::account::Account;

/// An answer names one item; whatever is longer is none.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;

/// Where the item with this number lies in the account's files now; a fault if it is gone from there.
pub(super) async fn path_of(account: &Account, number: u64) -> Result<ItemPath, Fault> {
    let collection = ["remote.php", "dav"]
        .iter()
        .try_fold(ItemPath::root(), |path, name| path.child(name.as_bytes()))
        .ok_or(StorageErrorKind::NotFound)?;
    let request = account
        .home
        .request(method("SEARCH"), &collection, ItemKind::Folder)
        .await?
        .header(
            CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        )
        .body(question(account, number));
    let answer = account.home.send(request).await?;
    match answer.status() {
        StatusCode::MULTI_STATUS => {}
        // A server that cannot search has not got the item where it was, which is all that is known.
        StatusCode::NOT_IMPLEMENTED | StatusCode::METHOD_NOT_ALLOWED => {
            return Err(StorageErrorKind::NotFound.into());
        }
        _ => return Err(of_answer(&answer)),
    }
    let hrefs = Hrefs::at(account.place.files.as_url());
    let body = answer.collect_capped(MAX_ANSWER_BYTES).await?;
    let body = futures_util::stream::iter([Ok::<_, wharf_egress::Error>(body)]).boxed();
    let mut responses = Responses::new(body);
    let mut found = None;
    while let Some(response) = responses.next().await? {
        let path = hrefs.path_beneath(&response.href);
        let properties = response.into_properties();
        if properties.is_some_and(|properties| properties.file_id == Some(number)) {
            found = found.or(path);
        }
    }
    found.ok_or_else(|| StorageErrorKind::NotFound.into())
}

fn question(account: &Account, number: u64) -> String {
    // Percent-encoded, so that nothing in it means anything in XML.
    let files = account.place.files.as_url().path().trim_end_matches('/');
    let user_id = files.rsplit('/').next().unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <d:searchrequest xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"><d:basicsearch>\
         <d:select><d:prop><oc:fileid/></d:prop></d:select>\
         <d:from><d:scope><d:href>/files/{user_id}</d:href><d:depth>infinity</d:depth></d:scope></d:from>\
         <d:where><d:eq><d:prop><oc:fileid/></d:prop><d:literal>{number}</d:literal></d:eq></d:where>\
         <d:limit><d:nresults>1</d:nresults></d:limit></d:basicsearch></d:searchrequest>"
    )
}

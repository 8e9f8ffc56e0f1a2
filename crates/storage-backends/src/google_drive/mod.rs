//! Google Drive: the account. Its files are not spoken to yet.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get>

use serde::Deserialize;
use wharf_domain::connection::AccountKey;
use wharf_domain::ports::storage::{Quota, StorageAccount};
use wharf_domain::provider::Provider;

use crate::account_only::Inquiry;

/// Whose Drive it is, and how full.
pub(crate) const ABOUT: Inquiry = Inquiry {
    provider: Provider::GoogleDrive,
    path: "drive/v3/about",
    query: Some("fields=user,storageQuota"),
    read,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    user: User,
    storage_quota: StorageQuota,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    permission_id: String,
    email_address: String,
}

/// 64-bit numbers as text; there is no limit where storage is unlimited.
#[derive(Deserialize)]
struct StorageQuota {
    limit: Option<String>,
    usage: Option<String>,
}

fn read(body: &[u8]) -> Option<StorageAccount> {
    let about: About = serde_json::from_slice(body).ok()?;
    let number = |text: Option<String>| text?.parse::<u64>().ok();
    let used_bytes = number(about.storage_quota.usage);
    let limit = number(about.storage_quota.limit);
    Some(StorageAccount {
        key: AccountKey(about.user.permission_id),
        label: about.user.email_address,
        quota: Some(Quota {
            used_bytes,
            available_bytes: limit.map(|limit| limit.saturating_sub(used_bytes.unwrap_or(0))),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_with_or_without_a_limit() {
        let body = |quota: &str| {
            format!(
                r#"{{"user":{{"permissionId":"1","emailAddress":"a@example.com"}},"storageQuota":{quota}}}"#
            )
        };
        let quota = |text: &str| read(body(text).as_bytes()).unwrap().quota.unwrap();
        let limited = quota(r#"{"limit":"10","usage":"3"}"#);
        assert_eq!(
            (limited.used_bytes, limited.available_bytes),
            (Some(3), Some(7))
        );
        let unlimited = quota(r#"{"usage":"3"}"#);
        assert_eq!(
            (unlimited.used_bytes, unlimited.available_bytes),
            (Some(3), None)
        );
        assert!(read(b"{}").is_none() && read(b"<html>").is_none());
    }
}

//! OneDrive: the account. Its files are not spoken to yet.
//! <https://learn.microsoft.com/graph/api/drive-get>

use serde::Deserialize;
use wharf_domain::connection::AccountKey;
use wharf_domain::ports::storage::{Quota, StorageAccount};
use wharf_domain::provider::Provider;

use crate::account_only::Inquiry;

/// Whose drive it is, and how full.
pub(crate) const DRIVE: Inquiry = Inquiry {
    provider: Provider::Onedrive,
    path: "v1.0/me/drive",
    query: None,
    read,
};

#[derive(Deserialize)]
struct Drive {
    id: String,
    owner: Option<Owner>,
    quota: Option<DriveQuota>,
}

#[derive(Deserialize)]
struct Owner {
    user: Option<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    display_name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct DriveQuota {
    used: Option<u64>,
    remaining: Option<u64>,
}

fn read(body: &[u8]) -> Option<StorageAccount> {
    let drive: Drive = serde_json::from_slice(body).ok()?;
    let user = drive.owner.and_then(|owner| owner.user);
    let label = user.and_then(|user| user.email.or(user.display_name));
    Some(StorageAccount {
        key: AccountKey(drive.id),
        label: label.unwrap_or_else(|| "OneDrive".to_owned()),
        quota: drive.quota.map(|quota| Quota {
            used_bytes: quota.used,
            available_bytes: quota.remaining,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_whatever_it_tells() {
        let full = read(
            br#"{"id":"d","owner":{"user":{"displayName":"Anna","email":"a@example.com"}},
                 "quota":{"used":3,"remaining":7}}"#,
        );
        let full = full.unwrap();
        assert_eq!(full.label, "a@example.com");
        assert_eq!(full.quota.unwrap().available_bytes, Some(7));
        let bare = read(br#"{"id":"d"}"#).unwrap();
        assert_eq!((bare.label.as_str(), bare.quota), ("OneDrive", None));
        assert!(read(b"{}").is_none() && read(b"<html>").is_none());
    }
}

//! Whose drive it is, and how full.
//! <https://learn.microsoft.com/graph/api/drive-get>

use serde::Deserialize;
use wharf_domain::connection::AccountKey;
use wharf_domain::ports::storage::{Quota, StorageAccount};

/// What is asked about the account's drive.
pub(crate) const FIELDS: &[&str] = &["id", "owner", "quota"];

/// A drive as Graph describes it.
#[derive(Deserialize)]
pub(crate) struct Drive {
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

impl From<Drive> for StorageAccount {
    fn from(drive: Drive) -> Self {
        let user = drive.owner.and_then(|owner| owner.user);
        let label = user.and_then(|user| user.email.or(user.display_name));
        Self {
            key: AccountKey(drive.id),
            label: label.unwrap_or_else(|| "OneDrive".to_owned()),
            quota: drive.quota.map(|quota| Quota {
                used_bytes: quota.used,
                available_bytes: quota.remaining,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_account_is_read_whatever_it_tells() {
        let read =
            |told: Value| StorageAccount::from(serde_json::from_value::<Drive>(told).unwrap());
        let full = read(json!({
            "id": "d", "owner": {"user": {"displayName": "Anna", "email": "a@example.com"}},
            "quota": {"used": 3, "remaining": 7},
        }));
        assert_eq!(full.label, "a@example.com");
        assert_eq!(full.quota.unwrap().available_bytes, Some(7));
        let bare = read(json!({"id": "d"}));
        assert_eq!((bare.label.as_str(), bare.quota), ("OneDrive", None));
        let named = read(json!({"id": "d", "owner": {"user": {"displayName": "Anna"}}}));
        assert_eq!(named.label, "Anna");
    }
}

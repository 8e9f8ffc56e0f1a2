//! Whose Drive it is, and how full.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/about>

use google_drive3::api::About;
use wharf_domain::connection::AccountKey;
use wharf_domain::ports::storage::{Quota, StorageAccount, StorageErrorKind};

use crate::fault::Fault;

/// What is asked about the account.
pub(crate) const FIELDS: &str = "user(permissionId,emailAddress),storageQuota(limit,usage)";

/// The account that Drive tells of. There is no limit where storage is unlimited.
pub(crate) fn account(about: About) -> Result<StorageAccount, Fault> {
    let user = about.user.unwrap_or_default();
    let (Some(key), Some(label)) = (user.permission_id, user.email_address) else {
        return Err(StorageErrorKind::Unavailable.into());
    };
    let number = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    Ok(StorageAccount {
        key: AccountKey(key),
        label,
        quota: about.storage_quota.map(|quota| {
            let used_bytes = number(quota.usage);
            let limit = number(quota.limit);
            Quota {
                used_bytes,
                available_bytes: limit.map(|limit| limit.saturating_sub(used_bytes.unwrap_or(0))),
            }
        }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_account_is_read_with_or_without_a_limit() {
        let quota = |quota: Value| {
            let about = json!({"user": {"permissionId": "1", "emailAddress": "a@example.com"},
                "storageQuota": quota});
            let account = account(serde_json::from_value(about).unwrap()).unwrap();
            let quota = account.quota.unwrap();
            (quota.used_bytes, quota.available_bytes)
        };
        assert_eq!(
            quota(json!({"limit": "10", "usage": "3"})),
            (Some(3), Some(7))
        );
        assert_eq!(
            quota(json!({"limit": "3", "usage": "10"})),
            (Some(10), Some(0))
        );
        assert_eq!(quota(json!({"usage": "3"})), (Some(3), None));
        assert!(account(About::default()).is_err());
    }
}

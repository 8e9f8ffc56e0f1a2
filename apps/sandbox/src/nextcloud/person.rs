//! What `/cloud/user` tells of the person who asks.

use serde_json::{Value, json};

use super::user::User;

/// The user's description.
pub(super) fn describe(user: &User) -> Value {
    let state = user.home.lock();
    let used = state.tree.all_bytes();
    let free = state.quota.available(used);
    let total = u64::try_from(free).map_or(i64::from(state.quota), |free| {
        i64::try_from(free.saturating_add(used)).unwrap_or(i64::MAX)
    });
    json!({
        "enabled": true,
        "id": user.user_id,
        "quota": {
            "free": free,
            "used": used,
            "total": total,
            "relative": relative(used, total),
            "quota": i64::from(state.quota),
        },
        "email": null,
        "displayname": user.user_id,
        "display-name": user.user_id,
        "groups": [],
        "language": "en",
        "locale": "",
    })
}

/// How much is used, in percent.
fn relative(used: u64, total: i64) -> u64 {
    let total = u64::try_from(total).unwrap_or(0);
    used.saturating_mul(100).checked_div(total).unwrap_or(0)
}

//! `POST /api/cloud/connections/{id}/check`: asks the storage whether a connection works.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::ConnectionId;
use wharf::domain::ports::storage::StorageAccount;

use super::connection::Connection;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID, errors::STORAGE];

/// What a check found.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionCheck)]
pub(crate) struct Checked {
    /// The connection with the status that the check gave it.
    connection: Connection,
    /// The account as the storage described it; null if it did not answer.
    #[schema(required)]
    account: Option<Account>,
}

/// An account at a storage.
#[derive(Serialize, ToSchema)]
#[schema(as = StorageAccount)]
struct Account {
    /// How a person would recognise it.
    label: String,
    /// How full it is; null if the storage does not tell.
    #[schema(required)]
    quota: Option<Quota>,
}

/// How full a storage is.
#[derive(Serialize, ToSchema)]
struct Quota {
    /// Bytes in use; null if the storage does not tell.
    #[schema(required)]
    used_bytes: Option<u64>,
    /// Bytes that can still be stored; null if the storage does not tell.
    #[schema(required)]
    available_bytes: Option<u64>,
}

/// Asks the storage whether the connection works, and keeps what was found as its status.
#[utoipa::path(
    post,
    path = "/api/cloud/connections/{id}/check",
    operation_id = "checkConnection",
    tag = "connections",
    params(("id" = String, Path, format = Uuid, description = "The connection.")),
    responses((status = 200, description = "What was found, good or bad.", body = Checked))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    state: Shared,
) -> Result<web::Json<Checked>, ApiError> {
    let connections = state.wharf.connections();
    let checked = connections.check(&context, user.id, id).await?;
    Ok(web::Json(Checked {
        connection: checked.connection.into(),
        account: checked.account.map(Account::from),
    }))
}

impl From<StorageAccount> for Account {
    fn from(account: StorageAccount) -> Self {
        let StorageAccount {
            key: _,
            label,
            quota,
        } = account;
        Self {
            label,
            quota: quota.map(|quota| Quota {
                used_bytes: quota.used_bytes,
                available_bytes: quota.available_bytes,
            }),
        }
    }
}

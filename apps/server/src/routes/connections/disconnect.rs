//! `DELETE /api/cloud/connections/{id}`: ends a connection, with a receipt.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::ConnectionId;
use wharf::domain::provider::Provider;
use wharf::services::connections::{Receipt, Revocation};

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID, &[Code::KeyUnavailable]];

/// What ending a connection did.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisconnectReceipt {
    /// The connection that was ended.
    #[schema(format = Uuid)]
    connection_id: String,
    /// The kind of storage.
    #[schema(example = "webdav")]
    provider: &'static str,
    /// Always `destroyed`: the stored credential is gone.
    #[schema(example = "destroyed")]
    credential: &'static str,
    /// Whether the provider was told.
    revocation: RevocationReport,
    /// How many documents still lie in that storage; they come back when it is connected again.
    documents_left: u64,
    /// Whether it was the default storage, which is the house from now on.
    default_storage_reset: bool,
}

/// Whether the provider was told that the credential is not to be accepted any more.
#[derive(Serialize, ToSchema)]
struct RevocationReport {
    /// `done`: the provider was told, or had ended it already. `pending`: it could not be told yet, and is for three days to come.
    /// `in_use`: another connection stands on the same consent, which was left in force. `unsupported`:
    /// the provider cannot be told. `failed`: the stored credential was damaged, and the provider could
    /// not be told.
    #[schema(example = "done")]
    status: &'static str,
    /// What the person can do.
    advice: &'static str,
}

/// Ends a connection: its credential is destroyed, its documents stay where they are.
#[utoipa::path(
    delete,
    path = "/api/cloud/connections/{id}",
    operation_id = "disconnect",
    tag = "connections",
    params(("id" = String, Path, format = Uuid, description = "The connection.")),
    responses((status = 200, description = "What was done and what was not.", body = DisconnectReceipt))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    state: Shared,
) -> Result<web::Json<DisconnectReceipt>, ApiError> {
    let connections = state.wharf.connections();
    let receipt = connections.disconnect(&context, user.id, id).await?;
    Ok(web::Json(receipt.into()))
}

impl From<Receipt> for DisconnectReceipt {
    fn from(receipt: Receipt) -> Self {
        let Receipt {
            connection,
            provider,
            revocation,
            documents_left,
            was_default,
        } = receipt;
        Self {
            connection_id: connection.to_string(),
            provider: provider.as_str(),
            credential: "destroyed",
            revocation: RevocationReport::new(revocation, provider),
            documents_left,
            default_storage_reset: was_default,
        }
    }
}

impl RevocationReport {
    fn new(revocation: Revocation, provider: Provider) -> Self {
        let (status, advice) = match revocation {
            Revocation::Done => ("done", "Nothing is left to do."),
            Revocation::Pending => (
                "pending",
                "The provider could not be told yet, and is as soon as it can. \
                 Whoever does not want to wait can end the access in the account's settings there.",
            ),
            Revocation::InUse => (
                "in_use",
                "Another connection uses the same consent; it ends with the last one.",
            ),
            Revocation::Unsupported => ("unsupported", ending_by_hand(provider)),
            Revocation::Failed => ("failed", ending_by_hand(provider)),
        };
        Self { status, advice }
    }
}

/// Where a person ends the access.
const fn ending_by_hand(provider: Provider) -> &'static str {
    match provider {
        Provider::GoogleDrive => {
            "Google was not told: end the access at https://myaccount.google.com/connections."
        }
        Provider::Onedrive => {
            "Microsoft has no way to be told: end the access at \
             https://account.live.com/consent/Manage (personal accounts) or \
             https://myapps.microsoft.com (work and school)."
        }
        Provider::Nextcloud => {
            "The server would still accept the password, for it is no app password or could not be read: \
             change it, or delete the session, under Settings > Security there."
        }
        Provider::Webdav => {
            "The server was not told and would still accept the password: \
             change it or delete it in the account's settings at the server."
        }
    }
}

//! `GET /api/cloud/providers`: what can be connected here, and how.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::provider::Access;

use crate::error::Code;
use crate::extract::{Caller, NoQuery, Query};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// The providers that the operator has set up.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderList {
    /// The providers.
    items: Vec<ProviderEntry>,
    /// Always null: this is all.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A kind of storage that can be connected.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
struct ProviderEntry {
    /// The provider's name.
    #[schema(example = "google_drive")]
    provider: &'static str,
    /// How it is connected: `oauth` by consenting at the provider, from
    /// `/api/cloud/oauth/initiate/{provider}`; `password` by address, user name and password, at
    /// `/api/cloud/connections/webdav`, and for `nextcloud` also by logging in there, from
    /// `/api/cloud/connections/nextcloud/login-flow`.
    #[schema(example = "oauth")]
    access: &'static str,
}

/// What can be connected here, and how.
#[utoipa::path(
    get,
    path = "/api/cloud/providers",
    operation_id = "listProviders",
    tag = "connections",
    responses((status = 200, description = "The providers.", body = ProviderList))
)]
pub(crate) async fn handle(_: Caller, _: Query<NoQuery>, state: Shared) -> web::Json<ProviderList> {
    let providers = state.wharf.authorizations().providers().into_iter();
    let entry = |(provider, access): (wharf::domain::provider::Provider, Access)| ProviderEntry {
        provider: provider.as_str(),
        access: match access {
            Access::OAuth => "oauth",
            Access::Password => "password",
        },
    };
    web::Json(ProviderList {
        items: providers.map(entry).collect(),
        next_cursor: None,
    })
}

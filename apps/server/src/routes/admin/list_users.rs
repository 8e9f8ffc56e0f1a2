//! `GET /api/admin/users`: the accounts.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wharf::domain::ports::users::UserFilter;

use super::account::{Account, RoleName};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY, &[Code::InvalidCursor]];

/// Which accounts are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountQuery {
    /// Those that may do this: `regular` or `admin`.
    #[param(value_type = Option<String>)]
    role: Option<RoleName>,
    /// Those that are switched off, or those that are not.
    disabled: Option<bool>,
    /// Those whose mail address holds this.
    email: Option<String>,
    /// How many entries at most: 1 to 1,000, 200 unless told.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before, with the same filter.
    cursor: Option<String>,
}

/// A page of accounts, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountPage {
    /// The accounts of this page.
    items: Vec<Account>,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The accounts, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    operation_id = "listUsers",
    tag = "administration",
    params(AccountQuery),
    responses((status = 200, description = "A page of accounts.", body = AccountPage))
)]
pub(crate) async fn handle(
    _: Caller,
    Query(query): Query<AccountQuery>,
    state: Shared,
) -> Result<web::Json<AccountPage>, ApiError> {
    let limit = read_limit(query.limit)?;
    let cursor = read_cursor(query.cursor.as_deref())?;
    let filter = UserFilter {
        role: query.role.map(|role| role.read()).transpose()?,
        disabled: query.disabled,
        email: query.email.map(|email| email.to_lowercase()),
    };
    let page = state.wharf.accounts().list(&filter, limit, cursor).await?;
    Ok(web::Json(AccountPage {
        items: page.items.into_iter().map(Account::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

//! `POST /api/cloud/connections/webdav`: connects an account by address, user name and password.

use actix_web::HttpResponse;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::connection::DisplayName;
use wharf::domain::provider::Provider;
use wharf::domain::text::InvalidText;
use wharf::services::connections::PasswordAccount;

use super::connection::{self, Connection};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::STORAGE,
    &[
        Code::UpstreamAuthFailed,
        Code::TooManyConnections,
        Code::Conflict,
    ],
];

/// An account at a WebDAV server or a Nextcloud.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebdavAccount)]
pub(crate) struct Account {
    /// The kind of storage.
    provider: Kind,
    /// The address of the folder that is to be the storage's top. Of a Nextcloud, any page will do.
    #[schema(format = Uri, example = "https://cloud.example.com/dav/")]
    server_url: String,
    /// The user name at the server, which for a Nextcloud is what one logs in with: 255 bytes at most, without a colon.
    username: String,
    /// The password at the server, 1,024 bytes at most; best one that the server made for this purpose
    /// alone.
    #[schema(format = Password)]
    password: String,
    /// What the user calls it; made of user name and server if absent. 200 characters at most.
    #[schema(min_length = 1, max_length = 200)]
    display_name: Option<String>,
}

/// The kinds of storage that are connected by address, user name and password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebdavKind)]
enum Kind {
    /// Any WebDAV server.
    Webdav,
    /// A Nextcloud.
    Nextcloud,
}

/// Connects an account, after asking the server whether it accepts it.
#[utoipa::path(
    post,
    path = "/api/cloud/connections/webdav",
    operation_id = "connectWebdav",
    tag = "connections",
    request_body = Account,
    responses(
        (status = 200, description = "The account was known; its connection is updated.", body = Connection),
        (status = 201, description = "The account is connected.", body = Connection,
            headers(("Location" = String, description = "The connection's address.")))
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Json(account): Json<Account>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let connections = state.wharf.connections();
    let connected = connections
        .connect_by_password(&context, user.id, account.try_into()?)
        .await?;
    Ok(connection::connected(connected))
}

impl TryFrom<Account> for PasswordAccount {
    type Error = ApiError;

    fn try_from(account: Account) -> Result<Self, ApiError> {
        let Account {
            provider,
            server_url,
            username,
            password,
            display_name,
        } = account;
        let display_name = display_name.map(|name| name.parse::<DisplayName>());
        let display_name = display_name.transpose();
        Ok(Self {
            provider: match provider {
                Kind::Webdav => Provider::Webdav,
                Kind::Nextcloud => Provider::Nextcloud,
            },
            server_url,
            username: username
                .parse()
                .map_err(|error| ApiError::invalid("username", error))?,
            password: checked(password)?,
            display_name: display_name.map_err(|error| ApiError::invalid("display_name", error))?,
        })
    }
}

/// The longest password that a server may have given, in bytes.
const MAX_PASSWORD_BYTES: usize = 1024;

fn checked(password: String) -> Result<SecretString, ApiError> {
    let limit = MAX_PASSWORD_BYTES;
    if password.len() > limit {
        let unit = "bytes";
        return Err(ApiError::invalid(
            "password",
            InvalidText::TooLong { limit, unit },
        ));
    }
    Ok(password.into())
}

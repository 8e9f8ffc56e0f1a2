//! How a connection looks to its user: it has no credential to lose.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::services::connections::{Connected, ConnectionView};

/// A user's tie to an account at a storage.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    /// The connection's id; connecting the same account again keeps it.
    #[schema(format = Uuid)]
    id: String,
    /// The kind of storage.
    #[schema(example = "webdav")]
    provider: &'static str,
    /// What the user calls it.
    display_name: String,
    /// The server's address.
    #[schema(format = Uri)]
    server_url: String,
    /// `ACTIVE`, `REQUIRES_REAUTH` or `UNREACHABLE`.
    #[schema(example = "ACTIVE")]
    status: &'static str,
    /// Why it is in this status, where there is a reason: `password_refused`, `grant_refused` or
    /// `rotation_lost`.
    #[schema(required)]
    status_reason: Option<&'static str>,
    /// Since when it is in this status.
    #[schema(format = DateTime)]
    status_since: String,
    /// When the account was first connected.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<ConnectionView> for Connection {
    fn from(connection: ConnectionView) -> Self {
        let ConnectionView {
            id,
            provider,
            display_name,
            endpoint,
            status,
            created_at,
        } = connection;
        Self {
            id: id.to_string(),
            provider: provider.as_str(),
            display_name: display_name.as_str().to_owned(),
            server_url: endpoint.0,
            status: status.state.as_str(),
            status_reason: status.state.reason(),
            status_since: status.since.to_string(),
            created_at: created_at.to_string(),
        }
    }
}

/// The answer to whoever connected an account: 201 where it is new, 200 where it was known.
pub(in crate::routes) fn connected(connected: Connected) -> HttpResponse {
    let mut response = if connected.created {
        let location = format!("/api/cloud/connections/{}", connected.connection.id);
        let mut response = HttpResponse::Created();
        response.insert_header((LOCATION, location));
        response
    } else {
        HttpResponse::Ok()
    };
    response.json(Connection::from(connected.connection))
}

//! The simulated Microsoft: the identity platform v2.0, and OneDrive behind Graph.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

mod authorize;
mod discovery;
mod drive;
mod error;
mod id_token;
mod me;
mod refusal;
mod scope;
mod tenant;
mod time;
mod token;

use actix_web::web;
use serde::Serialize;

use crate::identity::{Client, PEOPLE};

pub use drive::RecycledItem;
pub(crate) use drive::{LENT, OneDriveState};
pub(crate) use error::{graph_error, oauth_error};

/// An application that is registered at the simulated Microsoft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MicrosoftApp {
    /// Stands for `https://login.microsoftonline.com/common/oauth2/v2.0/authorize`; other tenants than
    /// `common` do as well.
    pub auth_url: String,
    /// Stands for `https://login.microsoftonline.com/common/oauth2/v2.0/token`.
    pub token_url: String,
    /// Stands for `https://graph.microsoft.com`: the person is at `{api_url}/v1.0/me`.
    pub api_url: String,
    /// Who the application is.
    pub client_id: String,
    /// How it proves that; it has to be encoded in a form.
    pub client_secret: String,
    /// Clara's, who granted everything before the start.
    pub refresh_token: String,
    /// Clara's drive.
    pub drive_id: String,
}

/// The application registered at every sandbox.
pub(crate) fn client() -> Client {
    Client::new(
        "5a4db0c5-0000-4000-8000-5a4db0c50001",
        "sbx8Q~not+a/secret=at.all",
    )
}

/// The application with its addresses at this origin.
pub(crate) fn app(origin: &str, client: &Client, refresh_token: &str) -> MicrosoftApp {
    let [_, _, clara] = &PEOPLE;
    MicrosoftApp {
        auth_url: format!("{origin}/common/oauth2/v2.0/authorize"),
        token_url: format!("{origin}/common/oauth2/v2.0/token"),
        api_url: origin.to_owned(),
        client_id: client.id.to_owned(),
        client_secret: client.secret.to_owned(),
        refresh_token: refresh_token.to_owned(),
        drive_id: clara.drive_id.to_owned(),
    }
}

/// The scopes that Clara granted.
pub(crate) const ALL_SCOPES: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "User.Read",
    "Files.ReadWrite",
];

/// Microsoft's part of the URL table.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/{tenant}/oauth2/v2.0/authorize")
                .get(authorize::show)
                .post(authorize::decide),
        )
        .service(web::resource("/{tenant}/oauth2/v2.0/token").post(token::exchange))
        .service(web::resource("/{tenant}/discovery/v2.0/keys").get(discovery::keys))
        .service(
            web::resource("/{tenant}/v2.0/.well-known/openid-configuration")
                .get(discovery::configuration),
        )
        .service(web::resource("/v1.0/me").get(me::show))
        .configure(drive::routes);
}

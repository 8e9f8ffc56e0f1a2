//! The simulated Google: OAuth 2.0 for web servers, and Drive.
//! <https://developers.google.com/identity/protocols/oauth2/web-server>

mod authorize;
mod drive;
mod error;
mod id_token;
mod revoke;
mod scope;
mod token;
mod userinfo;

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::identity::Client;
use crate::simulation::Simulation;

pub(crate) use drive::DriveState;
pub(crate) use error::{api_refusal, oauth_error};

const AUTHORIZE: &str = "/o/oauth2/v2/auth";
const TOKEN: &str = "/token";
const REVOKE: &str = "/revoke";

/// An application that is registered at the simulated Google.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GoogleApp {
    /// Stands for `https://accounts.google.com/o/oauth2/v2/auth`.
    pub auth_url: String,
    /// Stands for `https://oauth2.googleapis.com/token`.
    pub token_url: String,
    /// Stands for `https://oauth2.googleapis.com/revoke`.
    pub revoke_url: String,
    /// Stands for `https://www.googleapis.com`: Drive is at `{api_url}/drive/v3/`, the person at
    /// `{api_url}/oauth2/v3/userinfo`.
    pub api_url: String,
    /// Stands for `https://www.googleapis.com/upload`: uploads go to `{upload_url}/drive/v3/files`.
    pub upload_url: String,
    /// Who the application is.
    pub client_id: String,
    /// How it proves that.
    pub client_secret: String,
    /// Clara's, who granted everything before the start.
    pub refresh_token: String,
}

/// The application registered at every sandbox.
pub(crate) fn client() -> Client {
    Client::new(
        "407408718192-sandbox.apps.googleusercontent.com",
        "GOCSPX-sandbox_not-a-secret",
    )
}

/// The application with its addresses at this origin.
pub(crate) fn app(origin: &str, client: &Client, refresh_token: &str) -> GoogleApp {
    GoogleApp {
        auth_url: format!("{origin}{AUTHORIZE}"),
        token_url: format!("{origin}{TOKEN}"),
        revoke_url: format!("{origin}{REVOKE}"),
        api_url: origin.to_owned(),
        upload_url: format!("{origin}/upload"),
        client_id: client.id.to_owned(),
        client_secret: client.secret.to_owned(),
        refresh_token: refresh_token.to_owned(),
    }
}

/// The scopes that Clara granted.
pub(crate) const ALL_SCOPES: [&str; 4] = ["openid", scope::EMAIL, scope::PROFILE, scope::DRIVE];

/// Google's part of the URL table.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(AUTHORIZE)
                .get(authorize::show)
                .post(authorize::decide),
        )
        .service(web::resource(TOKEN).post(token::exchange))
        .service(web::resource(REVOKE).post(revoke::revoke))
        .service(web::resource("/oauth2/v3/userinfo").get(userinfo::show))
        .service(web::resource("/oauth2/v3/certs").get(keys))
        .configure(drive::routes)
        .service(web::resource("/drive/{path:.*}").to(error::not_found))
        .service(web::resource("/upload/{path:.*}").to(error::not_found));
}

/// The keys of ID tokens.
async fn keys(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.signer.key_set())
}

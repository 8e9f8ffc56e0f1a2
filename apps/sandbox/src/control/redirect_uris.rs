//! `/control/redirect-uris`

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::identity::Provider;
use crate::simulation::Simulation;

/// An address of the application's at a provider.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedirectUri {
    provider: Provider,
    redirect_uri: String,
}

/// `POST`: registers an address; from the first on, no other will do.
pub(super) async fn register(
    simulation: web::Data<Simulation>,
    address: web::Json<RedirectUri>,
) -> HttpResponse {
    simulation
        .client(address.provider)
        .register(&address.redirect_uri);
    HttpResponse::NoContent().finish()
}

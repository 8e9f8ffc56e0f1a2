//! `/control/clock`

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::clock::unix_ms;
use crate::simulation::Simulation;

/// How much time passes at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    secs: u32,
}

/// `GET`: the time there, in milliseconds since 1970.
pub(super) async fn show(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"now_ms": unix_ms(simulation.clock.now())}))
}

/// `POST`: lets time pass; it never goes back.
pub(super) async fn advance(
    simulation: web::Data<Simulation>,
    by: web::Json<Advance>,
) -> HttpResponse {
    simulation
        .clock
        .advance(Duration::from_secs(by.secs.into()));
    show(simulation).await
}

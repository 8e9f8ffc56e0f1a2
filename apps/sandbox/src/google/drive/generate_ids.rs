//! `GET /files/generateIds`: ids for files to come, so that a create can be repeated.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::caller::{Caller, Shared};
use super::ids::{Id, file_id};
use super::refusal::Refusal;

const MOST: usize = 1000;
const DEFAULT: usize = 10;

pub(super) async fn generate(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::writing(&simulation, &request)?;
    let count = match caller.query.get("count") {
        None => Some(DEFAULT),
        Some(text) => text.parse().ok().filter(|count| (1..=MOST).contains(count)),
    };
    let count = count.ok_or_else(|| {
        let text = caller.query.get("count").unwrap_or_default();
        let message =
            format!("Invalid value '{text}'. Values must be within the range: [1, {MOST}]");
        Refusal::invalid_parameter("count", message)
    })?;
    let space = caller.query.get("space").unwrap_or("drive");
    if !["drive", "appDataFolder"].contains(&space) {
        return Err(Refusal::invalid_value("space"));
    }
    let ids: Vec<Id> = (0..count)
        .map(|_| file_id(&simulation.drive.random))
        .collect();
    let mut world = simulation.drive.world();
    let given_out = match caller.query.get("type").unwrap_or("files") {
        "files" => &mut world.ids_for_files,
        "shortcuts" => &mut world.ids_for_shortcuts,
        _ => return Err(Refusal::invalid_value("type")),
    };
    given_out.extend(ids.iter().cloned());
    let ids: Vec<&str> = ids.iter().map(|id| &**id).collect();
    Ok(HttpResponse::Ok().json(json!({
        "kind": "drive#generatedIds",
        "space": space,
        "ids": ids,
    })))
}

//! `uploadType=media`: the content and nothing else.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};

use super::super::caller::Caller;
use super::super::create::Upload;
use super::super::mask::Kind;
use super::super::metadata::Metadata;
use super::super::refusal::Refusal;
use super::{Target, intake, should_fit_at_once};
use crate::fault::Terms;
use crate::simulation::Simulation;

pub(super) async fn take(
    simulation: &Simulation,
    request: &HttpRequest,
    caller: Caller,
    target: Target,
    payload: web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let media_type = request.headers().get(CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let blob = intake::keep(simulation, payload, terms.corruption).await?;
    should_fit_at_once(simulation, &caller, blob.size());
    let mask = caller.mask(Kind::File)?;
    let upload = Upload { blob, media_type };
    let file = target.complete(simulation, &caller, &Metadata::default(), upload, &mask)?;
    Ok(HttpResponse::Ok().json(file))
}

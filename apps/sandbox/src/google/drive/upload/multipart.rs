//! `uploadType=multipart`: metadata and content in one body (RFC 2387).

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::BytesMut;
use futures_util::StreamExt as _;

use super::super::caller::Caller;
use super::super::create::Upload;
use super::super::mask::Kind;
use super::super::refusal::Refusal;
use super::{Target, intake, should_fit_at_once};
use crate::fault::Terms;
use crate::simulation::Simulation;

/// More than any metadata takes.
const MOST_METADATA_BYTES: usize = 1024 * 1024;

pub(super) async fn take(
    simulation: &Simulation,
    request: &HttpRequest,
    caller: Caller,
    target: Target,
    payload: web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let mut parts = Multipart::new(request.headers(), payload);
    let metadata = whole(next(&mut parts).await?).await?;
    let content = next(&mut parts).await?;
    let media_type = content.content_type().map(ToString::to_string);
    let blob = intake::keep(simulation, content, terms.corruption).await?;
    if parts.next().await.is_some() {
        return Err(malformed());
    }
    should_fit_at_once(simulation, &caller, blob.size());
    let metadata = target.metadata(&metadata)?;
    let mask = caller.mask(Kind::File)?;
    let upload = Upload { blob, media_type };
    let file = target.complete(simulation, &caller, &metadata, upload, &mask)?;
    Ok(HttpResponse::Ok().json(file))
}

async fn next(parts: &mut Multipart) -> Result<Field, Refusal> {
    match parts.next().await {
        Some(Ok(part)) => Ok(part),
        _ => Err(malformed()),
    }
}

async fn whole(mut part: Field) -> Result<BytesMut, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| intake::cut_off())?;
        if body.len() + chunk.len() > MOST_METADATA_BYTES {
            return Err(malformed());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn malformed() -> Refusal {
    Refusal::bad_request("badContent", "Malformed multipart body.")
}

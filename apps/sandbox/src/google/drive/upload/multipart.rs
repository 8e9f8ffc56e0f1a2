//! `uploadType=multipart`: metadata and content in one body (RFC 2387).

use std::pin::pin;

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::BytesMut;
use futures_util::StreamExt as _;

use super::super::caller::Caller;
use super::super::create::Upload;
use super::super::mask::Kind;
use super::super::refusal::Refusal;
use super::related::{Malformed, Related};
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
    let mut body = Related::open(request.headers(), payload).await?;
    let received = receive(simulation, &mut body, terms).await;
    body.drain().await;
    let (metadata, upload) = received?;
    should_fit_at_once(simulation, &caller, upload.blob.size());
    let metadata = target.metadata(&metadata)?;
    let mask = caller.mask(Kind::File)?;
    let file = target.complete(simulation, &caller, &metadata, upload, &mask)?;
    Ok(HttpResponse::Ok().json(file))
}

/// The metadata and the content: two parts, no more and no less.
async fn receive(
    simulation: &Simulation,
    body: &mut Related,
    terms: Terms,
) -> Result<(BytesMut, Upload), Refusal> {
    body.next().await?.ok_or(Malformed)?;
    let metadata = whole(body).await?;
    let media_type = body.next().await?.ok_or(Malformed)?;
    let blob = intake::keep(simulation, pin!(body.content()), terms.corruption).await?;
    match body.next().await? {
        None => Ok((metadata, Upload { blob, media_type })),
        Some(_) => Err(Malformed.into()),
    }
}

async fn whole(body: &mut Related) -> Result<BytesMut, Malformed> {
    let mut content = pin!(body.content());
    let mut whole = BytesMut::new();
    while let Some(chunk) = content.next().await {
        let chunk = chunk?;
        if whole.len() + chunk.len() > MOST_METADATA_BYTES {
            return Err(Malformed);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole)
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::bad_request("badContent", "Malformed multipart body.")
    }
}

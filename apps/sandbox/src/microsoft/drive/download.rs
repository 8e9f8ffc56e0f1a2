//! A file's bytes, at an address that needs no access token.
//! <https://learn.microsoft.com/graph/api/driveitem-get-content#partial-range-downloads>

use actix_web::body::SizedStream;
use actix_web::http::header::{ACCEPT_RANGES, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, web};

use super::get::tags;
use super::refusal::Refusal;
use super::resource::media_type;
use crate::byte_range::{Wanted, content_range, wanted};
use crate::fault::Terms;
use crate::identity::{Parameters, Provider};
use crate::simulation::Simulation;

/// The parameter with the secret part of an address.
pub(super) const SECRET: &str = "tempauth";

/// `GET`: the whole, or a range of it.
pub(super) async fn download(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    let answer = content(&simulation, &request, *terms);
    answer.unwrap_or_else(|refusal| refusal.send(&simulation))
}

fn content(
    simulation: &Simulation,
    request: &HttpRequest,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    refuse_token(simulation, request, "download")?;
    let query = Parameters::parse(request.query_string().as_bytes());
    let onedrive = &simulation.onedrive;
    let link = query
        .get(SECRET)
        .and_then(|secret| onedrive.links.read(secret, simulation.clock.now()))
        .ok_or_else(Refusal::unauthenticated)?;
    let (blob, tag, media_type) = {
        let mut drives = onedrive.drives(simulation);
        let drive = drives.by_id(&link.drive).ok_or_else(Refusal::not_found)?;
        let item = drive.get(&link.item).ok_or_else(Refusal::not_found)?;
        let blob = item.blob().cloned().ok_or_else(Refusal::not_found)?;
        let [e_tag, _] = tags(drive, item);
        (blob, e_tag, media_type(&item.name))
    };
    let wanted = if terms.ignores_range {
        Wanted::Whole
    } else {
        wanted(request.headers(), blob.size())
    };
    let (mut answer, part) = match wanted {
        Wanted::Whole => (HttpResponse::Ok(), 0..blob.size()),
        Wanted::Part(part) => {
            let mut answer = HttpResponse::PartialContent();
            answer.insert_header((CONTENT_RANGE, content_range(&part, blob.size())));
            (answer, part)
        }
        Wanted::Unsatisfiable => {
            let message = "The requested range is not satisfiable.";
            return Err(Refusal::invalid_range(message, None));
        }
    };
    let length = part.end - part.start;
    Ok(answer
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, format!("\"{}\"", tag.trim_matches('"'))))
        .body(SizedStream::new(length, blob.stream(part))))
}

/// Refuses an access token where none belongs: the address is another service's.
pub(super) fn refuse_token(
    simulation: &Simulation,
    request: &HttpRequest,
    what: &str,
) -> Result<(), Refusal> {
    if !request.headers().contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let (method, path) = (request.method().as_str(), request.path());
    let text = format!("Authorization was sent to a pre-authenticated {what} address");
    let provider = Provider::Microsoft;
    simulation.contract.warn(provider, method, path, &text);
    Err(Refusal::unauthenticated())
}

//! Contents on their way to the client.

use actix_web::body::SizedStream;
use actix_web::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};

use super::caller::Caller;
use super::refusal::Refusal;
use crate::byte_range::{Wanted, content_range, wanted};
use crate::simulation::Simulation;

/// The bytes of a file, or of a range of it.
pub(super) fn content(
    simulation: &Simulation,
    request: &HttpRequest,
    caller: &Caller,
    id: &str,
) -> Result<HttpResponse, Refusal> {
    caller.check_may_read_content()?;
    let (blob, mime_type) = {
        let world = simulation.drive.world();
        let file = world.find(caller, id)?;
        let blob = file.blob().cloned().ok_or_else(Refusal::not_downloadable)?;
        (blob, file.mime_type.clone())
    };
    let (mut answer, part) = match wanted(request.headers(), blob.size()) {
        Wanted::Whole => (HttpResponse::Ok(), 0..blob.size()),
        Wanted::Part(part) => {
            let mut answer = HttpResponse::PartialContent();
            answer.insert_header((CONTENT_RANGE, content_range(&part, blob.size())));
            (answer, part)
        }
        Wanted::Unsatisfiable => return Err(Refusal::unsatisfiable_range()),
    };
    let length = part.end - part.start;
    Ok(answer
        .insert_header((CONTENT_TYPE, mime_type))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CACHE_CONTROL, "private, max-age=0, must-revalidate"))
        .body(SizedStream::new(length, blob.stream(part))))
}

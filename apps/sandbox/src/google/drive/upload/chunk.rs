//! The requests to a session: chunks, questions, and the end.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RANGE};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;

use super::super::caller::Shared;
use super::super::refusal::Refusal;
use super::session::{self, MULTIPLE_BYTES, Session, Turn};
use crate::body;
use crate::byte_range::{Sent, sent};
use crate::corruption::Corruption;
use crate::fault::Terms;
use crate::simulation::Simulation;

/// nginx's word for it, which Google's upload servers use when a client gives up a session.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Which bytes of the whole a request brings.
struct Chunk {
    start: u64,
    length: u64,
    /// Whether they are the last ones.
    is_last: bool,
}

/// A chunk or a question.
pub(super) async fn take(
    simulation: &Simulation,
    request: &HttpRequest,
    payload: web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let id = session::id(request).unwrap_or_default();
    let sessions = &simulation.drive.sessions;
    if terms.upload_expired {
        sessions.end(&id);
    }
    let Some(session) = sessions.find(&id, simulation.clock.now()) else {
        body::drain(payload).await;
        return Ok(HttpResponse::NotFound()
            .insert_header((CONTENT_TYPE, "text/plain"))
            .body("Not Found"));
    };
    let done = session.progress().answer().cloned();
    if let Some(answer) = done {
        body::drain(payload).await;
        return Ok(HttpResponse::Ok().json(answer));
    }
    let outcome = match what_comes(request, &session) {
        Ok(Some(chunk)) => receive(simulation, &session, chunk, payload, terms.corruption).await,
        Ok(None) => {
            body::drain(payload).await;
            status(simulation, request, &session, terms.corruption)
        }
        Err(text) => {
            body::drain(payload).await;
            Ok(bad_request(&text))
        }
    };
    if outcome.is_err() && session.progress().is_over() {
        sessions.end(&id);
    }
    outcome
}

/// The bytes that a request brings; `None` if it only asks, the error if it is malformed.
fn what_comes(request: &HttpRequest, session: &Session) -> Result<Option<Chunk>, String> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let Some(sent) = sent(request.headers()) else {
        let length = length.ok_or("Invalid request. There is no Content-Length header.")?;
        check_total(session, Some(length))?;
        return Ok(Some(Chunk {
            start: 0,
            length,
            is_last: true,
        }));
    };
    let Sent { range, total } =
        sent.map_err(|()| "Failed to parse Content-Range header.".to_owned())?;
    check_total(session, total)?;
    let Some(range) = range else {
        return Ok(None);
    };
    let promised = range.end - range.start;
    if length.is_some_and(|length| length != promised) {
        return Err(format!(
            "Invalid request. There were {} byte(s) in the request body. There should have been \
             {promised} byte(s) (starting at offset {} and ending at offset {}) according to the \
             Content-Range header.",
            length.unwrap_or_default(),
            range.start,
            range.end - 1
        ));
    }
    Ok(Some(Chunk {
        start: range.start,
        length: promised,
        is_last: total == Some(range.end),
    }))
}

fn check_total(session: &Session, total: Option<u64>) -> Result<(), String> {
    match (session.declared, total) {
        (Some(declared), Some(total)) if declared != total => Err(format!(
            "Invalid request. The total size of {total} byte(s) is not the {declared} byte(s) that the \
             session was opened for."
        )),
        _ => Ok(()),
    }
}

/// Takes a chunk in. What had arrived before is skipped, and what leaves a gap is refused.
async fn receive(
    simulation: &Simulation,
    session: &Session,
    chunk: Chunk,
    mut payload: web::Payload,
    mut corruption: Corruption,
) -> Result<HttpResponse, Refusal> {
    let (turn, received) = session.progress().begin()?;
    if chunk.start > received {
        body::drain(payload).await;
        return Ok(bad_request(&format!(
            "Invalid request. According to the Content-Range header, the upload offset is {} byte(s), \
             which exceeds already uploaded size of {received} byte(s).",
            chunk.start
        )));
    }
    let mut skipped = received - chunk.start;
    let mut left = chunk.length;
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| Refusal::cut_off())?;
        left = left
            .checked_sub(part.len() as u64)
            .ok_or_else(Refusal::cut_off)?;
        let skips = skipped.min(part.len() as u64);
        skipped -= skips;
        let fresh = part
            .get(usize::try_from(skips).unwrap_or_default()..)
            .unwrap_or_default();
        let written = session.progress().write(turn, fresh, &mut corruption);
        if let Turn::Lost = written? {
            body::drain(payload).await;
            let message = "Another request has taken the upload over.";
            return Err(Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "backendError",
                message,
            ));
        }
    }
    if left > 0 {
        return Err(Refusal::cut_off());
    }
    if chunk.is_last {
        let file = session.complete(simulation, corruption)?;
        return Ok(HttpResponse::Ok().json(file));
    }
    accept(simulation, session, chunk.length)
}

/// Keeps of a chunk that is not the last what is a whole multiple.
fn accept(
    simulation: &Simulation,
    session: &Session,
    length: u64,
) -> Result<HttpResponse, Refusal> {
    if !length.is_multiple_of(MULTIPLE_BYTES) {
        let text = "a chunk that is not the last is no multiple of 262,144 bytes";
        session.caller.warn(simulation, text);
    }
    let counted = session.progress().settle()?;
    if length < MULTIPLE_BYTES {
        return Ok(bad_request(&format!(
            "Invalid request.  The number of bytes uploaded is required to be equal or greater than \
             262144, except for the final request (it's recommended to be the exact multiple of 262144). \
             The received request contained {length} bytes, which does not meet this requirement."
        )));
    }
    Ok(incomplete(counted))
}

/// How much has arrived; all of it completes the upload.
fn status(
    simulation: &Simulation,
    request: &HttpRequest,
    session: &Session,
    corruption: Corruption,
) -> Result<HttpResponse, Refusal> {
    let total = sent(request.headers()).and_then(|sent| sent.ok()?.total);
    if total.is_some_and(|total| total == session.progress().length()) {
        let file = session.complete(simulation, corruption)?;
        return Ok(HttpResponse::Ok().json(file));
    }
    let (_, counted) = session.progress().begin()?;
    Ok(incomplete(counted))
}

/// So many bytes count; without a `Range` it is none.
fn incomplete(counted: u64) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::PERMANENT_REDIRECT);
    answer.reason("Resume Incomplete");
    if let Some(last) = counted.checked_sub(1) {
        answer.insert_header((RANGE, format!("bytes=0-{last}")));
    }
    answer.finish()
}

/// `DELETE`: the client gives the upload up.
pub(super) async fn cancel(simulation: Shared, request: HttpRequest) -> HttpResponse {
    let id = session::id(&request).unwrap_or_default();
    if simulation.drive.sessions.end(&id) {
        let status = StatusCode::from_u16(CLIENT_CLOSED_REQUEST);
        HttpResponse::build(status.unwrap_or(StatusCode::BAD_REQUEST)).finish()
    } else {
        HttpResponse::NotFound().finish()
    }
}

/// Upload servers say in plain text what is wrong with a chunk.
fn bad_request(text: &str) -> HttpResponse {
    HttpResponse::BadRequest()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(text.to_owned())
}

//! The bytes of a session, strictly in order.

use std::ops::Range;

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;

use super::super::refusal::Refusal;
use super::super::resource::View;
use super::super::select::Select;
use super::super::{office, payload};
use super::SESSION;
use super::session::Session;
use crate::byte_range::{Sent, sent};
use crate::corruption::Corruption;
use crate::fault::Terms;
use crate::identity::{Parameters, Provider};
use crate::origin::origin;
use crate::simulation::Simulation;

/// A fragment has to be smaller than this.
const TOO_MANY_BYTES: u64 = 60 * 1024 * 1024;

/// What every fragment but the last is a multiple of.
const MULTIPLE_BYTES: u64 = 320 * 1024;

/// Takes a fragment in; the last one makes the file.
pub(super) async fn take(
    simulation: &Simulation,
    request: &HttpRequest,
    session: &Session,
    body: &mut web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let mut corruption = terms.corruption;
    let warn = |text: &str| {
        let (method, path) = (request.method().as_str(), request.path());
        let provider = Provider::Microsoft;
        simulation.contract.warn(provider, method, path, text);
    };
    let (range, total) = what_comes(request, warn)?;
    let is_first = session.progress().total().is_none();
    check(session, &range, total, warn)?;
    if is_first {
        let mut drives = simulation.onedrive.drives(simulation);
        let drive = drives.by_id(session.person.drive_id);
        let drive = drive.ok_or_else(Refusal::not_found)?;
        session.target.check_room(simulation, drive, total)?;
    }
    let turn = session.progress().begin(total)?;
    let mut left = range.end - range.start;
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| Refusal::cut_off())?;
        left = left
            .checked_sub(part.len() as u64)
            .ok_or_else(Refusal::cut_off)?;
        session.progress().write(turn, &part, &mut corruption)?;
    }
    if left > 0 {
        return Err(Refusal::cut_off());
    }
    session.progress().settle(turn, simulation.clock.now())?;
    if range.end == total {
        return complete(simulation, request, session, corruption);
    }
    Ok(HttpResponse::Accepted().json(session.progress().shown()))
}

/// The bytes that a request brings, and how many there will be in all.
fn what_comes(request: &HttpRequest, warn: impl Fn(&str)) -> Result<(Range<u64>, u64), Refusal> {
    let length = payload::length(request.headers())?;
    let invalid = || Refusal::invalid_request("The Content-Range header is missing or malformed.");
    let Some(Ok(Sent { range, total })) = sent(request.headers()) else {
        warn("a fragment has no Content-Range");
        return Err(invalid());
    };
    let Some(total) = total else {
        warn("a fragment does not say how large the file is");
        return Err(invalid());
    };
    let range = range.ok_or_else(invalid)?;
    if range.end - range.start != length {
        let message =
            "The Content-Range header length does not match the provided number of bytes.";
        return Err(Refusal::invalid_request(message));
    }
    Ok((range, total))
}

/// Refuses a fragment that is not the next one, or not one that OneDrive takes.
fn check(
    session: &Session,
    range: &Range<u64>,
    total: u64,
    warn: impl Fn(&str),
) -> Result<(), Refusal> {
    let (counted, known) = {
        let progress = session.progress();
        (progress.counted(), progress.total())
    };
    if known.is_some_and(|known| known != total) {
        let message = "The total size is not the one of the fragments before.";
        return Err(Refusal::invalid_request(message));
    }
    if range.start < counted {
        let message = "Uploaded fragment overlaps with existing data.";
        return Err(Refusal::invalid_range(message, Some("fragmentOverlap")));
    }
    if range.start > counted {
        warn("a fragment is out of order");
        let message = "Uploaded fragment is out of order.";
        return Err(Refusal::invalid_range(message, Some("fragmentOutOfOrder")));
    }
    let length = range.end - range.start;
    if length >= TOO_MANY_BYTES {
        warn("a fragment has 60 MiB or more");
        return Err(Refusal::too_large());
    }
    if range.end < total && !length.is_multiple_of(MULTIPLE_BYTES) {
        warn("a fragment that is not the last is no multiple of 327,680 bytes");
        let message = "The fragment is not a multiple of 320 KiB.";
        return Err(Refusal::invalid_request(message));
    }
    Ok(())
}

/// Makes the file of what has arrived. A session whose file cannot be made stays: the client may end it.
fn complete(
    simulation: &Simulation,
    request: &HttpRequest,
    session: &Session,
    corruption: Corruption,
) -> Result<HttpResponse, Refusal> {
    let Some(mut writer) = session.progress().finish() else {
        return Err(Refusal::no_session());
    };
    let onedrive = &simulation.onedrive;
    let mut drives = onedrive.drives(simulation);
    let drive = drives.by_id(session.person.drive_id);
    let drive = drive.ok_or_else(Refusal::not_found)?;
    let target = &session.target;
    office::rewrite(drive.kind, target.name(drive), &mut writer)?;
    let blob = corruption.finish(writer)?;
    let (id, status) = target.complete(simulation, drive, blob)?;
    let query = Parameters::parse(request.query_string().as_bytes());
    onedrive
        .sessions
        .end(query.get(SESSION).unwrap_or_default());
    let item = drive.get(&id).ok_or_else(Refusal::not_found)?;
    let origin = origin(simulation, request);
    let view = View {
        simulation,
        drive,
        origin: &origin,
    };
    Ok(HttpResponse::build(status).json(view.item(item, &Select::default_set())))
}

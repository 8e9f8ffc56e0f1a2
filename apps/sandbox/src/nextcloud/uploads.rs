//! `/remote.php/dav/uploads/<user id>/<folder>/`: chunked upload, version 2.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html>

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;

use super::assembly;
use super::authentication;
use super::destination::{self, Target};
use super::files::{Call, DESTINATION, ROOM, Refusal, number};
use super::listing::asked;
use super::multistatus::{COLLECTION, DAV, Multistatus};
use super::place::Place;
use super::{error, propfind};
use crate::blob::Hashed;
use crate::body::drain;
use crate::simulation::Simulation;

/// Under this name the chunks are one file.
const WHOLE: &str = ".file";

/// The numbers that a chunk may have.
const NUMBERS: std::ops::RangeInclusive<u16> = 1..=10_000;

const GONE: Refusal = (
    StatusCode::NOT_FOUND,
    "The upload folder could not be located",
);
const NUMBER: Refusal = (
    StatusCode::BAD_REQUEST,
    "Invalid chunk name, must be numeric between 1 and 10000",
);

/// Answers a request to a user's uploads.
pub(super) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let visitor = match authentication::open(&simulation, &request) {
        Ok(visitor) => visitor,
        Err(refused) => return Ok(refused.behind(body).await),
    };
    let place = Place::read(request.path());
    let Some(place) = place.filter(|place| place.user_id == visitor.user.user_id) else {
        let message = "Another user's uploads";
        return Ok(error::dav_behind(body, StatusCode::FORBIDDEN, message).await);
    };
    let path = place.path.clone();
    let call = Call {
        simulation: &simulation,
        user: &visitor.user,
        place,
        request: &request,
    };
    let (folder, name) = match path.split_once('/') {
        Some((folder, name)) => (folder, Some(name)),
        None => (&*path, None),
    };
    let now = simulation.clock.now();
    if call.terms().upload_expired {
        call.user.home.lock().uploads.end(folder, now);
    }
    Ok(match (request.method().as_str(), name) {
        ("PROPFIND", None) => list(&call, folder, body).await,
        ("MKCOL", None) if !folder.is_empty() => begin(&call, folder),
        ("DELETE", None) if call.user.home.lock().uploads.end(folder, now) => {
            HttpResponse::NoContent().finish()
        }
        ("DELETE", None) => refused(GONE),
        ("PUT", Some(name)) => match put(&call, folder, name, body).await? {
            Ok(()) => HttpResponse::Created().finish(),
            Err(refusal) => refused(refusal),
        },
        ("MOVE", Some(WHOLE)) => assembly::answer(&call, folder).await?,
        _ => {
            let message = "Reading intermediate uploads is not allowed";
            error::dav_behind(body, StatusCode::METHOD_NOT_ALLOWED, message).await
        }
    })
}

fn refused((status, message): Refusal) -> HttpResponse {
    error::dav(status, message)
}

/// Where an upload leads. Every request of an upload has to say it; without it the original would
/// silently fall back to version 1.
pub(super) fn target(call: &Call<'_>) -> Result<String, Refusal> {
    match destination::read(call.simulation, call.request, &call.place) {
        Target::Own(path) => Ok(path),
        Target::Foreign => Err(DESTINATION),
    }
}

fn begin(call: &Call<'_>, folder: &str) -> HttpResponse {
    if let Err(refusal) = target(call) {
        return refused(refusal);
    }
    let now = call.simulation.clock.now();
    if call.user.home.lock().uploads.begin(folder, now) {
        HttpResponse::Created().finish()
    } else {
        let message = "The resource you tried to create already exists";
        error::dav(StatusCode::METHOD_NOT_ALLOWED, message)
    }
}

/// Takes a chunk; one of the same number is replaced. The outer error is that of a body that broke off:
/// of its chunk nothing stays.
async fn put(
    call: &Call<'_>,
    folder: &str,
    name: &str,
    mut body: web::Payload,
) -> Result<Result<(), Refusal>, Error> {
    let number = match acceptable(call, folder, name) {
        Ok(number) => number,
        Err(refusal) => {
            drain(body).await;
            return Ok(Err(refusal));
        }
    };
    let mut corruption = call.corruption();
    let mut chunk = call.user.home.blobs.writer_with(Hashed::Nothing)?;
    while let Some(part) = body.next().await {
        corruption.write(&mut chunk, &part?)?;
    }
    let chunk = corruption.finish(chunk)?;
    let now = call.simulation.clock.now();
    let mut state = call.user.home.lock();
    let Some(upload) = state.uploads.get(folder, now) else {
        return Ok(Err(GONE));
    };
    upload.chunks.insert(number, chunk);
    Ok(Ok(()))
}

/// The number of a chunk that may come.
fn acceptable(call: &Call<'_>, folder: &str, name: &str) -> Result<u16, Refusal> {
    target(call)?;
    let now = call.simulation.clock.now();
    let mut state = call.user.home.lock();
    let arrived = state.uploads.get(folder, now).ok_or(GONE)?.bytes();
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = name
        .parse()
        .ok()
        .filter(|parsed| is_number && NUMBERS.contains(parsed));
    let chunk_number = parsed.ok_or(NUMBER)?;
    let content_length = number(call.request, "Content-Length").unwrap_or(0);
    let total = number(call.request, "OC-Total-Length").unwrap_or(0);
    let wanted = total.max(arrived + content_length);
    if state.room().is_some_and(|room| wanted > room) {
        return Err(ROOM);
    }
    Ok(chunk_number)
}

/// Lists the folders, or the chunks in one. Among these stands the whole file that they would make.
async fn list(call: &Call<'_>, folder: &str, body: web::Payload) -> HttpResponse {
    let mut answer = match asked(body).await {
        Ok(asked) => Multistatus::new(asked),
        Err(refusal) => return refusal,
    };
    let wants_children = propfind::wants_children(call.request.headers());
    let now = call.simulation.clock.now();
    let mut state = call.user.home.lock();
    let mut add = |path: &str, bytes: Option<u64>| {
        let href = call.place.href(path, bytes.is_none());
        answer.add(&href, |namespace, local| match (namespace, local) {
            (DAV, "resourcetype") => Some(bytes.map_or(COLLECTION, |_| "").to_owned()),
            (DAV, "getcontentlength") => bytes.map(|bytes| bytes.to_string()),
            _ => None,
        });
    };
    if folder.is_empty() {
        add("", None);
        let folders = state.uploads.folders(now);
        folders
            .iter()
            .filter(|_| wants_children)
            .for_each(|folder| add(folder, None));
        return answer.send();
    }
    let Some(upload) = state.uploads.get(folder, now) else {
        return refused(GONE);
    };
    add(folder, None);
    if wants_children {
        add(&format!("{folder}/{WHOLE}"), Some(upload.bytes()));
        for (number, chunk) in &upload.chunks {
            add(&format!("{folder}/{number}"), Some(chunk.size()));
        }
    }
    answer.send()
}

//! `/remote.php/dav/files/<user id>/`: the files. Reading, writing, copying and moving are dav-server's;
//! what Nextcloud does differently stands before or behind it.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html>

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};

use super::authentication::{self, User};
use super::condition::Conditions;
use super::destination::{self, Target};
use super::filesystem::Files;
use super::listing;
use super::name;
use super::node::Node;
use super::numbers::qualified;
use super::place::Place;
use super::properties::media_type;
use super::wish::Wishes;
use super::{elsewhere, error};
use crate::corruption::Corruption;
use crate::fault::Terms;
use crate::simulation::Simulation;
use crate::storage::Answer;

/// Where they are in the WebDAV tree.
pub(super) const COLLECTION: &str = "files";

/// What `DAV` says: no locks without an app.
pub(super) const CLASSES: &str = "1, 3, extended-mkcol";

/// For a new folder Nextcloud wants so much room.
const FOLDER_BYTES: u64 = 4096;

/// The header that makes the folders above a file: as Nextcloud reads it, and as its manual has it.
const AUTO_MKCOL: [&str; 2] = ["X-NC-WebDAV-Auto-Mkcol", "X-NC-WebDAV-AutoMkcol"];

/// Answers a request to a user's files.
pub(super) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let visitor = match authentication::open(&simulation, &request) {
        Ok(visitor) => visitor,
        Err(refused) => return Ok(refused.behind(body).await),
    };
    let Some(place) = Place::read(request.path()) else {
        return Ok(error::dav_behind(body, StatusCode::BAD_REQUEST, "Invalid path").await);
    };
    if place.user_id != visitor.user.user_id {
        return Ok(elsewhere::answer(&place, &request, body).await);
    }
    let call = Call {
        simulation: &simulation,
        user: &visitor.user,
        place,
        request: &request,
    };
    match request.method().as_str() {
        "PROPFIND" => Ok(listing::files(&call, body).await),
        "OPTIONS" => Ok(options()),
        "DELETE" => Ok(call.delete()),
        "GET" | "HEAD" | "PUT" | "MKCOL" | "COPY" | "MOVE" => call.perform(body).await,
        _ => {
            let (status, message) = (StatusCode::NOT_IMPLEMENTED, "No plugin handles this method");
            Ok(error::dav_behind(body, status, message).await)
        }
    }
}

/// A request to the asking user's own files.
pub(super) struct Call<'c> {
    pub(super) simulation: &'c Simulation,
    pub(super) user: &'c User,
    pub(super) place: Place,
    pub(super) request: &'c HttpRequest,
}

/// Why a request is refused.
pub(super) type Refusal = (StatusCode, &'static str);

impl Call<'_> {
    /// What goes wrong with the content that the request brings.
    pub(super) fn corruption(&self) -> Corruption {
        self.terms().corruption
    }

    /// What the handlers of every provider heed.
    pub(super) fn terms(&self) -> Terms {
        let extensions = self.request.extensions();
        extensions.get::<Terms>().copied().unwrap_or_default()
    }

    /// Moves a file or folder into the trash bin.
    fn delete(&self) -> HttpResponse {
        let now = self.simulation.clock.now();
        let mut state = self.user.home.lock();
        let Some(node) = state.tree.find(&self.place.path) else {
            return error::dav(StatusCode::NOT_FOUND, "File could not be located");
        };
        if node.parent.is_none() {
            return error::dav(StatusCode::FORBIDDEN, "The top folder cannot be deleted");
        }
        if !Conditions::read(self.request.headers()).are_met(Some(&node.etag)) {
            let (status, message) = PRECONDITION;
            return error::dav(status, message);
        }
        let (id, state) = (node.id, &mut *state);
        state.trash.throw(&mut state.tree, id, now);
        HttpResponse::NoContent().finish()
    }

    /// Has dav-server do it, unless Nextcloud would not.
    async fn perform(&self, body: web::Payload) -> Result<HttpResponse, Error> {
        let wishes = match self.refusal() {
            None => Wishes::read(self.request.headers()).ok_or(MTIME),
            Some(refusal) => Err(refusal),
        };
        let wishes = match wishes {
            Ok(wishes) => Arc::new(wishes),
            Err((status, message)) => return Ok(error::dav_behind(body, status, message).await),
        };
        let now = self.simulation.clock.now();
        if self.request.method() == "PUT"
            && self.makes_folders()
            && let Some((above, _)) = self.place.path.rsplit_once('/')
        {
            self.user.home.lock().add_folders(above, now);
        }
        let files = Files {
            home: Arc::clone(&self.user.home),
            now,
            wishes: Arc::clone(&wishes),
            corruption: self.corruption(),
        };
        let answer = Answer::from(Box::new(files), &self.place.base, self.request, body).await?;
        let is_overtaken = answer.status == StatusCode::METHOD_NOT_ALLOWED;
        if is_overtaken && self.request.method() == "PUT" {
            let (status, message) = PRECONDITION;
            return Ok(error::dav(status, message));
        }
        if answer.status.is_client_error() || answer.status.is_server_error() {
            return Ok(error::dav(answer.status, "It cannot be done"));
        }
        let mut answer = answer.send();
        self.decorate(&mut answer);
        for (name, value) in wishes.granted() {
            set(&mut answer, name, &value);
        }
        Ok(answer)
    }

    /// Whether the folders above a file are to be made.
    fn makes_folders(&self) -> bool {
        let headers = self.request.headers();
        let mut values = AUTO_MKCOL.iter().filter_map(|name| headers.get(*name));
        values.any(|value| value == "1")
    }

    /// What Nextcloud refuses before anything is read.
    fn refusal(&self) -> Option<Refusal> {
        let state = self.user.home.lock();
        let lacks_room = |bytes: u64| state.room().is_some_and(|room| bytes > room);
        let here = state.tree.find(&self.place.path);
        let headers = self.request.headers();
        match self.request.method().as_str() {
            "GET" | "HEAD" => here?.is_folder().then_some(FOLDER),
            "PUT" if headers.contains_key(CONTENT_RANGE) => Some(RANGE),
            "PUT" | "MKCOL" if !name::is_allowed(&self.place.path) => Some(NAME),
            "PUT" if here.is_some_and(Node::is_folder) => Some(CONFLICT),
            "PUT" if !Conditions::read(headers).are_met(here.map(|node| &*node.etag)) => {
                Some(PRECONDITION)
            }
            "PUT" if !self.makes_folders() && state.tree.place(&self.place.path).is_err() => {
                Some(NO_FOLDER)
            }
            "PUT" => lacks_room(announced(self.request)).then_some(ROOM),
            "MKCOL" => lacks_room(FOLDER_BYTES).then_some(ROOM),
            method => match destination::read(self.simulation, self.request, &self.place) {
                Target::Foreign => Some(DESTINATION),
                Target::Own(to) if !name::is_allowed(&to) => Some(NAME),
                Target::Own(to) if self.place.path.starts_with(&format!("{to}/")) => Some(PARENT),
                Target::Own(_) if method == "COPY" => {
                    lacks_room(state.tree.bytes(here?)).then_some(ROOM)
                }
                Target::Own(_) => None,
            },
        }
    }

    /// Adds what Nextcloud tells beside dav-server's answer.
    fn decorate(&self, answer: &mut HttpResponse) {
        let method = self.request.method().as_str();
        let path = match method {
            "COPY" | "MOVE" => {
                match destination::read(self.simulation, self.request, &self.place) {
                    Target::Own(path) => path,
                    Target::Foreign => return,
                }
            }
            _ => self.place.path.clone(),
        };
        let state = self.user.home.lock();
        let Some(node) = state.tree.find(&path) else {
            return;
        };
        // What dav-server has told is about what it has sent or taken, whatever is there by now.
        let told = answer.headers().get(ETAG);
        let etag = match told.and_then(|told| told.to_str().ok()) {
            Some(told) => told.to_owned(),
            None => format!("\"{}\"", node.etag),
        };
        if let Some(content) = node.content().filter(|_| matches!(method, "GET" | "HEAD")) {
            // Several ranges have a type of their own.
            let content_type = answer.headers().get(CONTENT_TYPE);
            if content_type.is_some_and(|it| !it.as_bytes().starts_with(b"multipart/")) {
                set(answer, CONTENT_TYPE.as_str(), media_type(&node.name));
            }
            set(answer, CONTENT_DISPOSITION.as_str(), "attachment");
            let is_the_same = etag.trim_matches('"') == node.etag;
            if let Some(checksum) = content.checksum.as_ref().filter(|_| is_the_same) {
                set(answer, "OC-Checksum", checksum);
            }
        } else {
            set(answer, "OC-FileId", &qualified(node.id));
        }
        if method != "MKCOL" {
            set(answer, ETAG.as_str(), &etag);
            set(answer, "OC-Etag", &etag);
        }
    }
}

pub(super) const NAME: Refusal = (StatusCode::BAD_REQUEST, "The name is not allowed");
pub(super) const ROOM: Refusal = (StatusCode::INSUFFICIENT_STORAGE, "Insufficient space");
pub(super) const DESTINATION: Refusal = (StatusCode::BAD_REQUEST, "The destination is not usable");
pub(super) const CONFLICT: Refusal = (StatusCode::CONFLICT, "A folder is in the way");
pub(super) const MTIME: Refusal = (StatusCode::BAD_REQUEST, "X-OC-MTime must be an integer");
pub(super) const PRECONDITION: Refusal = (StatusCode::PRECONDITION_FAILED, "A precondition failed");
pub(super) const NO_FOLDER: Refusal = (
    StatusCode::CONFLICT,
    "The destination folder does not exist",
);
const PARENT: Refusal = (StatusCode::FORBIDDEN, "It cannot replace a folder it is in");
const FOLDER: Refusal = (StatusCode::NOT_IMPLEMENTED, "GET is for files only");
const RANGE: Refusal = (StatusCode::BAD_REQUEST, "Content-Range on PUT is forbidden");

fn options() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("DAV", CLASSES))
        .insert_header((
            "Allow",
            "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, COPY, MOVE, MKCOL",
        ))
        .finish()
}

/// The longest of the lengths that a request tells of its content.
fn announced(request: &HttpRequest) -> u64 {
    let names = [
        "X-Expected-Entity-Length",
        CONTENT_LENGTH.as_str(),
        "OC-Total-Length",
    ];
    let lengths = names.iter().filter_map(|name| number(request, name));
    lengths.max().unwrap_or(0)
}

/// A header that is a number.
pub(super) fn number(request: &HttpRequest, name: &str) -> Option<u64> {
    request.headers().get(name)?.to_str().ok()?.parse().ok()
}

/// Sets a header of an answer; what cannot stand in one is left out.
pub(super) fn set(answer: &mut HttpResponse, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
        answer.headers_mut().insert(name, value);
    }
}

//! The end of a chunked upload: the MOVE of `.file` makes one file of the chunks.

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderMap};
use actix_web::rt::{self, time::sleep};
use actix_web::{Error, HttpMessage as _, HttpResponse};

use super::authentication::User;
use super::files::{
    CONFLICT, Call, MTIME, NAME, NO_FOLDER, PRECONDITION, ROOM, Refusal, number, set,
};
use super::home::State;
use super::node::{Content, Node};
use super::numbers::{FileId, qualified};
use super::terms::Terms;
use super::wish::Wishes;
use super::{condition, error, name, uploads};
use crate::blob::Blob;
use crate::corruption::Corruption;

const LENGTH: Refusal = (
    StatusCode::BAD_REQUEST,
    "Chunks on server do not sum up to the announced length",
);
const LOCKED: Refusal = (StatusCode::LOCKED, "The file is being assembled");
const GONE: Refusal = (
    StatusCode::NOT_FOUND,
    "File with name .file could not be located",
);
/// What the object storage behind a Nextcloud says of a part reaches the client only as this.
const TOO_SMALL: Refusal = (
    StatusCode::INTERNAL_SERVER_ERROR,
    "The upload could not be completed",
);

/// A MOVE that may take effect.
struct Plan {
    folder: String,
    target: String,
    chunks: Vec<Blob>,
    corruption: Corruption,
    wishes: Wishes,
    /// The entity tag of the file that is replaced.
    replaced: Option<String>,
    /// Whether that must be there yet at the end, and nothing else.
    is_guarded: bool,
}

/// Answers the MOVE: when the file is there, or before, where a fault has it so.
pub(super) async fn answer(call: &Call<'_>, folder: &str) -> Result<HttpResponse, Error> {
    let plan = match plan(call, folder) {
        Ok(plan) => plan,
        Err((status, message)) => return Ok(error::dav(status, message)),
    };
    let user = Arc::clone(call.user);
    let now = call.simulation.clock.now();
    let late = call
        .request
        .extensions()
        .get::<Terms>()
        .and_then(|terms| terms.late);
    if let Some(late) = late {
        rt::spawn(async move {
            sleep(late.by).await;
            // Whoever asked was told something else already.
            let _ = perform(&user, plan, now).await;
        });
        let message = "The sandbox was told to answer so.";
        return Ok(error::refusal(call.request.path(), late.status, message));
    }
    let replaces = plan.replaced.is_some();
    let (id, wishes) = match perform(&user, plan, now).await? {
        Ok(done) => done,
        Err((status, message)) => return Ok(error::dav(status, message)),
    };
    let mut answer = if replaces {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::Created().finish()
    };
    set(&mut answer, "OC-FileId", &qualified(id));
    if let Some(node) = user.home.lock().tree.node(id) {
        let etag = format!("\"{}\"", node.etag);
        set(&mut answer, ETAG.as_str(), &etag);
        set(&mut answer, "OC-Etag", &etag);
    }
    for (name, value) in wishes.granted() {
        set(&mut answer, name, &value);
    }
    Ok(answer)
}

/// Judges the request; if it is sound, the upload is locked from then on.
fn plan(call: &Call<'_>, folder: &str) -> Result<Plan, Refusal> {
    let target = uploads::target(call)?;
    if !name::is_allowed(&target) {
        return Err(NAME);
    }
    let wishes = Wishes::read(call.request.headers()).ok_or(MTIME)?;
    let now = call.simulation.clock.now();
    let mut state = call.user.home.lock();
    let upload = state.uploads.get(folder, now).ok_or(GONE)?;
    if upload.is_assembling {
        return Err(LOCKED);
    }
    let bytes = upload.bytes();
    let chunks: Vec<Blob> = upload.chunks.values().cloned().collect();
    let announced = number(call.request, "OC-Total-Length");
    if announced.is_some_and(|announced| announced != bytes) {
        return Err(LENGTH);
    }
    let headers = call.request.headers();
    let replaced = check_target(&state, &target, headers)?;
    if state.room().is_some_and(|room| bytes > room) {
        return Err(ROOM);
    }
    let least = call.simulation.nextcloud.limits().min_chunk_bytes;
    let all_but_last = chunks.iter().rev().skip(1);
    if all_but_last.into_iter().any(|chunk| chunk.size() < least) {
        return Err(TOO_SMALL);
    }
    if let Some(upload) = state.uploads.get(folder, now) {
        upload.is_assembling = true;
    }
    Ok(Plan {
        folder: folder.to_owned(),
        target,
        chunks,
        corruption: call.corruption(),
        wishes,
        replaced,
        is_guarded: headers.contains_key("If") || keeps(headers),
    })
}

/// Whether the request wants nothing to be replaced.
fn keeps(headers: &HeaderMap) -> bool {
    headers.get("Overwrite").is_some_and(|value| value == "F")
}

/// The entity tag of the file at the target, if there is one and the request may replace it.
fn check_target(
    state: &State,
    target: &str,
    headers: &HeaderMap,
) -> Result<Option<String>, Refusal> {
    let above = target.rsplit_once('/').map_or("", |(above, _)| above);
    if !state.tree.find(above).is_some_and(Node::is_folder) {
        return Err(NO_FOLDER);
    }
    let there = state.tree.find(target);
    if there.is_some_and(Node::is_folder) {
        return Err(CONFLICT);
    }
    let etag = there.map(|node| &*node.etag);
    if (keeps(headers) && there.is_some()) || !condition::tagged_is_met(headers, etag) {
        return Err(PRECONDITION);
    }
    Ok(etag.map(str::to_owned))
}

/// Makes the file and removes the upload; where that fails, the upload stays.
async fn perform(
    user: &User,
    plan: Plan,
    now: SystemTime,
) -> Result<Result<(FileId, Wishes), Refusal>, Error> {
    let whole = whole(user, &plan).await;
    let mut state = user.home.lock();
    let content = match whole {
        Ok(content) => content,
        Err(error) => {
            state.release(&plan.folder, now);
            return Err(error.into());
        }
    };
    let there = state.tree.find(&plan.target).map(|node| &node.etag);
    if plan.is_guarded && there != plan.replaced.as_ref() {
        state.release(&plan.folder, now);
        return Ok(Err(PRECONDITION));
    }
    let modified = plan.wishes.modified.unwrap_or(now);
    let Ok(id) = state.tree.put(&plan.target, content, modified, now) else {
        state.release(&plan.folder, now);
        return Ok(Err(NO_FOLDER));
    };
    state.uploads.end(&plan.folder, now);
    Ok(Ok((id, plan.wishes)))
}

async fn whole(user: &User, plan: &Plan) -> io::Result<Content> {
    let mut corruption = plan.corruption;
    let mut writer = plan.wishes.writer(&user.home.blobs)?;
    for chunk in &plan.chunks {
        for part in chunk.parts(0..chunk.size()) {
            corruption.write(&mut writer, &part?)?;
            // Others are served meanwhile.
            tokio::task::yield_now().await;
        }
    }
    let blob = corruption.finish(writer)?;
    plan.wishes.tell_digest(&blob)?;
    let checksum = plan.wishes.checksum.clone();
    Ok(Content { blob, checksum })
}

impl State {
    /// Lets an upload that was being put together be used again.
    fn release(&mut self, folder: &str, now: SystemTime) {
        if let Some(upload) = self.uploads.get(folder, now) {
            upload.is_assembling = false;
        }
    }
}

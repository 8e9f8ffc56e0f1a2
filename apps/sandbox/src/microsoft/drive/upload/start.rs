//! `POST createUploadSession`

use std::sync::{Arc, Mutex};

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::super::answer::Call;
use super::super::conflict::{ATTRIBUTE, Conflict};
use super::super::refusal::Refusal;
use super::super::target::Target;
use super::super::{UPLOAD, payload};
use super::SESSION;
use super::session::{Progress, Session};

pub(in super::super) async fn start(
    call: &Call<'_>,
    body: &mut web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = payload::json(body).await?;
    let (simulation, caller) = (call.simulation, &call.caller);
    if body.get("deferCommit") == Some(&Value::Bool(true)) {
        return Err(Refusal::not_supported(
            "The sandbox does not simulate deferCommit.",
        ));
    }
    let item = body.get("item");
    let member = |name: &str| item?.get(name);
    let conflict = Conflict::parse(member(ATTRIBUTE).and_then(Value::as_str), Conflict::Fail)?;
    let target = Target::of(call, conflict)?;
    let onedrive = &simulation.onedrive;
    let now = simulation.clock.now();
    let kind = {
        let mut drives = onedrive.drives(simulation);
        let drive = call.drive(&mut drives)?;
        let said = member("name").and_then(Value::as_str);
        if said.is_some_and(|name| name != target.name(drive)) {
            let message = "The name in the request body is not the one in the address.";
            return Err(Refusal::invalid_request(message));
        }
        let size = member("fileSize").and_then(Value::as_u64);
        target.check(simulation, drive, size.unwrap_or_default())?;
        drive.kind
    };
    let session = Arc::new(Session {
        person: caller.person,
        target,
        began: now,
        progress: Mutex::new(Progress::new(simulation.blobs.writer()?, kind, now)),
    });
    let id = onedrive.sessions.open(&onedrive.random, session.clone());
    let mut shown = session.progress().shown();
    let url = format!("{}{UPLOAD}?{SESSION}={id}", caller.origin);
    if let Some(members) = shown.as_object_mut() {
        members.insert("uploadUrl".to_owned(), url.into());
    }
    Ok(HttpResponse::Ok().json(shown))
}

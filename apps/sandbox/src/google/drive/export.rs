//! `GET /files/{id}/export`, and the links for what is too large for it.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/export>

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value};

use super::caller::{Caller, Shared};
use super::file::{Content, File};
use super::native::{self, Format, MOST_EXPORTED_BYTES};
use super::refusal::Refusal;
use crate::blob::Blob;

/// Where the links lead; they stand for the same at `https://docs.google.com`.
pub(super) const LINKED: &str = "/feeds/download/documents/export/Export";

pub(super) async fn export(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.check_may_read_content()?;
    let media_type = caller.query.get("mimeType");
    let media_type = media_type.ok_or_else(|| Refusal::required("mimeType"))?;
    let world = simulation.drive.world();
    let file = world.get(&id).filter(|file| world.sees(&caller, file));
    let file = file.ok_or_else(|| Refusal::no_file(&id))?;
    let is_meant = |format: &&Format| format.media_type.eq_ignore_ascii_case(media_type);
    let (format, blob) = exported(file, is_meant)?;
    if blob.size() > MOST_EXPORTED_BYTES {
        let message = "This file is too large to be exported.";
        return Err(Refusal::forbidden("exportSizeLimitExceeded", message));
    }
    Ok(answer(format, &blob))
}

/// `GET` of a link: it asks for the access token too.
pub(super) async fn linked(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.check_may_read_content()?;
    let id = caller.query.get("id").unwrap_or_default();
    let name = caller.query.get("exportFormat").unwrap_or_default();
    let world = simulation.drive.world();
    let file = world.get(id).filter(|file| world.sees(&caller, file));
    let file = file.ok_or_else(|| Refusal::no_file(id))?;
    let (format, blob) = exported(file, |format| format.link_name == name)?;
    Ok(answer(format, &blob))
}

/// A document in the format that is meant.
fn exported(
    file: &File,
    is_meant: impl Fn(&&Format) -> bool,
) -> Result<(&'static Format, Blob), Refusal> {
    let formats = native::formats(&file.mime_type);
    let Content::Native { exported_bytes } = file.content else {
        return Err(not_exportable());
    };
    if formats.is_empty() {
        return Err(not_exportable());
    }
    let format = formats.iter().find(is_meant).ok_or_else(|| {
        let message = "The requested conversion is not supported.";
        Refusal::bad_request("badRequest", message)
    })?;
    Ok((format, format.exported(exported_bytes)))
}

fn not_exportable() -> Refusal {
    let message = "Export only supports Docs Editors files.";
    Refusal::forbidden("fileNotExportable", message)
}

/// Exports are made while they are sent: their length is not known before.
fn answer(format: &Format, blob: &Blob) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media_type))
        .streaming(blob.stream(0..blob.size()))
}

/// `exportLinks` of a file; `None` for what cannot be exported.
pub(super) fn links(origin: &str, file: &File) -> Option<Value> {
    let formats = native::formats(&file.mime_type);
    let links = formats.iter().map(|format| {
        let (id, name) = (&file.id, format.link_name);
        let link = format!("{origin}{LINKED}?id={id}&exportFormat={name}");
        (format.media_type.to_owned(), Value::from(link))
    });
    let links: Map<_, _> = links.collect();
    (!links.is_empty()).then_some(Value::Object(links))
}

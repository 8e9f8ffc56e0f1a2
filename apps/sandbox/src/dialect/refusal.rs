//! What a dialect answers without asking the storage.

use actix_web::http::header::{ContentType, IF_MATCH, LOCATION};
use actix_web::{HttpRequest, HttpResponse};

use super::{Dialect, origin};
use crate::storage::Storage;

/// The dialect's own answer to a request, if it has one; `base` is the decoded path of the storage's
/// top folder.
pub(crate) fn refusal(
    dialect: Dialect,
    storage: &Storage,
    base: &str,
    request: &HttpRequest,
) -> Option<HttpResponse> {
    let is_folder = |path: &str| storage.has_folder(base, path);
    match dialect {
        Dialect::Apache => apache(request, is_folder),
        Dialect::Nginx => nginx(request, is_folder),
        Dialect::Rclone => {
            let is_known = request.method().as_str() == "MKCOL" && is_folder(request.path());
            is_known.then(|| HttpResponse::Created().finish())
        }
        _ => None,
    }
}

fn apache(request: &HttpRequest, is_folder: impl Fn(&str) -> bool) -> Option<HttpResponse> {
    // RFC 9110, section 13.1.1: the comparison is strong, and no weak tag passes it.
    let condition = request.headers().get(IF_MATCH);
    if condition.is_some_and(|tag| tag.as_bytes().starts_with(b"W/")) {
        return Some(HttpResponse::PreconditionFailed().finish());
    }
    let path = request.path();
    let is_reading = ["GET", "HEAD", "PROPFIND"].contains(&request.method().as_str());
    if !is_reading || !is_folder(path) {
        return None;
    }
    if !path.ends_with('/') {
        let origin = origin(request);
        return Some(
            HttpResponse::MovedPermanently()
                .insert_header((LOCATION, format!("{origin}{path}/")))
                .finish(),
        );
    }
    (request.method() == "GET").then(|| {
        HttpResponse::Ok()
            .content_type(ContentType::html())
            .body("<title>Index</title>\n")
    })
}

fn nginx(request: &HttpRequest, is_folder: impl Fn(&str) -> bool) -> Option<HttpResponse> {
    let path = request.path();
    let has_slash = path.ends_with('/');
    let is_conflict = match request.method().as_str() {
        "MKCOL" => !has_slash,
        "DELETE" => !has_slash && is_folder(path),
        "COPY" | "MOVE" => destination(request).is_some_and(|path| is_folder(&path)),
        "PROPPATCH" => return Some(HttpResponse::MethodNotAllowed().finish()),
        "OPTIONS" => return Some(HttpResponse::Ok().insert_header(("DAV", "2")).finish()),
        _ => false,
    };
    is_conflict.then(|| HttpResponse::Conflict().finish())
}

/// The path that a COPY or MOVE leads to (RFC 4918, section 10.3).
fn destination(request: &HttpRequest) -> Option<String> {
    let destination = request.headers().get("Destination")?.to_str().ok()?;
    let path = match destination.split_once("://") {
        Some((_, rest)) => rest.get(rest.find('/')?..)?,
        None => destination,
    };
    Some(path.to_owned())
}

//! Multistatus answers (RFC 4918, section 13) of servers that are broken or hostile.

use std::io;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};

/// How many files [`Scenario::Huge`](crate::Scenario::Huge) lists.
pub const HUGE_ENTRIES: usize = 100_001;

/// The one sound file in the listings of [`Scenario::ForeignHref`](crate::Scenario::ForeignHref) and
/// [`Scenario::EscapingHref`](crate::Scenario::EscapingHref).
pub const ORDINARY_FILE: &str = "ordinary.txt";

const DECLARATION: &str = r#"<?xml version="1.0" encoding="utf-8"?>"#;
const OPEN: &str = r#"<D:multistatus xmlns:D="DAV:">"#;
const CLOSE: &str = "</D:multistatus>";
const ENTRIES_PER_CHUNK: usize = 256;

pub(super) fn truncated(request: &HttpRequest) -> HttpResponse {
    let folder = folder(request.path());
    let half = folder.len() / 2;
    let half = folder.get(..half).unwrap_or_default();
    whole(format!("{DECLARATION}{OPEN}{half}"))
}

pub(super) fn entity_bomb() -> HttpResponse {
    let nested: String = (1..10)
        .map(|level| {
            let tenfold = format!("&e{};", level - 1).repeat(10);
            format!(r#"<!ENTITY e{level} "{tenfold}">"#)
        })
        .collect();
    let bomb = folder("/&e9;");
    whole(format!(
        r#"{DECLARATION}<!DOCTYPE bomb [<!ENTITY e0 "boom">{nested}]>{OPEN}{bomb}{CLOSE}"#
    ))
}

pub(super) fn document_type(request: &HttpRequest) -> HttpResponse {
    let folder = folder(request.path());
    whole(format!(
        r#"{DECLARATION}<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{OPEN}{folder}{CLOSE}"#
    ))
}

pub(super) fn foreign_hrefs(request: &HttpRequest) -> HttpResponse {
    let path = request.path();
    let hosts = ["http://elsewhere.example", "//elsewhere.example"];
    astray(request, &hosts.map(|host| format!("{host}{path}")))
}

pub(super) fn escaping_hrefs(request: &HttpRequest) -> HttpResponse {
    let path = request.path();
    let steps = ["../", "%2e%2e/", "..%2f", "%252e%252e/../../"];
    astray(request, &steps.map(|step| format!("{path}{step}")))
}

pub(super) fn huge(request: &HttpRequest) -> HttpResponse {
    let path = request.path().to_owned();
    let opening = format!("{DECLARATION}{OPEN}{}", folder(&path));
    let files = (0..HUGE_ENTRIES)
        .step_by(ENTRIES_PER_CHUNK)
        .map(move |first| {
            let last = HUGE_ENTRIES.min(first + ENTRIES_PER_CHUNK);
            (first..last)
                .map(|number| file(&format!("{path}{number:06}.txt")))
                .collect()
        });
    let parts = [opening].into_iter().chain(files);
    streamed(stream::iter(parts.chain([CLOSE.to_owned()])))
}

pub(super) fn stalling(request: &HttpRequest) -> HttpResponse {
    let opening = format!("{DECLARATION}{OPEN}{}", folder(request.path()));
    streamed(stream::iter([opening]).chain(stream::pending()))
}

/// Entries beneath prefixes that lead away: the first of them as the folder itself for `Depth: 0`,
/// else all of them beside the folder and an ordinary file.
fn astray(request: &HttpRequest, prefixes: &[String]) -> HttpResponse {
    let path = request.path();
    let depth = request.headers().get("Depth");
    let entries = if depth.is_some_and(|depth| depth == "0") {
        prefixes
            .iter()
            .take(1)
            .map(|prefix| folder(prefix))
            .collect()
    } else {
        let astray = prefixes
            .iter()
            .map(|prefix| file(&format!("{prefix}stray.txt")));
        let sound = [folder(path), file(&format!("{path}{ORDINARY_FILE}"))];
        sound.into_iter().chain(astray).collect::<String>()
    };
    whole(format!("{DECLARATION}{OPEN}{entries}{CLOSE}"))
}

fn folder(href: &str) -> String {
    entry(href, "<D:resourcetype><D:collection/></D:resourcetype>")
}

fn file(href: &str) -> String {
    entry(
        href,
        "<D:resourcetype/><D:getcontentlength>1</D:getcontentlength>",
    )
}

fn entry(href: &str, properties: &str) -> String {
    format!(
        "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n"
    )
}

fn whole(xml: String) -> HttpResponse {
    HttpResponse::build(StatusCode::MULTI_STATUS)
        .content_type("application/xml; charset=utf-8")
        .body(xml)
}

fn streamed(xml: impl Stream<Item = String> + 'static) -> HttpResponse {
    HttpResponse::build(StatusCode::MULTI_STATUS)
        .content_type("application/xml; charset=utf-8")
        .streaming(xml.map(|part| io::Result::Ok(Bytes::from(part))))
}

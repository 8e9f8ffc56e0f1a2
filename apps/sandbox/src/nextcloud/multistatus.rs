//! Multistatus answers (RFC 4918, section 13) as Nextcloud writes them: what there is and what there is
//! not of the properties in a `propstat` each.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HttpDate;

use super::propfind::{Asked, Name};
use super::xml;

pub(super) const DAV: &str = "DAV:";
pub(super) const OWNCLOUD: &str = "http://owncloud.org/ns";
pub(super) const NEXTCLOUD: &str = "http://nextcloud.org/ns";

/// What an answer tells where all properties are asked for, as far as there are such.
const ALL: [&str; 7] = [
    "getlastmodified",
    "getcontentlength",
    "resourcetype",
    "quota-used-bytes",
    "quota-available-bytes",
    "getetag",
    "getcontenttype",
];

/// What `resourcetype` holds for a folder.
pub(super) const COLLECTION: &str = "<d:collection/>";

/// An answer in the making.
pub(super) struct Multistatus {
    asked: Asked,
    responses: String,
}

impl Multistatus {
    /// One without responses yet.
    pub(super) fn new(asked: Asked) -> Self {
        Self {
            asked,
            responses: String::new(),
        }
    }

    /// Adds a resource; `value` gives the content of a property's element, in XML.
    pub(super) fn add(&mut self, href: &str, value: impl Fn(&str, &str) -> Option<String>) {
        let (mut found, mut missing) = (String::new(), String::new());
        let mut ask = |name: &Name, is_named: bool| {
            let (open, close) = tags(name);
            match value(&name.namespace, &name.local) {
                Some(content) => found.push_str(&format!("<{open}>{content}</{close}>")),
                None if is_named => missing.push_str(&format!("<{open}/>")),
                None => {}
            }
        };
        match &self.asked {
            Asked::These(names) => names.iter().for_each(|name| ask(name, true)),
            Asked::All => ALL.iter().for_each(|local| ask(&dav(local), false)),
        }
        let href = xml::escaped(href);
        let found = propstat(&found, "200 OK");
        let missing = propstat(&missing, "404 Not Found");
        self.responses.push_str(&format!(
            "<d:response><d:href>{href}</d:href>{found}{missing}</d:response>"
        ));
    }

    /// The answer.
    pub(super) fn send(self) -> HttpResponse {
        let responses = self.responses;
        HttpResponse::build(StatusCode::MULTI_STATUS)
            .content_type(xml::CONTENT_TYPE)
            .insert_header(("DAV", super::files::CLASSES))
            .body(format!(
                "<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=\"{DAV}\" \
                 xmlns:s=\"http://sabredav.org/ns\" xmlns:oc=\"{OWNCLOUD}\" xmlns:nc=\"{NEXTCLOUD}\">\
                 {responses}</d:multistatus>\n"
            ))
    }
}

fn propstat(properties: &str, status: &str) -> String {
    if properties.is_empty() {
        return String::new();
    }
    format!(
        "<d:propstat><d:prop>{properties}</d:prop><d:status>HTTP/1.1 {status}</d:status></d:propstat>"
    )
}

/// What stands in the tags of a property's element.
fn tags(name: &Name) -> (String, String) {
    let prefix = match &*name.namespace {
        DAV => "d",
        OWNCLOUD => "oc",
        NEXTCLOUD => "nc",
        other => {
            let other = xml::escaped(other);
            return (
                format!("x:{0} xmlns:x=\"{other}\"", name.local),
                format!("x:{}", name.local),
            );
        }
    };
    let tag = format!("{prefix}:{}", name.local);
    (tag.clone(), tag)
}

fn dav(local: &str) -> Name {
    Name {
        namespace: DAV.to_owned(),
        local: local.to_owned(),
    }
}

/// A date as `getlastmodified` has it.
pub(super) fn date(time: SystemTime) -> String {
    HttpDate::from(time).to_string()
}

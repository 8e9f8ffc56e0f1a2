//! `SEARCH /remote.php/dav/` (RFC 5323): which file has this id. Of all that the original can be asked, this
//! is what a client needs that has lost sight of a file.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/search.html>

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};

use super::authentication;
use super::files::COLLECTION;
use super::multistatus::{Multistatus, OWNCLOUD};
use super::numbers::FileId;
use super::place::Place;
use super::propfind::{Asked, Name};
use super::{error, installation, properties};
use crate::simulation::Simulation;

/// No question is longer.
const MOST_BYTES: usize = 64 * 1024;

/// What is asked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Question {
    /// Where to look: a path beneath the WebDAV tree, still percent-encoded.
    scope: String,
    /// The property that is compared, if it is one alone.
    compared: Option<Name>,
    literal: String,
}

/// Answers a search.
pub(super) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let visitor = match authentication::open(&simulation, &request) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.behind(body).await,
    };
    if request.method().as_str() != "SEARCH" {
        let message = "Only searching is possible here";
        return error::dav_behind(body, StatusCode::METHOD_NOT_ALLOWED, message).await;
    }
    let question = match body.to_bytes_limited(MOST_BYTES).await {
        Ok(Ok(body)) => Question::read(&body),
        _ => None,
    };
    let Some(question) = question else {
        return error::dav(StatusCode::BAD_REQUEST, "The search is no sound XML");
    };
    let own = format!("/{COLLECTION}/{}", visitor.user.user_id);
    let scope = percent_decode_str(question.scope.trim_end_matches('/')).decode_utf8_lossy();
    let Some(id) = question.file_id().filter(|_| scope == own) else {
        return error::dav(
            StatusCode::NOT_IMPLEMENTED,
            "The sandbox finds own files by their ids",
        );
    };
    let file_id = Name {
        namespace: OWNCLOUD.to_owned(),
        local: "fileid".to_owned(),
    };
    let mut answer = Multistatus::new(Asked::These(vec![file_id]));
    let state = visitor.user.home.lock();
    // What lies in the bin is no file any more.
    let found = state.tree.node(id).filter(|node| {
        let path = state.tree.path(node);
        state.tree.find(&path).is_some_and(|there| there.id == id)
    });
    if let Some(node) = found {
        let place = Place {
            base: files_of(&simulation, request.path(), &visitor.user.user_id),
            user_id: visitor.user.user_id.clone(),
            path: String::new(),
        };
        let href = place.href(&state.tree.path(node), node.is_folder());
        answer.add(&href, |namespace, local| {
            properties::value(&state, node, namespace, local)
        });
    }
    answer.send()
}

/// The decoded path of a user's files in the installation that a request is for.
fn files_of(simulation: &Simulation, path: &str, user_id: &str) -> String {
    let url = installation::url(simulation, path);
    let base = url.strip_prefix(&simulation.origin).unwrap_or_default();
    format!("{base}/remote.php/dav/{COLLECTION}/{user_id}")
}

impl Question {
    fn read(body: &[u8]) -> Option<Self> {
        let mut reader = NsReader::from_reader(body);
        let (mut question, mut open) = (Self::default(), Vec::<String>::new());
        loop {
            match reader.read_resolved_event().ok()? {
                (_, Event::Eof) => break,
                (namespace, Event::Start(element)) => {
                    let name = name(&namespace, element.local_name().as_ref());
                    question.note(&open, &name);
                    open.push(name.local);
                }
                (namespace, Event::Empty(element)) => {
                    let name = name(&namespace, element.local_name().as_ref());
                    question.note(&open, &name);
                }
                (_, Event::Text(text)) => match open.last().map(String::as_str) {
                    Some("href") => question.scope.push_str(&text),
                    Some("literal") => question.literal.push_str(&text),
                    _ => {}
                },
                (_, Event::End(_)) => drop(open.pop()),
                _ => {}
            }
        }
        open.is_empty().then_some(question)
    }

    fn note(&mut self, open: &[String], name: &Name) {
        if open.ends_with(&["eq".to_owned(), "prop".to_owned()]) {
            self.compared = Some(name.clone());
        }
    }

    fn file_id(&self) -> Option<FileId> {
        let compared = self.compared.as_ref()?;
        let is_file_id = compared.namespace == OWNCLOUD && compared.local == "fileid";
        self.literal.trim().parse().ok().filter(|_| is_file_id)
    }
}

fn name(namespace: &ResolveResult<'_>, local: &str) -> Name {
    let namespace = match namespace {
        ResolveResult::Bound(Namespace(namespace)) => (*namespace).to_owned(),
        _ => String::new(),
    };
    Name {
        namespace,
        local: local.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::multistatus::DAV;
    use super::*;

    fn question(compared: &str) -> String {
        format!(
            "<d:searchrequest xmlns:d=\"{DAV}\" xmlns:oc=\"{OWNCLOUD}\"><d:basicsearch>\
             <d:select><d:prop><d:getetag/></d:prop></d:select>\
             <d:from><d:scope><d:href>/files/anna</d:href></d:scope></d:from>\
             <d:where><d:eq><d:prop>{compared}</d:prop><d:literal>17</d:literal></d:eq></d:where>\
             </d:basicsearch></d:searchrequest>"
        )
    }

    #[test]
    fn what_is_compared_is_told_from_what_is_selected() {
        let by_id = Question::read(question("<oc:fileid/>").as_bytes()).unwrap();
        assert_eq!((by_id.file_id(), &*by_id.scope), (Some(17), "/files/anna"));
        let other = Question::read(question("<d:fileid/>").as_bytes()).unwrap();
        assert_eq!(other.file_id(), None);
        assert_eq!(Question::read(b"<a>"), None);
    }
}

//! `/remote.php/dav/trashbin/<user id>/trash/`: what was deleted, listed and deleted for good.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::authentication;
use super::home::State;
use super::listing::asked;
use super::multistatus::{COLLECTION, DAV, Multistatus, NEXTCLOUD};
use super::node::Node;
use super::place::Place;
use super::trash::Trashed;
use super::{error, properties, propfind, xml};
use crate::simulation::Simulation;

/// The folder that stands for the bin.
const BIN: &str = "trash";

/// Answers a request to a user's trash bin.
pub(super) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let visitor = match authentication::open(&simulation, &request) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.behind(body).await,
    };
    let place = Place::read(request.path());
    let Some(place) = place.filter(|place| place.user_id == visitor.user.user_id) else {
        let message = "Another user's trash bin";
        return error::dav_behind(body, StatusCode::FORBIDDEN, message).await;
    };
    let item = match place.path.strip_prefix(BIN) {
        Some("") => None,
        Some(item) if item.starts_with('/') => Some(item.trim_start_matches('/')),
        _ => return missing(),
    };
    match request.method().as_str() {
        "PROPFIND" => {
            let mut answer = match asked(body).await {
                Ok(asked) => Multistatus::new(asked),
                Err(refusal) => return refusal,
            };
            let wants_children = propfind::wants_children(request.headers());
            match list(
                &visitor.user.home.lock(),
                &place,
                item,
                wants_children,
                &mut answer,
            ) {
                Some(()) => answer.send(),
                None => missing(),
            }
        }
        "DELETE" => delete(&mut visitor.user.home.lock(), item),
        _ => {
            let message = "Only listing and deleting is possible here";
            error::dav_behind(body, StatusCode::FORBIDDEN, message).await
        }
    }
}

fn missing() -> HttpResponse {
    error::dav(StatusCode::NOT_FOUND, "Node could not be located")
}

fn delete(state: &mut State, item: Option<&str>) -> HttpResponse {
    match item {
        None => state.trash.empty(&mut state.tree),
        Some(item) if state.trash.remove(&mut state.tree, item) => {}
        Some(_) => return missing(),
    }
    HttpResponse::NoContent().finish()
}

/// Adds the bin and its items, or one item, to an answer.
fn list(
    state: &State,
    place: &Place,
    item: Option<&str>,
    wants_children: bool,
    answer: &mut Multistatus,
) -> Option<()> {
    if let Some(item) = item {
        add(state, place, item, state.trash.get(item)?, answer);
        return Some(());
    }
    answer.add(&place.href(BIN, true), |namespace, local| {
        let is_type = (namespace, local) == (DAV, "resourcetype");
        is_type.then(|| COLLECTION.to_owned())
    });
    let items = state.trash.items().filter(|_| wants_children);
    items.for_each(|(name, trashed)| add(state, place, name, trashed, answer));
    Some(())
}

fn add(state: &State, place: &Place, name: &str, trashed: &Trashed, answer: &mut Multistatus) {
    let is_folder = state.tree.node(trashed.id).is_some_and(Node::is_folder);
    let href = place.href(&format!("{BIN}/{name}"), is_folder);
    answer.add(&href, |namespace, local| {
        value(state, trashed, namespace, local)
    });
}

/// A property of something in the bin: its own as a file, and those of its deletion.
fn value(state: &State, trashed: &Trashed, namespace: &str, local: &str) -> Option<String> {
    let node = state.tree.node(trashed.id)?;
    match (namespace, local) {
        (NEXTCLOUD, "trashbin-filename") => Some(xml::escaped(&node.name)),
        (NEXTCLOUD, "trashbin-original-location") => Some(xml::escaped(&trashed.original_location)),
        (NEXTCLOUD, "trashbin-deletion-time") => Some(trashed.deleted_secs.to_string()),
        _ => properties::value(state, node, namespace, local),
    }
}

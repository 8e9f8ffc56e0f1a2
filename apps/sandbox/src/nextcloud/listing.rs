//! Listings of a user's files.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::files::Call;
use super::multistatus::Multistatus;
use super::propfind::{self, Asked};
use super::{error, properties};

/// No PROPFIND is longer.
const MOST_BYTES: usize = 64 * 1024;

/// Answers a PROPFIND in the files.
pub(super) async fn files(call: &Call<'_>, body: web::Payload) -> HttpResponse {
    let asked = match asked(body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let (place, state) = (&call.place, call.user.home.lock());
    let Some(node) = state.tree.find(&place.path) else {
        return error::dav(StatusCode::NOT_FOUND, "File could not be located");
    };
    let mut answer = Multistatus::new(asked);
    let mut add = |node: &super::node::Node| {
        let href = place.href(&state.tree.path(node), node.is_folder());
        answer.add(&href, |namespace, local| {
            properties::value(&state, node, namespace, local)
        });
    };
    add(node);
    if propfind::wants_children(call.request.headers()) {
        state.tree.children(node).for_each(add);
    }
    answer.send()
}

/// What the body of a PROPFIND asks, or the refusal of one that cannot be read.
pub(super) async fn asked(body: web::Payload) -> Result<Asked, HttpResponse> {
    let refusal = || error::dav(StatusCode::BAD_REQUEST, "The request is no sound XML");
    match body.to_bytes_limited(MOST_BYTES).await {
        Ok(Ok(body)) => Asked::read(&body).ok_or_else(refusal),
        _ => Err(refusal()),
    }
}

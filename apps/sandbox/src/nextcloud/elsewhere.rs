//! What is shown in place of somebody else's files, or nobody's: an empty folder that takes nothing. A
//! client that takes the login name for the user id ends here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::multistatus::{COLLECTION, DAV, Multistatus};
use super::place::Place;
use super::{error, listing};

/// Answers a request to files that are not the asking user's.
pub(super) async fn answer(
    place: &Place,
    request: &HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    if request.method().as_str() != "PROPFIND" {
        let message = "Permission denied to create or change this";
        return error::dav_behind(body, StatusCode::FORBIDDEN, message).await;
    }
    let asked = match listing::asked(body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    if !place.path.is_empty() {
        return error::dav(StatusCode::NOT_FOUND, "File could not be located");
    }
    let mut answer = Multistatus::new(asked);
    answer.add(&place.href("", true), |namespace, local| {
        let is_type = (namespace, local) == (DAV, "resourcetype");
        is_type.then(|| COLLECTION.to_owned())
    });
    answer.send()
}

//! `/control/requests`

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::fault::matches;
use crate::log::LoggedRequest;
use crate::simulation::Simulation;

/// Which requests; each member that is there narrows the choice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    method: Option<String>,
    /// `*` stands for any text.
    path: Option<String>,
    account: Option<String>,
    status: Option<u16>,
    grant_type: Option<String>,
    refresh_token_sha256: Option<String>,
    took_effect: Option<bool>,
    /// Those with this number or a higher one.
    since: Option<u64>,
}

impl Query {
    fn wants(&self, request: &LoggedRequest) -> bool {
        let is = |wanted: &Option<String>, text: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == text
        };
        is(&self.method, Some(&request.method))
            && is(&self.account, request.account.as_deref())
            && is(&self.grant_type, request.grant_type.as_deref())
            && is(
                &self.refresh_token_sha256,
                request.refresh_token_sha256.as_deref(),
            )
            && self
                .path
                .as_deref()
                .is_none_or(|path| matches(path, &request.path))
            && (self.status.is_none() || self.status == request.status)
            && self
                .took_effect
                .is_none_or(|took| took == request.took_effect)
            && self.since.is_none_or(|since| request.number >= since)
    }
}

/// `GET`: the requests that fit, in order of arrival.
pub(super) async fn list(
    simulation: web::Data<Simulation>,
    query: web::Query<Query>,
) -> HttpResponse {
    let mut requests = simulation.log.requests();
    requests.retain(|request| query.wants(request));
    HttpResponse::Ok().json(requests)
}

/// `DELETE`: forgets them all; the numbers go on.
pub(super) async fn clear(simulation: web::Data<Simulation>) -> HttpResponse {
    simulation.log.clear();
    HttpResponse::NoContent().finish()
}

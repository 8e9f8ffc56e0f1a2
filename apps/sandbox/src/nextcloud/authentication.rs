//! Who asks: by Basic authentication (RFC 7617), with an app password or the person's own.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::error;
use super::user::Proof;
use crate::accounts::basic_credentials;
use crate::identity::Parameters;
use crate::simulation::Simulation;

pub(super) type User = Arc<super::user::User>;

/// Somebody who may ask.
pub(super) struct Visitor {
    pub(super) user: User,
    pub(super) proof: Proof,
    /// The password that came.
    pub(super) password: String,
}

/// Why nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There are no credentials.
    Missing,
    /// They are wrong; that was counted.
    Wrong,
    /// Too many wrong ones have come from the same address; these were not looked at.
    Throttled,
}

impl Refused {
    /// The refusal's status and text.
    pub(super) fn told(self) -> (StatusCode, &'static str) {
        match self {
            Self::Missing => (
                StatusCode::UNAUTHORIZED,
                "No 'Authorization: Basic' header found",
            ),
            Self::Wrong => (
                StatusCode::UNAUTHORIZED,
                "Username or password was incorrect",
            ),
            Self::Throttled => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        }
    }

    /// The refusal of WebDAV, behind the request's body.
    pub(super) async fn behind(self, body: web::Payload) -> HttpResponse {
        let (status, message) = self.told();
        error::dav_behind(body, status, message).await
    }
}

/// Lets in whoever has the right credentials, and counts the wrong ones.
pub(super) fn open(simulation: &Simulation, request: &HttpRequest) -> Result<Visitor, Refused> {
    let (login_name, password) = credentials(request.headers()).ok_or(Refused::Missing)?;
    log_in(simulation, request, &login_name, &password)
}

/// The same with credentials that came in another way.
pub(super) fn log_in(
    simulation: &Simulation,
    request: &HttpRequest,
    login_name: &str,
    password: &str,
) -> Result<Visitor, Refused> {
    let nextcloud = &simulation.nextcloud;
    let address = request.peer_addr().map(|address| address.ip());
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let (now, most) = (simulation.clock.now(), nextcloud.limits().wrong_passwords);
    if nextcloud.throttle.shuts_out(address, most, now) {
        return Err(Refused::Throttled);
    }
    let Some((user, proof)) = nextcloud.users.open(login_name, password) else {
        nextcloud.throttle.failed(address, login_name, now);
        return Err(Refused::Wrong);
    };
    nextcloud.throttle.succeeded(address, login_name);
    Ok(Visitor {
        user,
        proof,
        password: password.to_owned(),
    })
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    basic_credentials(headers.get(AUTHORIZATION)?.as_bytes())
}

/// The login name that a request is about, if it tells: from its credentials, the login page's form, or
/// the flow that it polls.
pub(crate) fn login_name(request: &ServiceRequest, simulation: &Simulation) -> Option<String> {
    if let Some((login_name, _)) = credentials(request.headers()) {
        return Some(login_name);
    }
    let extensions = request.extensions();
    let form = extensions.get::<Parameters>()?;
    let flows = &simulation.nextcloud.flows;
    let polled = form.get("token").and_then(|token| flows.granted_by(token));
    polled.or_else(|| form.get("user").map(str::to_owned))
}

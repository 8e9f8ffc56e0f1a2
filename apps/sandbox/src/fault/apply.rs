//! The middleware that lets requests meet their faults, and notes what became of them.

use std::future;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::rt::time::sleep;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};

use super::answer::{answer, status_code};
use super::body::{Ending, followed_by, halved, reset};
use super::corrupt::{cut, flipped};
use super::kind::Fault;
use super::terms::Terms;
use crate::body;
use crate::connection::Connection;
use crate::identity::Rotation;
use crate::log::RequestNumber;
use crate::nextcloud;
use crate::simulation::Simulation;
use crate::subject::Subject;

/// What a request's faults come to.
#[derive(Default)]
struct Plan {
    delay: Duration,
    terms: Terms,
    nextcloud: nextcloud::Terms,
    /// What decides what the client sees.
    decisive: Option<Fault>,
}

/// The middleware. Handlers find their [`Terms`] with the request.
pub(crate) async fn apply(
    simulation: web::Data<Simulation>,
    number: web::ReqData<RequestNumber>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let met = meet(&simulation, *number, &request);
    let plan = Plan::of(met);
    request.extensions_mut().insert(plan.terms);
    request.extensions_mut().insert(plan.nextcloud);
    if !plan.delay.is_zero() {
        sleep(plan.delay).await;
    }
    let note_status = |status: StatusCode| {
        let status = Some(status.as_u16());
        simulation.log.note(*number, |entry| entry.status = status);
    };
    if let Some(fault) = &plan.decisive
        && let Some(answer) = instead(&simulation, fault, &mut request).await
    {
        if !matches!(fault, Fault::ResetBefore) {
            note_status(answer.status());
        }
        return Ok(request.into_response(answer));
    }
    let connection = request.conn_data::<Connection>().cloned();
    let (request, answer) = next.call(request).await?.into_parts();
    let status = answer.status();
    simulation.log.note(*number, |entry| {
        entry.took_effect = !status.is_client_error() && !status.is_server_error();
    });
    let answer = answer.map_into_boxed_body();
    let answer = match &plan.decisive {
        None => answer,
        Some(fault) => spoilt(&simulation, fault, request.path(), answer, connection),
    };
    if !matches!(plan.decisive, Some(Fault::LostAnswer)) {
        note_status(answer.status());
    }
    Ok(ServiceResponse::new(request, answer))
}

/// The faults that a request meets; they are noted.
fn meet(simulation: &Simulation, number: RequestNumber, request: &ServiceRequest) -> Vec<Fault> {
    let extensions = request.extensions();
    let subject = extensions.get::<Subject>();
    let account = subject.and_then(|subject| subject.account.as_deref());
    let met = simulation
        .faults
        .meet(request.method().as_str(), request.path(), account);
    let (ids, faults): (Vec<_>, Vec<_>) = met.into_iter().unzip();
    simulation.log.note(number, |entry| entry.faults = ids);
    faults
}

impl Plan {
    fn of(faults: Vec<Fault>) -> Self {
        let mut plan = Self::default();
        for fault in faults {
            match fault {
                Fault::Latency { ms } => plan.delay += Duration::from_millis(ms),
                Fault::StrictRotation { reuse_ends_grant } => {
                    plan.terms.rotation = Some(if reuse_ends_grant {
                        Rotation::StrictOrNothing
                    } else {
                        Rotation::Strict
                    });
                }
                Fault::ExpiresIn { secs } => {
                    plan.terms.expires_in = Some(Duration::from_secs(secs));
                }
                Fault::LateAssembly { status, ms } => {
                    let by = Duration::from_millis(ms);
                    let status = status_code(status);
                    plan.nextcloud.late = Some(nextcloud::Late { status, by });
                }
                Fault::ForeignOrigin { url, origin } => plan.nextcloud.foreign.push((url, origin)),
                Fault::FlipStored => plan.terms.corruption.flips = true,
                Fault::CutStored => plan.terms.corruption.cuts = true,
                Fault::WrongDigest => plan.terms.corruption.misdigests = true,
                Fault::ExpireUpload => plan.terms.upload_expired = true,
                Fault::UntoldDigest => plan.terms.untold_digest = true,
                Fault::IgnoreRange => plan.terms.ignores_range = true,
                Fault::Odd { scenario } => plan.terms.odd = Some(scenario),
                decisive => plan.decisive = Some(decisive),
            }
        }
        plan
    }
}

/// The answer to a request that is not to take effect; `None` if it is.
async fn instead(
    simulation: &Simulation,
    fault: &Fault,
    request: &mut ServiceRequest,
) -> Option<HttpResponse> {
    match *fault {
        Fault::ResetBefore => Some(reset(request.conn_data::<Connection>().cloned())),
        Fault::Stall => future::pending().await,
        Fault::Answer {
            status,
            ref error,
            retry_after,
            after_effect: false,
        } => {
            // The whole body comes first, so that no client sees a broken connection instead.
            body::drain(request.take_payload()).await;
            let (path, error) = (request.path(), error.as_deref());
            Some(answer(simulation, path, status, error, retry_after))
        }
        Fault::Maintenance => {
            body::drain(request.take_payload()).await;
            Some(nextcloud::maintenance(request.path()))
        }
        _ => None,
    }
}

/// What the client gets to see of an answer.
fn spoilt(
    simulation: &Simulation,
    fault: &Fault,
    path: &str,
    whole: HttpResponse,
    connection: Option<Connection>,
) -> HttpResponse {
    match *fault {
        Fault::LostAnswer => reset(connection),
        Fault::ResetInBody => halved(whole, Ending::Reset, connection),
        Fault::ResetAfterBody => followed_by(whole, Ending::Reset, connection),
        Fault::Truncate => halved(whole, Ending::Close, connection),
        Fault::HalfClose => halved(whole, Ending::HalfClose, connection),
        Fault::FlipSent => flipped(whole),
        Fault::CutSent => cut(whole),
        Fault::StallInBody => halved(whole, Ending::Stall, connection),
        Fault::Answer {
            status,
            ref error,
            retry_after,
            ..
        } => answer(simulation, path, status, error.as_deref(), retry_after),
        _ => whole,
    }
}

//! `GET /api/admin/audit/verify`: whether the audit trail is what it was.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::audit::{Fault, Verdict};
use wharf::services::trail::Report;

use crate::error::{ApiError, Code};
use crate::extract::{NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY];

/// What a check of the whole trail came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditVerdict {
    /// Whether nothing is wrong.
    sound: bool,
    /// How many events were checked.
    events: u64,
    /// How many checkpoints were, those included that were copied to a file.
    checkpoints: u64,
    /// Up to which position a signed checkpoint agrees; 0 if there is none yet.
    signed_until: u64,
    /// The position of the last event.
    head_position: u64,
    /// Its hash: 64 hexadecimal digits.
    head_hash: String,
    /// What is wrong, and where: the first hundred faults.
    faults: Vec<AuditFault>,
    /// How many faults there are.
    fault_count: u64,
    /// What could not be read, because it is nothing that this program writes; null if all could be.
    #[schema(required)]
    unreadable: Option<String>,
    /// How many committed events have no place yet.
    waiting: u64,
}

/// Something that is not as it was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditFault {
    /// `missing`, `broken`, `out_of_order`, `contradicted`, `cut`, `forged_checkpoint`, `unknown_key` or
    /// `late_checkpoint`.
    #[schema(example = "broken")]
    kind: &'static str,
    /// The first position that it is about.
    from: u64,
    /// The last position that it is about.
    to: u64,
}

impl From<&Fault> for AuditFault {
    fn from(fault: &Fault) -> Self {
        let (from, to) = fault.range();
        Self {
            kind: fault.name(),
            from,
            to,
        }
    }
}

impl From<Report> for AuditVerdict {
    fn from(report: Report) -> Self {
        let sound = report.is_sound();
        let Report {
            verdict,
            unreadable,
            waiting,
        } = report;
        let Verdict {
            head,
            links,
            checkpoints,
            signed_until,
            faults,
            fault_count,
        } = verdict;
        Self {
            sound,
            events: links,
            checkpoints,
            signed_until,
            head_position: head.position,
            head_hash: head.hash.to_string(),
            faults: faults.iter().map(AuditFault::from).collect(),
            fault_count,
            unreadable,
            waiting,
        }
    }
}

/// Checks the whole audit trail: hashes, signatures, and what was copied out of the database. One check runs
/// at a time; of a million events it takes some seconds.
#[utoipa::path(
    get,
    path = "/api/admin/audit/verify",
    operation_id = "verifyAuditTrail",
    tag = "administration",
    responses((status = 200, description = "What the check came to.", body = AuditVerdict))
)]
pub(crate) async fn handle(
    _: Query<NoQuery>,
    state: Shared,
) -> Result<web::Json<AuditVerdict>, ApiError> {
    let report = state.wharf.audit().verify(Vec::new()).await?;
    Ok(web::Json(report.into()))
}

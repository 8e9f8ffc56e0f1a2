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
    pub(crate) sound: bool,
    /// How many events were checked.
    pub(crate) events: u64,
    /// How many checkpoints were, those included that were copied to a file.
    pub(crate) checkpoints: u64,
    /// Up to which position a signed checkpoint agrees; 0 if there is none yet.
    pub(crate) signed_until: u64,
    /// The position of the last event.
    pub(crate) head_position: u64,
    /// Its hash: 64 hexadecimal digits.
    pub(crate) head_hash: String,
    /// What is wrong, and where: the first hundred faults.
    pub(crate) faults: Vec<AuditFault>,
    /// How many faults there are.
    pub(crate) fault_count: u64,
    /// What could not be read, because it is nothing that this program writes; null if all could be.
    #[schema(required)]
    pub(crate) unreadable: Option<String>,
    /// How many committed events have no place yet.
    // Unknown only of an export, which is checked at the command line.
    #[schema(required, value_type = u64)]
    pub(crate) waiting: Option<u64>,
}

/// Something that is not as it was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditFault {
    /// `missing`, `broken`, `out_of_order`, `contradicted`, `cut`, `forged_checkpoint`, `unknown_key` or
    /// `late_checkpoint`.
    #[schema(example = "broken")]
    pub(crate) kind: &'static str,
    /// The first position that it is about.
    pub(crate) from: u64,
    /// The last position that it is about.
    pub(crate) to: u64,
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
        Self {
            waiting: Some(report.waiting),
            ..Self::of_export(report.verdict, report.unreadable)
        }
    }
}

impl AuditVerdict {
    /// What a check came to of which nobody knows what waits.
    pub(crate) fn of_export(verdict: Verdict, unreadable: Option<String>) -> Self {
        let sound = verdict.is_sound() && unreadable.is_none();
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
            waiting: None,
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

//! What the services count, and under which names. It knows no exporter: whoever installed a recorder
//! decides where the figures go, and where nobody did they go nowhere.
//!
//! A label's value is one of a closed set and never anybody's: no id, no name, no address.

use std::time::Duration;

use metrics::{counter, histogram};
use wharf_domain::ports::storage::{Operation, StorageErrorKind};

/// Calls of storages, by `provider`, `operation` and `outcome`.
pub const STORAGE_CALLS: &str = "wharf_storage_calls_total";

/// How long they took to answer, in seconds, by `provider` and `operation`.
pub const STORAGE_CALL_DURATION: &str = "wharf_storage_call_duration_seconds";

/// Answers of storages that ended in the middle, by `provider`, `operation` and `outcome`.
pub const STORAGE_BROKEN_OFF: &str = "wharf_storage_broken_off_total";

/// Contents that a storage kept otherwise than they were sent, by `provider`.
pub const INTEGRITY_MISMATCHES: &str = "wharf_integrity_mismatch_total";

/// Folder listings, by `source`.
pub const FOLDER_LISTINGS: &str = "wharf_folder_listings_total";

/// Sessions that began.
pub const SESSIONS_STARTED: &str = "wharf_sessions_started_total";

/// Sessions that were not begun or carried on, by `reason`.
pub const SESSIONS_REFUSED: &str = "wharf_sessions_refused_total";

/// Refreshes that came to an end, by `provider` and `outcome`.
pub const REFRESHES: &str = "wharf_refreshes_total";

/// How long they took, in seconds, by `provider`.
pub const REFRESH_DURATION: &str = "wharf_refresh_duration_seconds";

/// How long it took from the provider's answer to the stored token, in seconds, by `provider`.
pub const REFRESH_STORE_DURATION: &str = "wharf_refresh_store_duration_seconds";

/// Grants that a cut-off rotation has lost, by `provider`.
pub const REFRESH_LOST: &str = "wharf_refresh_lost_total";

/// Documents of deleted accounts that could not be deleted, by `reason`.
pub const LEFT_BEHIND: &str = "wharf_erasure_left_behind_total";

pub(crate) fn left_behind(reason: &'static str, count: u64) {
    counter!(LEFT_BEHIND, "reason" => reason).increment(count);
}
/// Events that were given their place in the audit trail.
pub const AUDIT_PLACED: &str = "wharf_audit_events_total";

/// Checkpoints of the audit trail, by `outcome`.
pub const AUDIT_CHECKPOINTS: &str = "wharf_audit_checkpoints_total";

/// Where a listing came from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ListingSource {
    /// From the cache.
    Cache,
    /// From a reading that the caller began.
    Reading,
    /// From a reading that somebody else had begun.
    Shared,
}

pub(crate) fn listed(source: ListingSource) {
    // Literals make keys that are known when this is compiled: the cached listing is the hottest path.
    let counter = match source {
        ListingSource::Cache => counter!(FOLDER_LISTINGS, "source" => "cache"),
        ListingSource::Reading => counter!(FOLDER_LISTINGS, "source" => "reading"),
        ListingSource::Shared => counter!(FOLDER_LISTINGS, "source" => "shared"),
    };
    counter.increment(1);
}

pub(crate) fn integrity_mismatched(provider: &'static str) {
    counter!(INTEGRITY_MISMATCHES, "provider" => provider).increment(1);
}

pub(crate) fn refreshed(provider: &'static str, outcome: &'static str, took: Duration) {
    counter!(REFRESHES, "provider" => provider, "outcome" => outcome).increment(1);
    histogram!(REFRESH_DURATION, "provider" => provider).record(took);
}

pub(crate) fn refresh_stored(provider: &'static str, took: Duration) {
    histogram!(REFRESH_STORE_DURATION, "provider" => provider).record(took);
}

pub(crate) fn refresh_lost(provider: &'static str) {
    counter!(REFRESH_LOST, "provider" => provider).increment(1);
}

pub(crate) fn audit_placed(events: usize) {
    counter!(AUDIT_PLACED).increment(events as u64);
}

pub(crate) fn checkpoint_signed() {
    counter!(AUDIT_CHECKPOINTS, "outcome" => "signed").increment(1);
}

pub(crate) fn checkpoint_not_copied() {
    counter!(AUDIT_CHECKPOINTS, "outcome" => "not_copied").increment(1);
}

pub(crate) fn session_started() {
    counter!(SESSIONS_STARTED).increment(1);
}

/// Why a session was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SessionRefusal {
    /// The address or the password is wrong.
    Login,
    /// The account is switched off.
    Disabled,
    /// It was tried too often.
    TooManyAttempts,
    /// The refresh token was replaced already, or its session has ended.
    RefreshToken,
}

pub(crate) fn session_refused(why: SessionRefusal) {
    let reason = match why {
        SessionRefusal::Login => "login",
        SessionRefusal::Disabled => "disabled",
        SessionRefusal::TooManyAttempts => "too_many_attempts",
        SessionRefusal::RefreshToken => "refresh_token",
    };
    counter!(SESSIONS_REFUSED, "reason" => reason).increment(1);
}

pub(crate) fn storage_called(
    provider: &'static str,
    operation: Operation,
    failure: Option<&StorageErrorKind>,
    took: Duration,
) {
    let outcome = failure.map_or("ok", StorageErrorKind::as_str);
    let operation = operation.as_str();
    counter!(STORAGE_CALLS, "provider" => provider, "operation" => operation, "outcome" => outcome)
        .increment(1);
    histogram!(STORAGE_CALL_DURATION, "provider" => provider, "operation" => operation)
        .record(took);
}

pub(crate) fn storage_broke_off(
    provider: &'static str,
    operation: Operation,
    failure: &StorageErrorKind,
) {
    let (operation, outcome) = (operation.as_str(), failure.as_str());
    counter!(STORAGE_BROKEN_OFF, "provider" => provider, "operation" => operation, "outcome" => outcome)
        .increment(1);
}

//! What every set of repositories does, whatever database lies beneath.
//!
//! Each case is given repositories with nothing in them. A case panics where the ports' promises are
//! not kept, so a failure names the behaviour. It knows no database and no test runner but the
//! macro's.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case is a test: it fails by panicking"
)]

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::ports::connections::Connections;
use crate::ports::data_keys::DataKeys;
use crate::ports::documents::Documents;
use crate::ports::erasure_credentials::ErasureCredentials;
use crate::ports::erasures::Erasures;
use crate::ports::events::Events;
use crate::ports::login_flows::LoginFlows;
use crate::ports::operator_keys::OperatorKeys;
use crate::ports::outbox::Outbox;
use crate::ports::replicas::Replicas;
use crate::ports::sessions::Sessions;
use crate::ports::users::Users;

pub mod connections;
pub mod documents;
pub mod erasure_parts;
pub mod erasures;
pub mod events;
mod fixture;
pub mod login_flows;
pub mod operator_keys;
pub mod outbox;
pub mod races;
pub mod replicas;
pub mod sessions;
pub mod users;

/// The repositories under test. They share one database, which nobody else uses.
pub struct Repositories {
    /// The accounts.
    pub users: Arc<dyn Users>,
    /// The sessions.
    pub sessions: Arc<dyn Sessions>,
    /// The users' data keys.
    pub data_keys: Arc<dyn DataKeys>,
    /// The connections.
    pub connections: Arc<dyn Connections>,
    /// The documents.
    pub documents: Arc<dyn Documents>,
    /// The events that come without a change.
    pub events: Arc<dyn Events>,
    /// The steps that changes leave behind.
    pub outbox: Arc<dyn Outbox>,
    /// The login flows that have begun.
    pub login_flows: Arc<dyn LoginFlows>,
    /// What is left to be done of deleted accounts.
    pub erasures: Arc<dyn Erasures>,
    /// What opens their storages until then.
    pub erasure_credentials: Arc<dyn ErasureCredentials>,
    /// What is known of the operator's keys.
    pub operator_keys: Arc<dyn OperatorKeys>,
    /// The processes that serve.
    pub replicas: Arc<dyn Replicas>,
    /// What was saved of all events. It is dropped last, so it may own the database.
    pub saved: Box<dyn SavedEvents>,
}

/// A way to read the events that were saved, for which there is no port.
#[async_trait]
pub trait SavedEvents: Send + Sync {
    /// The names of all events saved so far, in the order in which they were saved.
    async fn names(&self) -> Vec<String>;
}

impl fmt::Debug for Repositories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Repositories")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::repositories`](self).
///
/// `$module` becomes the tests' module. `$fresh` is an expression that gives empty [`Repositories`];
/// it may await, and names what it needs by paths from `crate`.
#[macro_export]
macro_rules! repositories_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::repositories_conformance! { @groups $fresh;
                users {
                    a_user_is_found_by_id_and_by_email,
                    what_was_never_saved_is_not_found,
                    a_taken_email_is_a_duplicate_and_changes_nothing,
                    a_rehash_replaces_that_user_s_hash_only,
                    the_house_is_always_a_default_storage,
                    a_live_connection_of_one_s_own_is_a_default_storage,
                    no_other_connection_is_a_default_storage,
                    an_outside_account_is_found_by_its_subject,
                    a_change_of_an_account_is_saved_and_ends_its_sessions,
                    a_stale_change_of_an_account_changes_nothing,
                    the_last_acting_admin_stays,
                    a_user_with_storages_becomes_no_admin,
                    users_are_listed_by_id_page_by_page,
                    users_are_listed_by_filter,
                }
                sessions {
                    a_session_comes_back_as_it_was_with_its_user,
                    an_unknown_session_is_not_found,
                    a_session_is_carried_on_by_the_current_token_only,
                    a_session_ends_once_and_alone,
                    a_session_shows_its_user_as_it_is_now,
                    live_sessions_are_listed_newest_first,
                    all_sessions_end_together,
                    a_new_session_clears_ended_ones_away,
                    no_more_ended_sessions_are_cleared_away_than_agreed,
                    a_session_whose_event_cannot_be_saved_neither_begins_nor_ends,
                    of_racing_refreshes_one_carries_the_session_on,
                    sessions_that_begin_at_once_clear_away_together,
                }
                connections {
                    a_connection_is_found_by_id_and_by_account,
                    odd_texts_and_instants_come_back_as_they_were,
                    every_status_comes_back_as_it_was,
                    the_same_account_twice_is_a_duplicate,
                    two_owners_may_connect_the_same_account,
                    a_wrong_owner_sees_and_changes_nothing,
                    live_connections_are_listed_oldest_first,
                    a_credential_is_replaced_with_what_came_with_it,
                    a_stale_replacement_changes_nothing,
                    a_rename_touches_the_name_only,
                    a_status_is_set_for_the_credential_it_was_found_with,
                    a_disconnected_connection_keeps_its_row_without_a_credential,
                    a_disconnected_connection_is_neither_renamed_nor_judged,
                    disconnecting_makes_the_house_the_default_again,
                    disconnecting_one_leaves_the_others_alone,
                    a_revived_connection_keeps_its_id_and_its_documents,
                }
                login_flows {
                    a_flow_is_found_by_its_owner_alone,
                    no_more_flows_are_kept_than_agreed,
                    a_flow_is_changed_by_one_at_a_time,
                }
                documents {
                    a_document_in_the_house_comes_back_as_it_was,
                    a_document_in_a_connection_comes_back_as_it_was,
                    odd_names_come_back_byte_for_byte,
                    a_document_needs_a_live_connection_of_its_owner,
                    a_document_needs_an_owner,
                    a_wrong_owner_sees_and_deletes_nothing,
                    documents_are_listed_newest_first_page_by_page,
                    a_document_is_deleted_once,
                }
                events {
                    every_change_is_saved_with_its_events,
                    a_refused_change_saves_no_event,
                    a_change_whose_event_cannot_be_saved_is_undone,
                    an_event_without_a_change_is_recorded,
                    every_kind_of_event_can_be_saved,
                }
                outbox {
                    a_step_comes_back_as_it_was,
                    steps_are_claimed_when_they_are_due,
                    a_claimed_step_is_nobody_else_s_until_its_lease_ends,
                    a_completed_step_is_gone,
                    a_postponed_step_is_tried_again,
                    a_buried_step_stays_buried,
                    a_claim_that_is_over_changes_nothing,
                    racing_claims_share_no_step,
                    a_disconnect_leaves_its_steps_behind_or_none,
                    an_account_is_live_whoever_connected_it,
                }
                erasures {
                    a_deleted_account_is_gone_with_all_that_it_had,
                    what_a_plan_does_not_know_of_keeps_the_account,
                    an_account_is_deleted_once,
                    the_last_admin_is_not_deleted,
                    the_last_admin_goes_where_the_ledger_says_so,
                    a_deletion_whose_event_cannot_be_saved_is_undone,
                    a_request_is_known_again_for_a_day,
                    of_racing_deletions_one_wins,
                    a_deletion_that_races_a_gift_leaves_nothing,
                }
                erasure_parts {
                    documents_are_settled_once,
                    documents_that_are_given_up_are_forgotten,
                    an_account_is_in_use_until_its_documents_are_deleted,
                    a_credential_is_replaced_by_the_next_version,
                    the_purge_key_goes_with_the_last_credential,
                    an_erasure_ends_when_its_parts_and_the_ledger_have,
                }
                operator_keys {
                    rows_are_found_by_the_key_that_wrapped_them,
                    a_row_is_rewrapped_as_it_was_read_or_not_at_all,
                    racing_rewraps_change_each_row_once,
                    a_key_is_remembered_promoted_and_retired_once,
                    the_turn_is_one_s_until_it_is_over,
                }
                replicas {
                    a_replica_is_known_as_it_last_told,
                    a_silent_replica_is_forgotten,
                }
                races {
                    of_racing_inserts_of_one_account_one_wins,
                    of_racing_connections_as_many_win_as_there_is_room,
                    of_racing_replacements_of_one_credential_one_wins,
                    of_racing_disconnects_one_wins,
                    a_document_that_races_a_disconnect_is_counted_or_refused,
                    a_default_storage_that_races_a_disconnect_is_never_dead,
                    a_log_in_that_races_a_change_of_its_account_stops_neither,
                    of_racing_demotions_one_admin_is_left,
                    a_promotion_that_races_a_storage_has_one_of_the_two,
                }
            }
        }
    };
    (@groups $fresh:expr; $($group:ident { $($case:ident),+ $(,)? })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let repositories: $crate::conformance::repositories::Repositories = $fresh;
                $crate::conformance::repositories::$group::$case(&repositories).await;
            })+
        })+
    };
}

//! What every implementation of the claims on refreshes does, whatever lies beneath: a database, or
//! what stands in for one where time is simulated.
//!
//! A case panics where the port's promises are not kept, so a failure names the behaviour.

#![expect(
    clippy::unwrap_used,
    reason = "a case is a test: it fails by panicking"
)]

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::conformance::repositories::SavedEvents;
use crate::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint, ReauthReason,
    SealedCredential,
};
use crate::context::{Actor, RequestId};
use crate::event::{Action, Event};
use crate::id::{ConnectionId, EventId, UserId};
use crate::ports::connections::Connections;
use crate::ports::refreshes::{Presented, RefreshClaim, Refreshes};
use crate::ports::repository::RepositoryError;
use crate::provider::Provider;
use crate::time::Timestamp;

pub mod claims;
pub mod idle;
pub mod outcomes;

/// What is under test, with nobody's connections in it.
pub struct Ports {
    /// The connections.
    pub connections: Arc<dyn Connections>,
    /// The claims on their refreshes.
    pub refreshes: Arc<dyn Refreshes>,
    /// A user who may have connections.
    pub owner: UserId,
    /// What was saved of all events. It is dropped last, so it may own the database.
    pub saved: Box<dyn SavedEvents>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::refreshes`](self).
///
/// `$module` becomes the tests' module. `$fresh` is an expression that gives [`Ports`]; it may await,
/// and names what it needs by paths from `crate`.
#[macro_export]
macro_rules! refreshes_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::refreshes_conformance! { @groups $fresh;
                claims {
                    a_claim_keeps_others_out_until_its_lease_ends,
                    a_claim_by_a_clock_ahead_keeps_nobody_out,
                    only_the_live_credential_of_this_version_is_claimed,
                    of_racing_claims_one_wins,
                    a_claim_tells_whether_the_one_before_is_unresolved,
                    a_released_claim_leaves_what_was_known_before,
                    a_new_credential_resolves_every_claim,
                }
                outcomes {
                    a_commit_saves_the_next_version,
                    a_claim_that_was_overtaken_saves_nothing,
                    a_refresh_that_races_a_disconnect_saves_nothing,
                    a_refresh_that_races_a_new_credential_saves_nothing,
                    a_refusal_is_saved_with_its_event_or_not_at_all,
                    of_a_racing_commit_and_disconnect_the_disconnect_stays,
                }
                idle {
                    idle_connections_are_found_longest_idle_first,
                    what_cannot_be_renewed_is_not_idle,
                }
            }
        }
    };
    (@groups $fresh:expr; $($group:ident { $($case:ident),+ $(,)? })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let ports: $crate::conformance::refreshes::Ports = $fresh;
                $crate::conformance::refreshes::$group::$case(&ports).await;
            })+
        })+
    };
}

/// 2026-11-23T08:15:30.123456Z: every digit of a microsecond counts.
const NOW: Timestamp = Timestamp::from_unix_micros(1_795_421_730_123_456);

const LEASE: Duration = Duration::from_secs(30);

const PROVIDER: Provider = Provider::GoogleDrive;

fn event(number: u8) -> Event {
    Event {
        id: EventId::from_bytes([number; 16]),
        at: NOW,
        actor: Actor::System,
        request: RequestId([7; 16]),
        client: None,
        action: Action::CloudRequiresReauth { provider: PROVIDER },
        resource: None,
    }
}

const fn refused() -> ConnectionStatus {
    ConnectionStatus {
        state: ConnectionState::RequiresReauth(ReauthReason::GrantRefused),
        since: NOW,
    }
}

fn sealed(byte: u8) -> SealedCredential {
    SealedCredential(vec![byte; 40])
}

impl Ports {
    /// A live connection that is saved.
    async fn connected(&self, number: u8) -> Connection {
        let connection = Connection {
            id: ConnectionId::from_bytes([number; 16]),
            owner: self.owner,
            provider: PROVIDER,
            account: AccountKey(format!("account {number}")),
            endpoint: Endpoint("https://www.example.com/".to_owned()),
            display_name: "Cloud".parse().unwrap(),
            status: ConnectionStatus {
                state: ConnectionState::Active,
                since: NOW,
            },
            credential: Some(sealed(number)),
            credential_version: 1,
            renewed_at: NOW,
            created_at: NOW,
        };
        self.connections.insert(&connection, &[]).await.unwrap();
        connection
    }

    async fn stored(&self, connection: &Connection) -> Connection {
        let found = self.connections.find(connection.owner, connection.id).await;
        found.unwrap().expect("the connection is there")
    }

    async fn try_claim(&self, connection: &Connection, now: Timestamp) -> Option<RefreshClaim> {
        self.refreshes.claim(connection, now, LEASE).await.unwrap()
    }

    async fn claimed(&self, connection: &Connection, now: Timestamp) -> RefreshClaim {
        let claim = self.try_claim(connection, now).await;
        claim.expect("the refresh is free")
    }

    async fn commit(&self, claim: &RefreshClaim, byte: u8) -> bool {
        let committed = self.refreshes.commit(claim, &sealed(byte), NOW).await;
        committed.unwrap()
    }

    async fn release(&self, claim: &RefreshClaim, presented: Presented) -> bool {
        self.refreshes.release(claim, presented).await.unwrap()
    }

    async fn refuse(
        &self,
        claim: &RefreshClaim,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        self.refreshes.refuse(claim, refused(), events).await
    }

    async fn disconnect(&self, connection: &Connection) {
        let Connection {
            owner,
            id,
            credential_version,
            ..
        } = *connection;
        let ended = self
            .connections
            .disconnect(owner, id, credential_version, &[], &[])
            .await;
        assert!(ended.unwrap().is_some());
    }

    /// Gives the connection another credential, as connecting again does.
    async fn reconnect(&self, connection: &Connection, byte: u8) -> Connection {
        let next = Connection {
            credential: Some(sealed(byte)),
            credential_version: connection.credential_version + 1,
            status: ConnectionStatus {
                state: ConnectionState::Active,
                since: NOW,
            },
            ..connection.clone()
        };
        let replaced = connection.credential_version;
        let saved = self.connections.replace_credential(&next, replaced, &[]);
        assert!(saved.await.unwrap());
        next
    }
}

/// Connections have no equality, because nobody should compare credentials; a test has to.
fn assert_same(left: &Connection, right: &Connection) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    assert_eq!(left.credential, right.credential, "the credentials");
}

//! A server that is killed in the middle of a refresh, and another that goes on from there: at
//! providers of each kind, seen from the provider's log and from the rows.

use wharf_sandbox::{Fault, FaultRule};

use crate::support::consent::{GOOGLE, MICROSOFT};
use crate::support::figures::Figures;
use crate::support::patience;
use crate::support::replicas::{Replicas, TOKEN, slow};

/// What a provider does to refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokens {
    /// They stay (Google).
    Stable,
    /// Each is replaced and works on (Microsoft).
    Overlap,
    /// They die by their use (Microsoft behind an identity provider that has it so).
    Strict,
}

impl Tokens {
    const ALL: [Self; 3] = [Self::Stable, Self::Overlap, Self::Strict];

    /// Two servers, and a connection whose access token has ended.
    async fn at_expiry(self) -> Replicas {
        match self {
            Self::Stable => Replicas::at_expiry(2, GOOGLE, None).await,
            Self::Overlap => Replicas::at_expiry(2, MICROSOFT, None).await,
            Self::Strict => Replicas::at_strict_expiry(2).await,
        }
    }
}

/// The claim of the server that died is over; the other one is asked.
async fn goes_on(replicas: &Replicas) -> u16 {
    replicas.end_lease().await;
    replicas.call(1).await
}

/// Waits until a server waits for what a test holds, after a claim or before it.
async fn until_it_waits(replicas: &Replicas, is_claimed: bool) {
    let waiting = "SELECT pid::text FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let claimed = "SELECT id::text FROM connections WHERE refresh_claimed_at IS NOT NULL";
    patience::until("it waits", async || {
        replicas.database.column(claimed).await.is_empty() != is_claimed
            && !replicas.database.column(waiting).await.is_empty()
    })
    .await;
}

/// Waits until the database has given up what a server that died had begun.
async fn until_the_database_noticed(replicas: &Replicas) {
    let busy = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                AND state <> 'idle' AND pid <> pg_backend_pid()";
    patience::until("the database noticed", async || {
        replicas.database.column(busy).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn nothing_is_lost_by_a_death_before_anything_was_sent() {
    for tokens in Tokens::ALL {
        let mut replicas = tokens.at_expiry().await;
        let row = replicas
            .database
            .hold("SELECT id FROM connections FOR UPDATE")
            .await;
        let call = replicas.begin_call(0);
        until_it_waits(&replicas, false).await;
        // It has the claim as soon as the row is free, and cannot open the refresh token.
        let keys = replicas.database.hold_table("user_keys").await;
        drop(row);
        until_it_waits(&replicas, true).await;
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        drop(keys);
        until_the_database_noticed(&replicas).await;
        assert_eq!(replicas.refreshes().len(), 0, "{tokens:?}");

        assert_eq!(goes_on(&replicas).await, 200, "{tokens:?}");
        nothing_lost(&replicas, 1).await;
    }
}

#[tokio::test]
async fn nothing_is_lost_by_a_death_before_the_provider_did_anything() {
    for tokens in Tokens::ALL {
        let mut replicas = tokens.at_expiry().await;
        let stall = FaultRule::on(TOKEN, Fault::Stall).times(1);
        replicas.sandbox.inject(stall);
        let call = replicas.begin_call(0);
        replicas.refresh_where("it is sent", |_| true).await;
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        assert!(!replicas.refreshes()[0].took_effect);

        assert_eq!(goes_on(&replicas).await, 200, "{tokens:?}");
        nothing_lost(&replicas, 2).await;
    }
}

#[tokio::test]
async fn a_death_before_the_answer_loses_only_what_dies_by_use() {
    for tokens in Tokens::ALL {
        let mut replicas = tokens.at_expiry().await;
        let stall = FaultRule::on(TOKEN, Fault::StallInBody).times(1);
        replicas.sandbox.inject(stall);
        let call = replicas.begin_call(0);
        replicas
            .refresh_where("it is done", |request| request.took_effect)
            .await;
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        lost_if_strict(&replicas, tokens).await;
    }
}

#[tokio::test]
async fn a_death_between_the_answer_and_the_row_loses_only_what_dies_by_use() {
    for tokens in Tokens::ALL {
        let mut replicas = tokens.at_expiry().await;
        replicas
            .sandbox
            .inject(FaultRule::on(TOKEN, slow()).times(1));
        let call = replicas.begin_call(0);
        replicas.refresh_where("it is sent", |_| true).await;
        // The row is kept from being written, until the server waits for it with the new token in hand.
        let row = replicas
            .database
            .hold("SELECT id FROM connections FOR UPDATE")
            .await;
        until_it_waits(&replicas, true).await;
        assert!(replicas.refreshes()[0].took_effect);
        // Nobody has used it yet: the refresh is the last that the provider saw.
        let requests = replicas.sandbox.requests();
        let last = requests.last().unwrap();
        assert_eq!(last.grant_type.as_deref(), Some("refresh_token"));
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        drop(row);
        until_the_database_noticed(&replicas).await;
        assert_eq!(replicas.credential().await.0, "1");
        lost_if_strict(&replicas, tokens).await;
    }
}

#[tokio::test]
async fn nothing_is_lost_once_it_is_stored() {
    for tokens in Tokens::ALL {
        let mut replicas = tokens.at_expiry().await;
        assert_eq!(replicas.call(0).await, 200);
        replicas.processes[0].kill();
        assert_eq!(replicas.call(1).await, 200, "{tokens:?}");
        nothing_lost(&replicas, 1).await;
        // The successor is good for the next refresh.
        replicas
            .sandbox
            .advance_clock(std::time::Duration::from_secs(7200));
        assert_eq!(replicas.call(1).await, 200, "{tokens:?}");
        nothing_lost(&replicas, 2).await;
    }
}

/// A strict provider refuses the token that was used up, and the server that is left says what was
/// lost; the others take it again.
async fn lost_if_strict(replicas: &Replicas, tokens: Tokens) {
    assert_eq!(goes_on(replicas).await, 200, "{tokens:?}");
    if tokens != Tokens::Strict {
        return nothing_lost(replicas, 2).await;
    }
    assert_eq!(replicas.status().await, "REQUIRES_REAUTH rotation_lost");
    let events = ["cloud.connected", "cloud.requires_reauth"];
    assert_eq!(replicas.events().await, events);
    assert_eq!(lost(replicas).await, [1.0, 1.0]);
    // It is known: the provider is not asked again.
    assert_eq!(replicas.call(1).await, 200);
    assert_eq!(replicas.refreshes().len(), 2);
}

/// The connection works, after so many refreshes.
async fn nothing_lost(replicas: &Replicas, refreshes: usize) {
    assert_eq!(replicas.status().await, "ACTIVE");
    assert_eq!(replicas.events().await, ["cloud.connected"]);
    assert_eq!(lost(replicas).await, [0.0, 0.0]);
    assert_eq!(replicas.refreshes().len(), refreshes);
}

/// What the server that is left counts as lost: grants, and refreshes that ended so.
async fn lost(replicas: &Replicas) -> [f64; 2] {
    let figures = Figures::of(&replicas.annas[1]).await;
    let ended = [("provider", MICROSOFT), ("outcome", "rotation_lost")];
    [
        figures.sum("wharf_refresh_lost_total", &ended[..1]),
        figures.sum("wharf_refreshes_total", &ended),
    ]
}

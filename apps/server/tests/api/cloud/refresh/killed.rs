//! A server that is killed in the middle of a refresh, and another that goes on from there.

use wharf_sandbox::{Fault, FaultRule};

use crate::support::consent::{GOOGLE, MICROSOFT};
use crate::support::patience;
use crate::support::replicas::{Replicas, TOKEN, slow};

const STRICT: Fault = Fault::StrictRotation {
    reuse_ends_grant: false,
};

/// The providers, and whether refresh tokens die by use there.
const CASES: [(&str, bool); 3] = [(GOOGLE, false), (MICROSOFT, false), (MICROSOFT, true)];

async fn at_expiry(provider: &str, is_strict: bool) -> Replicas {
    let replicas = Replicas::at_expiry(2, provider, None).await;
    if is_strict {
        replicas.sandbox.inject(FaultRule::on(TOKEN, STRICT));
    }
    replicas
}

/// The claim of the server that died is over; the other one is asked.
async fn goes_on(replicas: &Replicas) -> u16 {
    replicas.end_lease().await;
    replicas.call(1).await
}

#[tokio::test]
async fn nothing_is_lost_by_a_death_before_the_provider_did_anything() {
    for (provider, is_strict) in CASES {
        let mut replicas = at_expiry(provider, is_strict).await;
        let stall = FaultRule::on(TOKEN, Fault::Stall).times(1);
        replicas.sandbox.inject(stall);
        let call = replicas.begin_call(0);
        replicas.refresh_where("it is sent", |_| true).await;
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        assert!(!replicas.refreshes()[0].took_effect);

        assert_eq!(goes_on(&replicas).await, 200, "{provider} {is_strict}");
        assert_eq!(replicas.status().await, "ACTIVE");
    }
}

#[tokio::test]
async fn a_death_before_the_answer_loses_only_what_dies_by_use() {
    for (provider, is_strict) in CASES {
        let mut replicas = at_expiry(provider, is_strict).await;
        let stall = FaultRule::on(TOKEN, Fault::StallInBody).times(1);
        replicas.sandbox.inject(stall);
        let call = replicas.begin_call(0);
        replicas
            .refresh_where("it is done", |request| request.took_effect)
            .await;
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        lost_if(&replicas, is_strict).await;
    }
}

#[tokio::test]
async fn a_death_between_the_answer_and_the_row_loses_only_what_dies_by_use() {
    for (provider, is_strict) in CASES {
        let mut replicas = at_expiry(provider, is_strict).await;
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
        let waiting = "SELECT pid::text FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        patience::until("it waits for the row", async || {
            !replicas.database.column(waiting).await.is_empty()
        })
        .await;
        assert!(replicas.refreshes()[0].took_effect);
        replicas.processes[0].kill();
        assert_eq!(call.await.unwrap(), None);
        drop(row);
        let busy = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                    AND state <> 'idle' AND pid <> pg_backend_pid()";
        patience::until("the database noticed", async || {
            replicas.database.column(busy).await.is_empty()
        })
        .await;
        assert_eq!(replicas.credential().await.0, "1");
        lost_if(&replicas, is_strict).await;
    }
}

#[tokio::test]
async fn nothing_is_lost_once_it_is_stored() {
    for (provider, is_strict) in CASES {
        let mut replicas = at_expiry(provider, is_strict).await;
        assert_eq!(replicas.call(0).await, 200);
        replicas.processes[0].kill();
        assert_eq!(replicas.call(1).await, 200, "{provider} {is_strict}");
        assert_eq!(replicas.refreshes().len(), 1);
        replicas
            .sandbox
            .advance_clock(std::time::Duration::from_secs(7200));
        assert_eq!(replicas.call(1).await, 200, "{provider} {is_strict}");
        assert_eq!(replicas.status().await, "ACTIVE");
    }
}

/// A strict provider refuses the token that was used up; the others take it again.
async fn lost_if(replicas: &Replicas, is_strict: bool) {
    assert_eq!(goes_on(replicas).await, 200);
    let (status, events) = if is_strict {
        let events = vec!["cloud.connected", "cloud.requires_reauth"];
        ("REQUIRES_REAUTH grant_refused", events)
    } else {
        ("ACTIVE", vec!["cloud.connected"])
    };
    assert_eq!(replicas.status().await, status);
    assert_eq!(replicas.events().await, events);
    assert_eq!(replicas.refreshes().len(), 2);
}

//! Providers that are away, busy, or do not accept this server: no connection is marked for it.

use std::time::Duration;

use wharf_sandbox::{Fault, FaultRule, RetryAfter};

use crate::support::consent::{ANNA, Consenting, GOOGLE, MICROSOFT};
use crate::support::postgres::Database;
use crate::support::process;
use crate::support::replicas::{Replicas, TOKEN, call};

const AN_HOUR: Duration = Duration::from_secs(3601);

fn refuses(status: u16, error: Option<&str>, retry_after: Option<RetryAfter>) -> Fault {
    Fault::Answer {
        status,
        error: error.map(str::to_owned),
        retry_after,
        after_effect: false,
    }
}

#[tokio::test]
async fn an_outage_marks_nobody_on_sqlite() {
    outage(&Consenting::start().await).await;
}

#[tokio::test]
async fn an_outage_marks_nobody_on_postgresql() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    outage(&scene).await;
    let events = database.events("action", "cloud.%").await;
    assert_eq!(events, ["cloud.connected"; 2]);
}

async fn outage(scene: &Consenting) {
    for provider in [GOOGLE, MICROSOFT] {
        let id = scene.connect(provider, ANNA).await;
        for (fault, status, code) in [
            (refuses(503, None, None), 502, "upstream_unavailable"),
            (refuses(500, None, None), 502, "upstream_unavailable"),
            (Fault::LostAnswer, 502, "upstream_unavailable"),
            (Fault::ResetBefore, 502, "upstream_unavailable"),
            (
                refuses(401, Some("invalid_client"), None),
                502,
                "provider_misconfigured",
            ),
            (
                refuses(429, None, Some(RetryAfter::Secs(1))),
                503,
                "rate_limited_upstream",
            ),
        ] {
            scene.sandbox.advance_clock(AN_HOUR);
            scene.sandbox.inject(FaultRule::on(TOKEN, fault.clone()));
            let path = format!("/api/cloud/connections/{id}");
            let check = scene.anna.post(&format!("{path}/check")).send().await;
            check.problem(status, code);
            let connection = scene.anna.get(&path).send().await.expect(200).json();
            assert_eq!(connection["status"], "ACTIVE", "{fault:?}");

            scene.sandbox.behave();
            crate::support::patience::until("it works again", async || {
                call(&scene.anna, &id).await == 200
            })
            .await;
        }
    }
}

//
#[tokio::test]
async fn a_wrong_secret_raises_one_alarm_and_marks_nobody() {
    let replicas = Replicas::at_expiry(1, MICROSOFT, None).await;
    let wrong = refuses(401, Some("invalid_client"), None);
    replicas.sandbox.inject(FaultRule::on(TOKEN, wrong));
    for _ in 0..3 {
        assert_eq!(replicas.call(0).await, 502);
    }
    assert_eq!(replicas.status().await, "ACTIVE");
    let alarms = || {
        let log = process::log(replicas.processes[0].folder());
        log.matches("check its client id and secret").count()
    };
    assert_eq!(alarms(), 1);

    replicas.sandbox.behave();
    assert_eq!(replicas.call(0).await, 200);
    assert_eq!(alarms(), 1);
}

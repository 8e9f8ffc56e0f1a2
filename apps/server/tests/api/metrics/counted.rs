//! A few known requests, and exactly what they count as.

use std::time::Duration;

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule, Provider, Sandbox};

use crate::support::consent::{ANNA, GOOGLE};
use crate::support::figures::Figures;
use crate::support::postgres::Database;
use crate::support::process::Process;
use crate::support::replicas::{Replicas, TOKEN};
use crate::support::scene::{connect, document_path, store, try_connect};
use crate::support::storage::account;

const REQUESTS: &str = "wharf_http_requests_total";

#[tokio::test]
async fn requests_by_route_method_and_status() {
    let process = Process::start().await;
    let anna = process.regular("anna@example.org", "a good password").await;
    for _ in 0..3 {
        anna.get("/api/users/me").send().await.expect(200);
    }
    process
        .client()
        .get("/api/users/me")
        .send()
        .await
        .expect(401);
    anna.call("HEAD", "/api/users/me").send().await.expect(200);
    anna.call("BREW", "/api/users/me").send().await.expect(405);
    anna.get("/api/nothing").send().await.expect(404);
    anna.get("/api/documents/unreadable")
        .send()
        .await
        .expect(404);

    let figures = Figures::of(&anna).await;
    let count = |route, method, status| {
        let labels = [("route", route), ("method", method), ("status", status)];
        figures.sum(REQUESTS, &labels)
    };
    assert_eq!(count("/api/auth/login", "POST", "2xx"), 1.0);
    assert_eq!(count("/api/users/me", "GET", "2xx"), 3.0);
    assert_eq!(count("/api/users/me", "GET", "4xx"), 1.0);
    assert_eq!(count("/api/users/me", "HEAD", "2xx"), 1.0);
    assert_eq!(count("/api/users/me", "other", "4xx"), 1.0);
    assert_eq!(count("/api/documents/{id}", "GET", "4xx"), 1.0);
    assert_eq!(count("unknown", "GET", "4xx"), 1.0);
    assert_eq!(
        figures.sum("wharf_http_requests_total", &[("status", "5xx")]),
        0.0
    );

    let name = "wharf_http_request_duration_seconds";
    let labels = [("route", "/api/users/me"), ("method", "GET")];
    assert_eq!(figures.sum(&format!("{name}_count"), &labels), 4.0);
    let all = [labels[0], labels[1], ("le", "+Inf")];
    assert_eq!(figures.sum(&format!("{name}_bucket"), &all), 4.0);
    // The scrape itself is the one request without an answer yet.
    assert_eq!(figures.sum("wharf_http_requests_in_flight", &[]), 1.0);
}

#[tokio::test]
async fn bytes_of_bodies() {
    let process = Process::start().await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let document = store(&anna, "notes.txt", "house", b"forty-two").await;
    let content = format!("{}/content", document_path(&document));

    let before = Figures::of(&anna).await;
    anna.get(&content).send().await.expect(200);
    let call = anna.post("/api/documents").query("name", "more.txt");
    let stored = call.body("text/plain", "twelve bytes").send().await;
    let answered = stored.expect(201).body.len();
    let after = Figures::of(&anna).await;

    let grew = |name| after.sum(name, &[]) - before.sum(name, &[]);
    assert_eq!(grew("wharf_http_received_bytes_total"), 12.0);
    let sent = before.text.len() + "forty-two".len() + answered;
    assert_eq!(grew("wharf_http_sent_bytes_total"), sent as f64);
}

fn overloaded() -> Fault {
    Fault::Answer {
        status: 503,
        error: None,
        retry_after: None,
        after_effect: false,
    }
}

#[tokio::test]
async fn storages_listings_sessions_and_addresses() {
    let process = Process::start().await;
    let sandbox = Sandbox::start();
    let anna = process.regular("anna@example.org", "a good password").await;
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let folder = format!("/api/cloud/connections/{connection}/folders/root");
    for _ in 0..3 {
        anna.get(&folder).send().await.expect(200);
    }
    sandbox.inject(FaultRule::on("PROPFIND *", overloaded()).times(1));
    let fresh = anna.get(&folder).query("fresh", "true").send().await;
    fresh.problem(502, "upstream_unavailable");
    let login = json!({"email": "anna@example.org", "password": "a wrong password"});
    let refused = process.client().post("/api/auth/login").json(&login);
    refused.send().await.expect(401);
    let inward = json!({
        "provider": "webdav",
        "server_url": "http://10.1.2.3:8080/",
        "username": "anna",
        "password": "secret",
    });
    try_connect(&anna, &inward).await.expect(422);

    let figures = Figures::of(&anna).await;
    let lists = |outcome| {
        let labels = [
            ("provider", "webdav"),
            ("operation", "list"),
            ("outcome", outcome),
        ];
        figures.sum("wharf_storage_calls_total", &labels)
    };
    assert_eq!(lists("ok"), 1.0);
    assert_eq!(lists("unavailable"), 1.0);
    let took = [("provider", "webdav"), ("operation", "list")];
    assert_eq!(
        figures.sum("wharf_storage_call_duration_seconds_count", &took),
        2.0
    );
    let listings = |source| figures.sum("wharf_folder_listings_total", &[("source", source)]);
    assert_eq!((listings("cache"), listings("reading")), (2.0, 2.0));
    assert_eq!(figures.sum("wharf_sessions_started_total", &[]), 1.0);
    let refused = [("reason", "login")];
    assert_eq!(figures.sum("wharf_sessions_refused_total", &refused), 1.0);
    //
    let blocked = [("class", "typed"), ("rule", "address")];
    assert_eq!(figures.sum("wharf_egress_blocked_total", &blocked), 1.0);
    assert_eq!(figures.sum("wharf_egress_blocked_total", &[]), 1.0);
}

#[tokio::test]
async fn connections_by_status_and_the_database() {
    let process = Process::start().await;
    let sandbox = Sandbox::start();
    let anna = process.regular("anna@example.org", "a good password").await;
    connect(&anna, &account(&sandbox.webdav())).await;
    let other = sandbox.add_account("second", "another password");
    let other_id = connect(&anna, &account(&other)).await;
    sandbox.add_account("second", "a new password");
    let check = format!("/api/cloud/connections/{other_id}/check");
    anna.post(&check).send().await;

    let figures = Figures::of(&anna).await;
    let count = |status| {
        let labels = [("provider", "webdav"), ("status", status)];
        figures.sum("wharf_connections", &labels)
    };
    assert_eq!(count("ACTIVE"), 1.0);
    assert_eq!(count("REQUIRES_REAUTH"), 1.0);
    assert_eq!(figures.sum("wharf_connections", &[]), 2.0);
    assert_eq!(figures.sum("wharf_database_up", &[]), 1.0);
    assert!(figures.sum("wharf_database_connections", &[]) >= 1.0);
    assert_eq!(figures.sum("wharf_outbox_age_seconds", &[]), 0.0);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(figures.sum("wharf_build_info", &version), 1.0);
    assert!(figures.sum("process_start_time_seconds", &[]) > 1.7e9);
}

//
#[tokio::test]
async fn refreshes_by_outcome_and_the_grants_that_are_over() {
    let replicas = Replicas::at_expiry(1, GOOGLE, None).await;
    assert_eq!(replicas.call(0).await, 200);
    let wrong_secret = Fault::Answer {
        status: 401,
        error: Some("invalid_client".to_owned()),
        retry_after: None,
        after_effect: false,
    };
    for trouble in [overloaded(), wrong_secret] {
        replicas.sandbox.advance_clock(Duration::from_secs(7200));
        replicas.sandbox.inject(FaultRule::on(TOKEN, trouble));
        assert_eq!(replicas.call(0).await, 502);
        replicas.sandbox.behave();
    }
    assert!(replicas.sandbox.revoke(Provider::Google, ANNA));
    assert_eq!(replicas.call(0).await, 200);

    let figures = Figures::of(&replicas.annas[0]).await;
    let ended = |outcome| {
        let labels = [("provider", GOOGLE), ("outcome", outcome)];
        figures.sum("wharf_refreshes_total", &labels)
    };
    let outcomes = ["renewed", "unanswered", "client_refused", "grant_refused"];
    assert_eq!(outcomes.map(ended), [1.0; 4]);
    let sum = |name| figures.sum(name, &[("provider", GOOGLE)]);
    assert_eq!(sum("wharf_refreshes_total"), 4.0);
    assert_eq!(sum("wharf_refresh_duration_seconds_count"), 4.0);
    assert_eq!(sum("wharf_refresh_store_duration_seconds_count"), 1.0);
    assert_eq!(sum("wharf_refresh_lost_total"), 0.0);
    let over = [("provider", GOOGLE), ("status", "REQUIRES_REAUTH")];
    assert_eq!(figures.sum("wharf_connections", &over), 1.0);
    assert_eq!(sum("wharf_connections"), 1.0);
}

// whoever watches is told when it matters most.
#[tokio::test]
async fn without_its_database_a_server_still_tells() {
    let database = Database::fresh().await;
    let process = Process::with(|settings| settings.database(&database.url)).await;
    let anna = process.regular("anna@example.org", "a good password").await;
    database.drop_by_force().await;
    anna.get("/api/users/me").send().await;
    anna.get("/api/documents")
        .send()
        .await
        .problem(503, "database_unavailable");

    let figures = Figures::of(&anna).await;
    assert_eq!(figures.sum("wharf_database_up", &[]), 0.0);
    assert!(figures.sum("wharf_database_failures_total", &[]) >= 1.0);
    let failed = [("route", "/api/documents"), ("status", "5xx")];
    assert_eq!(figures.sum(REQUESTS, &failed), 1.0);
}

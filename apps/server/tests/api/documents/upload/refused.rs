//! Uploads that nobody takes.

use wharf_sandbox::Scenario;

use super::{PATH, nothing_is_stored, upload};
use crate::support::scene::Scene;
use crate::support::server::Server;

//
#[tokio::test]
async fn nobody_stores_in_anybody_elses_storage() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let asked = scene.sandbox.requests().len();
    let attempt = async |storage: &str| {
        upload(&ben, "n")
            .query("storage", storage)
            .body("text/plain", "…")
            .send()
            .await
    };
    let others = attempt(&scene.connection).await;
    let unknown = attempt("01900000-0000-7000-8000-000000000000").await;
    assert_eq!(others.masked(), unknown.masked());
    others.problem(404, "not_found");
    assert_eq!(scene.sandbox.requests().len(), asked);
    nothing_is_stored(&ben).await;
}

#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for query in [
        "name=a&name=b",
        "name=a&storage=cellar",
        "name=a&storage=",
        "name=a&colour=red",
        "name=%ff",
    ] {
        let call = anna
            .post(&format!("{PATH}?{query}"))
            .body("text/plain", "…");
        let answer = call.send().await;
        assert_eq!(answer.status, 400, "{query}");
        answer.problem(400, "invalid_request");
    }
    nothing_is_stored(&anna).await;
}

// I-03: a coding would be stored as if it were the content.
#[tokio::test]
async fn a_coded_body_is_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let call = upload(&anna, "n")
        .header("Content-Encoding", "gzip")
        .body("text/plain", "…");
    call.send().await.problem(415, "unsupported_media_type");
    nothing_is_stored(&anna).await;
}

#[tokio::test]
async fn a_storage_that_takes_nothing_is_reported() {
    let scene = Scene::start().await;
    for (scenario, status, code) in [
        (Scenario::Full, 507, "storage_full"),
        (Scenario::ServerError, 502, "upstream_unavailable"),
    ] {
        scene.sandbox.misbehave(scenario);
        let call = upload(&scene.anna, "n").query("storage", &scene.connection);
        let answer = call.body("text/plain", "…").send().await;
        assert_eq!(answer.status, status, "{scenario}");
        answer.problem(status, code);
    }
    scene.sandbox.behave();
    nothing_is_stored(&scene.anna).await;
    assert_eq!(
        scene.witness().paths_in("Wharf").await,
        Vec::<String>::new()
    );
}

//
#[tokio::test]
async fn a_silent_storage_is_given_up() {
    let scene = Scene::impatient().await;
    scene.sandbox.misbehave(Scenario::Stall);
    let call = upload(&scene.anna, "n").query("storage", &scene.connection);
    call.body("text/plain", "…")
        .send()
        .await
        .problem(504, "upstream_timeout");
    nothing_is_stored(&scene.anna).await;
}

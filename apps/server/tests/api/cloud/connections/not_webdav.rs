//! Servers that answer, and are not what they should be: each gets its code, nothing is stored, and
//! nothing that they say comes through (S-12, X-01, X-08).

use wharf_sandbox::Scenario;

use super::connect::no_connection;
use crate::support::scene::Scene;

async fn refused(scenario: Scenario, status: u16, code: &str) {
    refused_at(&Scene::start().await, scenario, status, code).await;
}

async fn refused_at(scene: &Scene, scenario: Scenario, status: u16, code: &str) {
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    let answer = scene.connect_odd(scenario).await;
    for theirs in ["Nothing to see here", "boom", "127.0.0.1", "root:"] {
        assert!(!answer.text().contains(theirs), "{theirs}");
    }
    answer.problem(status, code);
    no_connection(&scene.anna).await;
}

#[tokio::test]
async fn a_web_site() {
    refused(Scenario::Html, 422, "not_webdav").await;
}

#[tokio::test]
async fn a_web_site_that_says_207() {
    refused(Scenario::HtmlAs207, 422, "not_webdav").await;
}

#[tokio::test]
async fn an_empty_multistatus() {
    refused(Scenario::Empty207, 422, "not_webdav").await;
}

#[tokio::test]
async fn truncated_xml() {
    refused(Scenario::TruncatedXml, 422, "not_webdav").await;
}

//
#[tokio::test]
async fn an_entity_bomb() {
    refused(Scenario::EntityBomb, 422, "not_webdav").await;
}

//
#[tokio::test]
async fn an_external_entity() {
    refused(Scenario::Doctype, 422, "not_webdav").await;
}

//
#[tokio::test]
async fn a_folder_on_another_host() {
    refused(Scenario::ForeignHref, 422, "not_webdav").await;
}

//
#[tokio::test]
async fn a_folder_outside_itself() {
    refused(Scenario::EscapingHref, 422, "not_webdav").await;
}

#[tokio::test]
async fn trouble_of_its_own() {
    refused(Scenario::ServerError, 502, "upstream_unavailable").await;
}

#[tokio::test]
async fn no_credentials_are_good_enough() {
    refused(Scenario::Unauthorized, 422, "upstream_auth_failed").await;
}

//
#[tokio::test]
async fn silence() {
    let scene = Scene::impatient().await;
    refused_at(&scene, Scenario::Stall, 504, "upstream_timeout").await;
}

#[tokio::test]
async fn a_closed_port() {
    let scene = Scene::start().await;
    let unbound = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = unbound.local_addr().unwrap();
    drop(unbound);
    let mut entered = crate::support::storage::account(&scene.sandbox.webdav());
    entered["server_url"] = format!("http://{address}/dav/").into();
    let answer = crate::support::scene::try_connect(&scene.anna, &entered).await;
    assert!(!answer.text().contains("127.0.0.1"));
    answer.problem(502, "unreachable");
}

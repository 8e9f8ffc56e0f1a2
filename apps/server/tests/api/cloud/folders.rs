//! `GET /api/cloud/connections/{id}/folders/{folder_id}` and `GET /api/cloud/folders/{provider}/{folder_id}`.

use serde_json::{Value, json};
use wharf_sandbox::{ORDINARY_FILE, Scenario};

use crate::support::scene::{Scene, column, connect, text, try_connect};
use crate::support::server::Server;
use crate::support::storage::account;

const BY_PROVIDER: &str = "/api/cloud/folders/webdav/root";

async fn list(scene: &Scene, folder: &str) -> Value {
    scene
        .anna
        .get(&scene.folder_path(folder))
        .send()
        .await
        .expect(200)
        .json()
}

/// The entry with this name.
#[track_caller]
fn entry<'a>(page: &'a Value, name: &str) -> &'a Value {
    let items = page["items"].as_array().unwrap();
    items.iter().find(|item| item["name"] == name).unwrap()
}

#[tokio::test]
async fn folders_come_first_and_both_by_name() {
    let scene = Scene::start().await;
    let page = list(&scene, "root").await;
    assert_eq!(
        column(&page, "name"),
        ["Empty", "Odd names", "Photos", "Reports", "Welcome.txt"]
    );
    assert_eq!(
        (&page["skipped"], &page["next_cursor"]),
        (&json!(0), &Value::Null)
    );
    let file = entry(&page, "Welcome.txt");
    assert_eq!(
        (&file["kind"], &file["size_bytes"]),
        (&json!("file"), &json!(24))
    );
    assert!(
        file["modified_at"].as_str().unwrap().ends_with('Z'),
        "{file}"
    );
    let folder = entry(&page, "Empty");
    assert_eq!(
        (&folder["kind"], &folder["size_bytes"]),
        (&json!("folder"), &Value::Null)
    );
}

// I-02, X-05
#[tokio::test]
async fn every_name_leads_to_its_own_folder() {
    let scene = Scene::start().await;
    let root = list(&scene, "root").await;
    let reports = list(&scene, &text(&entry(&root, "Reports")["id"])).await;
    let year = list(&scene, &text(&entry(&reports, "2026")["id"])).await;
    assert_eq!(column(&year, "name"), ["Q1 report.csv", "Q2 report.csv"]);
    let empty = list(&scene, &text(&entry(&root, "Empty")["id"])).await;
    assert_eq!(empty["items"], json!([]));
    let odd = list(&scene, &text(&entry(&root, "Odd names")["id"])).await;
    let mut names = column(&odd, "name");
    names.sort();
    let mut expected = [
        "100% #1? a+b&c;d=e.txt",
        "<tag> \"quoted\" 'single'.txt",
        "Ümläut – größer.txt",
        "u\u{308}ber.txt",
        "日本語 🚢.txt",
        "%2e%2e%2f.txt",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_listing_is_cached_until_somebody_wants_it_fresh() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let first = list(&scene, "root").await;
    let asked = scene.sandbox.requests().len();
    assert_eq!(list(&scene, "root").await, first);
    let by_provider = scene.anna.get(BY_PROVIDER).send().await.expect(200).json();
    assert_eq!(by_provider, first);
    let stale = scene
        .anna
        .get(&root)
        .query("fresh", "false")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(stale, first);
    assert_eq!(scene.sandbox.requests().len(), asked, "the cache answers");

    scene.witness().write("New.txt", "new").await;
    let asked = scene.asked("PROPFIND");
    let fresh = scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200)
        .json();
    assert!(scene.asked("PROPFIND") > asked);
    entry(&fresh, "New.txt");
    // What was read afresh is what the cache knows from now on.
    assert_eq!(list(&scene, "root").await, fresh);
}

#[tokio::test]
async fn pages_are_cut_from_one_reading() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let mut names = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut call = scene.anna.get(&root).query("limit", "2");
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.send().await.expect(200).json();
        assert!(page["items"].as_array().unwrap().len() <= 2);
        names.extend(column(&page, "name"));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(
        names,
        ["Empty", "Odd names", "Photos", "Reports", "Welcome.txt"]
    );
    assert_eq!(scene.asked("PROPFIND"), propfinds_of_one_listing(&scene));
}

/// One to connect, one to list.
fn propfinds_of_one_listing(scene: &Scene) -> usize {
    let requests = scene.sandbox.requests();
    let listings = requests
        .iter()
        .filter(|request| request.method == "PROPFIND");
    assert!(listings.clone().count() <= 2, "{requests:?}");
    listings.count()
}

async fn cursor_of(scene: &Scene, folder: &str) -> String {
    let call = scene
        .anna
        .get(&scene.folder_path(folder))
        .query("limit", "1");
    text(&call.send().await.expect(200).json()["next_cursor"])
}

#[tokio::test]
async fn a_cursor_belongs_to_its_folder_and_connection() {
    let scene = Scene::start().await;
    let root = list(&scene, "root").await;
    let odd_names = text(&entry(&root, "Odd names")["id"]);
    let cursor = cursor_of(&scene, &odd_names).await;
    let elsewhere = scene
        .anna
        .get(&scene.folder_path("root"))
        .query("cursor", &cursor);
    elsewhere.send().await.problem(400, "invalid_cursor");

    let ben = scene.sandbox.add_account("ben", "a password");
    let second = connect(&scene.anna, &account(&ben)).await;
    let elsewhere = format!("/api/cloud/connections/{second}/folders/root");
    let cursor = cursor_of(&scene, "root").await;
    let answer = scene
        .anna
        .get(&elsewhere)
        .query("cursor", &cursor)
        .send()
        .await;
    answer.problem(400, "invalid_cursor");
    for garbage in ["", "x", "AAAA", "!", &"A".repeat(4_000)] {
        let call = scene
            .anna
            .get(&scene.folder_path("root"))
            .query("cursor", garbage);
        call.send().await.problem(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn a_cursor_expires_with_the_reading_it_was_cut_from() {
    let scene = Scene::start().await;
    let cursor = cursor_of(&scene, "root").await;
    scene.witness().write("Another.txt", "another").await;
    let root = scene.folder_path("root");
    scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200);
    let answer = scene.anna.get(&root).query("cursor", &cursor).send().await;
    answer.problem(410, "cursor_expired");
}

// I-01, I-03
#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    for limit in ["1", "1000"] {
        scene
            .anna
            .get(&root)
            .query("limit", limit)
            .send()
            .await
            .expect(200);
    }
    for query in [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=abc",
        "limit=",
        "limit=1.5",
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "fresh=yes",
        "fresh=",
        "fresh=true&fresh=true",
        "unknown=1",
        "connection_id=01900000-0000-7000-8000-000000000000",
    ] {
        let answer = scene.anna.get(&format!("{root}?{query}")).send().await;
        assert_eq!(answer.status, 400, "{query}");
        let problem = answer.problem(400, "invalid_request");
        let name = query.split('=').next().unwrap();
        assert_eq!(problem["field"], name, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_folder_is_refused() {
    let scene = Scene::start().await;
    let root = list(&scene, "root").await;
    let file = text(&entry(&root, "Welcome.txt")["id"]);
    let answer = scene.anna.get(&scene.folder_path(&file)).send().await;
    answer.problem(409, "not_a_folder");

    let empty = text(&entry(&root, "Empty")["id"]);
    scene.witness().delete("Empty").await;
    let answer = scene.anna.get(&scene.folder_path(&empty)).send().await;
    answer.problem(404, "item_not_found");
    for garbage in ["nowhere", "AQAA", "%2F", "%00", "ROOT", &"A".repeat(2_049)] {
        let answer = scene.anna.get(&scene.folder_path(garbage)).send().await;
        answer.problem(404, "item_not_found");
    }
}

// I-02: an id is text from outside, even if it decodes.
#[tokio::test]
async fn a_forged_id_never_leaves_the_account() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let scene = Scene::start().await;
    let before = scene.sandbox.requests().len();
    for path in [
        "../ben",
        "..",
        "a/../../ben",
        "/etc",
        "%2e%2e/ben",
        "a//b",
        "a/./b",
        "a\0b",
        "http://elsewhere.example/",
    ] {
        let id = URL_SAFE_NO_PAD.encode([b"\x01\0\0", path.as_bytes()].concat());
        let answer = scene.anna.get(&scene.folder_path(&id)).send().await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem(404, "item_not_found");
    }
    let asked = scene.sandbox.requests().split_off(before);
    let base = "/dav/anna/";
    assert!(
        asked
            .iter()
            .all(|request| request.path.starts_with(base) && !request.path.contains("..")),
        "{asked:?}"
    );
}

//
#[tokio::test]
async fn entries_that_lead_away_are_left_out_and_counted() {
    for scenario in [Scenario::ForeignHref, Scenario::EscapingHref] {
        let scene = Scene::start().await;
        scene.sandbox.misbehave(scenario);
        let page = list(&scene, "root").await;
        assert_eq!(column(&page, "name"), [ORDINARY_FILE], "{scenario}");
        assert!(page["skipped"].as_u64().unwrap() > 0, "{scenario}");
    }
}

//
#[tokio::test]
async fn a_listing_that_is_none_is_refused() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    for (scenario, status, code) in [
        (Scenario::Html, 422, "not_webdav"),
        (Scenario::HtmlAs207, 422, "not_webdav"),
        (Scenario::Empty207, 422, "not_webdav"),
        (Scenario::TruncatedXml, 422, "not_webdav"),
        (Scenario::EntityBomb, 422, "not_webdav"),
        (Scenario::Doctype, 422, "not_webdav"),
        (Scenario::ServerError, 502, "upstream_unavailable"),
    ] {
        scene.sandbox.misbehave(scenario);
        let answer = scene.anna.get(&root).query("fresh", "true").send().await;
        assert_eq!(answer.status, status, "{scenario}");
        answer.problem(status, code);
    }
    // Trouble is no reason to mark a connection.
    let connection = scene
        .anna
        .get(&scene.connection_path())
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(connection["status"], "ACTIVE");
    scene.sandbox.behave();
    list(&scene, "root").await;
}

//
#[tokio::test]
async fn a_listing_that_never_ends_is_given_up() {
    let scene = Scene::impatient().await;
    scene.sandbox.misbehave(Scenario::StallMidListing);
    let answer = scene.anna.get(&scene.folder_path("root")).send().await;
    answer.problem(504, "upstream_timeout");
}

//
#[tokio::test]
async fn a_folder_without_end_is_refused() {
    let scene = Scene::start().await;
    scene.sandbox.misbehave(Scenario::Huge);
    let answer = scene.anna.get(&scene.folder_path("root")).send().await;
    answer.problem(502, "folder_too_large");
}

#[tokio::test]
async fn a_provider_is_known_connected_and_unambiguous() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    anna.get("/api/cloud/folders/gopher/root")
        .send()
        .await
        .problem(404, "unknown_provider");
    anna.get(BY_PROVIDER)
        .send()
        .await
        .problem(404, "not_connected");

    let sandbox = wharf_sandbox::Sandbox::start();
    let first = connect(&anna, &account(&sandbox.webdav())).await;
    anna.get(BY_PROVIDER).send().await.expect(200);
    let ben = sandbox.add_account("ben", "a password");
    let second = connect(&anna, &account(&ben)).await;
    anna.get(BY_PROVIDER)
        .send()
        .await
        .problem(409, "connection_ambiguous");
    for id in [&first, &second] {
        let page = anna
            .get(BY_PROVIDER)
            .query("connection_id", id)
            .send()
            .await
            .expect(200)
            .json();
        assert_eq!(page["connection_id"], id.as_str());
    }
    let unknown = "01900000-0000-7000-8000-000000000000";
    let answer = anna
        .get(BY_PROVIDER)
        .query("connection_id", unknown)
        .send()
        .await;
    answer.problem(404, "not_found");
    let answer = anna
        .get(BY_PROVIDER)
        .query("connection_id", "nonsense")
        .send()
        .await;
    assert_eq!(
        answer.problem(400, "invalid_request")["field"],
        "connection_id"
    );
    anna.delete(&format!("/api/cloud/connections/{first}"))
        .send()
        .await
        .expect(200);
    let page = anna.get(BY_PROVIDER).send().await.expect(200).json();
    assert_eq!(page["connection_id"], second.as_str());
}

#[tokio::test]
async fn nothing_is_listed_from_the_cache_for_whoever_left() {
    let scene = Scene::start().await;
    list(&scene, "root").await;
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    scene
        .anna
        .get(&scene.folder_path("root"))
        .send()
        .await
        .problem(404, "not_found");
    try_connect(&scene.anna, &account(&scene.sandbox.webdav()))
        .await
        .expect(200);
    list(&scene, "root").await;
}

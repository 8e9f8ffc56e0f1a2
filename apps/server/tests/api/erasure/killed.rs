//! Servers that are killed in the middle of an erasure, at each of its steps, and started again: all comes
//! to its end, and nothing is done twice that must be done once.

use futures_util::future::join_all;
use serde_json::json;
use wharf_sandbox::{Fault, FaultRule};

use super::scene::{Scene, tally};
use crate::support::folder::files;
use crate::support::patience;
use crate::support::postgres::Database;
use crate::support::settings::Settings;

/// Where the server is killed.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// As soon as the deletion is answered.
    Answered,
    /// When this request has arrived at the sandbox for the so-manieth time, and is not answered yet.
    Request(&'static str, &'static str, usize),
    /// When the house is empty.
    HouseEmpty,
}

/// Each step there is.
const POINTS: [Point; 7] = [
    Point::Answered,
    Point::HouseEmpty,
    Point::Request("DELETE", "Wharf/canary-report.txt", 1),
    Point::Request("PATCH", "/drive/v3/files/", 2),
    Point::Request("DELETE", "/me/drive/items/", 3),
    Point::Request("POST", "/revoke", 1),
    Point::Request("DELETE", "/apppassword", 1),
];

/// One of each kind: on both databases the steps are the same.
const SOME_POINTS: [Point; 3] = [POINTS[0], POINTS[2], POINTS[5]];

/// What the request does is done before the server is killed, and never told.
async fn kill_at(scene: &mut Scene, point: Point) -> String {
    if let Point::Request(method, part, _) = point {
        let route = format!("{method} *{part}*");
        let late = Fault::Latency { ms: 700 };
        scene.sandbox.inject(FaultRule::on(&route, late));
    }
    let erasure = scene.begin().await;
    match point {
        Point::Answered => {}
        Point::HouseEmpty => {
            let documents = scene.process.folder().join("data/documents");
            let is_empty = async || files(&documents).is_empty();
            patience::until("the house is empty", is_empty).await;
        }
        Point::Request(method, part, number) => {
            let has_arrived = async || {
                let requests = scene.sandbox.requests();
                let fits = requests
                    .iter()
                    .filter(|it| it.method == method && it.path.contains(part));
                fits.count() >= number
            };
            patience::until(&format!("{point:?}"), has_arrived).await;
        }
    }
    scene.process.kill_and_restart().await;
    erasure
}

async fn survives(point: Point, choose: impl FnOnce(Settings) -> Settings) -> Scene {
    let mut scene = Scene::start(choose).await;
    let erasure = kill_at(&mut scene, point).await;
    let receipt = scene.ended(&erasure).await;
    assert_eq!(receipt["state"], "complete", "{point:?}: {receipt}");
    for storage in ["house", "google_drive", "onedrive", "nextcloud", "webdav"] {
        let ([deleted, trashed, missing, waiting, left], _) = tally(&receipt, storage);
        assert_eq!(deleted + trashed + missing, 3, "{point:?}: {receipt}");
        assert_eq!(waiting + left, 0, "{point:?}: {receipt}");
    }
    assert_eq!(
        tally(&receipt, "google_drive").1,
        json!("revoked"),
        "{point:?}"
    );
    assert_eq!(
        tally(&receipt, "nextcloud").1,
        json!("revoked"),
        "{point:?}"
    );
    let documents = scene.process.folder().join("data/documents");
    assert_eq!(files(&documents).len(), 0, "{point:?}");
    scene.assert_storages_are_clear().await;
    scene
}

#[tokio::test]
async fn at_each_step_on_sqlite() {
    join_all(SOME_POINTS.map(|point| survives(point, |settings| settings))).await;
}

#[tokio::test]
async fn at_each_step_on_postgres() {
    let runs = POINTS.map(|point| async move {
        let database = Database::fresh().await;
        survives(point, |settings| settings.database(&database.url)).await;
        let mut events = database.events("action", "%").await;
        let of_erasure = |action: &String| {
            ["user.deleted", "user.erased", "document.deleted"].contains(&action.as_str())
                || action == "cloud.credentials_purged"
        };
        events.retain(of_erasure);
        events.sort();
        let mut expected = vec!["cloud.credentials_purged"];
        expected.extend(["document.deleted"; 15]);
        expected.extend(["user.deleted", "user.erased"]);
        assert_eq!(events, expected, "{point:?}");
        for table in ["outbox", "erasure_credentials", "erasure_documents"] {
            let rows = database
                .column(&format!("SELECT t::text FROM {table} t"))
                .await;
            assert_eq!(rows, [""; 0], "{point:?}: {table}");
        }
    });
    join_all(runs).await;
}

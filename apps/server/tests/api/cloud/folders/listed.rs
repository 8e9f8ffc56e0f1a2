//! What is listed, and what is left out.

use serde_json::{Value, json};
use wharf_sandbox::{ORDINARY_FILE, Scenario};

use super::{entry, list};
use crate::support::scene::{Scene, column, text};

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

//! What there is in a drive, and what changes from then on.

use serde_json::{Value, json};

use super::{OneDrive, assert_refused, names_in};
use crate::application::{ANNA, BEN, text};
use crate::client::call;

/// Everything up to the next delta link, and that link.
fn follow(onedrive: &OneDrive, url: &str) -> (Vec<Value>, String) {
    let (mut url, mut items) = (url.to_owned(), Vec::new());
    loop {
        let page = call("GET", &url)
            .header("Authorization", format!("Bearer {}", onedrive.access_token))
            .send();
        assert_eq!(page.status, 200);
        let page = page.json();
        items.extend(page["value"].as_array().unwrap().iter().cloned());
        match page.get("@odata.nextLink") {
            Some(next) => url = next.as_str().unwrap().to_owned(),
            None => return (items, text(&page, "/@odata.deltaLink").to_owned()),
        }
    }
}

fn start(onedrive: &OneDrive, query: &str) -> String {
    format!("{}/v1.0/me/drive/root/delta{query}", onedrive.api_url)
}

#[test]
fn at_first_everything_is_told_and_then_what_has_changed() {
    for person in [ANNA, BEN] {
        let (_sandbox, onedrive) = OneDrive::start(person);
        let (all, link) = follow(&onedrive, &start(&onedrive, "?$top=3"));
        // The top folder, the six beneath it, and ten files.
        assert_eq!(all.len(), 17);
        assert!(all.iter().any(|item| item["root"] == json!({})));
        let (none, link) = follow(&onedrive, &link);
        assert_eq!(none, [""; 0]);

        let file = onedrive.put("Reports/new.txt", b"new").json();
        let (changed, link) = follow(&onedrive, &link);
        let names = names_in(&json!({"value": changed}));
        assert_eq!(names, ["new.txt", "root", "Reports"]);

        let path = format!("me/drive/items/{}", text(&file, "/id"));
        onedrive.call("DELETE", &path).send();
        let (changed, link) = follow(&onedrive, &link);
        let gone = changed
            .iter()
            .find(|item| item["id"] == file["id"])
            .unwrap();
        assert_eq!(gone["deleted"], json!({"state": "deleted"}));
        let (none, _) = follow(&onedrive, &link);
        assert_eq!(none, [""; 0]);
        // Who begins now need not know of it.
        let (all, _) = follow(&onedrive, &start(&onedrive, ""));
        assert_eq!(all.len(), 17);
    }
}

#[test]
fn a_client_can_begin_with_now() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    for query in ["?token=latest", "(token='latest')"] {
        let (none, link) = follow(&onedrive, &start(&onedrive, query));
        assert_eq!(none, [""; 0]);
        onedrive.create_folder("root", &format!("made after {}", query.len()));
        assert_eq!(follow(&onedrive, &link).0.len(), 2);
    }
}

#[test]
fn a_token_of_no_use_demands_a_new_begin() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    for token in ["nonsense", "new-999999"] {
        let answer = onedrive.get(&format!("me/drive/root/delta?token={token}"));
        assert_eq!(answer.header("Location"), start(&onedrive, ""));
        assert_refused(answer, 410, "resyncRequired");
    }
    let beneath = onedrive.get("me/drive/root:/Reports:/delta");
    assert_refused(beneath, 501, "notSupported");
}

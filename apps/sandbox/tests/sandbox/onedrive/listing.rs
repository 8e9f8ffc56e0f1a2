//! What is in a folder, page by page.

use serde_json::{Value, json};

use super::{OneDrive, assert_refused, names_in, warnings};
use crate::application::{ANNA, BEN, CLARA, text};
use crate::client::call;

/// All pages of a listing, and how many they were.
fn all_pages(onedrive: &OneDrive, path: &str) -> (Vec<String>, usize) {
    let mut url = format!("{}/v1.0/{path}", onedrive.api_url);
    let (mut names, mut pages) = (Vec::new(), 0);
    loop {
        let page = call("GET", url)
            .header("Authorization", format!("Bearer {}", onedrive.access_token))
            .send();
        assert_eq!(page.status, 200);
        let page = page.json();
        names.extend(names_in(&page));
        pages += 1;
        match page.get("@odata.nextLink").and_then(Value::as_str) {
            Some(next) => url = next.to_owned(),
            None => return (names, pages),
        }
    }
}

#[test]
fn a_folder_is_listed_by_name_whatever_way_leads_to_it() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let expected = ["Empty", "Odd names", "Photos", "Reports", "Welcome.txt"];
    assert_eq!(onedrive.names("root"), expected);
    let drive_id = onedrive.get_json("me/drive")["id"].clone();
    let root = onedrive.get_json("me/drive/root");
    assert_eq!(root["root"], json!({}));
    assert_eq!(root["folder"], json!({"childCount": 5}));
    for path in [
        "me/drive/root/children".to_owned(),
        "me/drive/root:/:/children".to_owned(),
        format!(
            "drives/{}/root/children",
            text(&json!({"d": drive_id}), "/d")
        ),
        format!("me/drive/items/{}/children", text(&root, "/id")),
    ] {
        assert_eq!(names_in(&onedrive.get_json(&path)), expected, "{path}");
    }
    let reports = onedrive.get_json("me/drive/root:/rePORTS/2026:/children");
    assert_eq!(names_in(&reports), ["Q1 report.csv", "Q2 report.csv"]);
    let file = onedrive.get_json("me/drive/root:/Reports/2026/Q1%20report.csv");
    assert_eq!(file["name"], "Q1 report.csv");
    let parent = text(&file, "/parentReference/path");
    assert!(parent.ends_with("/root:/Reports/2026"), "{parent}");
    assert_eq!(onedrive.names("root").len(), 5);
    let empty = onedrive.get_json("me/drive/root:/Empty:/children");
    assert_eq!(empty["value"], json!([]));
    assert_eq!(empty.get("@odata.nextLink"), None);
}

#[test]
fn ten_thousand_files_come_in_pages() {
    let (sandbox, onedrive) = OneDrive::start(CLARA);
    let path = "me/drive/root:/Ten%20thousand%20files:/children?$select=name";
    let expected: Vec<String> = (0..10_000).map(|it| format!("file-{it:05}.txt")).collect();
    assert_eq!(all_pages(&onedrive, path), (expected.clone(), 50));
    let path = format!("{path}&$top=999");
    assert_eq!(all_pages(&onedrive, &path), (expected, 11));
    let beyond = onedrive.get_json("me/drive/root:/Ten%20thousand%20files:/children?$top=5000");
    assert_eq!(names_in(&beyond).len(), 1000);
    assert_refused(
        onedrive.get("me/drive/root/children?$top=0"),
        400,
        "invalidRequest",
    );
    assert_eq!(sandbox.contract_warnings(), []);
}

#[test]
fn a_thousand_files_lie_in_nested_folders() {
    let (_sandbox, onedrive) = OneDrive::start(CLARA);
    let top = onedrive.get_json("me/drive/root:/A%20thousand%20files");
    let (mut folders, mut files) = (vec![text(&top, "/id").to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let listing = onedrive.get_json(&format!("me/drive/items/{folder}/children"));
        for item in listing["value"].as_array().unwrap() {
            match item.get("folder") {
                Some(_) => folders.push(text(item, "/id").to_owned()),
                None => files.push(text(item, "/name").to_owned()),
            }
        }
    }
    assert_eq!(files.len(), 1000);
    for odd in [
        "100% #1_ a+b&c;d=e.txt",
        "日本語 🚢.txt",
        "u\u{308}ber.txt",
        "%2e%2e%2f.txt",
    ] {
        assert!(files.iter().any(|name| name == odd), "{odd}");
    }
}

#[test]
fn an_order_holds_across_pages() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let folder = onedrive.create_folder("root", "Sizes");
    for (name, size) in [("b", 3), ("A", 1), ("c", 2), ("D", 3)] {
        onedrive.put(&format!("Sizes/{name}"), &vec![0; size]);
    }
    let listed = |order: &str| {
        let id = text(&folder, "/id");
        let path = format!("me/drive/items/{id}/children?$top=1&$orderby={order}");
        all_pages(&onedrive, &path).0
    };
    assert_eq!(listed("name"), ["A", "b", "c", "D"]);
    assert_eq!(listed("name%20desc"), ["D", "c", "b", "A"]);
    assert_eq!(listed("size"), ["A", "c", "b", "D"]);
    assert_eq!(listed("size%20desc"), ["D", "b", "c", "A"]);
    let (_sandbox, business) = OneDrive::start(ANNA);
    let by_size = business.get("me/drive/root/children?$orderby=size");
    assert_refused(by_size, 400, "invalidRequest");
    assert_eq!(
        business.get("me/drive/root/children?$orderby=name").status,
        200
    );
}

#[test]
fn a_selection_leaves_the_rest_out() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let listing = onedrive.get_json("me/drive/root/children?$select=id,name&$top=1");
    let members: Vec<&String> = listing["value"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "name"]);
    let file = "me/drive/root:/Welcome.txt";
    let selected = onedrive.get_json(&format!("{file}?$select=size,content.downloadUrl"));
    assert_eq!(selected["size"], 24);
    assert!(selected.get("@microsoft.graph.downloadUrl").is_some());
    assert_eq!(selected.get("name"), None);
    assert_refused(
        onedrive.get(&format!("{file}?$select=colour")),
        400,
        "invalidRequest",
    );
    assert_refused(
        onedrive.get(&format!("{file}?$expand=children")),
        501,
        "notSupported",
    );
}

#[test]
fn what_a_client_has_already_is_not_sent_again() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let root = onedrive.get_json("me/drive/root");
    let get = |path: &str, tag: &str| {
        let request = onedrive.call("GET", path).header("If-None-Match", tag);
        request.send().status
    };
    let (e_tag, c_tag) = (text(&root, "/eTag"), text(&root, "/cTag"));
    assert_eq!(get("me/drive/root", e_tag), 304);
    assert_eq!(get("me/drive/root/children", c_tag), 304);
    assert_eq!(get("me/drive/root", "\"{other},1\""), 200);
    onedrive.put("Reports/new.txt", b"new");
    assert_eq!(get("me/drive/root/children", c_tag), 200);
}

#[test]
fn an_altered_next_link_is_noted_and_a_broken_one_refused() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let page = onedrive.get_json("me/drive/root/children?$top=2");
    let next = text(&page, "/@odata.nextLink");
    let follow = |url: &str| {
        let token = format!("Bearer {}", onedrive.access_token);
        call("GET", url).header("Authorization", token).send()
    };
    assert_eq!(names_in(&follow(next).json()), ["Photos", "Reports"]);
    assert_eq!(warnings(&sandbox), [""; 0]);
    let altered = next.replace("top=2", "top=1");
    assert_eq!(names_in(&follow(&altered).json()), ["Photos"]);
    assert_eq!(
        warnings(&sandbox),
        ["a nextLink was not followed as it was given"]
    );
    let broken = onedrive.get("me/drive/root/children?$skiptoken=nonsense");
    assert_refused(broken, 400, "invalidRequest");
}

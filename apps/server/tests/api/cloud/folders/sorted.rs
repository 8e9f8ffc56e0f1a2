//! Folders in another order than by name.

use super::BY_PROVIDER;
use crate::support::scene::{Scene, column, text};

/// The names in a folder in this order, read a page of three at a time.
async fn names(scene: &Scene, path: &str, order: &[(&str, &str)]) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut call = scene.anna.get(path).query("limit", "3");
        for (name, value) in order {
            call = call.query(name, value);
        }
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.send().await.expect(200).json();
        names.extend(column(&page, "name"));
        if page["next_cursor"].is_null() {
            return names;
        }
        cursor = Some(text(&page["next_cursor"]));
    }
}

const FOLDERS: [&str; 4] = ["Empty", "Odd names", "Photos", "Reports"];
const FOLDERS_DOWN: [&str; 4] = ["Reports", "Photos", "Odd names", "Empty"];

#[tokio::test]
async fn folders_come_first_and_files_as_they_are_asked_for() {
    let scene = Scene::start().await;
    let witness = scene.witness();
    witness.write("b.txt", "").await;
    witness.write("a.txt", &"a".repeat(100_000)).await;
    witness.write("c.txt", "c").await;

    let root = scene.folder_path("root");
    for path in [root.as_str(), BY_PROVIDER] {
        for (order, folders, files) in [
            (&[][..], FOLDERS, ["Welcome.txt", "a.txt", "b.txt", "c.txt"]),
            (
                &[("sort", "name"), ("order", "asc")],
                FOLDERS,
                ["Welcome.txt", "a.txt", "b.txt", "c.txt"],
            ),
            (
                &[("order", "desc")],
                FOLDERS_DOWN,
                ["c.txt", "b.txt", "a.txt", "Welcome.txt"],
            ),
            (
                &[("sort", "size")],
                FOLDERS,
                ["b.txt", "c.txt", "Welcome.txt", "a.txt"],
            ),
            (
                &[("sort", "size"), ("order", "desc")],
                FOLDERS,
                ["a.txt", "Welcome.txt", "c.txt", "b.txt"],
            ),
        ] {
            let expected = [&folders[..], &files[..]].concat();
            assert_eq!(
                names(&scene, path, order).await,
                expected,
                "{path} {order:?}"
            );
        }
    }
}

#[tokio::test]
async fn dates_decide_where_they_are_asked_for() {
    let scene = Scene::start().await;
    scene.witness().write("New.txt", "new").await;
    let root = scene.folder_path("root");
    for (order, rises) in [("asc", true), ("desc", false)] {
        let call = scene.anna.get(&root).query("sort", "modified");
        let page = call.query("order", order).send().await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        let files = items.iter().filter(|item| item["kind"] == "file");
        let dates: Vec<String> = files.map(|item| text(&item["modified_at"])).collect();
        assert_eq!(dates.len(), 2);
        assert!(
            dates.is_sorted_by(|a, b| if rises { a <= b } else { a >= b }),
            "{dates:?}"
        );
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let call = scene.anna.get(&root).query("limit", "1");
    let page = call.query("sort", "size").send().await.expect(200).json();
    let cursor = text(&page["next_cursor"]);
    let next = |query: &str| scene.anna.get(&format!("{root}?{query}&cursor={cursor}"));
    next("sort=size").send().await.expect(200);
    next("sort=size&order=asc").send().await.expect(200);
    for other in [
        "sort=name",
        "sort=modified",
        "sort=size&order=desc",
        "limit=1",
    ] {
        next(other).send().await.problem(400, "invalid_cursor");
    }
}

// I-03
#[tokio::test]
async fn an_unknown_order_is_refused() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    for query in [
        "sort=colour",
        "sort=",
        "sort=Name",
        "order=up",
        "order=",
        "sort=name&sort=name",
    ] {
        let answer = scene.anna.get(&format!("{root}?{query}")).send().await;
        let problem = answer.problem(400, "invalid_request");
        let name = query.split('=').next().unwrap();
        assert_eq!(problem["field"], name, "{query}");
    }
}

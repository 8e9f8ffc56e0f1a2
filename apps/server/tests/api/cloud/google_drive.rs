//! A Google Drive over HTTP: items, documents, exports, and the bin.

use serde_json::{Value, json};
use wharf_sandbox::{Fault, FaultRule};

use crate::support::answer::Answer;
use crate::support::consent::{ANNA, Consenting, GOOGLE};
use crate::support::content::{bytes, repr_digest};
use crate::support::scene::{column, document_path, store, text};

/// A person with a Drive that is connected.
struct Driving {
    scene: Consenting,
    connection: String,
}

impl Driving {
    async fn start() -> Self {
        let scene = Consenting::start().await;
        let connection = scene.connect(GOOGLE, ANNA).await;
        Self { scene, connection }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/cloud/connections/{}/{rest}", self.connection)
    }

    async fn get(&self, rest: &str) -> Answer {
        self.scene.anna.get(&self.path(rest)).send().await
    }

    async fn listing(&self, folder: &str) -> Value {
        self.get(&format!("folders/{folder}"))
            .await
            .expect(200)
            .json()
    }

    /// What lies at the end of these names, as its folder lists it.
    async fn item(&self, names: &[&str]) -> Value {
        let mut folder = "root".to_owned();
        let mut item = Value::Null;
        for name in names {
            let listing = self.listing(&folder).await;
            let items = listing["items"].as_array().unwrap();
            let found = items.iter().find(|item| item["name"] == *name);
            item = found
                .unwrap_or_else(|| panic!("{name} in {listing}"))
                .clone();
            folder = text(&item["id"]);
        }
        item
    }

    /// Whatever was asked was asked as Google wants it.
    fn check_contract(&self) {
        assert_eq!(self.scene.sandbox.contract_warnings(), []);
        assert_eq!(self.scene.sandbox.open_uploads(), []);
    }
}

#[tokio::test]
async fn a_drive_is_listed_with_its_shared_drives_and_exports() {
    let driving = Driving::start().await;
    let names = column(&driving.listing("root").await, "name");
    for expected in ["Welcome.txt", "Native documents", "Harbour crew", "Archive"] {
        assert!(names.contains(&expected.to_owned()), "{names:?}");
    }
    let minutes = driving.item(&["Native documents", "Minutes"]).await;
    let formats = minutes["export_formats"].as_array().unwrap();
    assert!(formats.contains(&json!("text/markdown")), "{minutes}");

    let content = format!("items/{}/content", text(&minutes["id"]));
    let first = driving.get(&content).await.expect(200);
    assert_eq!(first.header("content-type"), formats[0].as_str());
    let call = driving.scene.anna.get(&driving.path(&content));
    let markdown = call
        .query("format", "text/markdown")
        .send()
        .await
        .expect(200);
    assert_eq!(&markdown.body[..], b"# Minutes of the harbour board\n");
    driving.check_contract();
}

#[tokio::test]
async fn a_document_is_stored_verified_read_and_put_into_the_bin() {
    let driving = Driving::start().await;
    let anna = &driving.scene.anna;
    let content = bytes(7, 2_000_000);
    let document = store(anna, "report.pdf", &driving.connection, &content).await;
    assert_eq!(document["verified"], "digest");

    let path = document_path(&document);
    let read = anna
        .get(&format!("{path}/content"))
        .send()
        .await
        .expect(200);
    assert!(read.body == content);
    assert_eq!(read.header("repr-digest").unwrap(), repr_digest(&content));
    let part = anna
        .get(&format!("{path}/content"))
        .header("Range", "bytes=1000000-1000009");
    let part = part.send().await.expect(206);
    assert_eq!(part.body, content[1_000_000..1_000_010]);

    let deleted = anna.delete(&path).send().await.expect(200).json();
    assert_eq!(deleted["content"], "trashed", "{deleted}");
    assert!(
        column(
            &driving
                .listing(&text(&driving.item(&["Wharf"]).await["id"]))
                .await,
            "name"
        )
        .is_empty()
    );
    driving.check_contract();
}

#[tokio::test]
async fn an_item_is_renamed_replaced_by_its_tag_and_put_into_the_bin() {
    let driving = Driving::start().await;
    let anna = &driving.scene.anna;
    let item = driving.item(&["Welcome.txt"]).await;
    let path = driving.path(&format!("items/{}", text(&item["id"])));
    let renamed = anna
        .patch(&path)
        .json(&json!({"name": "Hello.txt"}))
        .send()
        .await;
    // The id is Google's and stays.
    assert_eq!(renamed.expect(200).json()["id"], item["id"]);

    let content = format!("{path}/content");
    let tag = anna.get(&content).send().await.expect(200);
    let tag = tag.header("etag").unwrap().to_owned();
    let replace = async |bytes: &str| {
        let call = anna.put(&content).header("If-Match", &tag);
        call.body("text/plain", bytes.to_owned()).send().await
    };
    let replaced = replace("new").await.expect(200).json();
    assert_eq!(replaced["verified"], "digest");
    replace("too late")
        .await
        .problem(412, "precondition_failed");
    assert_eq!(anna.get(&content).send().await.expect(200).text(), "new");

    let deleted = anna.delete(&path).send().await.expect(200).json();
    assert_eq!(deleted["outcome"], "trashed", "{deleted}");
    anna.get(&path).send().await.problem(404, "not_found");
    driving.check_contract();
}

//
#[tokio::test]
async fn a_document_that_arrives_damaged_is_refused_and_leaves_nothing() {
    let driving = Driving::start().await;
    let rule = FaultRule::on("PUT /upload/drive/v3/files", Fault::FlipStored);
    driving.scene.sandbox.inject(rule.times(1));
    let call = driving
        .scene
        .anna
        .post("/api/documents")
        .query("name", "report.pdf");
    let call = call.query("storage", &driving.connection);
    let refused = call.body("text/plain", b"some bytes".to_vec()).send().await;
    refused.problem(502, "integrity_mismatch");
    let folder = driving.item(&["Wharf"]).await;
    let listing = driving.listing(&text(&folder["id"])).await;
    assert!(column(&listing, "name").is_empty());
    driving.check_contract();
}

// an hour later no token of before is good any more, and nobody notices.
#[tokio::test]
async fn a_token_that_is_over_is_renewed_in_the_middle() {
    let driving = Driving::start().await;
    let hour = std::time::Duration::from_secs(3700);
    driving.scene.sandbox.advance_clock(hour);
    let document = store(
        &driving.scene.anna,
        "late.txt",
        &driving.connection,
        b"late",
    )
    .await;
    assert_eq!(document["verified"], "digest");
    assert_eq!(driving.scene.asked("POST", "/token"), 2);
}

//! A OneDrive over HTTP: items, documents, the bin, and what comes back with a new consent.

use std::io;

use futures_util::stream;
use reqwest::Body;
use serde_json::{Value, json};
use wharf_sandbox::{Fault, FaultRule, Provider};

use crate::support::answer::Answer;
use crate::support::consent::{
    ANNA, BEN, Consenting, MICROSOFT, begin_with, grant, outcome, parameter,
};
use crate::support::content::{bytes, repr_digest};
use crate::support::scene::{column, document_path, store, text};

/// A person with a OneDrive that is connected.
struct Driving {
    scene: Consenting,
    connection: String,
}

impl Driving {
    /// Anna's drive is one of work, Ben's a personal one.
    async fn start(account: &str) -> Self {
        let scene = Consenting::start().await;
        let connection = scene.connect(MICROSOFT, account).await;
        Self { scene, connection }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/cloud/connections/{}/{rest}", self.connection)
    }

    async fn get(&self, rest: &str) -> Answer {
        self.scene.anna.get(&self.path(rest)).send().await
    }

    async fn listing(&self, folder: &str) -> Value {
        let listing = self.get(&format!("folders/{folder}")).await;
        listing.expect(200).json()
    }

    /// What lies under this name in a folder, as that lists it.
    async fn item(&self, folder: &str, name: &str) -> Value {
        let listing = self.listing(folder).await;
        let items = listing["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["name"] == name);
        found
            .unwrap_or_else(|| panic!("{name} in {listing}"))
            .clone()
    }

    /// The names of all documents that lie in the drive.
    async fn stored(&self) -> Vec<String> {
        let folder = self.item("root", "Wharf").await;
        column(&self.listing(&text(&folder["id"])).await, "name")
    }

    /// Whatever was asked was asked as Microsoft wants it.
    fn check_contract(&self) {
        assert_eq!(self.scene.sandbox.contract_warnings(), []);
        assert_eq!(self.scene.sandbox.open_uploads(), []);
    }
}

#[tokio::test]
async fn a_document_is_stored_verified_read_and_put_into_the_bin() {
    for account in [ANNA, BEN] {
        let driving = Driving::start(account).await;
        let anna = &driving.scene.anna;
        let content = bytes(7, 2_000_000);
        let document = store(anna, "report.pdf", &driving.connection, &content).await;
        assert_eq!(document["verified"], "digest");
        let again = store(anna, "report.pdf", &driving.connection, b"2").await;
        assert_eq!(again["verified"], "digest");
        assert_eq!(
            driving.stored().await,
            ["report (2).pdf", "report.pdf"],
            "{account}"
        );

        let path = document_path(&document);
        let read = anna.get(&format!("{path}/content")).send().await;
        let read = read.expect(200);
        assert!(read.body == content);
        assert_eq!(read.header("repr-digest").unwrap(), repr_digest(&content));
        let part = anna
            .get(&format!("{path}/content"))
            .header("Range", "bytes=1000000-1000009");
        let part = part.send().await.expect(206);
        assert_eq!(part.body, content[1_000_000..1_000_010]);

        let deleted = anna.delete(&path).send().await.expect(200).json();
        assert_eq!(deleted["content"], "trashed", "{deleted}");
        let bin = driving.scene.sandbox.onedrive_recycle_bin(account);
        assert!(bin.iter().any(|item| item.name == "report.pdf"));
        driving.check_contract();
    }
}

// A SharePoint library writes its properties into Office files: said, and no error.
#[tokio::test]
async fn a_document_that_sharepoint_rewrites_is_told_to_differ() {
    let driving = Driving::start(ANNA).await;
    let document = store(
        &driving.scene.anna,
        "report.docx",
        &driving.connection,
        &bytes(7, 1000),
    )
    .await;
    assert_eq!(document["verified"], "stored-differs", "{document}");
    let path = format!("{}/content", document_path(&document));
    let read = driving.scene.anna.get(&path).send().await.expect(200);
    assert!(read.body.len() > 1000 && read.body.starts_with(&bytes(7, 1000)));
    driving.check_contract();
}

// The size has to be known; nothing is sent or buffered to learn it.
#[tokio::test]
async fn a_content_of_unknown_size_is_refused() {
    let driving = Driving::start(BEN).await;
    let anna = &driving.scene.anna;
    let unannounced = || Body::wrap_stream(stream::iter([Ok::<_, io::Error>("some bytes")]));
    let call = anna.post("/api/documents").query("name", "a.txt");
    let call = call.query("storage", &driving.connection);
    let refused = call.body("text/plain", unannounced()).send().await;
    refused.problem(411, "length_required");
    let item = driving.item("root", "Welcome.txt").await;
    let content = driving.path(&format!("items/{}/content", text(&item["id"])));
    let replaced = anna.put(&content).header("If-Match", "*");
    let replaced = replaced.body("text/plain", unannounced());
    replaced.send().await.problem(411, "length_required");
    assert_eq!(driving.scene.asked("PUT", "/content"), 0);
    driving.check_contract();
}

#[tokio::test]
async fn an_item_is_renamed_replaced_by_its_tag_and_put_into_the_bin() {
    for account in [ANNA, BEN] {
        let driving = Driving::start(account).await;
        let anna = &driving.scene.anna;
        let item = driving.item("root", "Welcome.txt").await;
        let path = driving.path(&format!("items/{}", text(&item["id"])));
        let rename = async |name: &str| {
            let call = anna.patch(&path).json(&json!({"name": name}));
            call.send().await
        };
        rename("a:b.txt").await.problem(422, "name_not_allowed");
        // The id is Microsoft's and stays.
        let renamed = rename("Hello.txt").await.expect(200).json();
        assert_eq!(renamed["id"], item["id"]);

        let content = format!("{path}/content");
        let tag = anna.get(&content).send().await.expect(200);
        let tag = tag.header("etag").unwrap().to_owned();
        let replace = async |bytes: &str| {
            let call = anna.put(&content).header("If-Match", &tag);
            call.body("text/plain", bytes.to_owned()).send().await
        };
        let replaced = replace("new").await.expect(200).json();
        assert_eq!(replaced["verified"], "digest");
        let late = replace("too late").await;
        late.problem(412, "precondition_failed");
        assert_eq!(anna.get(&content).send().await.expect(200).text(), "new");

        let deleted = anna.delete(&path).send().await.expect(200).json();
        assert_eq!(deleted["content"], "trashed", "{deleted}");
        anna.get(&path).send().await.problem(404, "item_not_found");
        driving.check_contract();
    }
}

//
#[tokio::test]
async fn a_document_that_arrives_damaged_is_refused_and_leaves_nothing() {
    let driving = Driving::start(BEN).await;
    let rule = FaultRule::on("PUT /v1.0/me/drive/items/*", Fault::FlipStored);
    driving.scene.sandbox.inject(rule.times(1));
    let call = driving.scene.anna.post("/api/documents");
    let call = call.query("name", "report.pdf");
    let call = call.query("storage", &driving.connection);
    let refused = call.body("text/plain", b"some bytes".to_vec()).send().await;
    refused.problem(502, "integrity_mismatch");
    assert!(driving.stored().await.is_empty());
    driving.check_contract();
}

// The grant ends at Microsoft, the person consents again, and connection and documents are what they were.
#[tokio::test]
async fn documents_come_back_with_a_new_consent() {
    let driving = Driving::start(BEN).await;
    let Driving { scene, connection } = &driving;
    let content = bytes(7, 1_000_000);
    let document = store(&scene.anna, "kept.bin", connection, &content).await;
    let path = format!("{}/content", document_path(&document));

    assert!(scene.sandbox.revoke(Provider::Microsoft, BEN));
    let lost = scene.anna.get(&path).send().await;
    lost.problem(409, "requires_reauth");
    assert_eq!(scene.connections().await[0]["status"], "REQUIRES_REAUTH");

    let begun = begin_with(&scene.anna, MICROSOFT, "connection_id", connection).await;
    let back = grant(&begun, BEN).await;
    let location = scene.come_back(&back, Some(&begun.cookie)).await;
    assert_eq!(outcome(&location), "connected", "{location}");
    assert_eq!(
        parameter(&location, "connection_id").as_ref(),
        Some(connection)
    );
    assert_eq!(scene.connections().await[0]["status"], "ACTIVE");
    let read = scene.anna.get(&path).send().await.expect(200);
    assert!(read.body == content);
    driving.check_contract();
}

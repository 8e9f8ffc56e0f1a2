//! Somebody who has something everywhere, and an admin who deletes their account.

use std::time::Duration;

use serde_json::{Value, json};
use wharf_sandbox::{LoggedRequest, NextcloudAccess, Sandbox};

use crate::accounts::id_of;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::consent::{ANNA, GOOGLE, MICROSOFT, begin, grant, outcome, parameter};
use crate::support::process::{Process, create_user};
use crate::support::scene::{connect, store, text, try_connect};
use crate::support::server::PASSWORD;
use crate::support::settings::Settings;
use crate::support::storage::{Witness, account};

pub(super) const EMAIL: &str = "canary-anna@example.org";
/// What everything of Anna's is called: it appears nowhere by chance.
pub(super) const NAME: &str = "canary-report.txt";
/// How many documents Anna has in each storage.
pub(super) const DOCUMENTS: usize = 3;

/// Anna has a storage of every kind with documents in it, and some in the house.
pub(super) struct Scene {
    pub(super) process: Process,
    pub(super) sandbox: Sandbox,
    pub(super) nextcloud: NextcloudAccess,
    pub(super) admin: Client,
    pub(super) anna: Client,
    pub(super) anna_id: String,
    /// Google Drive, OneDrive, Nextcloud and WebDAV.
    pub(super) connections: [String; 4],
}

impl Scene {
    pub(super) async fn start(choose: impl FnOnce(Settings) -> Settings) -> Self {
        let sandbox = Sandbox::start();
        let process = Process::with(|settings| choose(settings.offering(&sandbox))).await;
        let admin = admin(&process).await;
        let anna = process.regular(EMAIL, PASSWORD).await;
        let nextcloud = sandbox.nextcloud().access();
        let connections = [
            consent(&anna, GOOGLE).await,
            consent(&anna, MICROSOFT).await,
            connect_nextcloud(&anna, &sandbox, &nextcloud).await,
            connect(&anna, &account(&sandbox.webdav())).await,
        ];
        let anna_id = id_of(&anna).await;
        let scene = Self {
            process,
            sandbox,
            nextcloud,
            admin,
            anna,
            anna_id,
            connections,
        };
        for storage in scene
            .connections
            .iter()
            .map(String::as_str)
            .chain(["house"])
        {
            for _ in 0..DOCUMENTS {
                store(&scene.anna, NAME, storage, b"canary-content").await;
            }
        }
        scene
    }

    pub(super) async fn delete(&self) -> Answer {
        delete(&self.admin, &self.anna_id).await
    }

    /// Deletes Anna's account; gives the erasure's path.
    pub(super) async fn begin(&self) -> String {
        let begun = self.delete().await.expect(202);
        begun.header("location").unwrap().to_owned()
    }

    pub(super) async fn report(&self, erasure: &str) -> Value {
        report(&self.admin, erasure).await
    }

    pub(super) async fn ended(&self, erasure: &str) -> Value {
        ended(&self.admin, erasure).await
    }

    /// The requests that reached the sandbox with this method and the end of this path.
    pub(super) fn asked(&self, method: &str, end: &str) -> Vec<LoggedRequest> {
        let mut requests = self.sandbox.requests();
        requests.retain(|request| request.method == method && request.path.ends_with(end));
        requests
    }

    /// Nothing of Anna's documents is in any storage, as somebody finds who connects the same accounts.
    pub(super) async fn assert_storages_are_clear(&self) {
        let witness = Witness::of(&self.sandbox.webdav());
        assert_eq!(witness.paths_in("Wharf").await, [""; 0]);
        let eve = self.process.regular("eve@example.org", PASSWORD).await;
        let connections = [
            consent(&eve, GOOGLE).await,
            consent(&eve, MICROSOFT).await,
            connect_nextcloud(&eve, &self.sandbox, &self.nextcloud).await,
        ];
        for connection in connections {
            let folders = format!("/api/cloud/connections/{connection}/folders");
            let top = eve
                .get(&format!("{folders}/root"))
                .send()
                .await
                .expect(200)
                .json();
            let items = top["items"].as_array().unwrap();
            let folder = items.iter().find(|item| item["name"] == "Wharf");
            let folder = text(&folder.unwrap()["id"]);
            let listed = eve
                .get(&format!("{folders}/{folder}"))
                .send()
                .await
                .expect(200);
            assert_eq!(listed.json()["items"], json!([]), "{connection}");
        }
    }
}

/// Makes an admin by the command line; gives a client that is logged in.
pub(super) async fn admin(process: &Process) -> Client {
    let email = "root@example.org";
    let output = process.command(&create_user(email, "admin"), PASSWORD);
    assert!(output.status.success(), "{output:?}");
    log_in(process, email).await
}

pub(super) async fn log_in(process: &Process, email: &str) -> Client {
    let client = process.client();
    let token = client.login(email, PASSWORD).await;
    client.with_token(&token)
}

/// Connects Anna's account at Google or Microsoft.
pub(super) async fn consent(who: &Client, provider: &str) -> String {
    let begun = begin(who, provider).await;
    let back = grant(&begun, ANNA).await;
    let came = who.get(&back).header("cookie", &begun.cookie).send().await;
    let came = came.expect(303);
    let location = came.header("location").unwrap();
    assert_eq!(outcome(location), "connected", "{location}");
    parameter(location, "connection_id").unwrap()
}

async fn connect_nextcloud(who: &Client, sandbox: &Sandbox, access: &NextcloudAccess) -> String {
    let password = sandbox
        .nextcloud()
        .add_app_password(&access.login_name, "Wharf");
    let account = json!({
        "provider": "nextcloud",
        "server_url": access.url,
        "username": access.login_name,
        "password": password.unwrap(),
    });
    text(&try_connect(who, &account).await.expect(201).json()["id"])
}

pub(super) async fn delete(admin: &Client, user: &str) -> Answer {
    admin
        .delete(&format!("/api/admin/users/{user}"))
        .send()
        .await
}

pub(super) async fn report(admin: &Client, erasure: &str) -> Value {
    admin.get(erasure).send().await.expect(200).json()
}

/// The receipt of an erasure, once there is one.
pub(super) async fn ended(admin: &Client, erasure: &str) -> Value {
    for _ in 0..600 {
        let found = report(admin, erasure).await;
        if found["state"] != "running" {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it never ends: {}", report(admin, erasure).await);
}

/// What a receipt says of one storage: deleted, in the bin, gone already, waiting, left; and the grant.
pub(super) fn tally(receipt: &Value, storage: &str) -> ([u64; 5], Value) {
    let storages = receipt["storages"].as_array().unwrap();
    let found = storages.iter().find(|it| it["storage"] == storage);
    let found = found.unwrap_or_else(|| panic!("{storage} in {receipt}"));
    let documents = &found["documents"];
    let count = |name: &str| documents[name].as_u64().unwrap();
    let left = documents["left_behind"].as_array().unwrap();
    let left = left
        .iter()
        .map(|it| it["documents"].as_u64().unwrap())
        .sum();
    let counts = [
        count("deleted"),
        count("trashed"),
        count("already_gone"),
        count("waiting"),
        left,
    ];
    (counts, found["grant"].clone())
}

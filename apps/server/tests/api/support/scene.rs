//! The usual scene: a server, a sandbox beside it, and Anna, who is logged in and has connected her
//! account there.

use serde_json::{Value, json};
use wharf_sandbox::{Access, Sandbox, Scenario};

use super::answer::Answer;
use super::client::Client;
use super::server::Server;
use super::storage::{Witness, account};

/// A server and a sandbox, and somebody who uses both.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
    pub(crate) anna: Client,
    /// The id of Anna's connection.
    pub(crate) connection: String,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::at(Server::start().await).await
    }

    /// The same with a server that gives up soon on storages that stall.
    pub(crate) async fn impatient() -> Self {
        Self::at(Server::impatient().await).await
    }

    /// The same with this server.
    pub(crate) async fn at(server: Server) -> Self {
        let anna = server.regular("anna@example.org").await;
        let sandbox = Sandbox::start();
        let connection = connect(&anna, &account(&sandbox.webdav())).await;
        Self {
            server,
            sandbox,
            anna,
            connection,
        }
    }

    /// The path of Anna's connection.
    pub(crate) fn connection_path(&self) -> String {
        format!("/api/cloud/connections/{}", self.connection)
    }

    /// The path of a folder in Anna's connection.
    pub(crate) fn folder_path(&self, folder: &str) -> String {
        format!("{}/folders/{folder}", self.connection_path())
    }

    /// The path of an item in Anna's connection.
    pub(crate) fn item_path(&self, item: &str) -> String {
        format!("{}/items/{item}", self.connection_path())
    }

    /// What lies in a folder of Anna's connection, as the API lists it.
    pub(crate) async fn listing(&self, folder: &str) -> Value {
        let path = self.folder_path(folder);
        self.anna.get(&path).send().await.expect(200).json()
    }

    /// The id of what lies at a path in Anna's connection, as listings tell it.
    pub(crate) async fn id_of(&self, path: &str) -> String {
        let mut id = "root".to_owned();
        for name in path.split('/') {
            let page = self.listing(&id).await;
            let items = page["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["name"] == name);
            id = text(&item.unwrap_or_else(|| panic!("{name} in {page}"))["id"]);
        }
        id
    }

    /// Anna's storage without Wharf in between.
    pub(crate) fn witness(&self) -> Witness {
        Witness::of(&self.sandbox.webdav())
    }

    /// How many requests have reached the sandbox with this method.
    pub(crate) fn asked(&self, method: &str) -> usize {
        let requests = self.sandbox.requests();
        requests
            .iter()
            .filter(|request| request.method == method)
            .count()
    }

    /// Lets Anna store a document in her connection.
    pub(crate) async fn store(&self, name: &str, content: &[u8]) -> Value {
        store(&self.anna, name, &self.connection, content).await
    }

    /// Tries to connect a server that is odd in this way.
    pub(crate) async fn connect_odd(&self, scenario: Scenario) -> Answer {
        let odd = account(&Access {
            url: self.sandbox.odd(scenario),
            username: "odd".to_owned(),
            password: "fellow".to_owned(),
        });
        try_connect(&self.anna, &odd).await
    }
}

/// Asks to connect an account.
pub(crate) async fn try_connect(who: &Client, account: &Value) -> Answer {
    who.post("/api/cloud/connections/webdav")
        .json(account)
        .send()
        .await
}

/// Connects an account that was not known; gives the connection's id.
pub(crate) async fn connect(who: &Client, account: &Value) -> String {
    let connection = try_connect(who, account).await.expect(201).json();
    text(&connection["id"])
}

/// Stores a document in `storage`, as it is called in the API.
pub(crate) async fn store(who: &Client, name: &str, storage: &str, content: &[u8]) -> Value {
    let call = who
        .post("/api/documents")
        .query("name", name)
        .query("storage", storage);
    let call = call.body("text/plain", content.to_vec());
    call.send().await.expect(201).json()
}

/// The path of a document.
pub(crate) fn document_path(document: &Value) -> String {
    format!("/api/documents/{}", text(&document["id"]))
}

/// Chooses where new documents go.
pub(crate) async fn choose_storage(who: &Client, storage: &str) -> Answer {
    let call = who.patch("/api/users/me/default-storage");
    call.json(&json!({"storage": storage})).send().await
}

/// A text in JSON.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The values of one member in a list of objects.
#[track_caller]
pub(crate) fn column(list: &Value, member: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| text(&item[member])).collect()
}

//! Nextcloud over HTTP: both ways to connect, and what ends at the server with a connection.

mod connect;
mod disconnect;
mod login_flow;
mod replicas;

use serde_json::{Value, json};
use wharf_sandbox::{NextcloudAccess, Sandbox};

use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::scene::{text, try_connect};
use crate::support::server::Server;

const FLOWS: &str = "/api/cloud/connections/nextcloud/login-flow";

/// A server, a sandbox beside it, and somebody with an account at both.
struct Scene {
    server: Server,
    sandbox: Sandbox,
    anna: Client,
    access: NextcloudAccess,
}

impl Scene {
    async fn start() -> Self {
        let server = Server::start().await;
        let anna = server.regular("anna@example.org").await;
        let sandbox = Sandbox::start();
        let access = sandbox.nextcloud().access();
        Self {
            server,
            sandbox,
            anna,
            access,
        }
    }

    fn account(&self, password: &str) -> Value {
        json!({
            "provider": "nextcloud",
            "server_url": self.access.url,
            "username": self.access.login_name,
            "password": password,
        })
    }

    async fn connect(&self, password: &str) -> Value {
        let account = self.account(password);
        try_connect(&self.anna, &account).await.expect(201).json()
    }

    async fn begin(&self) -> (String, String) {
        begin(&self.anna, &self.access).await
    }

    async fn grant(&self, login_url: &str) {
        grant(&self.access, login_url).await;
    }

    async fn look(&self, path: &str) -> Value {
        look(&self.anna, path).await
    }

    fn app_passwords(&self) -> usize {
        self.sandbox.nextcloud().state().app_passwords.len()
    }

    async fn disconnect(&self, id: &str) -> Value {
        let path = format!("/api/cloud/connections/{id}");
        self.anna.delete(&path).send().await.expect(200).json()
    }
}

/// Begins a login flow: its path, and where the person logs in.
async fn begin(who: &Client, access: &NextcloudAccess) -> (String, String) {
    let start = json!({"server_url": format!("{}/apps/files/?dir=/", access.url)});
    let begun = who.post(FLOWS).json(&start).send().await.expect(201);
    let path = begun.header("location").unwrap().to_owned();
    let begun = begun.json();
    assert_eq!(begun["expires_in"], 1200);
    assert_eq!(path, format!("{FLOWS}/{}", text(&begun["flow_id"])));
    (path, text(&begun["login_url"]))
}

/// Decides at the server's page, as the person would.
async fn grant(access: &NextcloudAccess, login_url: &str) {
    let page = Client::anonymous("").get(login_url);
    let page = page.query("sandbox_decision", "grant");
    page.query("user", &access.login_name)
        .send()
        .await
        .expect(200);
}

/// Asks what came of a flow.
async fn look(who: &Client, path: &str) -> Value {
    // A server that was just asked is left alone for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    who.get(path).send().await.expect(200).json()
}

async fn stored(who: &Client, connection: &str, name: &str, content: Vec<u8>) -> Answer {
    let upload = who.post("/api/documents").query("name", name);
    let upload = upload.query("storage", connection);
    upload
        .body("application/octet-stream", content)
        .send()
        .await
}

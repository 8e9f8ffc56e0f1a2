//! The audit trail: what is in it, how it is looked through, and how it is checked.

mod canaries;
mod command_line;
mod killed;
mod listing;
mod verifying;

use serde_json::Value;

use crate::support::client::Client;
use crate::support::patience;
use crate::support::process::Process;
use crate::support::server::PASSWORD;

/// The whole trail as an admin sees it, oldest first, as soon as everything has its place in it.
async fn events(admin: &Client) -> Vec<Value> {
    verdict(admin).await;
    let page = admin.get("/api/admin/audit").query("limit", "1000");
    let page = page.send().await.expect(200).json();
    let items = page["items"].as_array().unwrap().iter().rev().cloned();
    items.collect()
}

/// What a check came to, as soon as everything has its place.
async fn verdict(admin: &Client) -> Value {
    let mut verdict = Value::Null;
    patience::until("every event has its place", async || {
        let answer = admin.get("/api/admin/audit/verify").send().await;
        verdict = answer.expect(200).json();
        verdict["waiting"] == 0 && verdict["events"] != 0
    })
    .await;
    verdict
}

/// An admin of a process, who is logged in.
async fn admin_of(process: &Process, email: &str) -> Client {
    let made = crate::support::process::create_user(email, "admin");
    let output = process.command(&made, PASSWORD);
    assert!(output.status.success(), "{output:?}");
    let client = process.client();
    let token = client.login(email, PASSWORD).await;
    client.with_token(&token)
}

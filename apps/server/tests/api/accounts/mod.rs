//! Accounts: what admins do to them, what their users do, and who comes in.

mod administration;
mod command_line;
mod guesses;
mod one_s_own;
mod outside;
mod outside_issuer;
mod voided;

use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::client::Client;

const USERS: &str = "/api/admin/users";

/// The id of the account that this client is logged in to.
pub(crate) async fn id_of(who: &Client) -> String {
    let me = who.get("/api/users/me").send().await.expect(200).json();
    me["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn change(admin: &Client, id: &str, change: Value) -> Answer {
    let path = format!("{USERS}/{id}");
    admin.patch(&path).json(&change).send().await
}

async fn log_in(who: &Client, email: &str, password: &str) -> Answer {
    let login = json!({"email": email, "password": password});
    who.post("/api/auth/login").json(&login).send().await
}

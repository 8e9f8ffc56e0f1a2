//! Somebody leaves: what Wharf stored for them goes, wherever it lies, and the
//! audit trail holds all the same.

use anyhow::ensure;
use serde_json::Value;

use crate::api::Api;
use crate::service::sandbox::Sandbox;
use crate::service::server::Server;
use crate::{json, random};

use super::steps::{Person, Told, step, told};

const EMAIL: &str = "leaving@example.com";
const IN_THE_CLOUD: &str = "theirs-in-the-cloud.bin";
const IN_THE_HOUSE: &str = "theirs-in-the-house.bin";
const SIZE_BYTES: usize = 1024 * 1024;

/// Does every step, and fails at the first that does not go as it should.
pub(super) fn all(server: &Server, sandbox: &Sandbox) -> anyhow::Result<()> {
    let person = step("somebody else stores two documents", || {
        settle(server, sandbox)
    })?;
    step("erase that account", || erase(server))?;
    step("look into the cloud itself", || gone(&person))?;
    step("check the audit trail", || check(server))
}

fn settle<'a>(server: &Server, sandbox: &'a Sandbox) -> Told<Person<'a>> {
    let password = random::password()?;
    server.create_user(EMAIL, &password)?;
    let (api, _) = Api::log_in(&server.url, EMAIL, &password)?;
    let person = Person {
        api,
        cloud: &sandbox.webdav,
    };
    let (connection, _) = person.connect()?;
    let bytes = random::content(SIZE_BYTES);
    person.upload(IN_THE_CLOUD, &connection, &bytes)?;
    person.upload(IN_THE_HOUSE, "house", &bytes)?;
    person.in_cloud(IN_THE_CLOUD)?.expect(200)?;
    let outcome = format!("{EMAIL}, in the WebDAV cloud and in Wharf's own storage");
    Ok((person, outcome))
}

fn erase(server: &Server) -> Told<()> {
    let receipt = server.run(&["user", "delete", EMAIL, "--wait", "--json"])?;
    let receipt: Value = serde_json::from_str(&receipt)?;
    let state = json::text(&receipt, "/state")?;
    ensure!(state == "complete", "the erasure is {state}: {receipt}");
    let storages = json::list(&receipt, "/storages")?;
    let deleted: Vec<String> = storages
        .iter()
        .map(|storage| {
            let deleted = json::number(storage, "/documents/deleted")?;
            ensure!(deleted == 1, "the receipt says {receipt}");
            Ok(format!("{deleted} in {}", json::text(storage, "/storage")?))
        })
        .collect::<anyhow::Result<_>>()?;
    told(format!("the receipt: deleted {}", deleted.join(", ")))
}

fn gone(person: &Person<'_>) -> Told<()> {
    person.in_cloud(IN_THE_CLOUD)?.expect(404)?;
    told(format!("{IN_THE_CLOUD} is gone"))
}

fn check(server: &Server) -> Told<()> {
    let report: Value = serde_json::from_str(&server.run(&["audit", "verify", "--json"])?)?;
    let is_sound = report.get("sound") == Some(&Value::Bool(true));
    ensure!(is_sound, "it says {report}");
    let events = json::number(&report, "/events")?;
    told(format!("{events} events, and none was altered"))
}

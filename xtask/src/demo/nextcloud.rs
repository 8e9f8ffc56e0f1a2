//! What a person does with a Nextcloud: both ways to connect, and what ends there with a connection.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::json;

use super::steps::{Person, Told, step, told};
use crate::answer::Answer;
use crate::service::sandbox::Sandbox;
use crate::{http, json, random};

const FLOWS: &str = "/api/cloud/connections/nextcloud/login-flow";
const IN_NEXTCLOUD: &str = "in-my-nextcloud.bin";

/// More than goes in one request, so that it goes in chunks.
const SIZE_BYTES: usize = 11 * 1024 * 1024;

/// How often a login is asked about, as an application would.
const PAUSE: Duration = Duration::from_secs(1);

/// Longer than a login takes whose person has decided.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connects by an app password, and later the same account by logging in there.
pub(super) fn all(person: &Person<'_>, sandbox: &Sandbox) -> anyhow::Result<()> {
    let bytes = random::content(SIZE_BYTES);
    let connection = step("connect Nextcloud by a password", || {
        by_password(person, sandbox)
    })?;
    step("list nextcloud", || person.list_folder("nextcloud"))?;
    let document = step("store 11 MiB there, in chunks", || {
        person.upload(IN_NEXTCLOUD, &connection, &bytes)
    })?;
    step("download it", || person.download(&document, &bytes))?;
    step("disconnect Nextcloud", || {
        disconnect(person, &connection, sandbox)
    })?;
    let again = step("connect it by logging in there", || {
        by_login(person, sandbox)
    })?;
    ensure!(again == connection, "it is another connection, {again}");
    step("its document is back", || {
        person.download(&document, &bytes)
    })?;
    step("delete it", || person.put_into_bin(&document))?;
    step("disconnect Nextcloud again", || {
        disconnect(person, &connection, sandbox)
    })
}

fn by_password(person: &Person<'_>, sandbox: &Sandbox) -> Told<String> {
    let cloud = &sandbox.nextcloud;
    let account = json!({
        "provider": "nextcloud",
        "server_url": cloud.url,
        "username": cloud.username,
        "password": sandbox.add_app_password(&cloud.username)?,
    });
    let path = "/api/cloud/connections/webdav";
    let connection = person.api.post(path, &account)?.expect(201)?.json()?;
    let name = json::text(&connection, "/display_name")?;
    let id = json::text(&connection, "/id")?.to_owned();
    Ok((id, format!("{name}, the app password sealed")))
}

fn by_login(person: &Person<'_>, sandbox: &Sandbox) -> Told<String> {
    let start = json!({ "server_url": sandbox.nextcloud.url });
    let begun = person.api.post(FLOWS, &start)?.expect(201)?;
    let path = begun.header("location")?.to_owned();
    log_in(json::text(&begun.json()?, "/login_url")?, sandbox)?;
    let until = Instant::now() + PATIENCE;
    loop {
        let flow = person.api.get(&path)?.expect(200)?.json()?;
        match json::text(&flow, "/status")? {
            "connected" => {
                let id = json::text(&flow, "/connection/id")?.to_owned();
                return Ok((
                    id,
                    "logged in there, nobody typed a password here".to_owned(),
                ));
            }
            "pending" if Instant::now() < until => sleep(PAUSE),
            _ => bail!("the login came to {flow}"),
        }
    }
}

/// Logs in and grants, on the page at this address.
fn log_in(address: &str, sandbox: &Sandbox) -> anyhow::Result<()> {
    let browser = http::browser();
    let page = Answer::read(browser.get(address).call()?)?.expect(200)?;
    let page = String::from_utf8(page.body)?;
    ensure!(page.contains("grant Wharf access"), "another page: {page}");
    let cloud = &sandbox.nextcloud;
    let form = [
        ("user", &*cloud.username),
        ("password", &*cloud.password),
        ("decision", "grant"),
    ];
    Answer::read(browser.post(address).send_form(form)?)?.expect(200)?;
    Ok(())
}

fn disconnect(person: &Person<'_>, connection: &str, sandbox: &Sandbox) -> Told<()> {
    let before = sandbox.app_passwords()?;
    person.disconnect(connection)?;
    let after = sandbox.app_passwords()?;
    ensure!(
        (before, after) == (1, 0),
        "app passwords: {before}, {after}"
    );
    told("its app password is gone there")
}

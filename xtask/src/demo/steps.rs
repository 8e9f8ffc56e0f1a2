//! What a person does with Wharf, step by step, each one checked.

use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api::Api;
use crate::service::sandbox::{Sandbox, WebDavAccount};
use crate::stage::Took;
use crate::{consent, http, json, random};

use super::nextcloud;

const SIZE_BYTES: usize = 8 * 1024 * 1024;

/// A piece from the middle, across the borders of the chunks it travels in.
const RANGE: std::ops::RangeInclusive<usize> = 1_000_000..=1_299_999;

/// Documents are laid into this folder of a connected cloud.
const FOLDER: &str = "Wharf";

const IN_THE_CLOUD: &str = "in-my-cloud.bin";
const IN_THE_HOUSE: &str = "in-the-house.bin";
const IN_THE_DRIVE: &str = "in-my-drive.bin";

/// A little longer than an access token lasts.
const HOUR_SECS: u64 = 3700;

/// Does every step, and fails at the first that does not go as it should.
pub(super) fn all(
    base: &str,
    email: &str,
    password: &str,
    sandbox: &Sandbox,
) -> anyhow::Result<()> {
    let cloud = &sandbox.webdav;
    let api = step("log in", || {
        let (api, seconds) = Api::log_in(base, email, password)?;
        Ok((api, format!("an access token for {seconds} s")))
    })?;
    let person = Person { api, cloud };
    let bytes = random::content(SIZE_BYTES);

    step("mistype the cloud's password", || person.mistype_password())?;
    let connection = step("connect the WebDAV cloud", || person.connect())?;
    step("list its top folder", || person.list_folder("webdav"))?;
    let in_cloud = step("store 8 MiB in the cloud", || {
        person.upload(IN_THE_CLOUD, &connection, &bytes)
    })?;
    let in_house = step("store 8 MiB in Wharf's own storage", || {
        person.upload(IN_THE_HOUSE, "house", &bytes)
    })?;
    step("list the documents", || person.list_documents())?;
    step("look into the cloud itself", || {
        person.look_into_cloud(&bytes)
    })?;
    for document in [&in_cloud, &in_house] {
        let title = format!("download {}", document.name);
        step(&title, || person.download(document, &bytes))?;
    }
    step("download a part of it", || {
        person.download_part(&in_cloud, &bytes)
    })?;
    step("disconnect the cloud", || person.disconnect(&connection))?;
    step("ask for its document again", || {
        person.ask_in_vain(&in_cloud)
    })?;
    step("connect the same cloud again", || {
        person.reconnect(&connection)
    })?;
    step("its document is back", || {
        person.download(&in_cloud, &bytes)
    })?;
    by_consent(&person, sandbox)?;
    nextcloud::all(&person, sandbox)
}

/// Google Drive in the browser that began; OneDrive in another one, which the
/// person's application then confirms.
fn by_consent(person: &Person<'_>, sandbox: &Sandbox) -> anyhow::Result<()> {
    let google = step("connect Google Drive by consenting", || {
        person.consent_in_browser("google_drive")
    })?;
    let onedrive = step("connect OneDrive by another browser", || {
        person.consent_elsewhere("onedrive")
    })?;
    for (name, connection) in [("Google Drive", &google), ("OneDrive", &onedrive)] {
        let title = format!("ask {name} whose it is");
        step(&title, || person.check(connection))?;
    }
    in_drive(person, "google_drive", &google, sandbox)?;
    in_drive(person, "onedrive", &onedrive, sandbox)?;
    step("disconnect Google Drive", || person.disconnect(&google))?;
    step("disconnect OneDrive", || person.disconnect(&onedrive))
}

/// What is done in a cloud whose access token ends within the hour.
fn in_drive(
    person: &Person<'_>,
    provider: &str,
    connection: &str,
    sandbox: &Sandbox,
) -> anyhow::Result<()> {
    let bytes = random::content(SIZE_BYTES);
    let title = format!("list {provider}");
    step(&title, || person.list_folder(provider))?;
    let document = step("store 8 MiB there", || {
        person.upload(IN_THE_DRIVE, connection, &bytes)
    })?;
    step("download it", || person.download(&document, &bytes))?;
    step("let an hour pass", || {
        sandbox.advance_clock(HOUR_SECS)?;
        told("the access token is over")
    })?;
    step("download it all the same", || {
        person.download(&document, &bytes)
    })?;
    step("delete it", || person.put_into_bin(&document))
}

/// Does one step and prints one line: what was done, what came of it, how
/// long it took. What the step says of its outcome is the text beside its value.
pub(super) fn step<T>(
    title: &str,
    act: impl FnOnce() -> anyhow::Result<(T, String)>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    let result = act();
    let took = Took(start.elapsed()).to_string();
    let (mark, outcome) = match &result {
        Ok((_, outcome)) => ("ok", outcome.clone()),
        Err(error) => ("NO", format!("{error:#}")),
    };
    println!("  {mark}  {title:<36}{outcome} ({took})");
    result
        .map(|(value, _)| value)
        .map_err(|error| error.context(format!("step failed: {title}")))
}

/// What a step gives: its value, and what to tell of it.
pub(super) type Told<T> = anyhow::Result<(T, String)>;

/// A document that was stored.
pub(super) struct Stored {
    name: String,
    path: String,
    digest: String,
}

/// Somebody who uses Wharf, and has a cloud.
pub(super) struct Person<'a> {
    pub(super) api: Api,
    pub(super) cloud: &'a WebDavAccount,
}

impl Person<'_> {
    fn mistype_password(&self) -> Told<()> {
        let answer = self.ask_to_connect("not the password")?;
        answer.expect_problem(422, "upstream_auth_failed")?;
        told("refused with 422 upstream_auth_failed, nothing stored")
    }

    pub(super) fn connect(&self) -> Told<String> {
        let answer = self.ask_to_connect(&self.cloud.password)?;
        let connection = answer.expect(201)?.json()?;
        let status = json::text(&connection, "/status")?;
        ensure!(status == "ACTIVE", "the connection is {status}");
        let name = json::text(&connection, "/display_name")?;
        let id = json::text(&connection, "/id")?.to_owned();
        Ok((id, format!("{status}: {name}, its password sealed")))
    }

    /// The account is known, so it gets its connection back and not another one.
    fn reconnect(&self, connection: &str) -> Told<()> {
        let answer = self.ask_to_connect(&self.cloud.password)?;
        let again = answer.expect(200)?.json()?;
        let id = json::text(&again, "/id")?;
        ensure!(id == connection, "it is another connection, {id}");
        told("the same connection, with the same documents")
    }

    fn ask_to_connect(&self, password: &str) -> anyhow::Result<Answer> {
        let account = json!({
            "provider": "webdav",
            "server_url": self.cloud.url,
            "username": self.cloud.username,
            "password": password,
        });
        self.api.post("/api/cloud/connections/webdav", &account)
    }

    pub(super) fn list_folder(&self, provider: &str) -> Told<()> {
        let path = format!("/api/cloud/folders/{provider}/root");
        let listing = self.api.get(&path)?;
        let listing = listing.expect(200)?.json()?;
        told(names(json::list(&listing, "/items")?)?)
    }

    pub(super) fn upload(&self, name: &str, storage: &str, bytes: &[u8]) -> Told<Stored> {
        let path = format!("/api/documents?name={name}&storage={storage}");
        let answer = self.api.upload(&path, bytes)?.expect(201)?;
        let document = answer.json()?;
        let (known_as, size) = (
            json::text(&document, "/name")?,
            json::number(&document, "/size_bytes")?,
        );
        ensure!(known_as == name, "it is called {known_as}");
        ensure!(size == bytes.len() as u64, "its size is {size}");
        let id = json::text(&document, "/id")?;
        let stored = Stored {
            name: name.to_owned(),
            path: format!("/api/documents/{id}"),
            digest: answer.header("repr-digest")?.to_owned(),
        };
        let outcome = format!("{name}, {} bytes", bytes.len());
        Ok((stored, outcome))
    }

    fn list_documents(&self) -> Told<()> {
        let list = self.api.get("/api/documents")?.expect(200)?.json()?;
        let names = names(json::list(&list, "/items")?)?;
        let both = [IN_THE_CLOUD, IN_THE_HOUSE];
        ensure!(both.iter().all(|it| names.contains(it)), "only {names}");
        told(names)
    }

    fn look_into_cloud(&self, bytes: &[u8]) -> Told<()> {
        let answer = self.in_cloud(IN_THE_CLOUD)?.expect(200)?;
        ensure!(answer.body == bytes, "{IN_THE_CLOUD} holds other bytes");
        told(format!("{FOLDER}/{IN_THE_CLOUD} is there, the same bytes"))
    }

    /// Asks the cloud, past Wharf: a document is an ordinary file there.
    pub(super) fn in_cloud(&self, name: &str) -> anyhow::Result<Answer> {
        let WebDavAccount {
            url,
            username,
            password,
        } = self.cloud;
        let login = format!("http://{username}:{password}@");
        let url = url.trim_end_matches('/').replacen("http://", &login, 1);
        Answer::read(
            http::client()
                .get(format!("{url}/{FOLDER}/{name}"))
                .call()?,
        )
    }

    pub(super) fn download(&self, document: &Stored, bytes: &[u8]) -> Told<()> {
        let answer = self.api.get(&content(document))?.expect(200)?;
        ensure!(answer.body == bytes, "other bytes came back");
        let digest = answer.header("repr-digest")?;
        ensure!(digest == document.digest, "the digest is now {digest}");
        told("the same bytes, and the digest of the upload")
    }

    fn download_part(&self, document: &Stored, bytes: &[u8]) -> Told<()> {
        let (first, last) = (*RANGE.start(), *RANGE.end());
        let answer = self.api.get_range(&content(document), first, last)?;
        let answer = answer.expect(206)?;
        let part = bytes.get(RANGE);
        ensure!(
            part == Some(answer.body.as_slice()),
            "other bytes came back"
        );
        told(format!("bytes {first} to {last}, the same"))
    }

    /// What a provider with a bin does when something is deleted there.
    pub(super) fn put_into_bin(&self, document: &Stored) -> Told<()> {
        let receipt = self.api.delete(&document.path)?.expect(200)?.json()?;
        let fate = json::text(&receipt, "/content")?;
        ensure!(fate == "trashed", "its content is {fate}");
        told("it lies in the account's bin")
    }

    pub(super) fn disconnect(&self, connection: &str) -> Told<()> {
        let path = format!("/api/cloud/connections/{connection}");
        let receipt = self.api.delete(&path)?.expect(200)?.json()?;
        told(format!("the receipt: {receipt}"))
    }

    fn consent_in_browser(&self, provider: &str) -> Told<String> {
        let id = consent::connect(&self.api, provider, consent::ANNA)?;
        Ok((id, "consented, connected, its tokens sealed".to_owned()))
    }

    fn consent_elsewhere(&self, provider: &str) -> Told<String> {
        let (address, _) = consent::begin(&self.api, provider)?;
        let back = consent::say_yes(&address, consent::ANNA)?;
        let page = consent::come_back(&back, None)?;
        let outcome = consent::parameter(&page, "outcome")?;
        ensure!(outcome == "confirm", "the outcome is {outcome}");
        let confirmation = consent::parameter(&page, "confirmation")?;
        let body = json!({ "confirmation": confirmation });
        let connection = self.api.post("/api/cloud/oauth/complete", &body)?;
        let connection = connection.expect(201)?.json()?;
        let id = json::text(&connection, "/id")?.to_owned();
        Ok((id, "consented, confirmed by its user, connected".to_owned()))
    }

    fn check(&self, connection: &str) -> Told<()> {
        let path = format!("/api/cloud/connections/{connection}/check");
        let checked = self.api.post(&path, &json!({}))?.expect(200)?.json()?;
        let label = json::text(&checked, "/account/label")?;
        let used = json::number(&checked, "/account/quota/used_bytes")?;
        told(format!("{label}, {used} bytes in use"))
    }

    fn ask_in_vain(&self, document: &Stored) -> Told<()> {
        let answer = self.api.get(&content(document))?;
        answer.expect_problem(409, "storage_disconnected")?;
        told("refused with 409 storage_disconnected")
    }
}

fn content(document: &Stored) -> String {
    format!("{}/content", document.path)
}

/// An outcome with nothing to keep.
pub(super) fn told(outcome: impl Into<String>) -> Told<()> {
    Ok(((), outcome.into()))
}

/// The names of what is listed, as one line.
fn names(items: &[Value]) -> anyhow::Result<String> {
    let names = items.iter().map(|item| json::text(item, "/name"));
    let names: Vec<&str> = names.collect::<anyhow::Result<_>>()?;
    Ok(format!("{} entries: {}", names.len(), names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_names_become_one_line() {
        let listed = [json!({"name": "a.txt"}), json!({"name": "b"})];
        assert_eq!(names(&listed).unwrap(), "2 entries: a.txt, b");
        assert!(names(&[json!({})]).is_err());
    }

    #[test]
    fn a_failed_step_says_which_it_was() {
        let result = step("fail", || -> Told<()> { anyhow::bail!("it broke") });
        let error = format!("{:#}", result.unwrap_err());
        assert_eq!(error, "step failed: fail: it broke");
    }
}

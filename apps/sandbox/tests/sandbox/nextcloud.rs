//! The simulated Nextcloud, as its clients see it.

mod chunks;
mod control;
mod faults;
mod files;
mod login;
mod ocs;
mod properties;
mod throttle;
mod trash;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use wharf_sandbox::{NextcloudAccess, Sandbox};

use crate::client::{Answer, Call, call};

/// Somebody who uses an account.
#[derive(Clone)]
struct Client {
    /// The installation, without a slash at the end.
    url: String,
    login_name: String,
    user_id: String,
    password: String,
}

impl Client {
    fn new(access: NextcloudAccess) -> Self {
        Self {
            url: access.url,
            login_name: access.login_name,
            user_id: access.user_id,
            password: access.password,
        }
    }

    /// The same person with another password.
    fn with(&self, password: &str) -> Self {
        let password = password.to_owned();
        Self {
            password,
            ..self.clone()
        }
    }

    /// A request to a path beneath the installation.
    fn call(&self, method: &'static str, path: &str) -> Call {
        let credentials = format!("{}:{}", self.login_name, self.password);
        let authorization = format!("Basic {}", STANDARD.encode(credentials));
        call(method, format!("{}{path}", self.url)).header("Authorization", authorization)
    }

    /// The URL of a percent-encoded path in the person's part of a WebDAV collection.
    fn dav_url(&self, collection: &str, path: &str) -> String {
        format!("{}{}", self.url, self.dav_path(collection, path))
    }

    fn dav_path(&self, collection: &str, path: &str) -> String {
        let user_id = segment(&self.user_id);
        format!("/remote.php/dav/{collection}/{user_id}/{path}")
    }

    /// A request to a percent-encoded path in the person's files.
    fn files(&self, method: &'static str, path: &str) -> Call {
        self.call(method, &self.dav_path("files", path))
    }

    /// Writes a file; gives the status.
    fn put(&self, path: &str, content: &[u8]) -> u16 {
        let put = self.files("PUT", path);
        let put = put.header("Content-Length", content.len().to_string());
        put.send_bytes(content).status
    }

    /// The content of a file, or nothing if there is none.
    fn get(&self, path: &str) -> Option<Vec<u8>> {
        let answer = self.files("GET", path).send();
        (answer.status == 200).then(|| answer.bytes())
    }

    /// MOVE or COPY within the files.
    fn transfer(&self, method: &'static str, from: &str, to: &str) -> Call {
        self.files(method, from)
            .header("Destination", self.dav_url("files", to))
    }

    /// What a listing tells of one file or folder by itself.
    fn describe(&self, path: &str, properties: &str) -> String {
        let answer = list(
            self.files("PROPFIND", path).header("Depth", "0"),
            properties,
        );
        assert_eq!(answer.status, 207);
        answer.text()
    }

    /// A request to OCS.
    fn ocs(&self, method: &'static str, path: &str) -> Call {
        self.call(method, &format!("/ocs/{path}"))
            .header("OCS-APIRequest", "true")
    }
}

/// Anna, and a sandbox with her in it.
fn anna() -> (Sandbox, Client) {
    let sandbox = Sandbox::start();
    let anna = Client::new(sandbox.nextcloud().access());
    (sandbox, anna)
}

/// Somebody without files.
fn ben(sandbox: &Sandbox) -> Client {
    let access =
        sandbox
            .nextcloud()
            .add_account("ben@example.net", "ben 2", "a password: with a colon");
    Client::new(access)
}

/// Asks for these properties, each as an element with a prefix of Nextcloud's.
fn list(call: Call, properties: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\"?><d:propfind xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\" \
         xmlns:nc=\"http://nextcloud.org/ns\"><d:prop>{properties}</d:prop></d:propfind>"
    );
    call.send_bytes(body.as_bytes())
}

/// The content of the first element of this name, prefix included.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, behind) = xml.split_once(&format!("<{name}>"))?;
    Some(behind.split_once(&format!("</{name}>"))?.0)
}

/// The hrefs of a multistatus, in its order.
fn hrefs(xml: &str) -> Vec<&str> {
    let rest = xml.split("<d:href>").skip(1);
    rest.map(|rest| rest.split("</d:href>").next().unwrap())
        .collect()
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

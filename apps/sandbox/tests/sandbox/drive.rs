//! The simulated Drive, as an application meets it.

mod changes;
mod errors;
mod export;
mod fixtures;
mod integrity;
mod listing;
mod metadata;
mod resumable;
mod rights;
mod shared_drives;
mod uploads;

use serde_json::Value;
use wharf_sandbox::Sandbox;

use crate::application::{CLARA, at_google, text};
use crate::client::{Answer, Call, call};

pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";

/// Drive as one person's application sees it.
pub(crate) struct Drive {
    pub(crate) api_url: String,
    pub(crate) access_token: String,
}

impl Drive {
    pub(crate) fn of(sandbox: &Sandbox, person: &str) -> Self {
        let app = at_google(sandbox);
        let tokens = if person == CLARA {
            app.refresh(&sandbox.google().refresh_token).json()
        } else {
            app.connect(person)
        };
        Self {
            access_token: text(&tokens, "/access_token").to_owned(),
            api_url: app.api_url,
        }
    }

    /// Clara's, which has the fixtures.
    pub(crate) fn start() -> (Sandbox, Self) {
        let sandbox = Sandbox::start();
        let drive = Self::of(&sandbox, CLARA);
        (sandbox, drive)
    }

    /// A request to a path and query of the API.
    pub(crate) fn call(&self, method: &'static str, path: &str) -> Call {
        call(method, format!("{}{path}", self.api_url))
            .header("Authorization", format!("Bearer {}", self.access_token))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", &format!("/drive/v3/{path}")).send()
    }

    /// The body of a successful answer.
    #[track_caller]
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.json()
    }

    /// A listing that is careful in all that the contract asks for.
    #[track_caller]
    pub(crate) fn list(&self, q: &str, more: &str) -> Vec<Value> {
        let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let path = format!("files?q={q}&supportsAllDrives=true&fields=files(id,name){more}");
        let listing = self.get_json(&path);
        listing["files"].as_array().unwrap().clone()
    }

    /// The names of the files that meet a query, in order.
    #[track_caller]
    pub(crate) fn names(&self, q: &str, more: &str) -> Vec<String> {
        let files = self.list(q, more).into_iter();
        files.map(|file| text(&file, "/name").to_owned()).collect()
    }

    /// The id of the only file that meets a query.
    #[track_caller]
    pub(crate) fn id(&self, q: &str) -> String {
        let files = self.list(q, "");
        assert_eq!(files.len(), 1, "{q}");
        text(&files[0], "/id").to_owned()
    }

    /// Makes a file of metadata alone, and answers with all of it.
    #[track_caller]
    pub(crate) fn create(&self, metadata: &Value) -> Value {
        let answer = self.post(metadata);
        assert_eq!(answer.status, 200, "{metadata}");
        answer.json()
    }

    pub(crate) fn post(&self, metadata: &Value) -> Answer {
        self.call("POST", "/drive/v3/files?fields=*&supportsAllDrives=true")
            .send_json(metadata)
    }

    /// Changes a file; `more` is more of the query.
    pub(crate) fn patch(&self, id: &str, more: &str, metadata: &Value) -> Answer {
        let path = format!("/drive/v3/files/{id}?fields=*&supportsAllDrives=true{more}");
        self.call("PATCH", &path).send_json(metadata)
    }

    pub(crate) fn delete(&self, id: &str) -> Answer {
        let path = format!("/drive/v3/files/{id}?supportsAllDrives=true");
        self.call("DELETE", &path).send()
    }

    pub(crate) fn file(&self, id: &str) -> Answer {
        self.get(&format!("files/{id}?fields=*&supportsAllDrives=true"))
    }

    pub(crate) fn content(&self, id: &str) -> Call {
        let path = format!("/drive/v3/files/{id}?alt=media&supportsAllDrives=true");
        self.call("GET", &path)
    }

    /// Uploads a small file in one request, and answers with all of it.
    pub(crate) fn upload(&self, metadata: &Value, content: &[u8]) -> Answer {
        let path = "/upload/drive/v3/files?uploadType=multipart&fields=*&supportsAllDrives=true";
        let mut body = format!(
            "--edge\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{metadata}\r\n--edge\r\n\
             Content-Type: text/plain\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.call("POST", path)
            .header("Content-Type", "multipart/related; boundary=edge")
            .send_bytes(&body)
    }
}

/// Status, reason and message of a refusal in Drive's words.
pub(crate) fn refusal(answer: Answer) -> (u16, String, String) {
    let status = answer.status;
    let body = answer.json();
    assert_eq!(body["error"]["code"], status);
    let message = text(&body, "/error/message").to_owned();
    assert_eq!(text(&body, "/error/errors/0/message"), message);
    (
        status,
        text(&body, "/error/errors/0/reason").to_owned(),
        message,
    )
}

#[track_caller]
pub(crate) fn assert_refused(answer: Answer, status: u16, reason: &str) {
    let (actual, actual_reason, message) = refusal(answer);
    assert_eq!((actual, &*actual_reason), (status, reason), "{message}");
}

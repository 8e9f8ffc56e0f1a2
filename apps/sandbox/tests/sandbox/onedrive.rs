//! The simulated OneDrive, as an application meets it.

mod changes;
mod copies;
mod delta;
mod downloads;
mod drives;
mod faults;
mod front;
mod listing;
mod names;
mod sessions;
mod uploads;

use serde_json::{Value, json};
use wharf_sandbox::Sandbox;

use crate::application::{CLARA, at_microsoft, text};
use crate::client::{Answer, Call, call};

/// OneDrive as one person's application sees it.
pub(crate) struct OneDrive {
    pub(crate) api_url: String,
    pub(crate) access_token: String,
}

impl OneDrive {
    pub(crate) fn of(sandbox: &Sandbox, person: &str) -> Self {
        let app = at_microsoft(sandbox);
        let tokens = if person == CLARA {
            app.refresh(&sandbox.microsoft().refresh_token).json()
        } else {
            app.connect(person)
        };
        Self {
            access_token: text(&tokens, "/access_token").to_owned(),
            api_url: app.api_url,
        }
    }

    /// A sandbox and somebody's drive in it.
    pub(crate) fn start(person: &str) -> (Sandbox, Self) {
        let sandbox = Sandbox::start();
        let onedrive = Self::of(&sandbox, person);
        (sandbox, onedrive)
    }

    /// A request to a path below `/v1.0/`.
    pub(crate) fn call(&self, method: &'static str, path: &str) -> Call {
        call(method, format!("{}/v1.0/{path}", self.api_url))
            .header("Authorization", format!("Bearer {}", self.access_token))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// The body of a successful answer.
    #[track_caller]
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.json()
    }

    /// A request with these bytes.
    pub(crate) fn send(&self, method: &'static str, path: &str, body: &[u8]) -> Answer {
        with_length(self.call(method, path), body)
    }

    /// A file in one request.
    pub(crate) fn put(&self, path: &str, content: &[u8]) -> Answer {
        self.send("PUT", &format!("me/drive/root:/{path}:/content"), content)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).send_json(body)
    }

    pub(crate) fn create_folder(&self, parent: &str, name: &str) -> Value {
        let body = json!({"name": name, "folder": {}});
        let answer = self.post(&format!("me/drive/items/{parent}/children"), &body);
        assert_eq!(answer.status, 201, "{name}");
        answer.json()
    }

    pub(crate) fn patch(&self, id: &str, body: &Value) -> Answer {
        let path = format!("me/drive/items/{id}");
        self.call("PATCH", &path).send_json(body)
    }

    pub(crate) fn item(&self, id: &str) -> Answer {
        self.get(&format!("me/drive/items/{id}"))
    }

    /// The names in a folder, as they come.
    #[track_caller]
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names_in(&self.get_json(&format!("me/drive/items/{folder}/children")))
    }

    /// The content of an item, by way of its redirect.
    #[track_caller]
    pub(crate) fn content(&self, id: &str) -> Vec<u8> {
        let redirect = self.get(&format!("me/drive/items/{id}/content"));
        assert_eq!(redirect.status, 302);
        let answer = call("GET", redirect.header("Location")).send();
        assert_eq!(answer.status, 200);
        answer.bytes()
    }

    /// The address of an upload session that begins so.
    #[track_caller]
    pub(crate) fn upload_url(&self, path: &str, item: &Value) -> String {
        let answer = self.open_session(path, item);
        assert_eq!(answer.status, 200);
        text(&answer.json(), "/uploadUrl").to_owned()
    }

    pub(crate) fn open_session(&self, path: &str, item: &Value) -> Answer {
        let path = format!("me/drive/{path}/createUploadSession");
        self.post(&path, &json!({"item": item}))
    }
}

/// Sends a body and says how long it is, as Graph demands.
pub(crate) fn with_length(call: Call, body: &[u8]) -> Answer {
    call.header("Content-Length", body.len().to_string())
        .send_bytes(body)
}

/// A fragment to an upload session's address.
pub(crate) fn fragment(url: &str, start: usize, bytes: &[u8], total: usize) -> Answer {
    let end = start + bytes.len() - 1;
    let put = call("PUT", url).header("Content-Range", format!("bytes {start}-{end}/{total}"));
    with_length(put, bytes)
}

pub(crate) fn names_in(listing: &Value) -> Vec<String> {
    let items = listing["value"].as_array().unwrap().iter();
    items.map(|item| text(item, "/name").to_owned()).collect()
}

#[track_caller]
pub(crate) fn assert_refused(answer: Answer, status: u16, code: &str) {
    let found = answer.status;
    let body = answer.json();
    assert_eq!((found, text(&body, "/error/code")), (status, code));
    assert!(!text(&body, "/error/message").is_empty());
    assert!(!text(&body, "/error/innerError/request-id").is_empty());
}

/// The texts of the contract warnings.
pub(crate) fn warnings(sandbox: &Sandbox) -> Vec<String> {
    let warnings = sandbox.contract_warnings().into_iter();
    warnings.map(|warning| warning.text).collect()
}

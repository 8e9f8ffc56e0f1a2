//! A WebDAV storage seen by somebody who is not Wharf: the witness of what really lies there.

use reqwest::Url;
use serde_json::{Value, json};
use wharf_sandbox::Access;

use super::answer::Answer;
use super::client::{Call, Client};

/// The body of the request that connects an account.
pub(crate) fn account(access: &Access) -> Value {
    json!({
        "provider": "webdav",
        "server_url": access.url,
        "username": access.username,
        "password": access.password,
    })
}

/// Looks into a storage with its user's own credentials.
pub(crate) struct Witness {
    client: Client,
    access: Access,
}

impl Witness {
    pub(crate) fn of(access: &Access) -> Self {
        Self {
            client: Client::anonymous(""),
            access: access.clone(),
        }
    }

    /// A file's content; the path is not encoded yet.
    pub(crate) async fn read(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn delete(&self, path: &str) {
        let status = self.call("DELETE", path).send().await.status;
        assert_eq!(status, 204, "DELETE {path}");
    }

    pub(crate) async fn write(&self, path: &str, content: &str) {
        let call = self
            .call("PUT", path)
            .body("text/plain", content.to_owned());
        let status = call.send().await.status;
        assert!([201, 204].contains(&status), "PUT {path} gave {status}");
    }

    pub(crate) async fn make_folder(&self, path: &str) {
        let status = self.call("MKCOL", path).send().await.status;
        assert_eq!(status, 201, "MKCOL {path}");
    }

    /// The paths of everything in a folder, hidden things too, as its server writes them; none if
    /// the folder is not there.
    pub(crate) async fn paths_in(&self, folder: &str) -> Vec<String> {
        let listing = self
            .call("PROPFIND", folder)
            .header("Depth", "1")
            .send()
            .await;
        if listing.status == 404 {
            return Vec::new();
        }
        let text = listing.expect(207);
        let hrefs = text.text().split("href>").skip(1).step_by(2);
        let paths = hrefs.map(|rest| rest.split_once('<').unwrap().0.to_owned());
        let own = self.url(folder).path().to_owned();
        paths
            .filter(|path| path.trim_end_matches('/') != own.trim_end_matches('/'))
            .collect()
    }

    fn call(&self, method: &str, path: &str) -> Call {
        let Access {
            username, password, ..
        } = &self.access;
        self.client
            .call(method, self.url(path).as_str())
            .basic(username, password)
    }

    fn url(&self, path: &str) -> Url {
        let mut url = Url::parse(&self.access.url).unwrap();
        url.path_segments_mut()
            .unwrap()
            .pop_if_empty()
            .extend(path.split('/'));
        url
    }
}

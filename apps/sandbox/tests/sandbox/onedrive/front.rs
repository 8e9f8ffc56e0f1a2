//! The addresses that OneDrive gives out lead back the way the client came.

use serde_json::{Value, json};

use super::OneDrive;
use crate::application::{ANNA, text};
use crate::client::Call;

/// The scheme and host of an address.
fn origin(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.origin().ascii_serialization()
}

#[test]
fn they_follow_the_host_and_the_scheme() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let through = |call: Call| {
        call.header("Host", "graph.example:8443")
            .header("X-Forwarded-Proto", "https")
    };
    let get = |path: &str| through(onedrive.call("GET", path)).send();
    let post = |path: &str, body: &Value| through(onedrive.call("POST", path)).send_json(body);
    let listing = get("me/drive/root/children?$top=1").json();
    let file = get("me/drive/root:/Welcome.txt").json();
    let delta = get("me/drive/root/delta?token=latest").json();
    let session = post("me/drive/root:/a.bin:/createUploadSession", &json!({})).json();
    let copy = post("me/drive/root:/Welcome.txt:/copy", &json!({"name": "b"}));
    let content = get("me/drive/root:/Welcome.txt:/content");
    for url in [
        text(&listing, "/@odata.nextLink"),
        text(&file, "/@microsoft.graph.downloadUrl"),
        text(&delta, "/@odata.deltaLink"),
        text(&session, "/uploadUrl"),
        copy.header("Location"),
        content.header("Location"),
    ] {
        assert_eq!(origin(url), "https://graph.example:8443", "{url}");
    }
    let direct = onedrive.get_json("me/drive/root/children?$top=1");
    assert_eq!(origin(text(&direct, "/@odata.nextLink")), onedrive.api_url);
}

//! `POST /api/documents`.

mod described;
mod form;
mod named;
mod no_room;
mod refused;

use serde_json::json;

use crate::support::client::{Call, Client};

const PATH: &str = "/api/documents";

fn upload(who: &Client, name: &str) -> Call {
    who.post(PATH).query("name", name)
}

async fn nothing_is_stored(who: &Client) {
    let list = who.get(PATH).send().await.expect(200).json();
    assert_eq!(list["items"], json!([]));
}

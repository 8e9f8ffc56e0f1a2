//! The line in which the program tells whoever started it where everything is.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::accounts::Access;
use crate::google::GoogleApp;
use crate::microsoft::MicrosoftApp;
use crate::nextcloud::NextcloudAccess;
use crate::server::Sandbox;

#[derive(Serialize)]
struct Announcement<'a> {
    google: GoogleApp,
    microsoft: MicrosoftApp,
    webdav: Access,
    nextcloud: NextcloudAccess,
    control_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<&'a Path>,
}

/// Writes one line of JSON that names what the sandbox offers.
///
/// # Errors
/// When `out` cannot be written.
pub fn announce(sandbox: &Sandbox, mut out: impl Write) -> io::Result<()> {
    let announcement = Announcement {
        google: sandbox.google(),
        microsoft: sandbox.microsoft(),
        webdav: sandbox.webdav(),
        nextcloud: sandbox.nextcloud().access(),
        control_url: sandbox.control_url(),
        ca_file: sandbox.ca_file(),
    };
    serde_json::to_writer(&mut out, &announcement)?;
    out.write_all(b"\n")?;
    out.flush()
}

//! The line in which the program tells whoever started it where everything is.

use std::io::{self, Write};

use serde::Serialize;

use crate::accounts::Access;
use crate::server::Sandbox;

#[derive(Serialize)]
struct Announcement {
    webdav: Access,
}

/// Writes one line of JSON that names what the sandbox offers.
///
/// # Errors
/// When `out` cannot be written.
pub fn announce(sandbox: &Sandbox, mut out: impl Write) -> io::Result<()> {
    let announcement = Announcement {
        webdav: sandbox.webdav(),
    };
    serde_json::to_writer(&mut out, &announcement)?;
    out.write_all(b"\n")?;
    out.flush()
}

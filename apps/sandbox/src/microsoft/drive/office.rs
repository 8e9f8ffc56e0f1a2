//! SharePoint's rewriting of Office files: it stores properties of its own in them, so that size and hash
//! are not those of what was sent.
//! <https://github.com/OneDrive/onedrive-api-docs/issues/935>

use std::io;

use super::kind::Kind;
use crate::blob::BlobWriter;

const ENDINGS: [&str; 6] = [".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm"];

/// What is added, in place of a changed archive.
const PROPERTIES: &[u8] = b"<p:properties><documentManagement/></p:properties>";

/// Rewrites what has arrived for a file of this name, if it is one of those that are rewritten there.
pub(super) fn rewrite(kind: Kind, name: &str, writer: &mut BlobWriter) -> io::Result<()> {
    let name = name.to_lowercase();
    let is_office = ENDINGS.iter().any(|ending| name.ends_with(ending));
    if kind == Kind::Business && is_office {
        writer.write(PROPERTIES)?;
    }
    Ok(())
}

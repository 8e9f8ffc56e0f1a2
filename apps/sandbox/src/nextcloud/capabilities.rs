//! What the installation can do, and its version.

use serde_json::{Value, json};

use super::installation::Limits;

/// How many chunks may come at the same time.
const PARALLEL_CHUNKS: u32 = 5;

/// The version as a text.
const VERSION: &str = "32.0.2";

/// What `/cloud/capabilities` tells; to somebody without credentials less.
pub(super) fn capabilities(is_logged_in: bool, limits: Limits) -> Value {
    let core = json!({"pollinterval": 60, "webdav-root": "remote.php/webdav"});
    let capabilities = if is_logged_in {
        json!({
            "core": core,
            "dav": {"chunking": "1.0"},
            "files": {
                "bigfilechunking": true,
                "undelete": true,
                "versioning": false,
                "chunked_upload": {
                    "max_size": limits.max_chunk_bytes,
                    "max_parallel_count": PARALLEL_CHUNKS,
                },
                "forbidden_filenames": [".htaccess"],
                "forbidden_filename_characters": ["\\", "/"],
                "forbidden_filename_extensions": [".filepart", ".part"],
            },
        })
    } else {
        json!({"core": core})
    };
    json!({
        "version": {
            "major": 32,
            "minor": 0,
            "micro": 2,
            "string": VERSION,
            "edition": "",
            "extendedSupport": false,
        },
        "capabilities": capabilities,
    })
}

/// What `/status.php` tells anybody.
pub(super) fn status(is_in_maintenance: bool) -> Value {
    json!({
        "installed": true,
        "maintenance": is_in_maintenance,
        "needsDbUpgrade": false,
        "version": format!("{VERSION}.2"),
        "versionstring": VERSION,
        "edition": "",
        "productname": "Nextcloud",
        "extendedSupport": false,
    })
}

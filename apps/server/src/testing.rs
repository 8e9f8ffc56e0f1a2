//! For tests only: comparing a committed file with what the code says it must be.

use std::path::Path;

/// Fails if the committed file is not `expected`; writes it anew if `UPDATE_DOCS` is set.
pub(crate) fn in_step(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever runs the tests, not a setting"
    )]
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    if update {
        std::fs::write(&path, expected).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{file} is not what the code says; refresh it with: \
         UPDATE_DOCS=1 cargo test -p wharf-server --lib"
    );
}

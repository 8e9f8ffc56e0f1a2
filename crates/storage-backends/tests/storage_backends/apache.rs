//! The WebDAV storage against a real Apache httpd with mod_dav.

use wharf_domain::conformance::storage::Opened;

use crate::support::webdav;

wharf_domain::storage_conformance!(apache, crate::apache::opened());

pub(crate) fn opened() -> Opened {
    Opened {
        storage: webdav(
            &setting("WHARF_TEST_APACHE_URL"),
            &setting("WHARF_TEST_APACHE_USERNAME"),
            &setting("WHARF_TEST_APACHE_PASSWORD"),
        ),
        kept: Box::new(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run tells its servers' addresses by the environment"
)]
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, which starts Apache")
    })
}

//! The WebDAV storage and a house in a bucket against servers of other ecosystems. `cargo xtask interop`
//! starts them; without the feature `interop` this is not built.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what tests share fails by panicking too"
)]

mod buckets;
#[path = "../storage_backends/support.rs"]
#[expect(dead_code, reason = "the other test program uses the rest")]
mod support;

use wharf_domain::conformance::storage::Opened;

wharf_domain::storage_conformance!(wsgidav, crate::opened("WSGIDAV"));
wharf_domain::storage_conformance!(rclone, crate::opened("RCLONE"));
wharf_domain::storage_conformance!(moto, crate::buckets::opened("MOTO"));
wharf_domain::storage_conformance!(rclone_s3, crate::buckets::opened("RCLONE_S3"));

/// The account whose address, name and password the environment tells.
pub(crate) fn opened(server: &str) -> Opened {
    let setting = |what| setting(&format!("WHARF_TEST_{server}_{what}"));
    Opened {
        storage: support::webdav(&setting("URL"), &setting("USERNAME"), &setting("PASSWORD")),
        kept: Box::new(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run tells its servers' addresses by the environment"
)]
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask interop`, which starts these servers")
    })
}

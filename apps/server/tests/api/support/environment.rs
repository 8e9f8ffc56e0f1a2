//! What `cargo xtask test` tells the tests: where the servers are that it started for them.

#![expect(
    clippy::disallowed_methods,
    reason = "these variables are the test run's, not the product's settings"
)]

use wharf_sandbox::Access;

/// The address of a PostgreSQL whose superuser we are.
pub(crate) fn postgres_url() -> String {
    variable("WHARF_TEST_POSTGRES_URL")
}

/// The address of a Redis that many tests share.
pub(crate) fn redis_url() -> String {
    variable("WHARF_TEST_REDIS_URL")
}

/// An account at an Apache httpd with mod_dav.
pub(crate) fn apache() -> Access {
    Access {
        url: variable("WHARF_TEST_APACHE_URL"),
        username: variable("WHARF_TEST_APACHE_USERNAME"),
        password: variable("WHARF_TEST_APACHE_PASSWORD"),
    }
}

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests by `cargo xtask test`"))
}

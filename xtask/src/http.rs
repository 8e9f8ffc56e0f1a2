//! Speaking HTTP to programs on this machine.

use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// For asking whether a program is there yet: gives up soon, and takes a
/// refusal as a failure.
pub(crate) fn probe() -> Agent {
    builder(Duration::from_secs(2))
        .http_status_as_error(true)
        .build()
        .new_agent()
}

/// For real work: a refusal is an answer like any other.
pub(crate) fn client() -> Agent {
    builder(LIMIT).build().new_agent()
}

/// The same, and so is a redirect.
pub(crate) fn browser() -> Agent {
    builder(LIMIT).max_redirects(0).build().new_agent()
}

const LIMIT: Duration = Duration::from_secs(60);

fn builder(limit: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        // A proxy from the environment has no business on loopback.
        .proxy(None)
        .timeout_global(Some(limit))
        .http_status_as_error(false)
}

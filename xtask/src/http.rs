//! Speaking HTTP to programs on this machine.

use std::time::Duration;

use ureq::Agent;

/// For asking whether a program is there yet: gives up soon, and takes a
/// refusal as a failure.
pub(crate) fn probe() -> Agent {
    agent(Duration::from_secs(2), true)
}

/// For real work: a refusal is an answer like any other.
pub(crate) fn client() -> Agent {
    agent(Duration::from_secs(60), false)
}

fn agent(limit: Duration, refusal_is_error: bool) -> Agent {
    let config = Agent::config_builder()
        // A proxy from the environment has no business on loopback.
        .proxy(None)
        .timeout_global(Some(limit))
        .http_status_as_error(refusal_is_error)
        .build();
    config.new_agent()
}

//! What every handler can reach.

use actix_web::web::Data;
use wharf::{Settings, Wharf};

/// What every handler can reach: the services, and nothing of how they were composed.
#[derive(Clone, Debug)]
pub struct State {
    /// The services.
    pub wharf: Wharf,
    /// The web origins that may call the API from a browser.
    pub cors_origins: Vec<String>,
    /// The address under which browsers reach the server, without a slash at its end.
    pub public_url: String,
    /// The server's own web origin.
    pub public_origin: String,
    /// Whether browsers may send cookies back without TLS, which only a loopback address excuses.
    pub plain_cookies: bool,
}

impl State {
    /// The state of a server with these settings.
    pub fn new(wharf: Wharf, settings: &Settings) -> Self {
        Self {
            wharf,
            cors_origins: settings.cors_origins.clone(),
            public_url: settings.public_url(),
            public_origin: settings.public_origin(),
            plain_cookies: settings.is_plain_loopback(),
        }
    }
}

/// The state as handlers take it.
pub(crate) type Shared = Data<State>;

//! What every handler can reach.

use std::time::Duration;

use actix_web::web::Data;
use ipnet::IpNet;
use wharf::{Settings, Wharf};

use crate::connection;
use crate::meters::HttpMeters;
use crate::routes::WrittenPages;

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
    /// The proxies that are believed about where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// The name of the outside issuer that vouches for users, where there is one.
    pub outside_issuer: Option<String>,
    /// How long a client may take nothing of what is sent to it.
    pub client_patience: Duration,
    /// Whether browsers may send cookies back without TLS, which only a loopback address excuses.
    pub plain_cookies: bool,
    /// What is measured of requests.
    pub(crate) meters: HttpMeters,
    /// Pages of folders that were written a moment ago.
    pub(crate) written_pages: WrittenPages,
}

impl State {
    /// The state of a server with these settings.
    pub fn new(wharf: Wharf, settings: &Settings) -> Self {
        Self {
            wharf,
            cors_origins: settings.cors_origins.clone(),
            public_url: settings.public_url(),
            public_origin: settings.public_origin(),
            trusted_proxies: settings.trusted_proxies.clone(),
            outside_issuer: settings.outside_issuer.url.clone(),
            client_patience: connection::PATIENCE,
            plain_cookies: settings.is_plain_loopback(),
            meters: HttpMeters::new(),
            written_pages: WrittenPages::default(),
        }
    }
}

/// The state as handlers take it.
pub(crate) type Shared = Data<State>;

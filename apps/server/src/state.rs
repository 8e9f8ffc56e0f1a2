//! What every handler can reach.

use actix_web::web::Data;
use wharf::Wharf;

/// What every handler can reach: the services, and nothing of how they were composed.
#[derive(Clone, Debug)]
pub struct State {
    /// The services.
    pub wharf: Wharf,
    /// The web origins that may call the API from a browser.
    pub cors_origins: Vec<String>,
}

/// The state as handlers take it.
pub(crate) type Shared = Data<State>;

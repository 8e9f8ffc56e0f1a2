//! What the examples behind an access token do alike: take it by standard input, and show the storage that it opens.

use std::error::Error;
use std::io;

use tokio_util::task::TaskTracker;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::ports::backends::Backends as _;
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;
use wharf_egress::Exceptions;

use crate::shared;

/// Shows the storage of a provider. The access token comes by standard input; a first argument is the address of
/// another API than `api`, such as a sandbox's.
pub(crate) async fn show(provider: Provider, api: &str) -> Result<(), Box<dyn Error>> {
    let api = std::env::args().nth(1).unwrap_or_else(|| api.to_owned());
    let token = io::read_to_string(io::stdin())?;
    let credential = Credential::OAuth(OAuthTokens {
        access_token: token.trim().into(),
        // Whoever has these renews the access token; a storage never does.
        refresh_token: String::new().into(),
        issued_at: Timestamp::from_unix_seconds(0),
        expires_at: Timestamp::from_unix_seconds(3600),
        scopes: Scopes::default(),
    });
    let running = TaskTracker::new();
    let storages = shared::storages(Exceptions::default(), &running)?;
    let storage = storages.open(provider, &Endpoint(api), &credential);
    shared::show(&*storage).await?;
    shared::end(running).await;
    Ok(())
}

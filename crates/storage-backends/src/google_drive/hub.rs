//! `google-drive3` as this backend uses it: one pool of connections for all accounts, a hub for each call
//! with the token of its account, and no waiting or printing of its own. It knows no operation.

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use google_drive3::common::{self, Delegate, GetToken, Retry};
use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Connector, retry_after};

use crate::fault::Fault;

use super::refusal::refusal;

/// Access to the whole API over guarded connections.
pub(crate) type Hub = google_drive3::DriveHub<Connector>;

/// The connections that all hubs share.
pub(crate) type Connections = common::Client<Connector>;

/// A hub for one call beneath `base`, which ends in a slash.
pub(crate) fn hub(connections: &Connections, base: String, token: &SecretString) -> Hub {
    let mut hub = Hub::new(connections.clone(), Token(token.clone()));
    hub.base_url(base);
    hub.user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")).to_owned());
    hub
}

/// The token that goes along with one call.
#[derive(Clone)]
struct Token(SecretString);

type Given<'t> =
    Pin<Box<dyn Future<Output = Result<Option<String>, Box<dyn Error + Send + Sync>>> + Send + 't>>;

impl GetToken for Token {
    fn get_token<'t>(&'t self, _scopes: &'t [&str]) -> Given<'t> {
        Box::pin(async { Ok(Some(self.0.expose_secret().to_owned())) })
    }
}

/// Sees a refusal's head, of which the hub's own error keeps too little, and never has it tried again: when
/// and how often is for [`crate::retry`] to say.
#[derive(Default)]
pub(crate) struct Witness {
    status: Option<u16>,
    retry_after: Option<Duration>,
}

impl Delegate for Witness {
    fn http_failure(
        &mut self,
        answer: &common::Response,
        _body: Option<&serde_json::Value>,
    ) -> Retry {
        self.status = Some(answer.status().as_u16());
        self.retry_after = retry_after(answer.headers(), None);
        Retry::Abort
    }
}

impl Witness {
    /// What came of a call. An error of the hub's quotes what the server said, so it ends here (L-03).
    pub(crate) fn judge<T>(
        &self,
        answer: common::Result<T>,
        unanswered: impl FnOnce(google_drive3::hyper_util::client::legacy::Error) -> Fault,
    ) -> Result<T, Fault> {
        answer.map_err(|error| match (error, self.status) {
            (common::Error::HttpError(error), _) => unanswered(error),
            (common::Error::BadRequest(body), Some(status)) => {
                refusal(status, Some(&body), self.retry_after)
            }
            (common::Error::Failure(_), Some(status)) => refusal(status, None, self.retry_after),
            // The hub takes a body that breaks off for an empty one.
            (common::Error::JsonDecodeError(body, _), _) if body.is_empty() => {
                StorageErrorKind::Interrupted.into()
            }
            _ => StorageErrorKind::Unavailable.into(),
        })
    }
}

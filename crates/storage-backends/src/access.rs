//! One account's access to a provider's API at an address of the operator's: the token that opens it, and how
//! calls there fare. It knows no provider.

use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use wharf_domain::ports::storage::{AddressRefusal, StorageErrorKind};
use wharf_domain::provider::Provider;

use crate::address::NOT_TYPED;
use crate::circuit::Circuit;
use crate::circuits::Circuits;
use crate::fault::Fault;

/// The access of whoever has this token.
#[derive(Clone)]
pub(crate) struct Access {
    api: Url,
    token: SecretString,
    circuit: Circuit,
}

impl Access {
    /// The access to the API beneath `endpoint`.
    pub(crate) fn new(
        provider: Provider,
        endpoint: &str,
        token: SecretString,
        circuits: &Circuits,
    ) -> Result<Self, AddressRefusal> {
        let api: Url = endpoint.parse().map_err(|_| NOT_TYPED)?;
        if api.cannot_be_a_base() {
            return Err(NOT_TYPED);
        }
        Ok(Self {
            circuit: circuits.to(provider, &api, token.expose_secret()),
            api,
            token,
        })
    }

    /// The same access for what clears something up, and is asked for in any case.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            circuit: self.circuit.insisting(),
            ..self.clone()
        }
    }

    /// Where the API is.
    pub(crate) const fn api(&self) -> &Url {
        &self.api
    }

    /// Whether an address leads to where the API is, so that the token may go there (S-11).
    pub(crate) fn is_of_api(&self, url: &Url) -> bool {
        url.origin() == self.api.origin()
    }

    pub(crate) const fn token(&self) -> &SecretString {
        &self.token
    }

    /// The way to the API.
    pub(crate) const fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The request with the token.
    pub(crate) fn authorized(&self, mut request: Request) -> Result<Request, Fault> {
        let bearer = bearer(&self.token).ok_or(StorageErrorKind::TokenExpired)?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        Ok(request)
    }
}

/// The value of `Authorization` for this token; whoever prints it prints no token (G-01). `None` if the
/// token cannot stand in a header (H-01).
fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    // G-01, H-01
    #[test]
    fn a_token_goes_into_the_header_and_nowhere_else() {
        let value = bearer(&"a-token".into()).unwrap();
        assert_eq!(value.as_bytes(), b"Bearer a-token");
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(bearer(&"a\r\nSet-Cookie: b".into()).is_none());
    }
}

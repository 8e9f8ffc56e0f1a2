//! Whose grant it is.

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;
use wharf_domain::connection::{AccountKey, Endpoint};
use wharf_domain::ports::oauth::{Granted, GrantedAccount, OAuthErrorKind};

use crate::description::Identification;
use crate::id_token;
use crate::{AuthorizationServer, Fault};

/// The longest `sub` (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// What the userinfo endpoint tells (OpenID Connect Core 1.0, section 5.1).
#[derive(Deserialize)]
struct Userinfo {
    sub: String,
    email: Option<String>,
    name: Option<String>,
}

/// An account, before it is known where its storage is.
pub(crate) struct Identity {
    pub(crate) key: String,
    pub(crate) label: Option<String>,
}

impl AuthorizationServer {
    /// Asks whose grant it is.
    ///
    /// # Errors
    /// What the server said; [`OAuthErrorKind::InvalidAnswer`] if it names nobody.
    pub async fn account(&self, granted: &Granted) -> Result<GrantedAccount, Fault> {
        let identity = match &self.description.identification {
            Identification::Userinfo { url } => {
                self.userinfo(url.clone(), &granted.access_token).await?
            }
            Identification::MicrosoftIdToken { tenant } => {
                id_token::identity(self, tenant, granted.id_token.as_ref())
                    .ok_or(OAuthErrorKind::InvalidAnswer)?
            }
        };
        Ok(GrantedAccount {
            key: AccountKey(identity.key),
            label: identity.label.unwrap_or_default(),
            endpoint: endpoint(&self.description.storage_url),
        })
    }

    async fn userinfo(&self, url: Url, access_token: &SecretString) -> Result<Identity, Fault> {
        let bearer = format!("Bearer {}", access_token.expose_secret());
        let bearer = HeaderValue::try_from(bearer).map_err(|_| OAuthErrorKind::InvalidAnswer)?;
        let mut request = Request::new(Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));

        let answer = self.exchange.send(request).await?;
        // RFC 6750, section 3.1: the token is refused, or does not cover who its owner is.
        if matches!(answer.status.as_u16(), 401 | 403) {
            let status = answer.status.as_u16();
            return Err(Fault::of_status(OAuthErrorKind::GrantRefused, status));
        }
        let Userinfo { sub, email, name } = answer.into_json()?;
        if !is_subject(&sub) {
            return Err(OAuthErrorKind::InvalidAnswer.into());
        }
        Ok(Identity {
            key: sub,
            label: email.or(name),
        })
    }
}

fn is_subject(text: &str) -> bool {
    (1..=MAX_SUBJECT_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The storage's address, ending in a slash, as connections keep it.
pub(crate) fn endpoint(storage_url: &Url) -> Endpoint {
    let address = storage_url.as_str();
    let slash = if address.ends_with('/') { "" } else { "/" };
    Endpoint(format!("{address}{slash}"))
}

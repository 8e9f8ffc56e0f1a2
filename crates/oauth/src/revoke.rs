//! The end of a grant (RFC 7009).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use wharf_domain::ports::oauth::{OAuthErrorKind, Revoked};

use crate::answer::ErrorCode;
use crate::{AuthorizationServer, ClientAuthentication, Description, Fault};

impl AuthorizationServer {
    /// Ends a grant at the provider. One that is over already is no error; nor is an empty token, which
    /// stands for none.
    ///
    /// # Errors
    /// What the server said; the grant may still be in force then.
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<Revoked, Fault> {
        let Some(url) = &self.description.revoke_url else {
            return Ok(Revoked::Unsupported);
        };
        if refresh_token.expose_secret().is_empty() {
            return Ok(Revoked::Done);
        }
        let request = request(&self.description, url.clone(), refresh_token)?;
        let answer = self.exchange.send(request).await?;
        if answer.status.is_success() {
            return Ok(Revoked::Done);
        }
        match answer.error_code() {
            // RFC 7009 wants 200 for a token that is not known; Google answers 400.
            Some(ErrorCode::InvalidToken | ErrorCode::InvalidGrant) => Ok(Revoked::Done),
            Some(ErrorCode::UnsupportedTokenType) => Ok(Revoked::Unsupported),
            // What says at a token endpoint that a grant is over says here that it was not ended.
            Some(
                ErrorCode::AccessDenied
                | ErrorCode::ConsentRequired
                | ErrorCode::InteractionRequired
                | ErrorCode::LoginRequired,
            ) => Err(answer.fault_of(OAuthErrorKind::InvalidAnswer)),
            _ => Err(answer.fault()),
        }
    }
}

/// RFC 7009, section 2.1. The request of `oauth2` is not used: it takes no endpoint on this machine.
fn request(
    description: &Description,
    url: Url,
    refresh_token: &SecretString,
) -> Result<Request, Fault> {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", refresh_token.expose_secret());
    form.append_pair("token_type_hint", "refresh_token");

    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let secret = description.client_secret.expose_secret();
    match description.client_authentication {
        ClientAuthentication::Basic => {
            headers.insert(AUTHORIZATION, basic(&description.client_id, secret)?);
        }
        ClientAuthentication::Body => {
            form.append_pair("client_id", &description.client_id);
            form.append_pair("client_secret", secret);
        }
    }
    *request.body_mut() = Some(form.finish().into());
    Ok(request)
}

/// RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.
fn basic(client_id: &str, client_secret: &str) -> Result<HeaderValue, Fault> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client_id), encoded(client_secret));
    let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
    HeaderValue::try_from(value).map_err(|_| OAuthErrorKind::NotConfigured.into())
}

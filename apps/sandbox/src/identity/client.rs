//! The application that is registered at a provider, and how it proves to be that (RFC 6749, section
//! 2.3.1).

use std::sync::{PoisonError, RwLock};

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::parameters::Parameters;

/// A registered application.
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    redirect_uris: RwLock<Vec<String>>,
}

/// Why a client is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unauthenticated {
    NoId,
    UnknownId,
    NoSecret,
    WrongSecret,
}

impl Client {
    pub(crate) fn new(id: &'static str, secret: &'static str) -> Self {
        let redirect_uris = RwLock::default();
        Self {
            id,
            secret,
            redirect_uris,
        }
    }

    /// Registers an address that the provider may send people back to. As long as there is none, any
    /// address will do.
    pub(crate) fn register(&self, redirect_uri: &str) {
        let mut known = self
            .redirect_uris
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known.push(redirect_uri.to_owned());
    }

    /// Whether people may be sent there. Addresses are compared letter by letter (RFC 9700, section
    /// 2.1).
    pub(crate) fn takes(&self, redirect_uri: &str) -> bool {
        let known = self
            .redirect_uris
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let is_web = Url::parse(redirect_uri)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
        is_web && (known.is_empty() || known.iter().any(|known| known == redirect_uri))
    }

    /// Believes a client that brings the secret in the form or by Basic authentication.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Result<(), Unauthenticated> {
        let basic = basic(headers);
        let (id, secret) = match &basic {
            Some((id, secret)) => (Some(&**id), Some(&**secret)),
            None => (form.get("client_id"), form.get("client_secret")),
        };
        match (id, secret) {
            (None, _) => Err(Unauthenticated::NoId),
            (Some(id), _) if id != self.id => Err(Unauthenticated::UnknownId),
            (_, None) => Err(Unauthenticated::NoSecret),
            (_, Some(secret)) if secret != self.secret => Err(Unauthenticated::WrongSecret),
            _ => Ok(()),
        }
    }
}

/// The id and the secret in a Basic `Authorization`, each form-encoded before they were joined.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let (value, _) = form_urlencoded::parse(text.as_bytes()).next()?;
    Some(value.into_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const CLIENT: (&str, &str) = ("the-id", "a+b/c~d");

    fn judged(authorization: Option<&str>, form: &str) -> Result<(), Unauthenticated> {
        let mut headers = HeaderMap::new();
        if let Some(credentials) = authorization {
            let value = format!("Basic {}", STANDARD.encode(credentials));
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
        }
        Client::new(CLIENT.0, CLIENT.1).authenticate(&headers, &Parameters::parse(form.as_bytes()))
    }

    #[test]
    fn the_secret_comes_in_the_form_or_in_the_header() {
        let form = "client_id=the-id&client_secret=a%2Bb%2Fc%7Ed";
        assert_eq!(judged(None, form), Ok(()));
        assert_eq!(judged(Some("the-id:a%2Bb%2Fc%7Ed"), ""), Ok(()));
    }

    #[test]
    fn each_way_of_being_nobody_has_its_name() {
        for (form, expected) in [
            ("", Unauthenticated::NoId),
            (
                "client_id=other&client_secret=a",
                Unauthenticated::UnknownId,
            ),
            ("client_id=the-id&client_secret=", Unauthenticated::NoSecret),
            // The plus sign stands for a space: a secret has to be encoded.
            (
                "client_id=the-id&client_secret=a+b/c~d",
                Unauthenticated::WrongSecret,
            ),
        ] {
            assert_eq!(judged(None, form), Err(expected), "{form}");
        }
    }

    #[test]
    fn people_are_sent_to_registered_addresses_only() {
        let client = Client::new(CLIENT.0, CLIENT.1);
        assert!(client.takes("http://127.0.0.1:1/callback"));
        assert!(!client.takes("javascript:alert(1)"));
        client.register("https://app.example/callback");
        assert!(client.takes("https://app.example/callback"));
        for other in [
            "https://app.example/callback/",
            "https://app.example/callback?a=b",
            "HTTPS://app.example/callback",
        ] {
            assert!(!client.takes(other), "{other}");
        }
    }
}

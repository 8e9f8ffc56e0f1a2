//! An application that is registered at a provider, by hand: no OAuth library stands between the test and
//! the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;
use wharf_sandbox::Sandbox;

use crate::client::{Answer, call};

pub(crate) const ANNA: &str = "anna@example.com";
pub(crate) const BEN: &str = "ben@example.net";
pub(crate) const CLARA: &str = "clara@example.org";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9/callback?at=home";
pub(crate) const VERIFIER: &str = "a-verifier-that-is-at-least-forty-three-letters-long";
pub(crate) const DRIVE: &str = "https://www.googleapis.com/auth/drive";
pub(crate) const TEN_MINUTES_SECS: u64 = 600;

/// A client of one provider.
pub(crate) struct Application {
    pub(crate) auth_url: String,
    pub(crate) token_url: String,
    pub(crate) api_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    scope: String,
}

/// Where the provider sent the person.
pub(crate) struct SentBack(Url);

pub(crate) fn at_google(sandbox: &Sandbox) -> Application {
    let app = sandbox.google();
    Application {
        auth_url: app.auth_url,
        token_url: app.token_url,
        api_url: app.api_url,
        client_id: app.client_id,
        client_secret: app.client_secret,
        scope: format!("openid email profile {DRIVE}"),
    }
}

pub(crate) fn at_microsoft(sandbox: &Sandbox) -> Application {
    let app = sandbox.microsoft();
    Application {
        auth_url: app.auth_url,
        token_url: app.token_url,
        api_url: app.api_url,
        client_id: app.client_id,
        client_secret: app.client_secret,
        scope: "openid profile email offline_access User.Read Files.ReadWrite".to_owned(),
    }
}

impl Application {
    /// The parameters of an authorization request.
    pub(crate) fn request(&self) -> Vec<(&str, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        vec![
            ("client_id", self.client_id.clone()),
            ("redirect_uri", REDIRECT_URI.to_owned()),
            ("response_type", "code".to_owned()),
            ("scope", self.scope.clone()),
            ("state", "a state & more".to_owned()),
            ("nonce", "a nonce".to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
            ("access_type", "offline".to_owned()),
        ]
    }

    /// An authorization request with some parameters set otherwise; an empty value leaves one out.
    pub(crate) fn ask(&self, changes: &[(&str, &str)]) -> Answer {
        let mut parameters = self.request();
        parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let changes = changes.iter().filter(|(_, value)| !value.is_empty());
        let changes = changes.map(|&(name, value)| (name, value.to_owned()));
        let url = Url::parse_with_params(&self.auth_url, parameters.into_iter().chain(changes));
        call("GET", url.unwrap().as_str()).send()
    }

    /// What a script gets that has decided for a person.
    pub(crate) fn grant(&self, person: &str, changes: &[(&str, &str)]) -> SentBack {
        let decision = [("login_hint", person), ("sandbox_decision", "grant")];
        SentBack::of(&self.ask(&[&decision, changes].concat()))
    }

    /// The answer of the token endpoint to a form with the client's credentials.
    pub(crate) fn exchange(&self, form: &[(&str, &str)]) -> Answer {
        let credentials = [
            ("client_id", &*self.client_id),
            ("client_secret", &*self.client_secret),
        ];
        call("POST", &self.token_url).send_form(&[&credentials, form].concat())
    }

    /// The answer to a code.
    pub(crate) fn redeem(&self, code: &str) -> Answer {
        self.exchange(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
    }

    /// The tokens that a person's grant brings.
    pub(crate) fn connect(&self, person: &str) -> Value {
        let sent_back = self.grant(person, &[]);
        let answer = self.redeem(&sent_back.get("code").unwrap());
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// The answer to a refresh token.
    pub(crate) fn refresh(&self, token: &str) -> Answer {
        self.exchange(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// The answer of the API to an access token.
    pub(crate) fn get(&self, path: &str, access_token: &str) -> Answer {
        call("GET", format!("{}{path}", self.api_url))
            .header("Authorization", format!("Bearer {access_token}"))
            .send()
    }
}

impl SentBack {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 302);
        let location = answer.header("Location");
        assert!(location.starts_with(REDIRECT_URI), "{location}");
        Self(Url::parse(location).unwrap())
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let mut pairs = self.0.query_pairs();
        let (_, value) = pairs.find(|(key, _)| key == name)?;
        Some(value.into_owned())
    }
}

/// The text at a place in an answer's body.
pub(crate) fn text<'v>(body: &'v Value, pointer: &str) -> &'v str {
    let value = body.pointer(pointer).and_then(Value::as_str);
    value.unwrap_or_else(|| panic!("no {pointer} in {body}"))
}

/// What is alive for an account at the provider: whether a grant stands, and how many refresh and access
/// tokens.
pub(crate) fn live(
    sandbox: &Sandbox,
    provider: wharf_sandbox::Provider,
    account: &str,
) -> (bool, usize, usize) {
    let mut all = sandbox.live_tokens().into_iter();
    let live = all.find(|live| live.provider == provider && live.account == account);
    let live = live.unwrap();
    (live.has_grant, live.refresh_tokens, live.access_tokens)
}

//! The whole flow at an authorization server that others wrote, npm's `oidc-provider`: it demands PKCE,
//! names itself in every answer and takes each refresh token once. `cargo xtask interop` starts it; without
//! the feature `interop` this is not built.

#![expect(
    clippy::unwrap_used,
    reason = "what tests share fails by panicking too"
)]

mod browser;

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;
use wharf_domain::ports::oauth::{
    AuthorizationRequest, Begun, CodeRedemption, Granted, OAuthErrorKind, Revoked,
};
use wharf_domain::time::{Clock, Timestamp};
use wharf_egress::{Client, Exceptions, Options, Policy, Trust};
use wharf_oauth::{Description, Registry};

use self::browser::Browser;

/// Two verifiers of 43 characters.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ANOTHER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl";

/// All there is of the server in Wharf. `offline_access` comes with `prompt=consent` alone (OpenID Connect
/// Core 1.0, section 11).
const DESCRIPTION: &str = r#"
auth_url = "ISSUER/auth"
token_url = "ISSUER/token"
revoke_url = "ISSUER/token/revocation"
storage_url = "ISSUER/"
client_id = "wharf"
client_secret = "SECRET"
redirect_uri = "REDIRECT_URI"
issuer = "ISSUER"
sends_issuer = true
scopes = "openid offline_access files"
needed = "files"
authorization_parameters = { prompt = "consent" }
refresh = "strict"
identification = { by = "userinfo", url = "ISSUER/me" }
"#;

struct AtTheEpoch;

impl Clock for AtTheEpoch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(0)
    }
}

/// Wharf and a person at the server.
struct Scene {
    registry: Registry,
    egress: Client,
}

impl Scene {
    fn set() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Description)) -> Self {
        let text = DESCRIPTION
            .replace("ISSUER", &setting("ISSUER"))
            .replace("SECRET", &setting("CLIENT_SECRET"))
            .replace("REDIRECT_URI", &setting("REDIRECT_URI"));
        let mut description: Description = toml::from_str(&text).unwrap();
        change(&mut description);
        let egress = Client::new(Policy::new(Exceptions::default()), Options::default()).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(AtTheEpoch);
        let described = [("stranger".to_owned(), description)];
        Self {
            registry: Registry::new(&egress, &clock, described).unwrap(),
            egress,
        }
    }

    fn server(&self) -> &wharf_oauth::AuthorizationServer {
        self.registry.server("stranger").unwrap()
    }

    fn begin(&self) -> Begun {
        self.server().begin(&AuthorizationRequest {
            state: "the state".into(),
            verifier: VERIFIER.into(),
        })
    }

    /// What the server answers after a person has logged in and consented.
    async fn answered(&self, url: &str) -> BTreeMap<String, String> {
        let mut browser = Browser::new(self.egress.trusting(Trust::Operator));
        let answer = browser.consent(url, &setting("REDIRECT_URI")).await;
        let answer: Url = answer.parse().unwrap();
        answer.query_pairs().into_owned().collect()
    }

    /// A code that came with all it should come with.
    async fn code(&self, verifier: &str) -> CodeRedemption {
        let begun = self.begin();
        let mut answer = self.answered(&begun.url).await;
        assert_eq!(answer.get("state").map(String::as_str), Some("the state"));
        assert_eq!(answer.get("iss"), Some(&setting("ISSUER")));
        CodeRedemption {
            code: answer.remove("code").unwrap().into(),
            verifier: verifier.into(),
            answered_issuer: answer.remove("iss"),
            issuer: begun.issuer,
            redirect_uri: begun.redirect_uri,
        }
    }

    async fn granted(&self) -> Granted {
        self.server()
            .redeem(self.code(VERIFIER).await)
            .await
            .unwrap()
    }

    /// What a refresh token is refused with.
    async fn refused(&self, granted: &Granted) -> OAuthErrorKind {
        let token = granted.refresh_token.as_ref().unwrap();
        let outcome = self.server().refresh(token).await;
        outcome.err().unwrap().kind().clone()
    }
}

// O-05, O-06, O-08, O-10
#[tokio::test]
async fn a_grant_is_redeemed_renewed_and_ended() {
    let scene = Scene::set();
    let granted = scene.granted().await;
    let needed = &scene.server().description().needed;
    assert!(granted.scopes.cover(needed), "{}", granted.scopes);
    let account = scene.server().account(&granted).await.unwrap();
    assert_eq!(account.key.0, browser::LOGIN);
    assert_eq!(account.label, format!("{}@example.com", browser::LOGIN));

    let first = granted.refresh_token.as_ref().unwrap();
    let renewed = scene.server().refresh(first).await.unwrap();
    let same = scene.server().account(&renewed).await.unwrap();
    assert_eq!(same.key, account.key);

    let second = renewed.refresh_token.as_ref().unwrap();
    let revoked = scene.server().revoke(second).await.unwrap();
    assert_eq!(revoked, Revoked::Done);
    assert_eq!(scene.refused(&renewed).await, OAuthErrorKind::GrantRefused);
    // It knows the token no more, and that is no error (RFC 7009, section 2.2).
    let again = scene.server().revoke(second).await.unwrap();
    assert_eq!(again, Revoked::Done);
}

#[tokio::test]
async fn a_refresh_token_that_was_used_ends_the_grant() {
    let scene = Scene::set();
    let granted = scene.granted().await;
    let first = granted.refresh_token.as_ref().unwrap();
    let renewed = scene.server().refresh(first).await.unwrap();
    assert_eq!(scene.refused(&granted).await, OAuthErrorKind::GrantRefused);
    assert_eq!(scene.refused(&renewed).await, OAuthErrorKind::GrantRefused);
}

// O-06
#[tokio::test]
async fn a_code_is_good_once_and_with_its_verifier_only() {
    let scene = Scene::set();
    let stolen = scene.code(ANOTHER).await;
    let refused = scene.server().redeem(stolen).await.err().unwrap();
    assert_eq!(*refused.kind(), OAuthErrorKind::GrantRefused);

    let code = scene.code(VERIFIER).await;
    let again = CodeRedemption {
        code: code.code.clone(),
        verifier: VERIFIER.into(),
        issuer: code.issuer.clone(),
        answered_issuer: code.answered_issuer.clone(),
        redirect_uri: code.redirect_uri.clone(),
    };
    assert!(scene.server().redeem(code).await.is_ok());
    let refused = scene.server().redeem(again).await.err().unwrap();
    assert_eq!(*refused.kind(), OAuthErrorKind::GrantRefused);
}

// O-06: it is the server that demands it.
#[tokio::test]
async fn nobody_comes_without_a_challenge() {
    let scene = Scene::set();
    let mut url: Url = scene.begin().url.parse().unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let others = pairs
        .iter()
        .filter(|(name, _)| !name.starts_with("code_challenge"));
    url.query_pairs_mut().clear().extend_pairs(others);
    let answer = scene.answered(url.as_str()).await;
    assert_eq!(
        answer.get("error").map(String::as_str),
        Some("invalid_request")
    );
    assert_eq!(answer.get("code"), None);
}

#[tokio::test]
async fn a_wrong_secret_says_nothing_about_the_grant() {
    let granted = Scene::set().granted().await;
    let wrong = Scene::with(|description| description.client_secret = "another".into());
    assert_eq!(wrong.refused(&granted).await, OAuthErrorKind::ClientRefused);
    let token = granted.refresh_token.as_ref().unwrap();
    assert!(Scene::set().server().refresh(token).await.is_ok());
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run tells its server's address by the environment"
)]
fn setting(name: &str) -> String {
    let name = format!("WHARF_TEST_OIDC_{name}");
    std::env::var(&name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask interop`, which starts this server")
    })
}

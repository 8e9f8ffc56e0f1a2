//! Registries, clocks and descriptions as the tests need them.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use wharf_domain::ports::oauth::{AuthorizationRequest, CodeRedemption, Granted, OAuthErrorKind};
use wharf_domain::time::{Clock, Timestamp};
use wharf_egress::{Client, Deadlines, Exceptions, Options, Policy};
use wharf_oauth::{
    AuthorizationServer, Description, DriveScope, Fault, GoogleDrive, Onedrive, Registry,
};

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) const REDIRECT_URI: &str = "https://wharf.example/api/cloud/oauth/callback/any";

/// Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110, section 5.6.7).
pub(crate) const NOW: i64 = 784_111_777;

struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Without an exception, for the operator's own addresses need none; gives up on silent servers soon.
pub(crate) fn egress() -> Client {
    let policy = Policy::new(Exceptions::default());
    let soon = Duration::from_millis(500);
    let options = Options {
        deadlines: Deadlines {
            first_byte: soon,
            stall: soon,
            ..Deadlines::default()
        },
        ..Options::default()
    };
    Client::new(policy, options).unwrap()
}

/// The registry of one server, under the name `any`, at a moment.
pub(crate) fn registry_at(seconds: i64, description: Description) -> Registry {
    let clock: Arc<dyn Clock> = Arc::new(Stopped(Timestamp::from_unix_seconds(seconds)));
    let described = [("any".to_owned(), description)];
    Registry::new(&egress(), &clock, described).unwrap()
}

/// A server that a test asks.
pub(crate) struct Asked(Registry);

impl Asked {
    pub(crate) fn of(description: Description) -> Self {
        Self(registry_at(NOW, description))
    }

    pub(crate) fn server(&self) -> &AuthorizationServer {
        self.0.server("any").unwrap()
    }

    pub(crate) async fn refresh(&self) -> Result<Granted, Fault> {
        self.server().refresh(&"the refresh token".into()).await
    }

    /// The kind of the fault that a refresh ends with.
    pub(crate) async fn refused(&self) -> OAuthErrorKind {
        match self.refresh().await {
            Ok(_) => panic!("the answer was taken"),
            Err(fault) => fault.kind().clone(),
        }
    }
}

/// Google, with every address at this one.
pub(crate) fn google(base: &str) -> Description {
    let at = |path: &str| Some(format!("{base}{path}").parse().unwrap());
    let google = GoogleDrive {
        client_id: "the client".to_owned(),
        client_secret: "a+b/c d%e:ü".into(),
        scope: DriveScope::Drive,
        auth_url: at("/auth"),
        token_url: at("/token"),
        revoke_url: at("/revoke"),
        api_url: at(""),
    };
    google.describe(REDIRECT_URI.to_owned())
}

/// Microsoft, likewise.
pub(crate) fn microsoft(base: &str, tenant: &str) -> Description {
    let at = |path: &str| Some(format!("{base}{path}").parse().unwrap());
    let microsoft = Onedrive {
        client_id: "the client".to_owned(),
        client_secret: "a+b/c d%e:ü".into(),
        tenant: tenant.parse().unwrap(),
        auth_url: at("/{tenant}/oauth2/v2.0/authorize"),
        token_url: at("/{tenant}/oauth2/v2.0/token"),
        api_url: at("/graph"),
    };
    microsoft.describe(REDIRECT_URI.to_owned())
}

pub(crate) fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        state: "the state".into(),
        verifier: VERIFIER.into(),
    }
}

pub(crate) fn redemption(code: &str) -> CodeRedemption {
    CodeRedemption {
        code: code.into(),
        verifier: VERIFIER.into(),
        issuer: None,
        answered_issuer: None,
        redirect_uri: REDIRECT_URI.to_owned(),
    }
}

/// What was granted, in a form that can be compared: access token, refresh token, seconds, scopes.
pub(crate) fn shown(granted: &Granted) -> (String, Option<String>, u64, String) {
    let refresh_token = granted.refresh_token.as_ref();
    (
        granted.access_token.expose_secret().to_owned(),
        refresh_token.map(|token| token.expose_secret().to_owned()),
        granted.expires_in.as_secs(),
        granted.scopes.to_string(),
    )
}

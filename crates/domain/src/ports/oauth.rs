//! The port to authorization servers (RFC 6749). It knows no endpoint, no HTTP and no row.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::connection::{AccountKey, Endpoint};
use crate::provider::Provider;
use crate::scopes::Scopes;

/// What an authorization begins with. Both secrets are the caller's to make.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
pub struct AuthorizationRequest {
    /// 256 random bits in base64url: ties the answer to this request (O-01).
    pub state: SecretString,
    /// The PKCE code verifier, 43 to 128 unreserved characters (RFC 7636, section 4.1).
    pub verifier: SecretString,
}

/// An authorization that has begun. All of it but the address is kept until the answer comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Where the person's browser is to go. It holds the state: not to be logged.
    pub url: String,
    /// Who is expected to answer (RFC 9207); `None` where it is not known what the server calls itself.
    pub issuer: Option<String>,
    /// Where the answer is to come to.
    pub redirect_uri: String,
}

/// An authorization code, with all that it is redeemed with.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
pub struct CodeRedemption {
    /// The code.
    pub code: SecretString,
    /// The PKCE code verifier of the request.
    pub verifier: SecretString,
    /// The issuer of [`Begun`].
    pub issuer: Option<String>,
    /// The `iss` that came with the code.
    pub answered_issuer: Option<String>,
    /// The redirect address of [`Begun`].
    pub redirect_uri: String,
}

/// What a token endpoint gave.
#[expect(
    missing_debug_implementations,
    reason = "G-01: tokens are never printed, not even redacted"
)]
pub struct Granted {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token. An absent one leaves the one that there is in force.
    pub refresh_token: Option<SecretString>,
    /// How long the access token is good.
    pub expires_in: Duration,
    /// What the grant covers: what was asked for, if the answer does not say.
    pub scopes: Scopes,
    /// The ID token (OpenID Connect Core 1.0, section 2), where one came. It tells whose grant it is;
    /// only [`account`](AuthorizationServers::account) reads it, and nobody keeps it.
    pub id_token: Option<SecretString>,
}

/// Whose grant it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedAccount {
    /// Tells the account from every other at this provider: `sub` at Google, `tid` and `oid` at
    /// Microsoft.
    pub key: AccountKey,
    /// What a person knows the account by, mostly a mail address. The provider's text: abridge it.
    pub label: String,
    /// The provider's storage API, which the connection's calls go to.
    pub endpoint: Endpoint,
}

/// What becomes of the refresh token when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshKind {
    /// It stays the same (Google).
    Stable,
    /// Another comes, and the one before goes on working (Microsoft).
    Overlap,
    /// Another comes, and the one before is refused at once (Nextcloud, Box).
    Strict,
}

impl RefreshKind {
    /// The stable name: it stands in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Overlap => "overlap",
            Self::Strict => "strict",
        }
    }
}

/// A text that names no kind of refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be stable, overlap or strict")]
pub struct UnknownRefreshKind;

impl FromStr for RefreshKind {
    type Err = UnknownRefreshKind;

    fn from_str(name: &str) -> Result<Self, UnknownRefreshKind> {
        [Self::Stable, Self::Overlap, Self::Strict]
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownRefreshKind)
    }
}

/// Whether the provider was told that a grant is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It was told, or knew already.
    Done,
    /// It has no way to be told: the person ends the grant there.
    Unsupported,
}

/// What went wrong between Wharf and an authorization server.
#[derive(Debug, thiserror::Error)]
#[error("{provider}: {kind}")]
pub struct OAuthError {
    /// What.
    pub kind: OAuthErrorKind,
    /// With which provider.
    pub provider: Provider,
    /// What it came from, if it came from elsewhere.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of trouble. A provider's own text is in none of them (O-11).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OAuthErrorKind {
    /// The operator has not set this provider up.
    NotConfigured,
    /// The grant, code or refresh token is not accepted: the person must consent again
    /// (`invalid_grant`, `interaction_required`, `consent_required` and their like).
    GrantRefused,
    /// Wharf itself is not accepted: the operator's client id or secret is wrong or has expired, or the
    /// provider is not set up as its registration there says (`invalid_client`, `unauthorized_client`,
    /// `invalid_request`, `invalid_scope` and their like). It says nothing about the grant.
    ClientRefused,
    /// The answer came from another authorization server than was asked (O-05).
    IssuerMismatch,
    /// The answer is not what RFC 6749 says: of another type, too large, without a field.
    InvalidAnswer,
    /// The server is overloaded or out of order: 429, 5xx, `temporarily_unavailable`.
    Unavailable {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Nothing was sent: no connection came about.
    Unreachable,
    /// The request may have arrived, but no answer came: what it did is not known.
    AnswerLost,
}

impl OAuthError {
    /// An error of this kind.
    pub const fn new(kind: OAuthErrorKind, provider: Provider) -> Self {
        Self {
            kind,
            provider,
            source: None,
        }
    }

    /// With what it came from.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Whether the same may succeed a little later, without anybody doing anything.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            OAuthErrorKind::Unavailable { .. }
                | OAuthErrorKind::Unreachable
                | OAuthErrorKind::AnswerLost
        )
    }
}

impl fmt::Display for OAuthErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConfigured => "not set up",
            Self::GrantRefused => "the grant was refused",
            Self::ClientRefused => "the client id or secret was refused",
            Self::IssuerMismatch => "the answer came from another authorization server",
            Self::InvalidAnswer => "the answer is not valid",
            Self::Unavailable { .. } => "the authorization server is not available",
            Self::Unreachable => "the authorization server is out of reach",
            Self::AnswerLost => "the answer was lost",
        })
    }
}

/// The authorization servers that the operator has set up.
#[async_trait]
pub trait AuthorizationServers: Send + Sync {
    /// Whether users can connect this provider here.
    fn offers(&self, provider: Provider) -> bool;

    /// What becomes of this provider's refresh tokens when they are used; `None` if it is not set up.
    fn refresh_kind(&self, provider: Provider) -> Option<RefreshKind>;

    /// What a grant must cover to be of use (O-08); `None` if the provider is not set up.
    fn needed(&self, provider: Provider) -> Option<Scopes>;

    /// Where the provider's storage API lies; `None` if it is not set up. Tokens go there and nowhere
    /// else, whatever the row of a connection says (S-13).
    fn storage(&self, provider: Provider) -> Option<Endpoint>;

    /// Begins an authorization. Makes no call.
    ///
    /// # Errors
    /// [`OAuthErrorKind::NotConfigured`].
    fn begin(
        &self,
        provider: Provider,
        request: &AuthorizationRequest,
    ) -> Result<Begun, OAuthError>;

    /// Redeems a code (RFC 6749, section 4.1.3). Whether the grant covers [`needed`](Self::needed) is
    /// the caller's to judge.
    ///
    /// # Errors
    /// [`OAuthErrorKind::IssuerMismatch`] before anything is sent; else what the server said.
    async fn redeem(&self, provider: Provider, code: CodeRedemption)
    -> Result<Granted, OAuthError>;

    /// Asks whose grant it is.
    ///
    /// # Errors
    /// What the server said.
    async fn account(
        &self,
        provider: Provider,
        granted: &Granted,
    ) -> Result<GrantedAccount, OAuthError>;

    /// Gets another access token (RFC 6749, section 6).
    ///
    /// # Errors
    /// What the server said.
    async fn refresh(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Granted, OAuthError>;

    /// Ends a grant at the provider (RFC 7009). One that is over already is no error.
    ///
    /// # Errors
    /// What the server said; the grant may still be in force then.
    async fn revoke(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Revoked, OAuthError>;
}

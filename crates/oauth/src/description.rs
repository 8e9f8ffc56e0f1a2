//! A provider as data. Knows no provider by name, and makes no request.

mod check;
mod text;

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::scopes::Scopes;

use crate::Tenant;

pub(crate) use check::Objection;

/// An authorization server, Wharf's registration there, and the storage that its tokens open.
///
/// All of it comes from the operator's settings or from a preset, nothing from a user (O-07).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The authorization endpoint (RFC 6749, section 3.1), which the person's browser opens.
    pub auth_url: Url,
    /// The token endpoint (RFC 6749, section 3.2).
    pub token_url: Url,
    /// The revocation endpoint (RFC 7009); `None` where grants cannot be ended from here.
    pub revoke_url: Option<Url>,
    /// The storage's API, which the tokens are for.
    pub storage_url: Url,

    /// The id under which Wharf is registered.
    pub client_id: String,
    /// The secret of the registration.
    #[serde(deserialize_with = "text::secret")]
    pub client_secret: SecretString,
    /// How id and secret are shown.
    #[serde(default)]
    pub client_authentication: ClientAuthentication,
    /// Where answers come to, sent letter by letter as it stands here; one for each server (O-05).
    pub redirect_uri: String,

    /// What the server calls itself. An `iss` in an answer must be this text (RFC 9207, section 2.4).
    pub issuer: Option<String>,
    /// Whether every answer names the issuer, so that one that does not is refused.
    #[serde(default)]
    pub sends_issuer: bool,

    /// The scopes that are asked for.
    #[serde(deserialize_with = "text::scopes")]
    pub scopes: Scopes,
    /// The scopes that a grant is useless without (O-08).
    #[serde(deserialize_with = "text::scopes")]
    pub needed: Scopes,
    /// What the server may put before the scopes that it answers, and then in any case.
    pub scope_qualifier: Option<String>,
    /// Further parameters of the authorization request.
    #[serde(default)]
    pub authorization_parameters: BTreeMap<String, String>,

    /// What becomes of a refresh token when it is used.
    #[serde(deserialize_with = "text::refresh_kind")]
    pub refresh: RefreshKind,
    /// How it is learned whose grant it is.
    pub identification: Identification,
}

/// How the client authenticates (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// In the header, by the Basic scheme; id and secret are form-encoded first.
    #[default]
    Basic,
    /// In the body, beside the other parameters.
    Body,
}

/// How it is learned whose grant it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Identification {
    /// By the userinfo endpoint: `sub` is the account, `email` its label (OpenID Connect Core 1.0,
    /// section 5.3).
    Userinfo {
        /// The endpoint.
        url: Url,
    },
    /// By the ID token of the Microsoft identity platform: `tid` and `oid` together are the account.
    /// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
    MicrosoftIdToken {
        /// Whose accounts may come.
        tenant: Tenant,
    },
}

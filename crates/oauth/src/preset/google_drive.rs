//! Google Drive. <https://developers.google.com/identity/protocols/oauth2/web-server>

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use url::Url;
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::scopes::Scopes;

use super::{beneath, known};
use crate::{ClientAuthentication, Description, Identification};

/// What the operator sets for Google Drive. Addresses are Google's where absent.
#[derive(Clone, Debug)]
pub struct GoogleDrive {
    /// The id of the client that is registered at Google.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// How much of a person's Drive is asked for.
    pub scope: DriveScope,
    /// The authorization endpoint.
    pub auth_url: Option<Url>,
    /// The token endpoint.
    pub token_url: Option<Url>,
    /// The revocation endpoint.
    pub revoke_url: Option<Url>,
    /// What Google's APIs lie beneath: the Drive API at `drive/v3`, userinfo at `oauth2/v3/userinfo`.
    pub api_url: Option<Url>,
}

/// How much of a person's Drive Wharf sees.
/// <https://developers.google.com/drive/api/guides/api-specific-auth>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DriveScope {
    /// All of it, which browsing needs. Google calls this scope restricted and verifies who asks for it.
    #[default]
    Drive,
    /// What Wharf itself has put there.
    DriveFile,
}

impl DriveScope {
    const fn as_url(self) -> &'static str {
        match self {
            Self::Drive => "https://www.googleapis.com/auth/drive",
            Self::DriveFile => "https://www.googleapis.com/auth/drive.file",
        }
    }
}

/// As the settings write it.
impl fmt::Display for DriveScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Drive => "drive",
            Self::DriveFile => "drive.file",
        })
    }
}

/// A text that names no scope of Drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be drive or drive.file")]
pub struct UnknownDriveScope;

impl FromStr for DriveScope {
    type Err = UnknownDriveScope;

    fn from_str(name: &str) -> Result<Self, UnknownDriveScope> {
        match name {
            "drive" => Ok(Self::Drive),
            "drive.file" => Ok(Self::DriveFile),
            _ => Err(UnknownDriveScope),
        }
    }
}

impl GoogleDrive {
    /// Google with these settings, answering to `redirect_uri`.
    ///
    /// `access_type=offline` asks for a refresh token, and `prompt=consent` for one every time: without it
    /// Google gives one at the first consent only.
    pub fn describe(self, redirect_uri: String) -> Description {
        let auth_url = self
            .auth_url
            .unwrap_or_else(|| known("https://accounts.google.com/o/oauth2/v2/auth"));
        let storage_url = self
            .api_url
            .unwrap_or_else(|| known("https://www.googleapis.com/"));
        let scope = self.scope.as_url();
        Description {
            // What https://accounts.google.com/.well-known/openid-configuration says.
            issuer: Some(auth_url.origin().ascii_serialization()),
            sends_issuer: false,
            auth_url,
            token_url: self
                .token_url
                .unwrap_or_else(|| known("https://oauth2.googleapis.com/token")),
            revoke_url: Some(
                self.revoke_url
                    .unwrap_or_else(|| known("https://oauth2.googleapis.com/revoke")),
            ),
            identification: Identification::Userinfo {
                url: beneath(&storage_url, &["oauth2", "v3", "userinfo"]),
            },
            storage_url,
            client_id: self.client_id,
            client_secret: self.client_secret,
            client_authentication: ClientAuthentication::Basic,
            redirect_uri,
            scopes: Scopes::parse(&format!("openid email {scope}")),
            needed: Scopes::parse(scope),
            scope_qualifier: None,
            authorization_parameters: [("access_type", "offline"), ("prompt", "consent")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            refresh: RefreshKind::Stable,
        }
    }
}

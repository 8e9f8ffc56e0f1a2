//! The providers that users connect by consenting there: Wharf's registration at each, and addresses
//! where they are not the usual ones. A provider without an id is not offered.

use confique::Config;
use secrecy::SecretString;
use url::Url;
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::provider::Provider;
use wharf_oauth::{Description, DriveScope, GoogleDrive, Onedrive, Tenant};

use super::text::{parsed, secret};

/// Wharf's registrations at providers.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ProvidersSettings {
    /// Google Drive.
    #[config(nested)]
    pub google_drive: GoogleDriveSettings,
    /// OneDrive.
    #[config(nested)]
    pub onedrive: OnedriveSettings,
}

/// Wharf's registration at Google.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct GoogleDriveSettings {
    /// The id of the OAuth client that is registered at Google. Google Drive is not offered if absent.
    #[config(deserialize_with = parsed)]
    pub client_id: Option<String>,
    /// Its secret.
    #[config(deserialize_with = secret)]
    pub client_secret: Option<SecretString>,
    /// How much of a person's Drive is asked for: `drive` is all of it, which browsing needs;
    /// `drive.file` is what Wharf itself puts there.
    #[config(default = "drive", deserialize_with = parsed)]
    pub scope: DriveScope,
    /// What becomes of a refresh token when it is used: `stable`, it stays; `overlap`, another comes and
    /// it works on; `strict`, another comes and it is refused from then on. Google's way, `stable`, if absent;
    /// to be set for an identity provider between Wharf and Google that does otherwise.
    #[config(deserialize_with = parsed)]
    pub rotation: Option<RefreshKind>,
    /// The authorization endpoint, which browsers open. Google's if absent.
    #[config(deserialize_with = parsed)]
    pub auth_url: Option<Url>,
    /// The token endpoint. Google's if absent.
    #[config(deserialize_with = parsed)]
    pub token_url: Option<Url>,
    /// The revocation endpoint. Google's if absent.
    #[config(deserialize_with = parsed)]
    pub revoke_url: Option<Url>,
    /// The address beneath which the Drive API (`drive/v3`) and userinfo (`oauth2/v3/userinfo`) lie.
    /// Google's if absent.
    #[config(deserialize_with = parsed)]
    pub api_url: Option<Url>,
    /// The address beneath which contents are uploaded (`drive/v3`). `upload` beneath `api_url` if absent, as
    /// it is at Google.
    #[config(deserialize_with = parsed)]
    pub upload_url: Option<Url>,
}

/// Wharf's registration at Microsoft.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct OnedriveSettings {
    /// The id of the application that is registered at Microsoft. OneDrive is not offered if absent.
    #[config(deserialize_with = parsed)]
    pub client_id: Option<String>,
    /// Its secret.
    #[config(deserialize_with = secret)]
    pub client_secret: Option<SecretString>,
    /// Whose accounts may come: `common`, `organizations`, `consumers`, or the id or domain of a
    /// directory.
    #[config(default = "common", deserialize_with = parsed)]
    pub tenant: Tenant,
    /// What becomes of a refresh token when it is used: `stable`, it stays; `overlap`, another comes and
    /// it works on; `strict`, another comes and it is refused from then on. Microsoft's way, `overlap`, if absent;
    /// to be set for an identity provider between Wharf and Microsoft that does otherwise.
    #[config(deserialize_with = parsed)]
    pub rotation: Option<RefreshKind>,
    /// The authorization endpoint, with `{tenant}` in the tenant's place. Microsoft's if absent; national
    /// clouds have others.
    #[config(deserialize_with = parsed)]
    pub auth_url: Option<Url>,
    /// The token endpoint, likewise.
    #[config(deserialize_with = parsed)]
    pub token_url: Option<Url>,
    /// The address beneath which Microsoft Graph (`v1.0`) lies. Microsoft's if absent.
    #[config(deserialize_with = parsed)]
    pub api_url: Option<Url>,
}

/// A provider with an id and without a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("providers.{provider}.client_secret is missing")]
pub struct MissingSecret {
    /// The provider.
    pub provider: Provider,
}

impl ProvidersSettings {
    /// The providers that are set up, as `redirect_uri` says where their answers come to.
    pub(crate) fn descriptions(
        &self,
        redirect_uri: impl Fn(Provider) -> String,
    ) -> Result<Vec<(String, Description)>, MissingSecret> {
        let mut set_up = Vec::new();
        if let Some(google) = self.google_drive.described()? {
            let provider = Provider::GoogleDrive;
            let description = google.describe(redirect_uri(provider));
            set_up.push((provider, rotating(description, self.google_drive.rotation)));
        }
        if let Some(onedrive) = self.onedrive.described()? {
            let provider = Provider::Onedrive;
            let description = onedrive.describe(redirect_uri(provider));
            set_up.push((provider, rotating(description, self.onedrive.rotation)));
        }
        let named = set_up.into_iter();
        Ok(named
            .map(|(provider, description)| (provider.to_string(), description))
            .collect())
    }
}

/// The provider, with refresh tokens that the operator knows better.
fn rotating(description: Description, rotation: Option<RefreshKind>) -> Description {
    Description {
        refresh: rotation.unwrap_or(description.refresh),
        ..description
    }
}

impl GoogleDriveSettings {
    fn described(&self) -> Result<Option<GoogleDrive>, MissingSecret> {
        let provider = Provider::GoogleDrive;
        let Some(client_id) = self.client_id.clone() else {
            return Ok(None);
        };
        let secret = self.client_secret.clone();
        Ok(Some(GoogleDrive {
            client_id,
            client_secret: secret.ok_or(MissingSecret { provider })?,
            scope: self.scope,
            auth_url: self.auth_url.clone(),
            token_url: self.token_url.clone(),
            revoke_url: self.revoke_url.clone(),
            api_url: self.api_url.clone(),
        }))
    }
}

impl OnedriveSettings {
    fn described(&self) -> Result<Option<Onedrive>, MissingSecret> {
        let provider = Provider::Onedrive;
        let Some(client_id) = self.client_id.clone() else {
            return Ok(None);
        };
        let secret = self.client_secret.clone();
        Ok(Some(Onedrive {
            client_id,
            client_secret: secret.ok_or(MissingSecret { provider })?,
            tenant: self.tenant.clone(),
            auth_url: self.auth_url.clone(),
            token_url: self.token_url.clone(),
            api_url: self.api_url.clone(),
        }))
    }
}

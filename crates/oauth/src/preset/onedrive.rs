//! OneDrive, personal and for business, through the Microsoft identity platform.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use secrecy::SecretString;
use url::Url;
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::scopes::Scopes;

use super::known;
use crate::{ClientAuthentication, Description, Identification, Tenant};

/// What the tenant takes the place of, as a URL writes `{tenant}`.
const PLACE: &str = "%7Btenant%7D";

/// What the operator sets for OneDrive. Addresses are Microsoft's where absent; national clouds have
/// others, <https://learn.microsoft.com/graph/deployments>.
#[derive(Clone, Debug)]
pub struct Onedrive {
    /// The id of the application that is registered at Microsoft.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Whose accounts may come.
    pub tenant: Tenant,
    /// The authorization endpoint. A segment `{tenant}` of its path stands for the tenant.
    pub auth_url: Option<Url>,
    /// The token endpoint, likewise.
    pub token_url: Option<Url>,
    /// What Microsoft Graph lies beneath, at `v1.0`.
    pub api_url: Option<Url>,
}

impl Onedrive {
    /// Microsoft with these settings, answering to `redirect_uri`.
    ///
    /// `offline_access` asks for a refresh token, `openid profile` for the account's ids and name.
    pub fn describe(self, redirect_uri: String) -> Description {
        let auth_url = self.auth_url.unwrap_or_else(|| {
            known("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize")
        });
        let token_url = self.token_url.unwrap_or_else(|| {
            known("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token")
        });
        let storage_url = self
            .api_url
            .unwrap_or_else(|| known("https://graph.microsoft.com/"));
        Description {
            auth_url: placed(auth_url, &self.tenant),
            token_url: placed(token_url, &self.tenant),
            // There is no way to end one grant but the person's own account page.
            revoke_url: None,
            scope_qualifier: Some(qualifier(&storage_url)),
            storage_url,
            client_id: self.client_id,
            client_secret: self.client_secret,
            client_authentication: ClientAuthentication::Body,
            redirect_uri,
            // Answers name no issuer, and with several tenants it would be another for each account.
            issuer: None,
            sends_issuer: false,
            scopes: Scopes::parse("openid profile offline_access Files.ReadWrite"),
            needed: Scopes::parse("Files.ReadWrite"),
            authorization_parameters: [("prompt".to_owned(), "select_account".to_owned())].into(),
            refresh: RefreshKind::Overlap,
            identification: Identification::MicrosoftIdToken {
                tenant: self.tenant,
            },
        }
    }
}

/// The address with the tenant in its place. Only the path can change (O-07).
fn placed(mut address: Url, tenant: &Tenant) -> Url {
    let path = address.path().replace(PLACE, &tenant.to_string());
    address.set_path(&path);
    address
}

fn qualifier(storage_url: &Url) -> String {
    format!("{}/", storage_url.origin().ascii_serialization())
}

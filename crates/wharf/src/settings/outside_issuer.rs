//! The identity system before Wharf that vouches for its users, where there is one.

use std::path::PathBuf;

use confique::Config;
use url::Url;
use wharf_domain::outside::OutsideSubject;
use wharf_domain::text::InvalidText;
use wharf_identity::{ClaimNames, KeySource, OutsideIssuer, RoleClaim};
use wharf_services::sessions::Provisioning;

use super::text::parsed;

/// An issuer outside whose access tokens are taken beside Wharf's own.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct OutsideIssuerSettings {
    /// The issuer's name for itself, as it stands in the `iss` of its tokens, letter by letter. No outside
    /// tokens are taken if absent.
    #[config(deserialize_with = parsed)]
    pub url: Option<String>,
    /// What stands in the `aud` of tokens that are for Wharf.
    #[config(deserialize_with = parsed)]
    pub audience: Option<String>,
    /// The address of the issuer's keys (JWKS); the rules for outgoing connections hold for it too.
    #[config(deserialize_with = parsed)]
    pub jwks_url: Option<Url>,
    /// A file with the issuer's keys instead; it may be replaced while Wharf runs.
    #[config(deserialize_with = parsed)]
    pub jwks_file: Option<PathBuf>,
    /// The claim that says who the person is, and is never given to another.
    #[config(default = "sub", deserialize_with = parsed)]
    pub subject_claim: String,
    /// The claim with the person's mail address.
    #[config(default = "email", deserialize_with = parsed)]
    pub email_claim: String,
    /// The claim that tells admins, or the way to it with dots between (`realm_access.roles`): a text or a
    /// list. If absent, everybody is made a regular user, and admins change that.
    #[config(deserialize_with = parsed)]
    pub role_claim: Option<String>,
    /// The value in it that makes an admin.
    #[config(default = "admin", deserialize_with = parsed)]
    pub admin_role: String,
    /// Whether the first request of a person without an account makes one. If not, an admin makes it
    /// beforehand, with the person's subject.
    #[config(default = false, deserialize_with = parsed)]
    pub provision: bool,
}

/// An outside issuer whose settings are incomplete or say two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideIssuerError {
    /// There is something about an issuer, and not which.
    #[error("outside_issuer.url is missing, which everything else there is about")]
    NoUrl,
    /// The issuer's name cannot be one.
    #[error("outside_issuer.url cannot be the name of an issuer")]
    Url(#[from] InvalidText),
    /// A claim or an audience without a name.
    #[error("outside_issuer.{0} is empty")]
    Empty(&'static str),
    /// Nothing says which tokens are for Wharf.
    #[error("outside_issuer.audience is missing")]
    NoAudience,
    /// The keys are nowhere, or in two places.
    #[error("outside_issuer needs one of jwks_url and jwks_file")]
    NotOneKeySource,
}

impl OutsideIssuerSettings {
    /// The issuer and what becomes of people without an account; `None` where there is no issuer.
    pub(crate) fn described(
        &self,
    ) -> Result<Option<(OutsideIssuer, Provisioning)>, OutsideIssuerError> {
        let Some(issuer) = self.url.clone() else {
            let is_meant = self.audience.is_some()
                || self.jwks_url.is_some()
                || self.jwks_file.is_some()
                || self.role_claim.is_some()
                || self.provision;
            return if is_meant {
                Err(OutsideIssuerError::NoUrl)
            } else {
                Ok(None)
            };
        };
        OutsideSubject::new(&issuer, "anybody")?;
        self.demand_names()?;
        let keys = match (&self.jwks_url, &self.jwks_file) {
            (Some(url), None) => KeySource::Url(url.clone()),
            (None, Some(file)) => KeySource::File(file.clone()),
            _ => return Err(OutsideIssuerError::NotOneKeySource),
        };
        let audience = self.audience.clone();
        let role = self.role_claim.clone().map(|name| RoleClaim {
            name,
            admin: self.admin_role.clone(),
        });
        let issuer = OutsideIssuer {
            issuer,
            audience: audience.ok_or(OutsideIssuerError::NoAudience)?,
            keys,
            claims: ClaimNames {
                subject: self.subject_claim.clone(),
                email: self.email_claim.clone(),
                role,
            },
        };
        let provisioning = if self.provision {
            Provisioning::AtFirstSight
        } else {
            Provisioning::ByAdmins
        };
        Ok(Some((issuer, provisioning)))
    }

    fn demand_names(&self) -> Result<(), OutsideIssuerError> {
        let names = [
            ("audience", self.audience.as_deref()),
            ("subject_claim", Some(self.subject_claim.as_str())),
            ("email_claim", Some(&self.email_claim)),
            ("role_claim", self.role_claim.as_deref()),
            ("admin_role", Some(&self.admin_role)),
        ];
        let empty = names.iter().find(|(_, name)| *name == Some(""));
        empty.map_or(Ok(()), |(key, _)| Err(OutsideIssuerError::Empty(key)))
    }
}

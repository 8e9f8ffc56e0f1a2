//! What people have granted, and the codes and tokens that follow from it. A grant belongs to one person
//! at one provider; when it goes, everything that was issued under it is worth nothing.

mod issued;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use super::person::{PEOPLE, Person};
use super::pkce::Challenge;
use super::provider::Provider;
use super::terms::{Rotation, TokenTerms};
use crate::random::Random;

use issued::{AccessToken, Code, Grant, Issued, lifetimes};

/// What a person agreed to; an authorization code stands for it.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) provider: Provider,
    pub(crate) person: &'static Person,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
    /// Whether the code brings a refresh token.
    pub(crate) brings_refresh_token: bool,
}

/// An answer of the token endpoint.
pub(crate) struct Tokens {
    pub(crate) person: &'static Person,
    pub(crate) access_token: String,
    pub(crate) expires_in_secs: u64,
    pub(crate) refresh_token: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// Why a code or a token is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    Unknown,
    Expired,
    /// A code was redeemed, or a refresh token has a successor and is refused for that.
    Used,
    /// The grant is gone.
    Revoked,
}

/// How much of what was issued for one account is alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveTokens {
    /// Where the account is.
    pub provider: Provider,
    /// The account's e-mail address.
    pub account: String,
    /// Whether the person's grant stands.
    pub has_grant: bool,
    /// Refresh tokens that are neither expired nor revoked, those with a successor included.
    pub refresh_tokens: usize,
    /// Access tokens that would be taken.
    pub access_tokens: usize,
}

/// The grants of both providers.
pub(crate) struct Grants {
    issued: Mutex<Issued>,
    random: Random,
}

impl Grants {
    /// No grants yet; codes and tokens are drawn from `random`.
    pub(crate) fn new(random: Random) -> Self {
        Self {
            issued: Mutex::default(),
            random,
        }
    }

    /// Whether the person has granted the application's access while away before.
    pub(crate) fn has_offline(&self, provider: Provider, person: &Person) -> bool {
        let issued = self.issued();
        issued
            .grant_of(provider, person)
            .is_some_and(|(_, grant)| grant.is_offline)
    }

    /// Notes what a person agreed to; gives the authorization code.
    pub(crate) fn consent(&self, consent: Consent, now: SystemTime) -> String {
        let prefix = match consent.provider {
            Provider::Google => "4/0A",
            Provider::Microsoft => "1.A",
        };
        let code = self.random.text(prefix, 64);
        let mut issued = self.issued();
        let grant = issued.grant_to(
            consent.provider,
            consent.person,
            consent.brings_refresh_token,
        );
        let entry = Code {
            consent,
            grant,
            until: now + lifetimes::CODE,
            is_used: false,
        };
        issued.codes.insert(code.clone(), entry);
        code
    }

    /// Notes that a person granted these scopes at some earlier time; gives the refresh token that the
    /// application has had since.
    pub(crate) fn stand(
        &self,
        provider: Provider,
        person: &'static Person,
        scopes: &[&str],
        now: SystemTime,
    ) -> String {
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let mut issued = self.issued();
        let grant = issued.grant_to(provider, person, true);
        self.refresh_token(&mut issued, grant, &scopes, provider, now)
    }

    /// What a code stands for, while it can be redeemed.
    pub(crate) fn consent_behind(
        &self,
        provider: Provider,
        code: &str,
        now: SystemTime,
    ) -> Result<Consent, Invalid> {
        let issued = self.issued();
        let entry = issued.code(provider, code, now)?;
        Ok(entry.consent.clone())
    }

    /// Redeems a code, once.
    pub(crate) fn redeem(
        &self,
        provider: Provider,
        code: &str,
        terms: TokenTerms,
        now: SystemTime,
    ) -> Result<Tokens, Invalid> {
        let mut issued = self.issued();
        let entry = issued.code(provider, code, now)?;
        let (grant, consent) = (entry.grant, entry.consent.clone());
        if let Some(entry) = issued.codes.get_mut(code) {
            entry.is_used = true;
        }
        let refresh_token = consent
            .brings_refresh_token
            .then(|| self.refresh_token(&mut issued, grant, &consent.scopes, provider, now));
        let tokens = self.access_token(&mut issued, grant, &consent.scopes, terms, now);
        let tokens = tokens.ok_or(Invalid::Revoked)?;
        Ok(Tokens {
            refresh_token,
            ..tokens
        })
    }

    /// Takes a refresh token; whether it is replaced, and what becomes of the one before, is the
    /// rotation's affair.
    pub(crate) fn refresh(
        &self,
        provider: Provider,
        token: &str,
        terms: TokenTerms,
        now: SystemTime,
    ) -> Result<Tokens, Invalid> {
        let mut issued = self.issued();
        let (grant, scopes, is_replaced) = issued.refreshed(provider, token, now)?;
        if is_replaced && terms.rotation >= Rotation::Strict {
            if terms.rotation == Rotation::StrictOrNothing {
                issued.grants.remove(&grant);
            }
            return Err(Invalid::Used);
        }
        let is_rotated = terms.rotation >= Rotation::Overlapping;
        let successor =
            is_rotated.then(|| self.refresh_token(&mut issued, grant, &scopes, provider, now));
        if let Some(entry) = issued.refresh_tokens.get_mut(token) {
            entry.is_replaced |= is_rotated;
        }
        let tokens = self.access_token(&mut issued, grant, &scopes, terms, now);
        let tokens = tokens.ok_or(Invalid::Revoked)?;
        Ok(Tokens {
            refresh_token: successor,
            ..tokens
        })
    }

    /// Whose access token this is, and for what.
    pub(crate) fn bearer(
        &self,
        provider: Provider,
        token: &str,
        now: SystemTime,
    ) -> Option<(&'static Person, Vec<String>)> {
        let issued = self.issued();
        let entry = issued.access_tokens.get(token)?;
        let grant = issued.grants.get(&entry.grant)?;
        let is_live = grant.provider == provider && now < entry.until;
        is_live.then(|| (grant.person, entry.scopes.clone()))
    }

    /// Ends the grant behind an access or refresh token; says whether there was one.
    pub(crate) fn revoke_token(&self, provider: Provider, token: &str) -> bool {
        let mut issued = self.issued();
        let grant = issued.grant_behind(token);
        let grant = grant.filter(|id| {
            let grant = issued.grants.get(id);
            grant.is_some_and(|grant| grant.provider == provider)
        });
        grant.is_some_and(|id| issued.grants.remove(&id).is_some())
    }

    /// Ends a person's grant, as the person does at the provider's account page; says whether there was
    /// one.
    pub(crate) fn revoke(&self, provider: Provider, person: &Person) -> bool {
        let mut issued = self.issued();
        let grant = issued.grant_of(provider, person).map(|(id, _)| id);
        grant.is_some_and(|id| issued.grants.remove(&id).is_some())
    }

    /// Whose code, access token or refresh token this is or was.
    pub(crate) fn account_behind(&self, secret: &str) -> Option<&'static str> {
        let issued = self.issued();
        let grant = issued.grant_behind(secret)?;
        issued.people.get(&grant).map(|person| person.email)
    }

    /// What is alive for every account.
    pub(crate) fn live(&self, now: SystemTime) -> Vec<LiveTokens> {
        let issued = self.issued();
        let providers = [Provider::Google, Provider::Microsoft];
        let accounts = providers
            .into_iter()
            .flat_map(|provider| PEOPLE.iter().map(move |person| (provider, person)));
        accounts
            .map(|(provider, person)| issued.live(provider, person, now))
            .collect()
    }

    fn refresh_token(
        &self,
        issued: &mut Issued,
        grant: u64,
        scopes: &[String],
        provider: Provider,
        now: SystemTime,
    ) -> String {
        let prefix = match provider {
            Provider::Google => "1//0",
            Provider::Microsoft => "1.AX",
        };
        let token = self.random.text(prefix, 96);
        issued.add_refresh_token(token.clone(), grant, scopes, now);
        token
    }

    fn access_token(
        &self,
        issued: &mut Issued,
        grant: u64,
        scopes: &[String],
        terms: TokenTerms,
        now: SystemTime,
    ) -> Option<Tokens> {
        let Grant {
            person, provider, ..
        } = issued.grants.get(&grant)?;
        let (person, prefix) = match provider {
            Provider::Google => (*person, "ya29.a0"),
            Provider::Microsoft => (*person, "EwB4A8l6BAAU"),
        };
        let token = self.random.text(prefix, 120);
        let entry = AccessToken {
            grant,
            scopes: scopes.to_vec(),
            until: now + terms.expires_in,
        };
        issued.access_tokens.insert(token.clone(), entry);
        Some(Tokens {
            person,
            access_token: token,
            expires_in_secs: terms.expires_in.as_secs(),
            refresh_token: None,
            scopes: scopes.to_vec(),
        })
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

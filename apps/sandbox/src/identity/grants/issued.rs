//! The records of grants, codes and tokens, and the rules by which each is alive.

use std::collections::HashMap;
use std::time::SystemTime;

use super::{Consent, Invalid, LiveTokens};
use crate::identity::person::Person;
use crate::identity::provider::Provider;

/// How long things last.
pub(super) mod lifetimes {
    use std::time::Duration;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// Both providers' codes.
    pub(in super::super) const CODE: Duration = Duration::from_secs(10 * 60);

    /// Google's refresh tokens, from their last use.
    /// <https://developers.google.com/identity/protocols/oauth2#expiration>
    pub(super) const UNUSED: Duration = DAY.saturating_mul(183);

    /// Microsoft's refresh tokens, from their issue.
    /// <https://learn.microsoft.com/entra/identity-platform/refresh-tokens>
    pub(super) const REFRESH_TOKEN: Duration = DAY.saturating_mul(90);
}

/// So many refresh tokens of one grant are alive at Google; a further one displaces the oldest.
/// <https://developers.google.com/identity/protocols/oauth2#expiration>
const MOST_REFRESH_TOKENS: usize = 100;

pub(super) struct Grant {
    pub(super) provider: Provider,
    pub(super) person: &'static Person,
    pub(super) is_offline: bool,
}

pub(super) struct Code {
    pub(super) consent: Consent,
    pub(super) grant: u64,
    pub(super) until: SystemTime,
    pub(super) is_used: bool,
}

pub(super) struct RefreshToken {
    grant: u64,
    scopes: Vec<String>,
    /// The order of issue.
    number: u64,
    issued: SystemTime,
    used: SystemTime,
    pub(super) is_replaced: bool,
}

pub(super) struct AccessToken {
    pub(super) grant: u64,
    pub(super) scopes: Vec<String>,
    pub(super) until: SystemTime,
}

/// Everything that was issued. What is dead stays known, so that its refusal can say why.
#[derive(Default)]
pub(super) struct Issued {
    /// The grants that stand, by number.
    pub(super) grants: HashMap<u64, Grant>,
    /// Whose each grant is or was.
    pub(super) people: HashMap<u64, &'static Person>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) access_tokens: HashMap<String, AccessToken>,
    last_number: u64,
}

impl Issued {
    pub(super) fn grant_of(&self, provider: Provider, person: &Person) -> Option<(u64, &Grant)> {
        let mut grants = self.grants.iter();
        let (id, grant) =
            grants.find(|(_, grant)| grant.provider == provider && grant.person == person)?;
        Some((*id, grant))
    }

    /// The person's grant, or a new one; from now on offline access is part of it, or as it was.
    pub(super) fn grant_to(
        &mut self,
        provider: Provider,
        person: &'static Person,
        is_offline: bool,
    ) -> u64 {
        let known = self.grant_of(provider, person).map(|(id, _)| id);
        let id = known.unwrap_or(self.last_number + 1);
        self.last_number = self.last_number.max(id);
        self.people.insert(id, person);
        let grant = self.grants.entry(id).or_insert(Grant {
            provider,
            person,
            is_offline,
        });
        grant.is_offline |= is_offline;
        id
    }

    /// The code, if it can be redeemed.
    pub(super) fn code(
        &self,
        provider: Provider,
        code: &str,
        now: SystemTime,
    ) -> Result<&Code, Invalid> {
        let entry = self.codes.get(code).ok_or(Invalid::Unknown)?;
        match entry {
            entry if entry.consent.provider != provider => Err(Invalid::Unknown),
            entry if entry.is_used => Err(Invalid::Used),
            entry if now >= entry.until => Err(Invalid::Expired),
            entry if !self.grants.contains_key(&entry.grant) => Err(Invalid::Revoked),
            entry => Ok(entry),
        }
    }

    /// Uses a refresh token: its grant, its scopes, and whether it has a successor.
    pub(super) fn refreshed(
        &mut self,
        provider: Provider,
        token: &str,
        now: SystemTime,
    ) -> Result<(u64, Vec<String>, bool), Invalid> {
        let entry = self.refresh_tokens.get_mut(token).ok_or(Invalid::Unknown)?;
        let grant = self.grants.get(&entry.grant).ok_or(Invalid::Revoked)?;
        if grant.provider != provider {
            return Err(Invalid::Unknown);
        }
        if !entry.is_fresh(provider, now) {
            return Err(Invalid::Expired);
        }
        entry.used = now;
        Ok((entry.grant, entry.scopes.clone(), entry.is_replaced))
    }

    pub(super) fn add_refresh_token(
        &mut self,
        token: String,
        grant: u64,
        scopes: &[String],
        now: SystemTime,
    ) {
        self.last_number += 1;
        let entry = RefreshToken {
            grant,
            scopes: scopes.to_vec(),
            number: self.last_number,
            issued: now,
            used: now,
            is_replaced: false,
        };
        self.refresh_tokens.insert(token, entry);
        let of_google = self
            .grants
            .get(&grant)
            .is_some_and(|grant| grant.provider == Provider::Google);
        if of_google {
            self.displace_oldest(grant);
        }
    }

    fn displace_oldest(&mut self, grant: u64) {
        let of_grant = || {
            self.refresh_tokens
                .iter()
                .filter(move |(_, entry)| entry.grant == grant)
        };
        if of_grant().count() > MOST_REFRESH_TOKENS {
            let oldest = of_grant().min_by_key(|(_, entry)| entry.number);
            if let Some(oldest) = oldest.map(|(token, _)| token.clone()) {
                self.refresh_tokens.remove(&oldest);
            }
        }
    }

    /// The grant, alive or not, behind a code or a token.
    pub(super) fn grant_behind(&self, secret: &str) -> Option<u64> {
        let code = self.codes.get(secret).map(|entry| entry.grant);
        let refresh = || self.refresh_tokens.get(secret).map(|entry| entry.grant);
        let access = || self.access_tokens.get(secret).map(|entry| entry.grant);
        code.or_else(refresh).or_else(access)
    }

    pub(super) fn live(&self, provider: Provider, person: &Person, now: SystemTime) -> LiveTokens {
        let grant = self.grant_of(provider, person).map(|(id, _)| id);
        let refresh_tokens = self
            .refresh_tokens
            .values()
            .filter(|entry| Some(entry.grant) == grant && entry.is_fresh(provider, now));
        let access_tokens = self
            .access_tokens
            .values()
            .filter(|entry| Some(entry.grant) == grant && now < entry.until);
        LiveTokens {
            provider,
            account: person.email.to_owned(),
            has_grant: grant.is_some(),
            refresh_tokens: refresh_tokens.count(),
            access_tokens: access_tokens.count(),
        }
    }
}

impl RefreshToken {
    fn is_fresh(&self, provider: Provider, now: SystemTime) -> bool {
        now < match provider {
            Provider::Google => self.used + lifetimes::UNUSED,
            Provider::Microsoft => self.issued + lifetimes::REFRESH_TOKEN,
        }
    }
}

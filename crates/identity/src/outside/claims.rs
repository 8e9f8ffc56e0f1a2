//! The claims of an outside token (RFC 9068, section 2.2), read strictly: what is there has the type that
//! it must have, and what is needed is there. What else an issuer says is passed over.

use std::time::Duration;

use serde_json::{Map, Value};
use wharf_domain::outside::{OutsideClaims, OutsideSubject};
use wharf_domain::ports::outside_tokens::OutsideRefusal;
use wharf_domain::time::Timestamp;
use wharf_domain::user::{EmailAddress, Role};

/// The longest life of a token that is accepted. Wharf's own live fifteen minutes at most; those of
/// issuers last hours as a rule, and somebody who was shut out there comes in for no longer than this.
const MAX_LIFETIME_SECS: i64 = 24 * 60 * 60;

/// How far the issuer's clock may be ahead. The end of a token gets no such grace.
const LEEWAY: Duration = Duration::from_secs(30);

/// Which claims say what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// Who the person is: a text that the issuer never gives to another.
    pub subject: String,
    /// The person's mail address.
    pub email: String,
    /// What the person may do, where the issuer decides that.
    pub role: Option<RoleClaim>,
}

/// The claim that tells admins from other users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleClaim {
    /// Its name, or the names on the way to it with dots between: `realm_access.roles`.
    pub name: String,
    /// The value, or one of several, that makes an admin. All others are regular users.
    pub admin: String,
}

/// How an issuer's claims are read.
pub(super) struct Reading {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) names: ClaimNames,
}

type Members = Map<String, Value>;

impl Reading {
    /// What the claims say at `now`.
    pub(super) fn read(
        &self,
        claims: &Members,
        now: Timestamp,
    ) -> Result<OutsideClaims, OutsideRefusal> {
        let life = self.life_if_believable(claims, now);
        let read = self.person(claims, life.ok_or(OutsideRefusal::Invalid)?);
        let read = read.ok_or(OutsideRefusal::Invalid)?;
        if read.expires_at <= now {
            return Err(OutsideRefusal::Expired);
        }
        Ok(read)
    }

    /// When the token was issued and when it ends, if it is for us and makes sense.
    fn life_if_believable(&self, claims: &Members, now: Timestamp) -> Option<(i64, i64)> {
        let issued = instant(claims, "iat")?;
        let expires = instant(claims, "exp")?;
        let latest = now.plus(LEEWAY).as_unix_seconds();
        let begins = match claims.get("nbf") {
            Some(_) => instant(claims, "nbf")?,
            None => issued,
        };
        let is_ours = text(claims, "iss")? == self.issuer && self.is_for_us(claims.get("aud")?)?;
        let lifetime = expires.checked_sub(issued)?;
        let is_sane = (1..=MAX_LIFETIME_SECS).contains(&lifetime);
        (is_ours && is_sane && issued <= latest && begins <= latest).then_some((issued, expires))
    }

    /// `aud` is one name or several (RFC 7519, section 4.1.3).
    fn is_for_us(&self, audience: &Value) -> Option<bool> {
        Some(texts(audience)?.contains(&self.audience.as_str()))
    }

    fn person(&self, claims: &Members, (issued, expires): (i64, i64)) -> Option<OutsideClaims> {
        let names = &self.names;
        let subject = text(claims, &names.subject)?;
        let role = match &names.role {
            Some(claim) => Some(claim.read(claims)?),
            None => None,
        };
        // OpenID Connect Core, section 2; RFC 9068, section 2.2.1.
        let authenticated = match claims.get("auth_time") {
            Some(_) => Some(instant(claims, "auth_time")?),
            None => None,
        };
        Some(OutsideClaims {
            subject: OutsideSubject::new(&self.issuer, subject).ok()?,
            email: self.email(claims)?,
            role,
            authenticated_at: authenticated.map(Timestamp::from_unix_seconds),
            issued_at: Timestamp::from_unix_seconds(issued),
            expires_at: Timestamp::from_unix_seconds(expires),
        })
    }

    /// The mail address; none where the issuer says that it has not seen proof of it (OpenID Connect Core,
    /// section 5.1).
    #[expect(
        clippy::option_option,
        reason = "a claim of another type is refused, a missing one is none"
    )]
    fn email(&self, claims: &Members) -> Option<Option<EmailAddress>> {
        let email = match claims.get(&self.names.email) {
            None | Some(Value::Null) => return Some(None),
            Some(value) => value.as_str()?,
        };
        let is_verified = match claims.get("email_verified") {
            None => true,
            Some(verified) => verified.as_bool()?,
        };
        Some(email.parse().ok().filter(|_| is_verified))
    }
}

impl RoleClaim {
    fn read(&self, claims: &Members) -> Option<Role> {
        let Some(value) = self.find(claims) else {
            return Some(Role::Regular);
        };
        let is_admin = texts(value)?.contains(&self.admin.as_str());
        Some(if is_admin { Role::Admin } else { Role::Regular })
    }

    /// Some issuers have dots in names, others lay objects into each other.
    fn find<'a>(&self, claims: &'a Members) -> Option<&'a Value> {
        let whole = claims.get(&self.name);
        whole.or_else(|| {
            let mut names = self.name.split('.');
            let first = claims.get(names.next()?)?;
            names.try_fold(first, |value, name| value.get(name))
        })
    }
}

fn text<'a>(claims: &'a Members, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}

/// A text, or several.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// A whole number of seconds; what is a text or has a fraction is none.
fn instant(claims: &Members, name: &str) -> Option<i64> {
    claims.get(name)?.as_i64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_421_730;
    const ISSUER: &str = "https://id.example.com";

    fn reading() -> Reading {
        Reading {
            issuer: ISSUER.to_owned(),
            audience: "wharf".to_owned(),
            names: ClaimNames {
                subject: "sub".to_owned(),
                email: "email".to_owned(),
                role: Some(RoleClaim {
                    name: "realm.roles".to_owned(),
                    admin: "keeper".to_owned(),
                }),
            },
        }
    }

    fn good() -> Value {
        json!({
            "iss": ISSUER, "aud": ["other", "wharf"], "sub": "8f1c", "email": "Anna@Example.com",
            "iat": NOW, "exp": NOW + 300, "scope": "openid", "realm": {"roles": ["reader"]},
        })
    }

    fn read(claims: &Value) -> Result<OutsideClaims, OutsideRefusal> {
        let now = Timestamp::from_unix_seconds(NOW);
        reading().read(claims.as_object().unwrap(), now)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims
    }

    #[test]
    fn the_claims_that_matter_are_read() {
        let read = read(&good()).unwrap();
        assert_eq!(read.subject, OutsideSubject::new(ISSUER, "8f1c").unwrap());
        assert_eq!(read.email, Some("anna@example.com".parse().unwrap()));
        assert_eq!(read.role, Some(Role::Regular));
        let life = [NOW, NOW + 300].map(Timestamp::from_unix_seconds);
        assert_eq!([read.issued_at, read.expires_at], life);
    }

    //
    #[test]
    fn a_claim_that_is_missing_or_of_another_type_is_refused() {
        for name in ["iss", "aud", "sub", "iat", "exp"] {
            let mut claims = good();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(read(&claims), Err(OutsideRefusal::Invalid), "{name}");
        }
        for (name, value) in [
            ("exp", json!((NOW + 300).to_string())),
            ("exp", json!(1_795_422_030.5)),
            ("exp", json!(null)),
            ("exp", json!(true)),
            ("iat", json!([NOW])),
            ("nbf", json!("now")),
            ("sub", json!(7)),
            ("sub", json!("")),
            ("iss", json!([ISSUER])),
            ("aud", json!({"wharf": true})),
            ("aud", json!(["wharf", 1])),
            ("email", json!(["anna@example.com"])),
            ("email_verified", json!("true")),
            ("realm", json!({"roles": {"keeper": true}})),
            ("realm", json!({"roles": [1]})),
        ] {
            let claims = with(name, value);
            assert_eq!(read(&claims), Err(OutsideRefusal::Invalid), "{claims}");
        }
    }

    //
    #[test]
    fn a_token_for_somebody_else_or_another_time_is_refused() {
        for (name, value, refusal) in [
            ("aud", json!("other"), OutsideRefusal::Invalid),
            ("aud", json!([]), OutsideRefusal::Invalid),
            (
                "iss",
                json!("https://id.example.com/"),
                OutsideRefusal::Invalid,
            ),
            ("iat", json!(NOW + 31), OutsideRefusal::Invalid),
            ("nbf", json!(NOW + 31), OutsideRefusal::Invalid),
            ("exp", json!(NOW + 86_401), OutsideRefusal::Invalid),
            ("exp", json!(i64::MAX), OutsideRefusal::Invalid),
            ("exp", json!(NOW), OutsideRefusal::Invalid),
        ] {
            let claims = with(name, value);
            assert_eq!(read(&claims), Err(refusal), "{claims}");
        }
        let mut late = with("exp", json!(NOW));
        late["iat"] = json!(NOW - 300);
        assert_eq!(read(&late), Err(OutsideRefusal::Expired));
        for name in ["iat", "nbf"] {
            assert!(read(&with(name, json!(NOW + 30))).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_mail_address_without_proof_is_none() {
        let mut claims = with("email_verified", json!(false));
        assert_eq!(read(&claims).unwrap().email, None);
        claims["email_verified"] = json!(true);
        assert!(read(&claims).unwrap().email.is_some());
        assert_eq!(read(&with("email", json!(null))).unwrap().email, None);
        assert_eq!(read(&with("email", json!("anna"))).unwrap().email, None);
    }

    #[test]
    fn the_role_lies_in_a_claim_by_its_name_or_by_the_way_to_it() {
        let role = |claims: Value| read(&claims).unwrap().role;
        let roles = json!({"roles": ["reader", "keeper"]});
        assert_eq!(role(with("realm", roles)), Some(Role::Admin));
        assert_eq!(
            role(with("realm.roles", json!("keeper"))),
            Some(Role::Admin)
        );
        assert_eq!(role(with("realm", json!({}))), Some(Role::Regular));
        let mut claims = good();
        claims.as_object_mut().unwrap().remove("realm");
        assert_eq!(role(claims), Some(Role::Regular));
        let mut undecided = reading();
        undecided.names.role = None;
        let now = Timestamp::from_unix_seconds(NOW);
        let read = undecided.read(good().as_object().unwrap(), now);
        assert_eq!(read.unwrap().role, None);
    }
}

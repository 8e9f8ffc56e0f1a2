//! Somebody else's login: who a person is at an issuer outside, and what its tokens say of them.
//!
//! Knows neither signatures nor the names of claims. An account is found by issuer and subject and by
//! nothing else: a mail address is whatever the issuer lets people call themselves.

use crate::text::{InvalidText, refuse_deceptive};
use crate::time::Timestamp;
use crate::user::{EmailAddress, Role};

/// A person at an issuer (OpenID Connect Core, section 2: `iss` and `sub` together are unique and are
/// never given to another).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutsideSubject {
    issuer: String,
    subject: String,
}

impl OutsideSubject {
    /// The longest issuer and the longest subject allowed, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The person that `issuer` calls `subject`.
    ///
    /// # Errors
    /// If either is empty, too long, or holds what deceives the eye.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, InvalidText> {
        for text in [issuer, subject] {
            if text.is_empty() {
                return Err(InvalidText::Empty);
            }
            if text.len() > Self::MAX_BYTES {
                return Err(InvalidText::TooLong {
                    limit: Self::MAX_BYTES,
                    unit: "bytes",
                });
            }
            refuse_deceptive(text)?;
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// The issuer's name for itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's name for the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// What a token of the outside issuer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideClaims {
    /// Whom it speaks for.
    pub subject: OutsideSubject,
    /// The person's mail address, if it names one.
    pub email: Option<EmailAddress>,
    /// What the person may do, where the issuer decides that.
    pub role: Option<Role>,
    /// When the person last proved who they are, where the token says so.
    pub authenticated_at: Option<Timestamp>,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// From when on the token is not good any more.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_outside_has_an_issuer_and_a_subject() {
        let anna = OutsideSubject::new("https://id.example.com", "8f1c").unwrap();
        assert_eq!(
            (anna.issuer(), anna.subject()),
            ("https://id.example.com", "8f1c")
        );
        let longest = "a".repeat(255);
        assert!(OutsideSubject::new(&longest, &longest).is_ok());
        for (issuer, subject) in [
            ("", "8f1c"),
            ("https://id.example.com", ""),
            ("https://id.example.com", "8f\n1c"),
            ("https://id.example.com", "8f\u{202e}1c"),
            ("https://id.example.com", &"a".repeat(256)),
        ] {
            assert!(OutsideSubject::new(issuer, subject).is_err(), "{subject:?}");
        }
    }
}

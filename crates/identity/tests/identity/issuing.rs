//! What is issued, and for how long and by which keys it is accepted.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::ports::tokens::{AccessClaims, TokenRefusal, Tokens as _};

use crate::workshop::{ELDER, ISSUER, Key, NOW, SESSION, USER, YOUNGER, good_claims, tokens_at};

fn issued(keys: &[Key]) -> String {
    let token = tokens_at(NOW, keys).issue(good_claims()).unwrap();
    token.token.expose_secret().to_owned()
}

#[test]
fn a_token_says_what_rfc_9068_asks_for() {
    let token = tokens_at(NOW, &[ELDER]).issue(good_claims()).unwrap();
    let text = token.token.expose_secret();
    let part = |place: usize| -> Value {
        let encoded = text.split('.').nth(place).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
    };

    assert_eq!(
        part(0),
        json!({"typ": "at+jwt", "alg": "EdDSA", "kid": ELDER.kid})
    );
    assert_eq!(
        part(1),
        json!({
            "iss": ISSUER, "aud": "wharf", "sub": USER, "sid": SESSION,
            "iat": NOW, "exp": NOW + 600,
        })
    );
    assert_eq!(token.expires_in, Duration::from_secs(600));
}

#[test]
fn a_token_is_good_for_ten_minutes() {
    let token = issued(&[ELDER]);
    let after = |seconds| tokens_at(NOW + seconds, &[ELDER]).verify(&token);

    assert_eq!(after(0), Ok(good_claims()));
    assert_eq!(after(599), Ok(good_claims()));
    assert_eq!(after(600), Err(TokenRefusal::Expired));
    assert_eq!(after(1_000_000), Err(TokenRefusal::Expired));
    // A replica whose clock is a little behind accepts it; one that is far behind does not.
    assert_eq!(after(-30), Ok(good_claims()));
    assert_eq!(after(-31), Err(TokenRefusal::Invalid));
}

#[test]
fn tokens_outlive_a_change_of_key_but_not_the_key() {
    let token = issued(&[ELDER]);
    let accepted_by = |keys: &[Key]| tokens_at(NOW, keys).verify(&token);

    assert_eq!(accepted_by(&[YOUNGER, ELDER]), Ok(good_claims()));
    assert_eq!(accepted_by(&[YOUNGER]), Err(TokenRefusal::Invalid));

    let next = issued(&[YOUNGER, ELDER]);
    assert_eq!(tokens_at(NOW, &[YOUNGER]).verify(&next), Ok(good_claims()));
}

#[test]
fn neither_keys_nor_tokens_show_in_debug_output() {
    let tokens = tokens_at(NOW, &[ELDER]);
    let shown = format!("{tokens:?}");
    assert!(
        shown.contains(ELDER.kid) && !shown.contains("Encoding"),
        "{shown}"
    );

    let token = tokens.issue(good_claims()).unwrap();
    let shown = format!("{token:?}");
    assert!(
        !shown.contains(&token.token.expose_secret()[..10]),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn whatever_is_issued_is_read_back(user: [u8; 16], session: [u8; 16], now in 0..4_000_000_000_i64) {
        let claims = AccessClaims {
            user: UserId::from_bytes(user),
            session: SessionId::from_bytes(session),
        };
        let tokens = tokens_at(now, &[ELDER]);
        let token = tokens.issue(claims).unwrap();
        prop_assert_eq!(tokens.verify(token.token.expose_secret()), Ok(claims));
    }
}

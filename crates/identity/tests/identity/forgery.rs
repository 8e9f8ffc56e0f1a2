//! tokens that our keys did not sign, and texts that are no tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use proptest::prelude::*;
use serde_json::json;
use wharf_domain::ports::tokens::{TokenRefusal, Tokens as _};

use crate::workshop::{
    ELDER, NOW, YOUNGER, claims, encoding_key, good_claims, header, signed, signed_by, tokens_at,
    unsigned, verdict, with,
};

fn good_token() -> String {
    signed(header(), claims())
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let unsigned_header = with(header(), "alg", json!("none"));
    for case in [
        format!("{}.", unsigned(&unsigned_header, claims())),
        format!("{}.", unsigned(header(), claims())),
        unsigned(header(), claims()),
    ] {
        assert_eq!(verdict(&case), Err(TokenRefusal::Invalid), "{case}");
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let public = Jwk::from_encoding_key(&encoding_key(ELDER), Algorithm::EdDSA).unwrap();
    let AlgorithmParameters::OctetKeyPair(public) = public.algorithm else {
        panic!("an Ed25519 key is an octet key pair (RFC 8037)");
    };
    let raw = URL_SAFE_NO_PAD.decode(&public.x).unwrap();
    for secret in [raw.as_slice(), public.x.as_bytes()] {
        let secret = EncodingKey::from_secret(secret);
        for alg in ["HS256", "EdDSA"] {
            let message = unsigned(with(header(), "alg", json!(alg)), claims());
            let mac = crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
            let case = format!("{message}.{mac}");
            assert_eq!(verdict(&case), Err(TokenRefusal::Invalid), "{alg}");
        }
    }
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let under_its_own_name = with(header(), "kid", json!(YOUNGER.kid));
    for header in [header(), under_its_own_name] {
        let case = signed_by(YOUNGER, header, claims());
        assert_eq!(verdict(&case), Err(TokenRefusal::Invalid));
    }
    let good = good_token();
    let (_, signature) = good.rsplit_once('.').unwrap();
    let promoted = unsigned(header(), with(claims(), "epoch", json!(8)));
    assert_eq!(
        verdict(&format!("{promoted}.{signature}")),
        Err(TokenRefusal::Invalid)
    );
}

#[test]
fn a_token_of_more_than_8_kib_is_refused() {
    // Spaces behind the claims change nothing but the length.
    let padded = |spaces: usize| signed(header(), format!("{}{}", claims(), " ".repeat(spaces)));
    let bytes = |spaces| padded(spaces).len();
    let spaces = (0..).find(|spaces| bytes(*spaces) > 8192).unwrap();

    assert_eq!(verdict(&padded(spaces - 1)), Ok(good_claims()));
    assert_eq!(verdict(&padded(spaces)), Err(TokenRefusal::Invalid));
}

#[test]
fn what_is_not_exactly_three_parts_of_base64url_is_refused() {
    let good = good_token();
    assert_eq!(verdict(&good), Ok(good_claims()));
    let dot = good.find('.').unwrap();
    for case in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}="),
        format!("{good}.{good}"),
        format!(".{good}"),
        format!("{good}."),
        format!("{}={}", &good[..dot], &good[dot..]),
        format!("Bearer {good}"),
    ] {
        assert_eq!(verdict(&case), Err(TokenRefusal::Invalid), "{case:?}");
    }
}

#[test]
fn a_token_with_any_single_bit_of_its_text_flipped_is_refused() {
    let good = good_token();
    let tokens = tokens_at(NOW, &[ELDER]);
    for place in 0..good.len() {
        for bit in 0..7 {
            let mut bytes = good.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let flipped = String::from_utf8(bytes).unwrap();
            let verdict = tokens.verify(&flipped);
            assert_eq!(
                verdict,
                Err(TokenRefusal::Invalid),
                "bit {bit} of byte {place}"
            );
        }
    }
}

proptest! {
    #[test]
    fn a_token_with_any_byte_changed_is_refused(place: prop::sample::Index, byte in 0_u8..128) {
        let good = good_token();
        let mut bytes = good.clone().into_bytes();
        *place.get_mut(&mut bytes) = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != good);
        prop_assert_eq!(verdict(&changed), Err(TokenRefusal::Invalid));
    }

    #[test]
    fn a_token_with_any_byte_missing_or_added_is_refused(place: prop::sample::Index, added in 0_u8..128) {
        let good = good_token();
        let mut shorter = good.clone();
        shorter.remove(place.index(good.len()));
        prop_assert_eq!(verdict(&shorter), Err(TokenRefusal::Invalid));
        let mut longer = good.clone();
        longer.insert(place.index(good.len() + 1), char::from(added));
        prop_assert_eq!(verdict(&longer), Err(TokenRefusal::Invalid));
    }

    #[test]
    fn any_text_is_refused(text in ".{0,300}") {
        prop_assert_eq!(verdict(&text), Err(TokenRefusal::Invalid));
    }
}

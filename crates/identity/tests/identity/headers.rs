//! the header of a well-signed token, case by case.

use serde_json::{Value, json};
use wharf_domain::ports::tokens::TokenRefusal;

use crate::workshop::{
    ELDER, YOUNGER, claims, doubled, header, members, signed, verdict, with, without,
};

fn verdict_on(header: impl ToString) -> Result<(), TokenRefusal> {
    verdict(&signed(header, claims())).map(drop)
}

#[test]
fn every_member_is_required() {
    assert_eq!(verdict_on(header()), Ok(()));
    for member in members(&header()) {
        let missing = verdict_on(without(header(), &member));
        assert_eq!(missing, Err(TokenRefusal::Invalid), "{member}");
        let null = verdict_on(with(header(), &member, Value::Null));
        assert_eq!(null, Err(TokenRefusal::Invalid), "{member}");
    }
}

#[test]
fn another_algorithm_type_or_key_is_refused() {
    for (member, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("Ed25519")),
        ("alg", json!("eddsa")),
        ("alg", json!(["EdDSA"])),
        ("typ", json!("JWT")),
        ("typ", json!("AT+JWT")),
        ("typ", json!("application/at+jwt")),
        ("kid", json!("")),
        ("kid", json!(YOUNGER.kid)),
        ("kid", json!(ELDER.kid.to_uppercase())),
        ("kid", json!("../../dev/null")),
        ("kid", json!(5)),
    ] {
        let case = with(header(), member, value.clone());
        assert_eq!(
            verdict_on(case),
            Err(TokenRefusal::Invalid),
            "{member}: {value}"
        );
    }
}

#[test]
fn a_member_that_could_bring_a_key_or_change_the_rules_is_refused() {
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (member, value) in [
        ("jku", json!("https://evil.example/keys.json")),
        ("jwk", jwk),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!([])),
        ("x5t", json!("")),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("anything", json!(null)),
    ] {
        let case = with(header(), member, value);
        assert_eq!(verdict_on(case), Err(TokenRefusal::Invalid), "{member}");
    }
}

#[test]
fn a_member_written_twice_is_refused() {
    for (member, other) in [("alg", "none"), ("typ", "JWT"), ("kid", YOUNGER.kid)] {
        let case = doubled(&header(), member, &json!(other));
        assert_eq!(verdict_on(&case), Err(TokenRefusal::Invalid), "{case}");
        let case = doubled(
            &with(header(), member, json!(other)),
            member,
            &header()[member],
        );
        assert_eq!(verdict_on(&case), Err(TokenRefusal::Invalid), "{case}");
    }
}

#[test]
fn a_header_that_is_no_json_object_is_refused() {
    let array = json!(["EdDSA", "at+jwt", ELDER.kid]).to_string();
    for case in ["", "{}", "null", &array, &format!("{}x", header())] {
        assert_eq!(verdict_on(case), Err(TokenRefusal::Invalid), "{case}");
    }
}

//! the claims of a well-signed token, case by case.

use serde_json::{Value, json};
use wharf_domain::ports::tokens::TokenRefusal;

use crate::workshop::{
    ISSUER, NOW, SESSION, USER, YOUNGER, claims, doubled, good_claims, header, members, signed,
    signed_by, verdict, with, without,
};

fn verdict_on(claims: impl ToString) -> Result<(), TokenRefusal> {
    verdict(&signed(header(), claims)).map(drop)
}

#[test]
fn the_claims_that_the_cases_start_from_are_good() {
    assert_eq!(verdict(&signed(header(), claims())), Ok(good_claims()));
}

#[test]
fn every_claim_is_required() {
    for member in members(&claims()) {
        let missing = verdict_on(without(claims(), &member));
        assert_eq!(missing, Err(TokenRefusal::Invalid), "{member}");
        let null = verdict_on(with(claims(), &member, Value::Null));
        assert_eq!(null, Err(TokenRefusal::Invalid), "{member}");
    }
}

#[test]
fn a_claim_of_another_type_or_value_is_refused() {
    for (member, value) in [
        // CVE-2026-25537: a time of the wrong type was taken for none.
        ("exp", json!((NOW + 540).to_string())),
        ("exp", json!("99999999999")),
        ("exp", json!(NOW as f64 + 540.5)),
        ("exp", json!(true)),
        ("exp", json!([NOW + 540])),
        ("exp", json!(u64::MAX)),
        ("iat", json!((NOW - 60).to_string())),
        ("iat", json!({})),
        ("iat", json!(i64::MIN)),
        ("sid", json!("")),
        ("sid", json!("first")),
        ("sid", json!(SESSION.to_uppercase())),
        ("sid", json!([SESSION])),
        ("iss", json!("https://other.example.org")),
        ("iss", json!("https://wharf.example.org/")),
        ("iss", json!([ISSUER])),
        ("aud", json!("other")),
        ("aud", json!(["wharf"])),
        ("aud", json!(["wharf", "other"])),
        ("sub", json!("")),
        ("sub", json!("anna")),
        ("sub", json!(USER.to_uppercase())),
        ("sub", json!(7)),
    ] {
        let case = with(claims(), member, value.clone());
        assert_eq!(
            verdict_on(case),
            Err(TokenRefusal::Invalid),
            "{member}: {value}"
        );
    }
}

#[test]
fn a_claim_that_we_do_not_write_is_refused() {
    for (member, value) in [
        ("nbf", json!("99999999999")), // CVE-2026-25537
        ("nbf", json!(NOW - 60)),
        ("role", json!("admin")),
        ("Exp", json!(NOW + 540)),
    ] {
        let case = with(claims(), member, value);
        assert_eq!(verdict_on(case), Err(TokenRefusal::Invalid), "{member}");
    }
}

#[test]
fn a_claim_written_twice_is_refused_in_either_order() {
    for (member, other) in [
        ("exp", json!(NOW + 10)),
        ("iat", json!(NOW - 30)),
        ("sub", json!("019ab0a5-7c3e-7b2d-9f10-3c5d7e9f1a2c")),
        ("iss", json!(ISSUER)),
        ("aud", json!("wharf")),
        ("sid", json!("019ab0a6-1d4f-7a6c-8e21-5b7f90a1c3d6")),
    ] {
        let case = doubled(&claims(), member, &other);
        assert_eq!(verdict_on(&case), Err(TokenRefusal::Invalid), "{case}");
    }
}

#[test]
fn claims_that_are_no_json_object_are_refused() {
    let array = json!([ISSUER, "wharf", USER, SESSION, NOW - 60, NOW + 540]).to_string();
    for case in [
        "",
        "{}",
        "null",
        "\"\"",
        "{",
        &array,
        &format!("{}{{}}", claims()),
    ] {
        assert_eq!(verdict_on(case), Err(TokenRefusal::Invalid), "{case}");
    }
}

#[test]
fn the_times_must_fit_together() {
    for (iat, exp, expected) in [
        (NOW, NOW + 900, Ok(())),
        (NOW, NOW + 901, Err(TokenRefusal::Invalid)),
        (NOW + 30, NOW + 600, Ok(())),
        (NOW + 31, NOW + 600, Err(TokenRefusal::Invalid)),
        (NOW, NOW, Err(TokenRefusal::Invalid)),
        (NOW, NOW - 1, Err(TokenRefusal::Invalid)),
        (NOW - 600, NOW + 1, Ok(())),
        (NOW - 600, NOW, Err(TokenRefusal::Expired)),
        (0, 600, Err(TokenRefusal::Expired)),
        (0, i64::MAX, Err(TokenRefusal::Invalid)),
        (-1, i64::MAX, Err(TokenRefusal::Invalid)),
    ] {
        let case = with(with(claims(), "iat", json!(iat)), "exp", json!(exp));
        assert_eq!(verdict_on(case), expected, "iat {iat}, exp {exp}");
    }
}

#[test]
fn only_a_token_that_was_good_once_is_called_expired() {
    let expired = with(
        with(claims(), "iat", json!(NOW - 700)),
        "exp",
        json!(NOW - 100),
    );
    assert_eq!(verdict_on(&expired), Err(TokenRefusal::Expired));

    let of_another = with(expired.clone(), "iss", json!("https://other.example.org"));
    assert_eq!(verdict_on(of_another), Err(TokenRefusal::Invalid));
    let forged = signed_by(YOUNGER, header(), expired);
    assert_eq!(verdict(&forged), Err(TokenRefusal::Invalid));
}

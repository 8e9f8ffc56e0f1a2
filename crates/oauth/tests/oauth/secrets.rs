//! What must never be told: tokens (G-01), and what a provider says (O-11).

use std::error::Error;
use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use secrecy::SecretString;
use serde::Serialize;
use static_assertions::assert_not_impl_any;
use tokio::runtime::Runtime;
use wharf_domain::ports::oauth::{AuthorizationRequest, CodeRedemption, Granted};

use crate::scripted::{Reply, Scripted, answer};
use crate::support::{Asked, google};

// G-01
assert_not_impl_any!(Granted: Debug, Display, Serialize, Clone);
assert_not_impl_any!(AuthorizationRequest: Debug, Display, Serialize);
assert_not_impl_any!(CodeRedemption: Debug, Display, Serialize);
assert_not_impl_any!(SecretString: Display, Serialize);

/// Everything that the error and what lies beneath it can be printed as.
fn printed(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text += &format!("{error} {error:?} {error:#?}\n");
        next = error.source();
    }
    text
}

// O-11
#[test]
fn nothing_that_a_provider_says_is_repeated() {
    let runtime = Runtime::new().unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    let says = Arc::clone(&said);
    let server = Scripted::start(move |_| Reply::Say(says.lock().unwrap().clone()));
    let asked = {
        let _entered = runtime.enter();
        Asked::of(google(&server.url()))
    };
    let statuses = prop::sample::select(vec![200u16, 302, 400, 401, 403, 418, 429, 500, 503]);
    let types = prop::sample::select(vec!["application/json", "text/html"]);
    let errors = prop::sample::select(vec!["invalid_grant", "invalid_client", "own"]);
    // Ten letters or more, so that none of our words is meant; with what breaks lines and markup.
    let canary = "CANARY[A-Z<>\"'\\\\\r\n\t\u{0}äß]{4,40}CANARY";
    let cases = ProptestConfig::with_cases(128);
    proptest!(cases, |(status in statuses, kind in types, error in errors, canary in canary, as_error: bool)| {
        let error = if as_error { canary.clone() } else { error.to_owned() };
        let body = serde_json::json!({
            "error": error,
            "error_description": canary,
            "error_uri": canary,
            "token_type": canary,
            "access_token": canary,
        });
        let headers = format!("Content-Type: {kind}\r\n");
        *said.lock().unwrap() = answer(status, &headers, &body.to_string());
        let fault = runtime.block_on(asked.refresh()).err().expect("no such answer is taken");
        let printed = printed(&fault);
        prop_assert!(!printed.contains("CANARY"), "{printed}");
    });
}

// G-01: the operator's secret and the tokens that pass through.
#[tokio::test]
async fn no_secret_is_in_what_can_be_printed() {
    let server = Scripted::saying(Vec::new());
    let asked = Asked::of(google(&server.url()));
    let secret = "a+b/c";
    assert!(!format!("{:?}", asked.server()).contains(secret));
    let Err(fault) = asked.refresh().await else {
        panic!("nothing was answered");
    };
    let printed = printed(&fault);
    for secret in [secret, "the refresh token", "the+refresh+token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

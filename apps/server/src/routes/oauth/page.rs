//! The page that tells what came of an authorization, and the address that leads to it. All that it can
//! say stands here; nothing that came from outside does, but a confirmation of the right form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret as _;
use wharf::services::authorizations::Outcome;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// Nothing but the page's own style, which is known by its digest.
const POLICY: &str = "default-src 'none'; style-src 'sha256-6DxWWS2ujlXWjnjMwXDwkuEsNXccs55+1wyMcTQ2hTM='; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A title and a text for each outcome.
const TEXTS: [(&str, &str, &str); 12] = [
    (
        "connected",
        "The storage is connected",
        "You can close this window and go back to the application.",
    ),
    (
        "confirm",
        "Almost there",
        "Go back to the application where you began and enter this code. It is good for five minutes. Never give it to anybody who sent you here.",
    ),
    (
        "denied",
        "Not connected",
        "Access was refused at the provider. Nothing was stored; you can begin again at any time.",
    ),
    (
        "scope_insufficient",
        "Not connected",
        "Less was permitted than is needed. Begin again, and leave every box ticked.",
    ),
    (
        "account_mismatch",
        "Another account",
        "This connection belongs to another account at the provider. Begin again, and choose the same account as before.",
    ),
    (
        "consent_incomplete",
        "Not connected",
        "The provider takes the application for connected already. Remove it in the provider's account settings, and begin again.",
    ),
    (
        "too_many_connections",
        "Too many connections",
        "Disconnect a storage that you do not need any more, and begin again.",
    ),
    (
        "expired",
        "Too late",
        "The provider's answer is not good any more. Begin again in the application.",
    ),
    (
        "not_allowed",
        "Not connected",
        "This account may not connect storages.",
    ),
    (
        "unavailable",
        "Not just now",
        "The provider or this server has trouble at the moment. Nothing was stored; try again a little later.",
    ),
    (
        "misconfigured",
        "Not connected",
        "The provider does not accept this server. Its operator must mend that.",
    ),
    (
        "failed",
        "Not connected",
        "Something went wrong. Nothing was stored; begin again in the application.",
    ),
];

/// What is said of an answer that belongs to nothing.
const INVALID: (&str, &str) = (
    "This link is not good any more",
    "It was used before, or is too old, or is not complete. Begin again in the application.",
);

/// What is said of any other name.
const UNKNOWN: (&str, &str) = (
    "Nothing to see",
    "Begin in the application that you want to connect a storage to.",
);

/// An address with an outcome in its query, behind whatever stands there.
pub(super) fn address(base: &str, outcome: &Outcome) -> String {
    let separator = if base.contains('?') { '&' } else { '?' };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("outcome", outcome.as_str());
    match outcome {
        Outcome::Connected(id) => {
            query.append_pair("connection_id", &id.to_string());
        }
        Outcome::Confirm(confirmation) => {
            query.append_pair("confirmation", confirmation.expose_secret());
        }
        _ => {}
    }
    format!("{base}{separator}{}", query.finish())
}

/// The page of an outcome by its name.
pub(super) fn show(outcome: &str, confirmation: Option<&str>) -> HttpResponse {
    let known = TEXTS.iter().find(|(name, ..)| *name == outcome);
    let (title, text) = known.map_or(UNKNOWN, |(_, title, text)| (title, text));
    let confirmation = confirmation.filter(|text| outcome == "confirm" && is_secret(text));
    page(StatusCode::OK, title, text, confirmation)
}

/// The page of an answer that belongs to nothing.
pub(super) fn invalid() -> HttpResponse {
    page(StatusCode::BAD_REQUEST, INVALID.0, INVALID.1, None)
}

fn is_secret(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|bytes| bytes.len() == 32)
}

fn page(status: StatusCode, title: &str, text: &str, confirmation: Option<&str>) -> HttpResponse {
    let confirmation = confirmation.map(|code| format!("<code>{code}</code>\n"));
    let body = PAGE
        .replace("{title}", title)
        .replace("{style}", STYLE)
        .replace("{text}", text)
        .replace("{confirmation}", &confirmation.unwrap_or_default());
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(body)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn every_outcome_has_its_text() {
        let outcomes = [
            Outcome::Connected(wharf::domain::id::ConnectionId::from_bytes([1; 16])),
            Outcome::Confirm("c".into()),
            Outcome::Denied,
            Outcome::ScopeInsufficient,
            Outcome::AccountMismatch,
            Outcome::ConsentIncomplete,
            Outcome::TooManyConnections,
            Outcome::Expired,
            Outcome::NotAllowed,
            Outcome::Unavailable,
            Outcome::Misconfigured,
            Outcome::Failed,
        ];
        let names = outcomes.iter().map(Outcome::as_str);
        assert!(names.eq(TEXTS.iter().map(|(name, ..)| *name)));
    }

    #[test]
    fn the_policy_names_the_style() {
        let digest = sha2::Sha256::digest(STYLE.as_bytes());
        assert!(POLICY.contains(&format!("'sha256-{}'", STANDARD.encode(digest))));
    }

    #[test]
    fn an_outcome_goes_behind_whatever_query_there_is() {
        let denied = |base| address(base, &Outcome::Denied);
        assert_eq!(
            denied("https://a.example/b"),
            "https://a.example/b?outcome=denied"
        );
        assert_eq!(
            denied("https://a.example/?c=d"),
            "https://a.example/?c=d&outcome=denied"
        );
    }
}

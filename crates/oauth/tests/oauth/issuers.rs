//! Who answered (RFC 9207).

use wharf_domain::ports::oauth::{CodeRedemption, OAuthErrorKind};

use crate::scripted::{Scripted, json};
use crate::support::{Asked, google, redemption};

const TOKENS: &str = r#"{"access_token":"a","token_type":"Bearer"}"#;

// O-05
#[tokio::test]
async fn an_issuer_is_compared_letter_by_letter_before_anything_is_sent() {
    let ours = Some("https://a.example");
    for (expected, answered, sends, is_taken) in [
        (ours, ours, false, true),
        (ours, ours, true, true),
        (ours, None, false, true),
        (None, None, false, true),
        // A server that always says who it is, and does not.
        (ours, None, true, false),
        // Another, or the same in another spelling.
        (ours, Some("https://b.example"), false, false),
        (ours, Some("https://a.example/"), false, false),
        (ours, Some("HTTPS://a.example"), true, false),
        (ours, Some("https://a.example:443"), false, false),
        (ours, Some(""), false, false),
        // Whoever is not known to have a name (RFC 9207, section 2.4).
        (None, Some("https://a.example"), false, false),
    ] {
        let server = Scripted::saying(json(200, "", TOKENS));
        let mut description = google(&server.url());
        description.issuer = Some("https://a.example".to_owned());
        description.sends_issuer = sends;
        let code = CodeRedemption {
            issuer: expected.map(str::to_owned),
            answered_issuer: answered.map(str::to_owned),
            ..redemption("the code")
        };
        let outcome = Asked::of(description).server().redeem(code).await;
        let case = format!("{expected:?} {answered:?} {sends}");
        match outcome {
            Ok(_) => assert!(is_taken, "{case}"),
            Err(fault) => {
                assert!(!is_taken, "{case}");
                assert_eq!(*fault.kind(), OAuthErrorKind::IssuerMismatch, "{case}");
            }
        }
        assert_eq!(server.requests().len(), usize::from(is_taken), "{case}");
    }
}

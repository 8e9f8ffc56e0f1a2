//! What a token endpoint may say and what is taken of it (RFC 6749, section 5.1).

use wharf_domain::ports::oauth::OAuthErrorKind;

use crate::scripted::{Reply, Scripted, answer, json};
use crate::support::{Asked, google, microsoft, shown};

async fn taken(body: &str) -> (String, Option<String>, u64, String) {
    let server = Scripted::saying(json(200, "", body));
    let granted = Asked::of(google(&server.url())).refresh().await;
    shown(&granted.unwrap())
}

#[tokio::test]
async fn tokens_are_taken_as_they_come() {
    let asked_for = "email https://www.googleapis.com/auth/drive openid";
    for (body, expected) in [
        (
            r#"{"access_token":"a","token_type":"Bearer","expires_in":3599,"refresh_token":"r","scope":"x y"}"#,
            ("a", Some("r"), 3_599, "x y"),
        ),
        // Without what may be left out; `token_type` in any case.
        (
            r#"{"token_type":"bEARER","access_token":"a"}"#,
            ("a", None, 300, asked_for),
        ),
        // Null and empty are absent, but an empty scope is none at all.
        (
            r#"{"access_token":"a","token_type":"bearer","expires_in":null,"refresh_token":null,"scope":null,"id_token":null}"#,
            ("a", None, 300, asked_for),
        ),
        (
            r#"{"access_token":"a","token_type":"bearer","refresh_token":"","scope":""}"#,
            ("a", None, 300, ""),
        ),
        // A lifetime is never a reason to lose a refresh token.
        (
            r#"{"access_token":"a","token_type":"bearer","expires_in":"3600","refresh_token":"r"}"#,
            ("a", Some("r"), 3_600, asked_for),
        ),
        (
            r#"{"access_token":"a","token_type":"bearer","expires_in":-5,"refresh_token":"r"}"#,
            ("a", Some("r"), 0, asked_for),
        ),
        (
            r#"{"access_token":"a","token_type":"bearer","expires_in":99999999999,"refresh_token":"r"}"#,
            ("a", Some("r"), 86_400, asked_for),
        ),
        // Fields that are nobody's business.
        (
            r#"{"access_token":"~!/ +","token_type":"bearer","ext_expires_in":1,"more":{"a":[1]},"expires_in":5}"#,
            ("~!/ +", None, 5, asked_for),
        ),
    ] {
        let (access, refresh, seconds, scopes) = expected;
        let expected = (
            access.to_owned(),
            refresh.map(str::to_owned),
            seconds,
            scopes.to_owned(),
        );
        assert_eq!(taken(body).await, expected, "{body}");
    }
}

// O-09
#[tokio::test]
async fn what_is_no_token_answer_is_refused() {
    let good = r#"{"access_token":"a","token_type":"bearer"}"#;
    let huge = format!(
        r#"{{"access_token":"a","token_type":"bearer","more":"{}"}}"#,
        "m".repeat(64 * 1024)
    );
    let html = "<html><body>Sign in to the hotel's network</body></html>";
    for raw in [
        // Of another type, or of none.
        answer(200, "Content-Type: text/html\r\n", html),
        answer(200, "Content-Type: text/html\r\n", good),
        answer(200, "Content-Type: application/jsonp\r\n", good),
        answer(
            200,
            "Content-Type: application/x-www-form-urlencoded\r\n",
            "access_token=a&token_type=bearer",
        ),
        answer(200, "", good),
        // Not JSON, whatever it says.
        json(200, "", html),
        json(200, "", ""),
        json(200, "", "null"),
        json(200, "", "[]"),
        json(200, "", &good[..good.len() - 1]),
        json(200, "", &format!("{good}{good}")),
        json(200, "", &"[".repeat(10_000)),
        // Longer than any.
        json(200, "", &huge),
        // Without a field, or with one twice, or with another type.
        json(200, "", r#"{"token_type":"bearer"}"#),
        json(200, "", r#"{"access_token":"a"}"#),
        json(200, "", r#"{"access_token":"","token_type":"bearer"}"#),
        json(200, "", r#"{"access_token":null,"token_type":"bearer"}"#),
        json(200, "", r#"{"access_token":["a"],"token_type":"bearer"}"#),
        json(
            200,
            "",
            r#"{"access_token":"a","access_token":"b","token_type":"bearer"}"#,
        ),
        json(
            200,
            "",
            r#"{"access_token":"a","token_type":"bearer","refresh_token":"r","refresh_token":"s"}"#,
        ),
        json(
            200,
            "",
            r#"{"access_token":"a","token_type":"bearer","scope":["x"]}"#,
        ),
        // Tokens that could not stand in a header.
        json(
            200,
            "",
            r#"{"access_token":"a\r\nb: c","token_type":"bearer"}"#,
        ),
        json(200, "", r#"{"access_token":"ä","token_type":"bearer"}"#),
        json(
            200,
            "",
            r#"{"access_token":"a","token_type":"bearer","refresh_token":"\u0000"}"#,
        ),
        // Another kind of token.
        json(200, "", r#"{"access_token":"a","token_type":"mac"}"#),
        json(200, "", r#"{"access_token":"a","token_type":"DPoP"}"#),
        json(200, "", r#"{"access_token":"a","token_type":""}"#),
        // Another status.
        json(201, "", good),
        json(204, "", ""),
        json(302, "Location: https://b.example/\r\n", good),
        json(404, "", "{}"),
        // An error that claims to be none.
        json(200, "", r#"{"error":"invalid_grant"}"#),
    ] {
        let shown = String::from_utf8_lossy(&raw)[..raw.len().min(300)].to_owned();
        let server = Scripted::saying(raw);
        let refused = Asked::of(google(&server.url())).refused().await;
        assert_eq!(refused, OAuthErrorKind::InvalidAnswer, "{shown}");
        assert_eq!(server.requests().len(), 1, "{shown}");
    }
}

// O-08
#[tokio::test]
async fn microsofts_scopes_are_recognised_in_every_spelling() {
    for (told, expected) in [
        ("Files.ReadWrite openid", "Files.ReadWrite openid"),
        ("files.readwrite OPENID", "Files.ReadWrite openid"),
        (
            "{graph}/Files.ReadWrite User.Read",
            "Files.ReadWrite User.Read",
        ),
        ("{GRAPH}/files.readwrite", "Files.ReadWrite"),
        (
            "https://b.example/Files.ReadWrite",
            "https://b.example/Files.ReadWrite",
        ),
        ("Files.ReadWrite.All", "Files.ReadWrite.All"),
    ] {
        let server = Scripted::start(move |request| {
            let origin = format!("http://{}", request.header("host").unwrap());
            let scope = told
                .replace("{graph}", &origin)
                .replace("{GRAPH}", &origin.to_uppercase());
            let body = format!(r#"{{"access_token":"a","token_type":"Bearer","scope":"{scope}"}}"#);
            Reply::Say(json(200, "", &body))
        });
        let asked = Asked::of(microsoft(&server.url(), "common"));
        let granted = asked.refresh().await.unwrap();
        assert_eq!(granted.scopes.to_string(), expected, "{told}");
    }
}

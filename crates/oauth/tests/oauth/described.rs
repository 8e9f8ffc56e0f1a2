//! A provider that no code knows: a description in a settings file is all there is of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use url::Url;
use wharf_domain::ports::oauth::{CodeRedemption, OAuthErrorKind, RefreshKind, Revoked};
use wharf_oauth::Description;

use crate::scripted::{Reply, Request, Scripted, json};
use crate::support::{Asked, CHALLENGE, VERIFIER, request, shown};

const SETTINGS: &str = r#"
[meadow]
auth_url = "BASE/authorize?tenant=7"
token_url = "BASE/oauth/token"
revoke_url = "BASE/oauth/revoke"
storage_url = "BASE/api/v1"
client_id = "wharf"
client_secret = "s3cret"
client_authentication = "body"
redirect_uri = "https://wharf.example/api/cloud/oauth/callback/meadow"
issuer = "https://meadow.example"
sends_issuer = true
scopes = "files profile"
needed = "files"
authorization_parameters = { audience = "storage" }
refresh = "strict"
identification = { by = "userinfo", url = "BASE/oauth/whoami" }
"#;

/// A server that gives a new refresh token each time and forgets the one before.
fn meadow() -> Scripted {
    let good = Arc::new(Mutex::new((0, None)));
    Scripted::start(move |request| {
        let reply = match &*request.target {
            "/oauth/token" => token(request, &mut good.lock().unwrap()),
            "/oauth/whoami" => match request.header("authorization") {
                Some("Bearer access-1") => {
                    Ok(r#"{"sub":"42","email":"mo@meadow.example"}"#.to_owned())
                }
                _ => Err("invalid_token"),
            },
            "/oauth/revoke" => {
                good.lock().unwrap().1 = None;
                Ok(String::new())
            }
            _ => Err("invalid_request"),
        };
        Reply::Say(match reply {
            Ok(body) => json(200, "", &body),
            Err(error) => json(400, "", &format!(r#"{{"error":"{error}"}}"#)),
        })
    })
}

/// Takes the code once its verifier fits, and each refresh token once.
fn token(request: &Request, good: &mut (u32, Option<String>)) -> Result<String, &'static str> {
    let parameter = |name| request.parameter(name).unwrap_or_default();
    if (parameter("client_id"), parameter("client_secret")) != ("wharf".into(), "s3cret".into()) {
        return Err("invalid_client");
    }
    let is_good = match &*parameter("grant_type") {
        "authorization_code" => {
            parameter("code") == "code-1" && parameter("code_verifier") == VERIFIER && good.0 == 0
        }
        _ => good.1.as_ref() == Some(&parameter("refresh_token")),
    };
    if !is_good {
        return Err("invalid_grant");
    }
    good.0 += 1;
    let count = good.0;
    good.1 = Some(format!("refresh-{count}"));
    Ok(format!(
        r#"{{"access_token":"access-{count}","token_type":"Bearer","expires_in":60,"refresh_token":"refresh-{count}","scope":"files"}}"#
    ))
}

fn described(server: &Scripted) -> Description {
    let settings = SETTINGS.replace("BASE", &server.url());
    let mut described: BTreeMap<String, Description> = toml::from_str(&settings).unwrap();
    described.remove("meadow").unwrap()
}

// O-06, O-07
#[tokio::test]
async fn settings_alone_make_a_provider() {
    let meadow = meadow();
    let asked = Asked::of(described(&meadow));
    let server = asked.server();
    assert_eq!(server.description().refresh, RefreshKind::Strict);
    assert_eq!(server.description().needed.to_string(), "files");

    let begun = server.begin(&request());
    let url: Url = begun.url.parse().unwrap();
    let told: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(told["tenant"], "7");
    assert_eq!(told["audience"], "storage");
    assert_eq!(told["scope"], "files profile");
    assert_eq!(told["code_challenge"], CHALLENGE);

    let granted = server
        .redeem(CodeRedemption {
            code: "code-1".into(),
            verifier: VERIFIER.into(),
            answered_issuer: Some("https://meadow.example".to_owned()),
            issuer: begun.issuer,
            redirect_uri: begun.redirect_uri,
        })
        .await
        .unwrap();
    let tokens = |count: u32| {
        let refresh_token = Some(format!("refresh-{count}"));
        (
            format!("access-{count}"),
            refresh_token,
            60,
            "files".to_owned(),
        )
    };
    assert_eq!(shown(&granted), tokens(1));
    let account = server.account(&granted).await.unwrap();
    assert_eq!(account.key.0, "42");
    assert_eq!(account.label, "mo@meadow.example");
    assert_eq!(account.endpoint.0, format!("{}/api/v1/", meadow.url()));

    let first = granted.refresh_token.unwrap();
    let renewed = server.refresh(&first).await.unwrap();
    assert_eq!(shown(&renewed), tokens(2));
    let used_up = server.refresh(&first).await.err().unwrap();
    assert_eq!(*used_up.kind(), OAuthErrorKind::GrantRefused);

    let second = renewed.refresh_token.unwrap();
    assert_eq!(server.revoke(&second).await.unwrap(), Revoked::Done);
    let ended = server.refresh(&second).await.err().unwrap();
    assert_eq!(*ended.kind(), OAuthErrorKind::GrantRefused);
}

#[test]
fn a_misspelt_key_is_refused() {
    let settings = SETTINGS.replace("sends_issuer", "sends_iss");
    let described: Result<BTreeMap<String, Description>, _> = toml::from_str(&settings);
    assert!(described.is_err());
}

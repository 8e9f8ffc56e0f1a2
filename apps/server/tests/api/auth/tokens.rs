//! Access tokens: which are believed, and where they may stand.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::server::Server;
use crate::support::token::{Token, key_of_seed, signing_key};

const PATH: &str = "/api/users/me";

async fn refused(client: &Client, authorization: &[&str], code: &str) {
    let mut call = client.get(PATH);
    for value in authorization {
        call = call.header("Authorization", value);
    }
    let answer = call.send().await;
    assert_eq!(answer.status, 401, "{authorization:?}");
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .starts_with("Bearer")
    );
    answer.problem(401, code);
}

async fn refused_token(client: &Client, token: &str) {
    refused(client, &[&format!("Bearer {token}")], "token_invalid").await;
}

//
#[tokio::test]
async fn a_token_stands_in_one_authorization_header_and_nowhere_else() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let bearer = format!("Bearer {}", anna.token());
    let nobody = server.client();

    refused(&nobody, &[], "token_missing").await;
    refused(&nobody, &[&bearer, &bearer], "token_invalid").await;
    refused(&nobody, &[&bearer, "Basic YTpi"], "token_invalid").await;
    for (name, value) in [
        ("Cookie", "access_token="),
        ("X-Access-Token", ""),
        ("Proxy-Authorization", "Bearer "),
    ] {
        let value = format!("{value}{}", anna.token());
        let answer = nobody.get(PATH).header(name, &value).send().await;
        answer.problem(401, "token_missing");
    }
    let answer = nobody
        .get(PATH)
        .query("access_token", anna.token())
        .send()
        .await;
    answer.problem(401, "token_missing");
    // RFC 9110, section 11.1: the scheme's name has no case.
    let answer = nobody
        .get(PATH)
        .header("Authorization", &bearer.replace("Bearer", "bearer"));
    answer.send().await.expect(200);
}

#[tokio::test]
async fn other_authorizations_are_refused() {
    let server = Server::start().await;
    let token = server.regular("anna@example.org").await.token().to_owned();
    let nobody = server.client();
    for authorization in [
        "Basic YW5uYTpwYXNzd29yZA==",
        "Bearer",
        "Bearer  ",
        &token,
        &format!("Bearer {token} {token}"),
        &format!("Bearer {token},"),
        &format!("Bearer \"{token}\""),
        &format!("Token {token}"),
    ] {
        let answer = nobody
            .get(PATH)
            .header("Authorization", authorization)
            .send()
            .await;
        assert_eq!(answer.status, 401, "{authorization}");
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        let code = problem["code"].as_str().unwrap();
        assert!(
            ["token_invalid", "token_missing"].contains(&code),
            "{authorization}: {code}"
        );
    }
}

//
#[tokio::test]
async fn no_changed_token_is_believed() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let good = Token::parse(anna.token());
    for part in 0..3 {
        let mut parts: Vec<_> = anna.token().split('.').map(str::to_owned).collect();
        let first = if parts[part].starts_with('A') {
            "B"
        } else {
            "A"
        };
        parts[part].replace_range(..1, first);
        refused_token(&server.client(), &parts.join(".")).await;
        parts[part].clear();
        refused_token(&server.client(), &parts.join(".")).await;
    }
    for changed in [
        Token {
            claims: with(&good.claims, "exp", json!(9_999_999_999_u64)),
            ..good.clone()
        },
        Token {
            header: with(&good.header, "alg", json!("none")),
            ..good.clone()
        },
        Token {
            header: with(&good.header, "alg", json!("none")),
            signature: String::new(),
            ..good.clone()
        },
    ] {
        refused_token(&server.client(), &changed.text()).await;
    }
    for text in [
        format!("{}.", anna.token()),
        format!("{}=", anna.token()),
        "a.b.c".to_owned(),
    ] {
        refused_token(&server.client(), &text).await;
    }
}

// the server's own key signs, and the header still is not believed.
#[tokio::test]
async fn no_other_header_is_believed() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let key = signing_key(server.data_dir());
    let good = Token::parse(anna.token());
    let me = server.client().with_token(&good.clone().signed_by(&key));
    me.get(PATH).send().await.expect(200);
    for (name, value) in [
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("typ", json!("JWT")),
        ("kid", json!("00000000000000000000000000000000")),
        ("jku", json!("https://keys.example.org/")),
        ("jwk", json!({"kty": "OKP"})),
        ("x5u", json!("https://keys.example.org/")),
        ("crit", json!(["exp"])),
    ] {
        let token = Token {
            header: with(&good.header, name, value),
            ..good.clone()
        };
        refused_token(&server.client(), &token.signed_by(&key)).await;
    }
    for name in ["alg", "typ", "kid"] {
        let token = Token {
            header: without(&good.header, name),
            ..good.clone()
        };
        refused_token(&server.client(), &token.signed_by(&key)).await;
    }
    refused_token(&server.client(), &good.signed_by(&key_of_seed(&[7; 32]))).await;
}

//
#[tokio::test]
async fn no_other_claims_are_believed() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let ben = server.regular("ben@example.org").await;
    let key = signing_key(server.data_dir());
    let good = Token::parse(anna.token());
    let [iat, exp] = ["iat", "exp"].map(|name| good.claims[name].as_u64().unwrap());
    for (name, value) in [
        ("exp", json!(exp.to_string())),
        ("exp", json!(iat + 15 * 60 + 1)),
        ("exp", json!(-1)),
        ("iat", json!(iat + 3_600)),
        ("iss", json!("https://elsewhere.example.org")),
        ("aud", json!("another-service")),
        ("sub", json!("anna@example.org")),
        ("sub", json!("01900000-0000-7000-8000-000000000000")),
        ("sid", json!("01900000-0000-7000-8000-000000000000")),
        ("sid", json!("first")),
        // Another user's session, which is live.
        ("sid", Token::parse(ben.token()).claims["sid"].clone()),
    ] {
        let token = Token {
            claims: with(&good.claims, name, value),
            ..good.clone()
        };
        refused_token(&server.client(), &token.signed_by(&key)).await;
    }
    let names = good.claims.as_object().unwrap().keys();
    for name in
        names.filter(|name| ["exp", "iat", "iss", "aud", "sub", "sid"].contains(&name.as_str()))
    {
        let token = Token {
            claims: without(&good.claims, name),
            ..good.clone()
        };
        refused_token(&server.client(), &token.signed_by(&key)).await;
    }
}

// leeway is 30 s at most.
#[tokio::test]
async fn a_token_ends_with_its_time() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let key = signing_key(server.data_dir());
    let mut token = Token::parse(anna.token());
    for name in ["iat", "exp"] {
        let moved = token.claims[name].as_u64().unwrap() - 600 - 31;
        token.claims = with(&token.claims, name, json!(moved));
    }
    let bearer = format!("Bearer {}", token.signed_by(&key));
    refused(&server.client(), &[&bearer], "token_expired").await;
}

//
#[tokio::test]
async fn a_token_is_8_kib_at_most() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let key = signing_key(server.data_dir());
    let good = Token::parse(anna.token());
    let padded = with(&good.claims, "padding", json!("p".repeat(8 * 1024)));
    let token = Token {
        claims: padded,
        ..good
    };
    refused_token(&server.client(), &token.signed_by(&key)).await;
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove(name).unwrap();
    object
}

//! People whom an identity system before the server vouches for: no second log-in.

use serde_json::{Value, json};

use super::outside::{Issuer, key, kid, person, token};
use super::{USERS, change, id_of, log_in};
use crate::support::client::Client;
use crate::support::scene::column;
use crate::support::server::{PASSWORD, Server};

const PROVISION: &str = "provision = true";
const ROLES: &str = "provision = true\nrole_claim = \"realm.roles\"\nadmin_role = \"keeper\"";

fn nothing() -> Value {
    json!({})
}

#[tokio::test]
async fn the_first_request_makes_an_account() {
    let issuer = Issuer::new();
    let server = issuer.server(PROVISION).await;
    let root = server.admin("root@example.org").await;
    let anna = person(&server, "anna", &nothing());
    let me = anna.get("/api/users/me").send().await.expect(200).json();
    assert_eq!(me["email"], "anna@example.com");
    assert_eq!(me["role"], "regular");
    let store = anna.post("/api/documents").query("name", "n.txt");
    store.body("text/plain", "…").send().await.expect(201);

    // Another token of hers is of the same account; it has no session, and no password.
    let again = person(&server, "anna", &json!({"email": "else@example.com"}));
    assert_eq!(id_of(&again).await, me["id"]);
    let sessions = anna.get("/api/users/me/sessions").send().await.expect(200);
    assert_eq!(sessions.json()["items"], json!([]));
    let change_own = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    let refused = anna
        .put("/api/users/me/password")
        .json(&change_own)
        .send()
        .await;
    refused.problem(409, "no_password");
    log_in(&server.client(), "anna@example.com", "")
        .await
        .problem(401, "wrong_login");
    let id = me["id"].as_str().unwrap();
    let account = root
        .get(&format!("{USERS}/{id}"))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(account["subject"], "anna");
    change(&root, id, json!({"password": PASSWORD}))
        .await
        .problem(409, "no_password");

    // Somebody of Wharf's own comes in beside her.
    server
        .regular("ben@example.org")
        .await
        .get("/api/documents")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn without_provisioning_an_admin_makes_the_account() {
    let issuer = Issuer::new();
    let server = issuer.server("").await;
    let root = server.admin("root@example.org").await;
    let anna = person(&server, "anna", &nothing());
    anna.get("/api/users/me")
        .send()
        .await
        .problem(403, "no_account");

    let new = json!({"email": "anna@example.com", "role": "regular", "subject": "anna"});
    root.post(USERS).json(&new).send().await.expect(201);
    anna.get("/api/users/me").send().await.expect(200);
    root.post(USERS)
        .json(&new)
        .send()
        .await
        .problem(409, "already_exists");
}

// A mail address in a token opens nobody's account.
#[tokio::test]
async fn an_account_is_found_by_its_subject_alone() {
    let issuer = Issuer::new();
    let server = issuer.server(PROVISION).await;
    server.regular("anna@example.com").await;
    for claims in [
        json!({"email": "anna@example.com"}),
        json!({"email": null}),
        json!({"email_verified": false}),
    ] {
        let mallory = person(&server, "anna-of-the-issuer", &claims);
        mallory
            .get("/api/users/me")
            .send()
            .await
            .problem(403, "no_account");
    }
}

//
#[tokio::test]
async fn a_token_that_is_not_as_it_must_be_is_refused() {
    let issuer = Issuer::new();
    let server = issuer.server(PROVISION).await;
    let good = token("anna", &nothing());
    let me = async |text: &str| {
        let client = server.client().with_token(text);
        client.get("/api/users/me").send().await
    };
    me(&good.clone().signed_by(&key(1))).await.expect(200);

    let header = |name: &str, value: Value| {
        let mut token = good.clone();
        token.header[name] = value;
        token.signed_by(&key(1))
    };
    let claim = |name: &str, value: Value| {
        let mut token = good.clone();
        token.claims[name] = value;
        token.signed_by(&key(1))
    };
    let now = good.claims["iat"].as_u64().unwrap();
    let mut unsigned = good.clone();
    unsigned.header["alg"] = json!("none");
    let twice = good.clone().signed_by(&key(1));
    let twice = format!("{twice}.{}", twice.rsplit('.').next().unwrap());
    for (what, text) in [
        ("no signature", good.text()),
        ("algorithm none", unsigned.text()),
        ("another algorithm", header("alg", json!("HS256"))),
        ("unknown key", header("kid", json!("nobody's"))),
        ("key id of another type", header("kid", json!(1))),
        ("another's signature", good.clone().signed_by(&key(2))),
        ("a key of its own", header("jwk", json!({"kty": "OKP"}))),
        (
            "an address of keys",
            header("jku", json!("https://example.com")),
        ),
        ("something critical", header("crit", json!(["exp"]))),
        ("another kind", header("typ", json!("dpop+jwt"))),
        ("four parts", twice),
        ("wrong audience", claim("aud", json!("another"))),
        (
            "audience of another type",
            claim("aud", json!({"wharf": 1})),
        ),
        (
            "wrong issuer",
            claim("iss", json!("https://id.example.com")),
        ),
        (
            "expiry as text",
            claim("exp", json!((now + 300).to_string())),
        ),
        ("no end", claim("exp", json!(now + 100_000))),
        ("subject as number", claim("sub", json!(7))),
        ("mail address as list", claim("email", json!(["a@b.c"]))),
        ("from the future", claim("iat", json!(now + 200))),
    ] {
        let answer = me(&text).await;
        assert_eq!(answer.status, 401, "{what}");
        answer.problem(401, "token_invalid");
    }
    let mut expired = good.clone();
    expired.claims["iat"] = json!(now - 600);
    expired.claims["exp"] = json!(now - 1);
    me(&expired.signed_by(&key(1)))
        .await
        .problem(401, "token_expired");

    //
    let text = good.signed_by(&key(1));
    let call = server.client().with_token(&text).get("/api/users/me");
    let two = call.header("Authorization", &format!("Bearer {text}"));
    two.send().await.problem(401, "token_invalid");
}

#[tokio::test]
async fn the_issuer_s_rotation_is_followed() {
    let issuer = Issuer::new();
    let server = issuer.server(PROVISION).await;
    let mut second = token("anna", &nothing());
    second.header["kid"] = json!(kid(2));
    let second = server.client().with_token(&second.signed_by(&key(2)));
    person(&server, "anna", &nothing())
        .get("/api/users/me")
        .send()
        .await
        .expect(200);

    // A key that nobody knows is looked for, but not more than once in ten seconds.
    issuer.publish(&[1, 2]);
    let began = std::time::Instant::now();
    while second.get("/api/users/me").send().await.status != 200 {
        assert!(began.elapsed().as_secs() < 30, "the new key is not seen");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn without_keys_nothing_is_known_of_a_token() {
    let issuer = Issuer::new();
    let server = issuer.server("").await;
    issuer.publish(&[]);
    let anna = person(&server, "anna", &nothing());
    anna.get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");

    let unreachable = Server::with(|settings| {
        settings.table(
            "[outside_issuer]\nurl = \"https://id.example.com/realm\"\naudience = \"wharf\"\n\
             jwks_url = \"http://127.0.0.1:1024/jwks\"\n",
        )
    });
    let server = unreachable.await;
    let anna = person(&server, "anna", &nothing());
    let answer = anna.get("/api/users/me").send().await;
    assert_eq!(answer.header("retry-after"), Some("5"));
    answer.problem(503, "issuer_unavailable");
    // Wharf's own people come in all the same.
    server
        .regular("ben@example.org")
        .await
        .get("/api/documents")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn the_role_follows_the_issuer() {
    let issuer = Issuer::new();
    let server = issuer.server(ROLES).await;
    let keeper = json!({"realm": {"roles": ["reader", "keeper"]}});
    let reader = json!({"realm": {"roles": ["reader"]}});
    let root = server.admin("root@example.org").await;

    let anna = person(&server, "anna", &keeper);
    anna.get(USERS).send().await.expect(200);
    let ben = person(&server, "ben", &keeper);
    ben.get(USERS).send().await.expect(200);

    // A demotion there is one here, at her next token.
    let demoted = person(&server, "anna", &reader);
    demoted
        .get(USERS)
        .send()
        .await
        .problem(403, "role_not_allowed");
    let admins = root
        .get(USERS)
        .query("role", "admin")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(
        column(&admins, "email"),
        ["root@example.org", "ben@example.com"]
    );

    // An older token that says otherwise is void.
    let older = json!({"realm": {"roles": "keeper"}, "iat": now() - 60});
    let older = person(&server, "anna", &older);
    older.get(USERS).send().await.problem(401, "token_expired");

    // Who has documents is no admin, whatever the issuer says, and keeps them.
    let store = demoted.post("/api/documents").query("name", "n.txt");
    store.body("text/plain", "…").send().await.expect(201);
    let promoted = person(
        &server,
        "anna",
        &json!({"realm": {"roles": "keeper"}, "n": 1}),
    );
    promoted
        .get(USERS)
        .send()
        .await
        .problem(403, "role_not_allowed");
    promoted.get("/api/documents").send().await.expect(200);
}

#[tokio::test]
async fn an_account_that_is_off_lets_no_outside_token_in() {
    let issuer = Issuer::new();
    let server = issuer.server(PROVISION).await;
    let root = server.admin("root@example.org").await;
    let anna = person(&server, "anna", &nothing());
    let id = id_of(&anna).await;
    change(&root, &id, json!({"disabled": true}))
        .await
        .expect(200);
    anna.get("/api/documents")
        .send()
        .await
        .problem(403, "account_disabled");
    change(&root, &id, json!({"disabled": false}))
        .await
        .expect(200);
    // what was given out before is void; what comes after is good.
    anna.get("/api/documents")
        .send()
        .await
        .problem(401, "token_expired");
    later(&server)
        .get("/api/documents")
        .send()
        .await
        .expect(200);
    let sessions = format!("{USERS}/{id}/sessions");
    root.delete(&sessions).send().await.expect(204);
    let voided = person(&server, "anna", &json!({"iat": now() - 2}));
    voided
        .get("/api/documents")
        .send()
        .await
        .problem(401, "token_expired");
    later(&server)
        .get("/api/documents")
        .send()
        .await
        .expect(200);
}

/// Anna with a token that is issued a few seconds from now, as far as a clock may be ahead.
fn later(server: &Server) -> Client {
    person(server, "anna", &json!({"iat": now() + 5}))
}

fn now() -> u64 {
    token("nobody", &nothing()).claims["iat"].as_u64().unwrap()
}

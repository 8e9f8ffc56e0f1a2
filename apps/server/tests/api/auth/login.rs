//! `POST /api/auth/login`.

use serde_json::json;

use crate::support::server::{PASSWORD, Server};

const PATH: &str = "/api/auth/login";

#[tokio::test]
async fn whoever_knows_the_password_gets_a_token() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    // The address counts, not its spelling.
    let login = json!({"email": "Anna@Example.org", "password": PASSWORD});
    let answer = server
        .client()
        .post(PATH)
        .json(&login)
        .send()
        .await
        .expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let session = answer.json();
    assert_eq!(session["token_type"], "Bearer");
    assert_eq!(session["expires_in"], 600);
    assert_eq!(answer.header("set-cookie"), None);
    let members: Vec<_> = session.as_object().unwrap().keys().collect();
    let expected = ["access_token", "expires_in", "refresh_token", "token_type"];
    assert_eq!(members, expected);

    let token = session["access_token"].as_str().unwrap();
    let me = anna.with_token(token).get("/api/users/me").send().await;
    assert_eq!(me.expect(200).json()["email"], "anna@example.org");
}

// E-02
#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let server = Server::start().await;
    server.regular("anna@example.org").await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("anna@example.org", "not her password"),
        ("nobody@example.org", PASSWORD),
        ("no address at all", PASSWORD),
        ("anna@example.org", ""),
    ] {
        let login = json!({"email": email, "password": password});
        let answer = server.client().post(PATH).json(&login).send().await;
        answers.push(answer.masked());
        answer.problem(401, "wrong_login");
    }
    let [first, others @ ..] = &answers[..] else {
        panic!("there are four")
    };
    for other in others {
        assert_eq!(first, other);
    }
}

// I-01, A-09: what is not exactly the expected JSON is refused before anything is looked up.
#[tokio::test]
async fn json_of_the_wrong_shape_is_refused() {
    let server = Server::start().await;
    let deep = format!("{{\"email\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "not json",
        r#"{"email":"anna@example.org"}"#,
        r#"{"password":"a good password"}"#,
        r#"{"email":1,"password":"a good password"}"#,
        r#"{"email":null,"password":"a good password"}"#,
        r#"{"email":["anna@example.org"],"password":"a good password"}"#,
        r#"{"email":"anna@example.org","password":"a good password","role":"admin"}"#,
        r#"{"email":"anna@example.org","email":"b@example.org","password":"a good password"}"#,
        r#"{"email":"anna@example.org","password":"a good password"} trailing"#,
        r#"{"email":"anna@example.org","password":"a good pass"#,
        &deep,
    ] {
        let call = server
            .client()
            .post(PATH)
            .body("application/json", body.to_owned());
        let answer = call.send().await;
        assert_eq!(answer.status, 400, "{body}");
        answer.problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_problem_with_one_member_names_it() {
    let server = Server::start().await;
    let unknown = json!({"email": "a@example.org", "password": "p", "remember": true});
    let call = server.client().post(PATH).json(&unknown);
    let problem = call.send().await.problem(400, "invalid_request");
    assert_eq!(problem["field"], "remember");
}

// I-01
#[tokio::test]
async fn json_ends_at_64_kib() {
    let server = Server::start().await;
    let login = |length: usize| {
        let login = json!({"email": "nobody@example.org", "password": ""}).to_string();
        let password = "p".repeat(length - login.len());
        json!({"email": "nobody@example.org", "password": password})
    };
    let [at_limit, beyond] = [64 * 1024, 64 * 1024 + 1].map(login);
    assert_eq!(at_limit.to_string().len(), 64 * 1024);
    let answer = server.client().post(PATH).json(&at_limit).send().await;
    answer.problem(401, "wrong_login");
    let answer = server.client().post(PATH).json(&beyond).send().await;
    answer.problem(413, "payload_too_large");
}

// I-03
#[tokio::test]
async fn other_media_types_are_refused() {
    let server = Server::start().await;
    let login = json!({"email": "anna@example.org", "password": PASSWORD}).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        let call = server.client().post(PATH).body(content_type, login.clone());
        call.send().await.problem(415, "unsupported_media_type");
    }
}

// I-03: a body is taken as it comes.
#[tokio::test]
async fn compressed_json_is_refused() {
    let server = Server::start().await;
    let login = json!({"email": "anna@example.org", "password": PASSWORD});
    let call = server
        .client()
        .post(PATH)
        .header("Content-Encoding", "gzip")
        .json(&login);
    call.send().await.problem(415, "unsupported_media_type");
}

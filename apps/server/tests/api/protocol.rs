//! What is the same at every address: unknown ones, wrong methods, request ids, headers and limits.

use std::collections::HashSet;

use serde_json::json;

use crate::support::raw;
use crate::support::server::Server;

#[tokio::test]
async fn an_unknown_route_is_a_problem() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for path in [
        "/api",
        "/api/",
        "/api/users",
        "/api/users/me/",
        "/api//users/me",
        "/API/users/me",
        "/api/users/me/default-storage/x",
        "/api/cloud/connections/a/b/c",
        "/../etc/passwd",
        "/%2e%2e/etc/passwd",
        "/favicon.ico",
        "/.env",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = anna.call(method, path).send().await;
            assert_eq!(answer.status, 404, "{method} {path}");
            answer.problem(404, "unknown_route");
        }
    }
}

// I-03
#[tokio::test]
async fn a_wrong_method_is_refused_with_those_that_are_right() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for (path, wrong, allowed) in [
        (
            "/api/auth/login",
            &["GET", "PUT", "DELETE", "TRACE", "BREW"][..],
            &["POST"][..],
        ),
        (
            "/api/users/me",
            &["POST", "DELETE", "TRACE"],
            &["GET", "HEAD"],
        ),
        ("/api/users/me/default-storage", &["GET", "PUT"], &["PATCH"]),
        (
            "/api/cloud/connections",
            &["POST", "TRACE"],
            &["GET", "HEAD"],
        ),
        ("/api/cloud/connections/webdav", &["PUT"], &["POST"]),
        (
            "/api/documents",
            &["PUT", "DELETE", "PROPFIND"],
            &["GET", "HEAD", "POST"],
        ),
        (
            "/api/documents/01900000-0000-7000-8000-000000000000",
            &["POST", "TRACE"],
            &["GET", "HEAD", "DELETE"],
        ),
        ("/healthz", &["POST", "TRACE"], &["GET", "HEAD"]),
    ] {
        for method in wrong {
            let answer = anna.call(method, path).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allow = answer.header("allow").unwrap();
            let mut methods: Vec<_> = allow.split(',').map(str::trim).collect();
            methods.sort_unstable();
            let mut allowed = allowed.to_vec();
            allowed.sort_unstable();
            assert_eq!(methods, allowed, "{method} {path}");
            answer.problem(405, "method_not_allowed");
        }
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let server = Server::start().await;
    let nobody = server.client();
    let mut seen = HashSet::new();
    for path in [
        "/healthz",
        "/readyz",
        "/healthz",
        "/nowhere",
        "/api/users/me",
        "/openapi.json",
    ] {
        // What a client calls itself is not believed.
        let call = nobody
            .get(path)
            .header("X-Request-Id", "00000000000000000000000000000001");
        let answer = call.send().await;
        let id = answer.header("x-request-id").unwrap();
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{path}: {id}"
        );
        assert!(seen.insert(id.to_owned()), "{path}: {id} is there twice");
    }
    assert!(!seen.contains("00000000000000000000000000000001"));
}

// G-03
#[tokio::test]
async fn no_answer_says_what_serves_it() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for path in ["/healthz", "/nowhere", "/api/users/me", "/api/documents"] {
        let answer = anna.get(path).send().await;
        for name in ["server", "x-powered-by", "via"] {
            assert!(answer.headers.get(name).is_none(), "{name} at {path}");
        }
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn personal_answers_are_kept_by_nobody() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for path in ["/api/users/me", "/api/cloud/connections", "/api/documents"] {
        let answer = anna.get(path).send().await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

// H-03
#[tokio::test]
async fn requests_that_two_readers_would_read_differently_are_refused() {
    let server = Server::start().await;
    for headers in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ] {
        let request = format!(
            "POST /api/auth/login HTTP/1.1\r\nHost: wharf\r\n{headers}Content-Type: application/json\r\n\r\n{{}}"
        );
        let answer = raw::exchange(server.url(), request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = Server::start().await;
    for request in [
        &b"GET / HTTP/1.1\r\nHost: wharf\r\nBad Header: x\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nHost: wharf\r\nX: a\0b\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: wharf\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ] {
        let answer = raw::exchange(server.url(), request).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") || answer.is_empty(),
            "{answer}"
        );
    }
    server.client().get("/healthz").send().await.expect(200);
}

// I-01
#[tokio::test]
async fn the_head_of_a_request_has_a_limit() {
    let server = Server::start().await;
    let nobody = server.client();
    let long = nobody
        .get(&format!("/healthz?{}", "q".repeat(16 * 1024)))
        .send()
        .await;
    assert!([400, 414].contains(&long.status), "{}", long.status);
    let with_headers = |bytes: usize| {
        // Each line's colon, space and end count.
        let rest = "X-Long: \r\nHost: wharf\r\nConnection: close\r\n".len();
        format!(
            "GET /healthz HTTP/1.1\r\nHost: wharf\r\nConnection: close\r\nX-Long: {}\r\n\r\n",
            "x".repeat(bytes - rest)
        )
    };
    for (bytes, status) in [(32 * 1024, "200"), (32 * 1024 + 1, "431")] {
        let answer = raw::exchange(server.url(), with_headers(bytes).as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let is_problem = answer.contains(r#""code":"headers_too_large""#);
        assert_eq!(is_problem, status == "431", "{answer}");
    }
    // What the HTTP library itself refuses has no body.
    let answer = raw::exchange(server.url(), with_headers(200_000).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn only_the_origins_in_the_settings_may_call_from_a_browser() {
    let server = Server::start().await;
    let preflight = server.client().call("OPTIONS", "/api/auth/login");
    let preflight = preflight.header("Origin", "https://elsewhere.example.org");
    let answer = preflight
        .header("Access-Control-Request-Method", "POST")
        .send()
        .await;
    assert!(answer.headers.get("access-control-allow-origin").is_none());
    let login = json!({"email": "a@example.org", "password": "p"});
    let call = server
        .client()
        .post("/api/auth/login")
        .header("Origin", "https://elsewhere.example.org");
    let answer = call.json(&login).send().await;
    assert!(answer.headers.get("access-control-allow-origin").is_none());
}

// Whatever the URL table answers to, a page of an allowed origin may ask for, with its conditions.
#[tokio::test]
async fn a_page_of_an_allowed_origin_may_use_every_method() {
    let origin = "https://app.example.org";
    let server = Server::public("https://wharf.example.org", origin).await;
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let call = server.client().call("OPTIONS", "/api/documents");
        let call = call.header("Origin", origin);
        let call = call.header("Access-Control-Request-Method", method);
        let call = call.header("Access-Control-Request-Headers", "authorization, if-match");
        let answer = call.send().await.expect(200);
        let allowed = answer.header("access-control-allow-methods").unwrap();
        assert!(allowed.contains(method), "{method}: {allowed}");
    }
}

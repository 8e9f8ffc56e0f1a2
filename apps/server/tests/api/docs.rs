//! `/docs` and `/`: the page for people. It comes from here, and so does all that it loads (ADR 13).

use crate::support::server::Server;

/// What the page is made of, with the media type of each.
const FILES: [(&str, &str); 3] = [
    ("/docs", "text/html; charset=utf-8"),
    ("/docs/page.css", "text/css; charset=utf-8"),
    ("/docs/page.js", "text/javascript; charset=utf-8"),
];

#[tokio::test]
async fn the_page_may_load_nothing_from_elsewhere() {
    let server = Server::start().await;
    let page = server.client().get("/docs").send().await.expect(200);
    let policy = page.header("content-security-policy").unwrap();
    let directives: Vec<&str> = policy.split("; ").collect();
    let expected = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ];
    assert_eq!(directives, expected);
}

#[tokio::test]
async fn the_page_names_nothing_from_elsewhere() {
    let server = Server::start().await;
    for (path, media_type) in FILES {
        let file = server.client().get(path).send().await.expect(200);
        assert_eq!(file.header("content-type"), Some(media_type), "{path}");
        let text = file.text();
        for elsewhere in [
            "//fonts",
            "http:",
            "https:",
            "@import",
            "url(",
            "src=\"//",
            "href=\"//",
        ] {
            assert!(!text.contains(elsewhere), "{path} names {elsewhere}");
        }
    }
}

// The policy refuses what stands in the page itself.
#[tokio::test]
async fn what_the_page_loads_is_there() {
    let server = Server::start().await;
    let page = server.client().get("/docs").send().await.expect(200);
    let text = page.text();
    for inline in ["<style", "style=", "onclick", "<script>"] {
        assert!(!text.contains(inline), "{inline}");
    }
    let quoted = text.split('"').skip(1).step_by(2);
    let loaded: Vec<&str> = quoted.filter(|value| value.contains('.')).collect();
    assert_eq!(loaded[..2], ["docs/page.css", "docs/page.js"]);
    for path in loaded {
        let answer = server.client().get(&format!("/{path}")).send().await;
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_top_leads_to_the_page() {
    let server = Server::start().await;
    let top = server.client().get("/").send().await.expect(303);
    assert_eq!(top.header("location"), Some("docs"));
    assert!(top.body.is_empty());
}

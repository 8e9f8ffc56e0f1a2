//! What is peculiar to each dialect, as a client sees it.

use wharf_sandbox::{Access, Dialect, Sandbox};

use crate::client::{Answer, call, call_as};

fn speaking(dialect: Dialect) -> (Sandbox, Access) {
    let sandbox = Sandbox::start();
    sandbox.speak(dialect);
    let anna = sandbox.webdav();
    (sandbox, anna)
}

fn ask(access: &Access, method: &'static str, path: &str) -> Answer {
    let call = call_as(access, method, path);
    match method {
        "PROPFIND" => call.header("Depth", "1").send(),
        _ => call.send(),
    }
}

fn listing(access: &Access) -> String {
    let answer = ask(access, "PROPFIND", "");
    assert_eq!(answer.status, 207);
    answer.text()
}

fn challenges(answer: &Answer) -> Vec<&str> {
    let headers = answer.headers.get_all("WWW-Authenticate").iter();
    headers.map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn names_are_read_as_they_are_written() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
    }
    let unknown = "latin".parse::<Dialect>().unwrap_err();
    assert!(unknown.to_string().ends_with("redirecting digest-only"));
}

#[test]
fn apache_insists_on_slashes_and_strong_tags() {
    let (_sandbox, anna) = speaking(Dialect::Apache);
    for method in ["GET", "PROPFIND"] {
        let moved = ask(&anna, method, "Odd%20names");
        let location = format!("{}Odd%20names/", anna.url);
        assert_eq!((moved.status, moved.header("Location")), (301, &*location));
    }
    let index = ask(&anna, "GET", "Odd%20names/");
    assert_eq!(index.header("Content-Type"), "text/html; charset=utf-8");
    let weak = call_as(&anna, "GET", "Welcome.txt").header("If-Match", "W/\"1\"");
    assert_eq!(weak.send().status, 412);
    assert!(listing(&anna).contains("\"</D:getetag>"));
}

#[test]
fn wsgidav_offers_digest_first_and_leaves_out_quotes() {
    let (_sandbox, anna) = speaking(Dialect::Wsgidav);
    let refused = call("PROPFIND", &anna.url).send();
    assert_eq!(refused.status, 401);
    let challenges = challenges(&refused);
    assert!(challenges[0].starts_with("Digest realm="), "{challenges:?}");
    assert!(challenges[1].starts_with("Basic realm="), "{challenges:?}");
    let listing = listing(&anna);
    assert!(listing.contains("<D:getetag>") && !listing.contains("\"</D:getetag>"));
}

#[test]
fn nginx_refuses_what_others_take() {
    let (_sandbox, anna) = speaking(Dialect::Nginx);
    assert!(!listing(&anna).contains("getetag>"));
    assert_ne!(ask(&anna, "HEAD", "Welcome.txt").header("ETag"), "");
    assert_eq!(ask(&anna, "MKCOL", "new").status, 409);
    assert_eq!(ask(&anna, "MKCOL", "new/").status, 201);
    assert_eq!(ask(&anna, "DELETE", "new").status, 409);
    for method in ["COPY", "MOVE"] {
        let onto_folder = call_as(&anna, method, "Welcome.txt")
            .header("Destination", format!("{}new", anna.url))
            .send();
        assert_eq!(onto_folder.status, 409);
    }
    assert_eq!(ask(&anna, "DELETE", "new/").status, 204);
    assert_eq!(ask(&anna, "PROPPATCH", "Welcome.txt").status, 405);
    assert_eq!(ask(&anna, "OPTIONS", "").header("DAV"), "2");
}

#[test]
fn rclone_makes_a_folder_twice() {
    let (_sandbox, anna) = speaking(Dialect::Rclone);
    assert_eq!(ask(&anna, "MKCOL", "Reports/").status, 201);
    assert!(listing(&anna).contains("Reports/"));
}

#[test]
fn hrefs_are_whole_urls_in_another_encoding() {
    let (_sandbox, anna) = speaking(Dialect::AbsoluteHrefs);
    let host = anna.url.split('/').nth(2).unwrap();
    // "/dav/anna/" byte for byte
    let top = format!("<D:href>http://{host}/%64%61%76/%61%6e%6e%61/</D:href>");
    assert!(listing(&anna).contains(&top));
}

#[test]
fn properties_stand_apart() {
    let (_sandbox, anna) = speaking(Dialect::SplitPropstats);
    let listing = listing(&anna);
    let count = |text: &str| listing.matches(text).count();
    assert_eq!(count("404 Not Found"), count("<D:response>"));
    assert!(count("200 OK") > 2 * count("<D:response>"));
}

#[test]
fn there_may_be_no_tags_at_all() {
    let (_sandbox, anna) = speaking(Dialect::NoEtags);
    assert!(!listing(&anna).contains("getetag>"));
    assert_eq!(ask(&anna, "HEAD", "Welcome.txt").header("ETag"), "");
}

#[test]
fn an_account_that_has_moved_says_so_in_four_ways() {
    let (_sandbox, anna) = speaking(Dialect::Redirecting);
    for status in [301, 302, 307, 308, 301] {
        let moved = ask(&anna, "PUT", "Welcome.txt");
        let location = "/moved/dav/anna/Welcome.txt";
        assert_eq!((moved.status, moved.header("Location")), (status, location));
    }
    let moved = Access {
        url: anna.url.replace("/dav/", "/moved/dav/"),
        ..anna
    };
    assert!(listing(&moved).contains("<D:href>/moved/dav/anna/</D:href>"));
}

#[test]
fn digest_may_be_the_only_way() {
    let (_sandbox, anna) = speaking(Dialect::DigestOnly);
    let refused = ask(&anna, "PROPFIND", "");
    assert_eq!(refused.status, 401);
    let challenges = challenges(&refused);
    assert_eq!(challenges.len(), 2);
    assert!(
        challenges[0].contains("algorithm=SHA-256"),
        "{challenges:?}"
    );
    assert!(challenges[1].contains("algorithm=MD5"), "{challenges:?}");
}

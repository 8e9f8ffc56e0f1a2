//! The sound half: an account by WebDAV.

use std::io::{self, Read};

use ureq::SendBody;
use wharf_sandbox::{Access, Sandbox};

use crate::client::{call, call_as};

/// Names that need care somewhere: percent-encoded path segment beside the plain name.
const ODD_NAMES: [(&str, &str); 9] = [
    (
        "100%25%20%231%3F%20a%2Bb%26c%3Bd%3De.txt",
        "100% #1? a+b&c;d=e.txt",
    ),
    (
        "%3Ctag%3E%20%22quoted%22%20%27.txt",
        "<tag> \"quoted\" '.txt",
    ),
    ("%C3%9Cml%C3%A4ut.txt", "Ümläut.txt"),
    ("u%CC%88ber.txt", "u\u{308}ber.txt"),
    ("%E6%97%A5%E6%9C%AC%E8%AA%9E%F0%9F%9A%A2", "日本語🚢"),
    ("%252e%252e%252f", "%2e%2e%2f"),
    ("%20spaced%20", " spaced "),
    ("...", "..."),
    ("back%5Cslash%3Acolon", "back\\slash:colon"),
];

fn fresh_account(sandbox: &Sandbox) -> Access {
    sandbox.add_account("ben", "schlüssel:geheim")
}

fn put(access: &Access, path: &str, content: &[u8]) -> u16 {
    call_as(access, "PUT", path).send_bytes(content).status
}

fn listing(access: &Access, path: &str) -> String {
    let answer = call_as(access, "PROPFIND", path)
        .header("Depth", "1")
        .send();
    assert_eq!(answer.status, 207);
    answer.text()
}

#[test]
fn an_account_opens_with_its_own_credentials_only() {
    let sandbox = Sandbox::start();
    let (anna, ben) = (sandbox.webdav(), fresh_account(&sandbox));
    let wrong = Access {
        password: "wrong".to_owned(),
        ..anna.clone()
    };
    let stranger = Access {
        username: "nobody".to_owned(),
        ..anna.clone()
    };
    let annas_as_ben = Access {
        url: anna.url.clone(),
        ..ben.clone()
    };

    for refused in [
        call_as(&wrong, "PROPFIND", ""),
        call_as(&stranger, "PROPFIND", ""),
        call("PROPFIND", &anna.url),
    ] {
        let answer = refused.header("Depth", "0").send();
        assert_eq!(answer.status, 401);
        assert!(
            answer
                .header("WWW-Authenticate")
                .starts_with("Basic realm=")
        );
    }
    assert_eq!(
        call_as(&annas_as_ben, "GET", "Welcome.txt").send().status,
        403
    );
    assert_eq!(
        call_as(&ben, "PROPFIND", "")
            .header("Depth", "0")
            .send()
            .status,
        207
    );
}

#[test]
fn a_changed_password_shuts_out_the_old_one_and_keeps_the_files() {
    let sandbox = Sandbox::start();
    let before = fresh_account(&sandbox);
    assert_eq!(put(&before, "kept.txt", b"kept"), 201);

    let after = sandbox.add_account("ben", "another");

    assert_eq!(call_as(&before, "GET", "kept.txt").send().status, 401);
    assert_eq!(call_as(&after, "GET", "kept.txt").send().bytes(), b"kept");
}

#[test]
fn the_first_listing_shows_files_and_folders() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();

    let top = listing(&anna, "");
    for href in [
        "/dav/anna/Welcome.txt",
        "/dav/anna/Reports/",
        "/dav/anna/Empty/",
    ] {
        assert!(top.contains(&format!("href>{href}<")), "{href} in {top}");
    }
    assert!(listing(&anna, "Reports/2026/").contains("Q1%20report.csv"));
    assert!(listing(&anna, "Odd%20names/").contains("%252e%252e%252f.txt"));
}

#[test]
fn odd_names_come_back_as_they_were_given() {
    let sandbox = Sandbox::start();
    let ben = fresh_account(&sandbox);
    for (encoded, name) in ODD_NAMES {
        assert_eq!(put(&ben, encoded, name.as_bytes()), 201, "{name:?}");
        assert_eq!(
            call_as(&ben, "GET", encoded).send().bytes(),
            name.as_bytes()
        );
    }

    let listing = listing(&ben, "");
    for (encoded, name) in ODD_NAMES {
        let href = format!("/dav/ben/{encoded}<");
        assert!(listing.contains(&href), "{name:?} in {listing}");
    }
}

#[test]
fn a_download_has_a_length_a_validator_and_ranges() {
    let sandbox = Sandbox::start();
    let ben = fresh_account(&sandbox);
    assert_eq!(put(&ben, "ten", b"0123456789"), 201);

    let whole = call_as(&ben, "GET", "ten").send();
    let etag = whole.header("ETag").to_owned();
    assert_eq!(whole.header("Content-Length"), "10");
    assert!(etag.len() > 2 && etag.starts_with('"'), "{etag}");
    assert_eq!(whole.bytes(), b"0123456789");

    let head = call_as(&ben, "HEAD", "ten").send();
    assert_eq!((head.status, head.header("Content-Length")), (200, "10"));

    let part = call_as(&ben, "GET", "ten")
        .header("Range", "bytes=2-4")
        .send();
    assert_eq!(
        (part.status, part.header("Content-Range")),
        (206, "bytes 2-4/10")
    );
    assert_eq!(part.bytes(), b"234");
    let end = call_as(&ben, "GET", "ten")
        .header("Range", "bytes=-3")
        .send();
    assert_eq!((end.status, end.bytes()), (206, b"789".to_vec()));
    let beyond = call_as(&ben, "GET", "ten")
        .header("Range", "bytes=10-")
        .send();
    assert_eq!(
        (beyond.status, beyond.header("Content-Range")),
        (416, "bytes */10")
    );

    let fresh = call_as(&ben, "GET", "ten")
        .header("If-None-Match", &etag)
        .send();
    assert_eq!(fresh.status, 304);
    let stale = call_as(&ben, "PUT", "ten").header("If-Match", "\"other\"");
    assert_eq!(stale.send_bytes(b"new").status, 412);
    assert_eq!(put(&ben, "ten", b"another"), 204);
    assert_ne!(call_as(&ben, "HEAD", "ten").send().header("ETag"), etag);
}

#[test]
fn folders_and_moves_keep_to_rfc_4918() {
    let sandbox = Sandbox::start();
    let ben = fresh_account(&sandbox);
    let mkcol = |path| call_as(&ben, "MKCOL", path).send().status;
    assert_eq!(mkcol("folder/"), 201);
    assert_eq!(mkcol("folder/"), 405); // RFC 4918, section 9.3.1
    assert_eq!(mkcol("missing/folder/"), 409);
    assert_eq!(put(&ben, "a", b"a"), 201);
    assert_eq!(put(&ben, "taken", b"taken"), 201);
    assert_eq!(put(&ben, "missing/a", b"a"), 409);

    let r#move = |to: &str| {
        call_as(&ben, "MOVE", "a")
            .header("Destination", format!("{}{to}", ben.url))
            .header("Overwrite", "F")
            .send()
            .status
    };
    assert_eq!(r#move("taken"), 412); // RFC 4918, section 9.9.4
    assert_eq!(r#move("folder/b"), 201);
    assert_eq!(call_as(&ben, "GET", "taken").send().bytes(), b"taken");
    assert_eq!(call_as(&ben, "GET", "folder/b").send().bytes(), b"a");

    assert_eq!(call_as(&ben, "DELETE", "folder/").send().status, 204);
    assert_eq!(call_as(&ben, "GET", "folder/b").send().status, 404);
}

#[test]
fn a_large_file_comes_back_byte_for_byte() {
    const BYTES: u64 = 40 * 1024 * 1024 + 7;
    let pattern = || (0..BYTES).map(|n| (n * 31 + n / 4096) as u8);
    let sandbox = Sandbox::start();
    let ben = fresh_account(&sandbox);

    let mut upload = IterReader(pattern());
    let sent = call_as(&ben, "PUT", "large").try_send(SendBody::from_reader(&mut upload));
    assert_eq!(sent.unwrap().status, 201);

    let answer = call_as(&ben, "GET", "large").send();
    assert_eq!(answer.header("Content-Length"), BYTES.to_string());
    assert!(answer.bytes().into_iter().eq(pattern()));
}

#[test]
fn the_log_tells_what_was_asked_and_answered() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    call_as(&anna, "PROPFIND", "").header("Depth", "0").send();
    call("GET", format!("{}a%20b?query=kept-out", anna.url)).send();

    let requests = sandbox.requests();
    let logged: Vec<_> = requests
        .iter()
        .map(|request| {
            let (method, path) = (&*request.method, &*request.path);
            let (credentials, effect) = (request.has_credentials, request.took_effect);
            (method, path, credentials, effect, request.status)
        })
        .collect();
    assert_eq!(
        logged,
        [
            ("PROPFIND", "/dav/anna/", true, true, Some(207)),
            ("GET", "/dav/anna/a%20b", false, false, Some(401)),
        ]
    );
}

struct IterReader<I>(I);

impl<I: Iterator<Item = u8>> Read for IterReader<I> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let filled = buf
            .iter_mut()
            .zip(&mut self.0)
            .map(|(place, byte)| *place = byte);
        Ok(filled.count())
    }
}

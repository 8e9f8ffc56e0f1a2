//! Servers that are none, that lie, or that never finish. Whatever they send becomes a typed error or is
//! left out, and nothing they say reaches a request or a message.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::TryStreamExt;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::range::ByteRange;
use wharf_domain::time::Timestamp;
use wharf_sandbox::{HUGE_ENTRIES, ORDINARY_FILE, Sandbox, Scenario};

use crate::scripted::{Scripted, answer, file, folder, multistatus, response};
use crate::support::{list, list_top, names, webdav};

async fn probe(url: &str) -> StorageErrorKind {
    let storage = webdav(url, "anna", "secret");
    storage.probe().await.unwrap_err().kind
}

// X-01, X-08
#[tokio::test]
async fn what_is_no_webdav_server_is_the_wrong_protocol() {
    let sandbox = Sandbox::start();
    for scenario in [
        Scenario::Html,
        Scenario::HtmlAs207,
        Scenario::Empty207,
        Scenario::TruncatedXml,
        Scenario::EntityBomb,
        Scenario::Doctype,
        Scenario::ForeignHref,
        Scenario::EscapingHref,
        Scenario::Redirect,
    ] {
        let url = sandbox.odd(scenario);
        assert_eq!(
            probe(&url).await,
            StorageErrorKind::WrongProtocol,
            "{scenario}"
        );
    }
    for scenario in [
        Scenario::Html,
        Scenario::HtmlAs207,
        Scenario::Empty207,
        Scenario::TruncatedXml,
        Scenario::EntityBomb,
        Scenario::Doctype,
        Scenario::Redirect,
    ] {
        let storage = webdav(&sandbox.odd(scenario), "anna", "secret");
        let listed = list_top(&*storage).await;
        assert_eq!(listed, Err(StorageErrorKind::WrongProtocol), "{scenario}");
    }
}

// S-11: the credential goes where it was meant to go and nowhere else, whatever a Location says.
#[tokio::test]
async fn a_redirect_to_another_server_is_not_followed() {
    let sandbox = Sandbox::start();
    probe(&sandbox.odd(Scenario::Redirect)).await;
    let asked = sandbox.requests();
    let asked: Vec<_> = asked.iter().map(|request| &*request.path).collect();
    assert_eq!(asked, ["/odd/redirect/"; 2]);
}

// S-11: a login page is not the account, and what it says is nobody's file.
#[tokio::test]
async fn a_redirect_to_another_item_is_not_believed() {
    let server = Scripted::start_open(|request| match &*request.path {
        "/login" => answer(
            200,
            "Content-Type: text/html\r\n",
            "<title>Who are you?</title>",
        ),
        _ => answer(302, "Location: /login\r\n", ""),
    });
    let storage = webdav(&server.url(), "anna", "secret");
    assert_eq!(
        storage.probe().await.unwrap_err().kind,
        StorageErrorKind::WrongProtocol
    );
    let file = ItemId::new(b"file".to_vec()).unwrap();
    let read = storage.read(&file, None).await;
    assert_eq!(read.err().unwrap().kind, StorageErrorKind::WrongProtocol);
}

// A server may send strangers away and still know who comes with a credential.
#[tokio::test]
async fn a_login_page_for_strangers_is_passed_by() {
    let server = Scripted::start_open(|request| match request.header("authorization") {
        Some(_) => multistatus(&folder("/dav/")),
        None => answer(302, "Location: https://login.example/\r\n", ""),
    });
    let storage = webdav(&server.url(), "anna", "secret");
    assert!(storage.probe().await.is_ok());
}

/// What servers made with Go's WebDAV library send when something goes away while they list a folder.
fn given_up(responses: &str) -> Vec<u8> {
    let body = format!(
        r#"<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{responses}</D:multistatus>Internal Server Error"#
    );
    answer(207, "Content-Type: text/xml\r\n", &body)
}

// R-08: half a listing is never taken for a whole one.
#[tokio::test]
async fn a_listing_that_its_server_gives_up_is_begun_anew() {
    let first = AtomicBool::new(true);
    let stray = file("/elsewhere/x", 1);
    let server = Scripted::start(move |_| {
        let begun = folder("/dav/") + &stray + &file("/dav/a", 1);
        if first.swap(false, Ordering::Relaxed) {
            given_up(&begun)
        } else {
            multistatus(&(begun + &file("/dav/b", 2)))
        }
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let listed = list_top(&*storage).await.unwrap();
    assert_eq!(names(&listed.items), ["a", "b"]);
    assert_eq!(listed.skipped, 1, "the same one twice");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_always_gives_up_has_trouble() {
    let server = Scripted::start(|_| given_up(&folder("/dav/")));
    let storage = webdav(&server.url(), "anna", "secret");
    let listed = list_top(&*storage).await;
    assert_eq!(listed, Err(StorageErrorKind::Interrupted));
    assert_eq!(server.requests().len(), 3);
}

// X-06
#[tokio::test]
async fn properties_in_odd_forms_are_read_or_left_out() {
    let server = Scripted::start(|_| {
        let told = |name: &str, date: &str, kind: &str, tag: &str| {
            let properties = format!(
                "<D:resourcetype/><D:getlastmodified>{date}</D:getlastmodified>\
                 <D:getcontenttype>{kind}</D:getcontenttype><D:getetag>{tag}</D:getetag>"
            );
            response(&format!("/dav/{name}"), &properties)
        };
        let files = [
            told("a", "1994-11-06T08:49:37Z", "text/plain", "W/1"),
            told("b", "Sunday, 06-Nov-94 08:49:37 GMT", "", "2"),
            told("c", "yesterday", "unknown", "a b"),
            told("d", "", "text/html; charset", ""),
        ];
        multistatus(&(folder("/dav/") + &files.concat()))
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let items = list_top(&*storage).await.unwrap().items;
    let dates: Vec<_> = items.iter().map(|item| item.modified_at).collect();
    let date = Some(Timestamp::from_unix_seconds(784_111_777));
    assert_eq!(dates, [date, date, None, None]);
    let tags = items.iter().map(|item| item.etag.as_ref());
    let tags: Vec<_> = tags.map(|tag| tag.map(EntityTag::as_str)).collect();
    assert_eq!(tags[..3], [Some("W/\"1\""), Some("\"2\""), None]);
    assert_eq!(items[0].content_type.as_deref(), Some("text/plain"));
    assert_eq!(items[2].content_type, None);
}

#[tokio::test]
async fn trouble_is_told_by_its_kind() {
    let sandbox = Sandbox::start();
    for (scenario, kind) in [
        (Scenario::ServerError, StorageErrorKind::Unavailable),
        (
            Scenario::Unavailable,
            StorageErrorKind::RateLimited {
                retry_after: Some(std::time::Duration::from_secs(7)),
            },
        ),
        (Scenario::Unauthorized, StorageErrorKind::CredentialRefused),
        (Scenario::Stall, StorageErrorKind::TimedOut),
        (Scenario::StallMidListing, StorageErrorKind::TimedOut),
    ] {
        assert_eq!(probe(&sandbox.odd(scenario)).await, kind, "{scenario}");
    }
    let closed = Scripted::start(|_| b"\r\n".to_vec());
    assert_eq!(probe(&closed.url()).await, StorageErrorKind::Interrupted);
    let unused = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    assert_eq!(
        probe(&format!("http://{unused}/")).await,
        StorageErrorKind::Unreachable
    );
}

// X-04
#[tokio::test]
async fn entries_of_other_places_are_left_out_and_counted() {
    let sandbox = Sandbox::start();
    for scenario in [Scenario::ForeignHref, Scenario::EscapingHref] {
        let storage = webdav(&sandbox.odd(scenario), "anna", "secret");
        let listed = list_top(&*storage).await.unwrap();
        assert_eq!(names(&listed.items), [ORDINARY_FILE], "{scenario}");
        assert!(listed.skipped > 0, "{scenario}");
    }
}

// X-02
#[tokio::test]
async fn a_folder_with_more_than_100_000_entries_is_refused() {
    let sandbox = Sandbox::start();
    const { assert!(HUGE_ENTRIES > 100_000) };
    let storage = webdav(&sandbox.odd(Scenario::Huge), "anna", "secret");
    let listed = list_top(&*storage).await;
    assert_eq!(listed, Err(StorageErrorKind::TooManyEntries));
}

// X-02
#[tokio::test]
async fn a_folder_with_100_000_entries_is_read() {
    let server = Scripted::start(|_| {
        let files: String = (0..100_000)
            .map(|n| file(&format!("/dav/{n}"), n))
            .collect();
        multistatus(&(folder("/dav/") + &files))
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let listed = list_top(&*storage).await.unwrap();
    assert_eq!((listed.items.len(), listed.skipped), (100_000, 0));
    assert_eq!(listed.items[99_999].name, "99999");
}

// X-03: entries go on as they come, and a server that then falls silent is an error, not an end.
#[tokio::test]
async fn a_listing_that_stalls_ends_in_an_error() {
    let sandbox = Sandbox::start();
    let storage = webdav(&sandbox.odd(Scenario::StallMidListing), "anna", "secret");
    assert_eq!(list_top(&*storage).await, Err(StorageErrorKind::TimedOut));
}

// X-05, X-06
#[tokio::test]
async fn odd_entries_are_dropped_or_told_without_what_is_odd() {
    let server = Scripted::start(|_| {
        let responses = [
            folder("/dav"),
            folder("/dav/sub/"),
            file("/dav/twice", 1),
            file("/dav/%74wice", 2),
            file("/dav/negative", -1),
            file("/dav/huge", "18446744073709551616"),
            file("/dav/sub/deeper", 1),
            "<D:response><D:href>/dav/denied</D:href><D:status>HTTP/1.1 403 Forbidden</D:status></D:response>".to_owned(),
            "<D:response></D:response>".to_owned(),
            file("/dav/.wharf-0123456789abcdef0123456789abcdef.tmp", 1),
        ];
        multistatus(&responses.concat())
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let listed = list_top(&*storage).await.unwrap();
    assert_eq!(names(&listed.items), ["sub", "twice", "negative", "huge"]);
    assert_eq!(listed.skipped, 3);
    let sizes: Vec<_> = listed.items.iter().map(|item| item.size_bytes).collect();
    assert_eq!(sizes, [None, Some(1), None, None]);
}

// R-08
#[tokio::test]
async fn a_download_that_is_cut_or_stalls_ends_in_an_error() {
    let sandbox = Sandbox::start();
    for (scenario, kind) in [
        (Scenario::CutBody, StorageErrorKind::Interrupted),
        (Scenario::StallMidBody, StorageErrorKind::TimedOut),
    ] {
        let storage = webdav(&sandbox.odd(scenario), "anna", "secret");
        let listed = list_top(&*storage).await.unwrap();
        let file = listed
            .items
            .iter()
            .find(|item| item.size_bytes > Some(1))
            .unwrap();
        let download = storage.read(&file.id, None).await.unwrap();
        let read: Result<Vec<_>, _> = download.content.try_collect().await;
        assert_eq!(read.unwrap_err().kind, kind, "{scenario}");
    }
}

#[tokio::test]
async fn a_server_without_ranges_sends_the_whole() {
    let server = Scripted::start(|_| answer(200, "", "0123456789"));
    let storage = webdav(&server.url(), "anna", "secret");
    let id = ItemId::new("file").unwrap();
    let download = storage.read(&id, Some(ByteRange::From(5))).await.unwrap();
    assert_eq!((download.range, download.size_bytes), (None, Some(10)));
    assert_eq!(server.requests()[0].header("range"), Some("bytes=5-"));
    assert_eq!(
        server.requests()[0].header("accept-encoding"),
        Some("identity")
    );
}

// R-08: other bytes than those asked for are never passed on.
#[tokio::test]
async fn a_part_that_was_not_asked_for_is_refused() {
    for headers in [
        "Content-Range: bytes 0-4/10\r\n",
        "Content-Range: bytes 5-9/*\r\n",
        "Content-Range: bytes 5-8/10\r\n",
        "Content-Type: multipart/byteranges; boundary=x\r\n",
        "",
    ] {
        let server = Scripted::start(move |request| match request.method.as_str() {
            "GET" => answer(206, headers, "56789"),
            _ => multistatus(&file("/dav/file", 10)),
        });
        let storage = webdav(&server.url(), "anna", "secret");
        let id = ItemId::new("file").unwrap();
        let read = storage.read(&id, Some(ByteRange::From(5))).await;
        assert_eq!(
            read.unwrap_err().kind,
            StorageErrorKind::WrongProtocol,
            "{headers:?}"
        );
    }
}

// D-04
#[tokio::test]
async fn a_compressed_answer_is_refused() {
    let server = Scripted::start(|request| match request.method.as_str() {
        "GET" => answer(200, "Content-Encoding: gzip\r\n", "not the file's bytes"),
        _ => multistatus(&file("/dav/file", 10)),
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let read = storage.read(&ItemId::new("file").unwrap(), None).await;
    assert_eq!(read.unwrap_err().kind, StorageErrorKind::WrongProtocol);
}

// G-03, L-03: neither the server's words nor a path stand in what is logged.
#[tokio::test]
async fn no_message_repeats_what_the_server_said() {
    let server = Scripted::start(|_| answer(500, "X-Canary: canary\r\n", "canary"));
    let odd = Scripted::start(|_| answer(207, "", "<canary>&canary;</canary><canary canary"));
    for url in [server.url(), odd.url()] {
        let storage = webdav(&format!("{url}canary/"), "anna", "canary");
        let id = ItemId::new("canary").unwrap();
        let errors = [
            storage.probe().await.unwrap_err(),
            storage.metadata(&id).await.unwrap_err(),
            storage.read(&id, None).await.unwrap_err(),
            list(&*storage, &id).await.unwrap_err(),
            storage.delete(&id).await.unwrap_err(),
        ];
        for error in errors {
            assert!(
                !format!("{error} {error:?}").contains("canary"),
                "{error:?}"
            );
        }
    }
}

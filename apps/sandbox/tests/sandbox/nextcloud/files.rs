//! Files: what is written, what the headers say, and what is refused.

use std::io::{self, Read};

use ureq::SendBody;
use wharf_sandbox::Quota;

use super::{anna, ben, element, list, segment};
use crate::client::call;

#[test]
fn files_are_behind_the_user_id_which_is_not_the_login_name() {
    let (_sandbox, anna) = anna();
    assert_ne!(anna.login_name, anna.user_id);
    assert!(anna.user_id.contains(' ') && !anna.user_id.is_ascii());
    assert_eq!(
        anna.get("Welcome.txt").unwrap(),
        b"Welcome to the sandbox.\n"
    );

    // Nextcloud shows an empty folder in place of somebody else's.
    let wrong = format!("/remote.php/dav/files/{}/", segment(&anna.login_name));
    let listing = anna.call("PROPFIND", &wrong).send();
    assert_eq!(listing.status, 207);
    assert_eq!(super::hrefs(&listing.text()).len(), 1);
    let put = anna.call("PUT", &format!("{wrong}a")).send_bytes(b"a");
    assert_eq!(put.status, 403);
}

#[test]
fn only_right_credentials_let_in() {
    let (_sandbox, anna) = anna();
    let url = anna.dav_url("files", "Welcome.txt");
    for refused in [
        call("GET", &url),
        anna.with("wrong").files("GET", "Welcome.txt"),
    ] {
        let answer = refused.send();
        assert_eq!(answer.status, 401);
        assert!(
            answer
                .header("WWW-Authenticate")
                .starts_with("Basic realm=")
        );
        let body = answer.text();
        let exception = element(&body, "s:exception");
        assert_eq!(exception, Some(r"Sabre\DAV\Exception\NotAuthenticated"));
    }
}

#[test]
fn a_write_tells_id_and_entity_tag_and_a_replacement_keeps_the_id() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let created = ben.files("PUT", "a").send_bytes(b"one");
    let replaced = ben.files("PUT", "a").send_bytes(b"two");
    assert_eq!((created.status, replaced.status), (201, 204));
    assert_eq!(created.header("OC-FileId"), replaced.header("OC-FileId"));
    for answer in [&created, &replaced] {
        let etag = answer.header("ETag");
        assert!(etag.starts_with('"') && etag.len() > 2, "{etag}");
        assert_eq!(answer.header("OC-Etag"), etag);
    }
    assert_ne!(created.header("ETag"), replaced.header("ETag"));
    let head = ben.files("HEAD", "a").send();
    assert_eq!(head.header("ETag"), replaced.header("ETag"));
    assert_eq!(ben.get("a").unwrap(), b"two");
}

#[test]
fn ranges_and_conditions_work() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let etag = ben.files("PUT", "ten").send_bytes(b"0123456789");
    let etag = etag.header("ETag").to_owned();
    let part = ben.files("GET", "ten").header("Range", "bytes=2-4").send();
    assert_eq!(part.header("Content-Range"), "bytes 2-4/10");
    assert_eq!((part.status, part.bytes()), (206, b"234".to_vec()));

    let put = |name, value: &str| {
        let put = ben.files("PUT", "ten").header(name, value);
        put.send_bytes(b"new").status
    };
    assert_eq!(put("If-None-Match", "*"), 412);
    assert_eq!(put("If-Match", "\"other\""), 412);
    assert_eq!(put("Content-Range", "bytes 0-2/10"), 400);
    assert_eq!(ben.get("ten").unwrap(), b"0123456789");
    let delete = ben.files("DELETE", "ten").header("If-Match", "\"other\"");
    assert_eq!(delete.send().status, 412);
    assert_eq!(put("If-Match", &etag), 204);
    let fresh = ben.files("PUT", "fresh").header("If-None-Match", "*");
    assert_eq!(fresh.send_bytes(b"a").status, 201);
}

#[test]
fn a_move_keeps_the_id_and_a_copy_gets_another() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.files("MKCOL", "folder/").send().status, 201);
    let created = ben.files("PUT", "a").send_bytes(b"a");
    let id = created.header("OC-FileId");
    assert_eq!(ben.put("taken", b"taken"), 201);

    let kept = ben.transfer("MOVE", "a", "taken").header("Overwrite", "F");
    assert_eq!(kept.send().status, 412);
    assert_eq!(ben.get("taken").unwrap(), b"taken");

    let moved = ben.transfer("MOVE", "a", "folder/%C3%BC").send();
    assert_eq!((moved.status, moved.header("OC-FileId")), (201, id));
    assert_eq!(ben.get("a"), None);
    let copied = ben.transfer("COPY", "folder/%C3%BC", "b").send();
    assert_eq!(copied.status, 201);
    assert_ne!(copied.header("OC-FileId"), id);
    assert_eq!(ben.get("b").unwrap(), b"a");
    let replaced = ben.transfer("MOVE", "b", "taken").send();
    assert_eq!(replaced.status, 204);
    assert_eq!(ben.get("taken").unwrap(), b"a");

    let into_itself = ben.transfer("MOVE", "folder", "folder/inner").send();
    assert_eq!(into_itself.status, 403);
    let onto_its_folder = ben.transfer("MOVE", "folder/%C3%BC", "folder").send();
    assert_eq!(onto_its_folder.status, 403);
    assert_eq!(ben.get("folder/%C3%BC").unwrap(), b"a");
    let nowhere = ben.transfer("MOVE", "taken", "missing/a").send();
    assert_eq!(nowhere.status, 409);
}

#[test]
fn folders_are_made_one_by_one_unless_a_header_asks_for_all() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let mkcol = |path| ben.files("MKCOL", path).send();
    assert_eq!(mkcol("one/").status, 201);
    assert_eq!(mkcol("one/").status, 405);
    assert_eq!(mkcol("missing/two/").status, 409);
    assert_eq!(ben.put("missing/a", b"a"), 409);
    let folder = mkcol("two").header("OC-FileId").to_owned();
    assert!(!folder.is_empty());
    for (path, header) in [
        ("x/y/a", "X-NC-WebDAV-AutoMkcol"),
        ("z/a", "X-NC-WebDAV-Auto-Mkcol"),
    ] {
        let put = ben.files("PUT", path).header(header, "1");
        assert_eq!(put.send_bytes(b"a").status, 201);
        assert_eq!(ben.get(path).unwrap(), b"a");
    }
}

#[test]
fn forbidden_names_are_refused_wherever_they_come_from() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.put("a", b"a"), 201);
    for name in [".htaccess", ".HtAccess", "a.part", "back%5Cslash"] {
        assert_eq!(ben.put(name, b"a"), 400, "{name}");
        assert_eq!(ben.files("MKCOL", name).send().status, 400, "{name}");
        for method in ["MOVE", "COPY"] {
            assert_eq!(ben.transfer(method, "a", name).send().status, 400, "{name}");
        }
    }
    assert_eq!(ben.get("a").unwrap(), b"a");
}

#[test]
fn what_nextcloud_does_not_do_without_apps_is_501() {
    let (_sandbox, anna) = anna();
    for method in ["LOCK", "UNLOCK", "PATCH"] {
        assert_eq!(anna.files(method, "Welcome.txt").send().status, 501);
    }
    assert_eq!(anna.files("GET", "Reports").send().status, 501);
    let options = anna.files("OPTIONS", "").send();
    assert!(!options.header("DAV").split(", ").any(|class| class == "2"));
}

#[test]
fn a_digest_is_computed_on_demand_and_a_checksum_is_kept_unseen() {
    // SHA-256 of "abc": FIPS 180-4, example B.1
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let put = ben.files("PUT", "a").header("X-Hash", "sha256");
    let put = put
        .header("OC-Checksum", "SHA1:not-true")
        .send_bytes(b"abc");
    assert_eq!((put.status, put.header("X-Hash-SHA256")), (201, ABC));
    let get = ben.files("GET", "a").send();
    assert_eq!(get.header("OC-Checksum"), "SHA1:not-true");
    let plain = ben.files("PUT", "b").send_bytes(b"abc");
    assert_eq!(plain.header("X-Hash-SHA256"), "");
}

#[test]
fn the_time_of_modification_can_be_given() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let put = |mtime| {
        let put = ben.files("PUT", "a").header("X-OC-MTime", mtime);
        put.send_bytes(b"a")
    };
    assert_eq!(put("yesterday").status, 400);
    assert_eq!(put("784111777").header("X-OC-MTime"), "accepted");
    let described = ben.describe("a", "<d:getlastmodified/>");
    // RFC 9110, section 5.6.7
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(element(&described, "d:getlastmodified"), Some(date));
    assert_eq!(ben.files("HEAD", "a").send().header("Last-Modified"), date);
}

#[test]
fn a_quota_refuses_early_and_late() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.put("before", b"12345"), 201);
    assert!(
        sandbox
            .nextcloud()
            .set_quota(&ben.login_name, Quota::Bytes(10))
    );

    assert_eq!(ben.put("large", b"123456"), 507);
    let early = ben.files("PUT", "a").header("OC-Total-Length", "6");
    assert_eq!(early.send_bytes(b"1").status, 507);
    // Without a length of its own the body is measured as it comes.
    let unmeasured = ben.files("PUT", "chunked").send_bytes(b"123456");
    assert_eq!(unmeasured.status, 507);
    assert_eq!(ben.transfer("COPY", "before", "copy").send().status, 201);
    assert_eq!(ben.transfer("COPY", "before", "more").send().status, 507);
    assert_eq!(ben.files("MKCOL", "folder").send().status, 507);
    for path in ["large", "a", "chunked", "more"] {
        assert_eq!(ben.get(path), None, "{path}");
    }
}

#[test]
fn the_same_files_are_beneath_a_sub_path() {
    let (sandbox, anna) = anna();
    let below = super::Client {
        url: sandbox.nextcloud().access().sub_path_url,
        ..anna.clone()
    };
    assert_ne!(below.url, anna.url);
    assert_eq!(below.put("from%20below", b"a"), 201);
    assert_eq!(anna.get("from%20below").unwrap(), b"a");
    let listing = list(
        below.files("PROPFIND", "").header("Depth", "1"),
        "<d:getetag/>",
    );
    let listing = listing.text();
    let hrefs = super::hrefs(&listing);
    let top = "/cloud/sub/remote.php/dav/files/Anna%20%c3%96sterreicher/";
    assert!(hrefs.iter().all(|href| href.starts_with(top)), "{hrefs:?}");
    assert_eq!(
        below.transfer("MOVE", "from%20below", "a").send().status,
        201
    );
}

#[test]
fn an_upload_that_breaks_off_leaves_what_was_there() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.put("a", b"whole"), 201);
    let broken = ben.files("PUT", "a").header("Content-Length", "100");
    let mut half = b"half".chain(Broken);
    assert!(broken.try_send(SendBody::from_reader(&mut half)).is_err());
    assert_eq!(ben.get("a").unwrap(), b"whole");
}

#[test]
fn a_condition_that_was_met_is_met_until_the_end() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let overtaken = |path: &'static str, name, value: &str| {
        let put = ben.files("PUT", path).header("Content-Length", "8");
        let other = Before(|| assert!([201, 204].contains(&ben.put(path, b"other"))));
        let mut body = b"half".chain(other).chain(&b"half"[..]);
        let put = put.header(name, value);
        let answer = put.try_send(SendBody::from_reader(&mut body)).unwrap();
        assert_eq!(
            (answer.status, ben.get(path).unwrap()),
            (412, b"other".to_vec())
        );
    };
    overtaken("new", "If-None-Match", "*");
    let old = ben.files("PUT", "old").send_bytes(b"old");
    overtaken("old", "If-Match", old.header("ETag"));
}

/// Something that happens in the middle of a body.
struct Before<F>(F);

impl<F: FnMut()> Read for Before<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        (self.0)();
        Ok(0)
    }
}

/// What cannot be read.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Other.into())
    }
}

//! What listings tell.

use wharf_sandbox::Quota;

use super::{anna, ben, element, hrefs, list};

/// The part of a description that says what there is, and the part that says what there is not.
fn halves(described: &str) -> (&str, &str) {
    let rest = described.split_once("200 OK").unwrap();
    let (found, missing) = rest;
    assert!(
        missing.is_empty() || missing.contains("404 Not Found") || !missing.contains("<d:prop>")
    );
    (found, missing)
}

#[test]
fn a_file_has_what_nextcloud_says_of_files() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let put = ben.files("PUT", "a%26b.txt").send_bytes(b"12345");
    let asked = "<d:getetag/><d:getcontentlength/><d:getcontenttype/><d:resourcetype/>\
        <oc:fileid/><oc:id/><oc:permissions/><oc:size/><oc:checksums/><d:quota-used-bytes/>\
        <nc:unheard-of/>";
    let described = ben.describe("a%26b.txt", asked);
    let (found, missing) = halves(&described);
    let expected = [
        ("d:getcontentlength", "5"),
        ("d:getcontenttype", "text/plain"),
        ("d:resourcetype", ""),
        ("oc:permissions", "RGDNVW"),
        ("oc:size", "5"),
        ("oc:id", put.header("OC-FileId")),
    ];
    for (name, value) in expected {
        assert_eq!(element(found, name), Some(value), "{name}");
    }
    let id: u64 = element(found, "oc:fileid").unwrap().parse().unwrap();
    assert!(put.header("OC-FileId").starts_with(&format!("{id:08}")));
    let etag = element(found, "d:getetag").unwrap().replace("&quot;", "\"");
    assert_eq!(etag, put.header("ETag"));
    for name in ["oc:checksums", "d:quota-used-bytes", "nc:unheard-of"] {
        assert!(missing.contains(&format!("<{name}/>")), "{name}: {missing}");
    }
    assert_eq!(
        hrefs(&described),
        ["/nextcloud/remote.php/dav/files/ben%202/a%26b.txt"]
    );
}

#[test]
fn a_checksum_is_listed_until_the_content_changes() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let put = ben.files("PUT", "a").header("OC-Checksum", "SHA1:<any>");
    assert_eq!(put.send_bytes(b"a").status, 201);
    let listed = || {
        let described = ben.describe("a", "<oc:checksums/>");
        element(&described, "oc:checksum").map(str::to_owned)
    };
    assert_eq!(listed().as_deref(), Some("SHA1:&lt;any&gt;"));
    assert_eq!(ben.put("a", b"b"), 204);
    assert_eq!(listed(), None);
}

#[test]
fn a_folder_has_the_size_of_everything_in_it_and_a_quota() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let put = ben
        .files("PUT", "x/y/a")
        .header("X-NC-WebDAV-AutoMkcol", "1");
    assert_eq!(put.send_bytes(b"12345").status, 201);
    assert_eq!(ben.put("b", b"123"), 201);
    let asked = "<oc:size/><oc:permissions/><d:resourcetype/><d:quota-used-bytes/>\
        <d:quota-available-bytes/><nc:contained-folder-count/><nc:contained-file-count/>\
        <d:getcontentlength/>";
    let described = ben.describe("", asked);
    let (found, missing) = halves(&described);
    for (name, value) in [
        ("oc:size", "8"),
        ("oc:permissions", "RGDNVCK"),
        ("d:resourcetype", "<d:collection/>"),
        ("d:quota-used-bytes", "8"),
        ("nc:contained-folder-count", "1"),
        ("nc:contained-file-count", "1"),
    ] {
        assert_eq!(element(found, name), Some(value), "{name}");
    }
    assert!(missing.contains("<d:getcontentlength/>"), "{missing}");
    for (quota, expected) in [
        (Quota::Unlimited, "-3"),
        (Quota::Unknown, "-2"),
        (Quota::NotComputed, "-1"),
        (Quota::Bytes(10), "2"),
        (Quota::Bytes(5), "0"),
    ] {
        assert!(sandbox.nextcloud().set_quota(&ben.login_name, quota));
        let described = ben.describe("x", "<d:quota-available-bytes/>");
        let available = element(&described, "d:quota-available-bytes");
        assert_eq!(available, Some(expected), "{quota:?}");
    }
}

#[test]
fn a_change_shows_in_every_folder_above_and_nowhere_else() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    for path in ["x/y/a", "z/a"] {
        let put = ben.files("PUT", path).header("X-NC-WebDAV-AutoMkcol", "1");
        assert_eq!(put.send_bytes(b"a").status, 201);
    }
    let etags = || {
        ["", "x", "x/y", "x/y/a", "z", "z/a"].map(|path| {
            let described = ben.describe(path, "<d:getetag/>");
            element(&described, "d:getetag").unwrap().to_owned()
        })
    };
    let before = etags();
    assert_eq!(ben.put("x/y/a", b"b"), 204);
    let after = etags();
    let changed: Vec<bool> = before.iter().zip(&after).map(|(a, b)| a != b).collect();
    assert_eq!(changed, [true, true, true, true, false, false]);
    assert_eq!(ben.transfer("MOVE", "x/y/a", "z/b").send().status, 201);
    let moved = etags_of(&ben, &["", "x", "x/y", "z", "z/a"]);
    let expected = [&after[0], &after[1], &after[2], &after[4]];
    assert!(
        expected.iter().all(|etag| !moved.contains(etag)),
        "{moved:?}"
    );
    assert_eq!(moved[4], after[5]);
}

fn etags_of(client: &super::Client, paths: &[&str]) -> Vec<String> {
    let etag = |path: &&str| {
        let described = client.describe(path, "<d:getetag/>");
        element(&described, "d:getetag").unwrap().to_owned()
    };
    paths.iter().map(etag).collect()
}

#[test]
fn a_listing_is_the_folder_and_what_is_directly_in_it() {
    let (_sandbox, anna) = anna();
    let listing = |depth: Option<&str>, path| {
        let mut call = anna.files("PROPFIND", path);
        if let Some(depth) = depth {
            call = call.header("Depth", depth);
        }
        let answer = list(call, "<oc:fileid/>");
        assert_eq!(answer.status, 207);
        answer.text()
    };
    let one = listing(Some("1"), "Reports");
    let top = "/nextcloud/remote.php/dav/files/Anna%20%c3%96sterreicher/";
    assert_eq!(
        hrefs(&one),
        [format!("{top}Reports/"), format!("{top}Reports/2026/")]
    );
    assert_eq!(hrefs(&listing(Some("0"), "Reports/")).len(), 1);
    // Nextcloud takes an infinite depth for one.
    for depth in [None, Some("infinity")] {
        assert_eq!(hrefs(&listing(depth, "Reports")), hrefs(&one));
    }
    let odd = listing(Some("1"), "Odd%20names");
    assert!(hrefs(&odd).contains(&&*format!("{top}Odd%20names/%252e%252e%252f.txt")));
}

#[test]
fn without_a_body_the_usual_properties_come() {
    let (_sandbox, anna) = anna();
    let answer = anna.files("PROPFIND", "Welcome.txt").send();
    let text = answer.text();
    assert_eq!(element(&text, "d:getcontentlength"), Some("24"));
    assert!(element(&text, "d:getetag").is_some() && !text.contains("oc:fileid"));
    assert!(!text.contains("404"), "{text}");
    let garbled = anna.files("PROPFIND", "").send_bytes(b"<propfind");
    assert_eq!(garbled.status, 400);
    let missing = anna.files("PROPFIND", "nothing").send();
    assert_eq!(missing.status, 404);
}

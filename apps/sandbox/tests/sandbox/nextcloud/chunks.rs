//! Chunked upload, version 2.

use std::time::Duration;

use wharf_sandbox::{Quota, Sandbox};

use super::{Client, anna, ben, element, hrefs, list};
use crate::client::Call;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// SHA-256 of `aaaabbbbcc`, by `sha256sum`.
const DIGEST: &str = "e5b23841c6af4520d056e6428103d28178e586ff65111e80167d43736ade2f72";

/// An upload into `target`.
struct Upload<'c> {
    client: &'c Client,
    target: String,
}

impl<'c> Upload<'c> {
    fn begin(client: &'c Client, target: &str) -> Self {
        let upload = Self {
            client,
            target: client.dav_url("files", target),
        };
        assert_eq!(upload.call("MKCOL", "").send().status, 201);
        upload
    }

    /// A request to the folder or to something in it, as the manual has it.
    fn call(&self, method: &'static str, name: &str) -> Call {
        let path = self
            .client
            .dav_path("uploads", &format!("an-upload/{name}"));
        let call = self.client.call(method, path.trim_end_matches('/'));
        call.header("Destination", &self.target)
    }

    fn put(&self, name: &str, content: &[u8]) -> u16 {
        self.call("PUT", name).send_bytes(content).status
    }

    fn finish(&self, total: u64) -> Call {
        self.call("MOVE", ".file")
            .header("OC-Total-Length", total.to_string())
    }
}

/// Ben, and chunks of four bytes at least.
fn small_chunks() -> (Sandbox, Client) {
    let (sandbox, _) = anna();
    sandbox.nextcloud().set_min_chunk_bytes(4);
    let ben = ben(&sandbox);
    (sandbox, ben)
}

fn open_uploads(sandbox: &Sandbox) -> usize {
    sandbox.nextcloud().state().open_uploads.len()
}

#[test]
fn chunks_become_a_file_in_the_order_of_their_numbers() {
    let (sandbox, ben) = small_chunks();
    let upload = Upload::begin(&ben, "whole");
    for (name, content) in [("10", "cc"), ("2", "bbbb"), ("00001", "aaaa")] {
        assert_eq!(upload.put(name, content.as_bytes()), 201);
    }
    assert_eq!(open_uploads(&sandbox), 1);

    let finish = upload.finish(10).header("X-Hash", "sha256");
    let finish = finish.header("X-OC-MTime", "784111777");
    let done = finish.header("OC-Checksum", "SHA1:any").send();

    assert_eq!(done.status, 201);
    assert_eq!(done.header("X-Hash-SHA256"), DIGEST);
    assert_eq!(done.header("X-OC-MTime"), "accepted");
    assert_eq!(ben.get("whole").unwrap(), b"aaaabbbbcc");
    let head = ben.files("HEAD", "whole").send();
    assert_eq!(head.header("ETag"), done.header("OC-Etag"));
    assert_eq!(head.header("OC-Checksum"), "SHA1:any");
    let described = ben.describe("whole", "<oc:id/>");
    assert_eq!(element(&described, "oc:id"), Some(done.header("OC-FileId")));
    assert_eq!(open_uploads(&sandbox), 0);
    assert_eq!(upload.finish(10).send().status, 404);
}

#[test]
fn a_large_file_comes_back_byte_for_byte_in_chunks_of_the_least_size() {
    const LEAST: usize = 5 * 1024 * 1024;
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    let content: Vec<u8> = (0..2 * LEAST as u64 + 7)
        .map(|n| (n * 31 + n / 4096) as u8)
        .collect();
    let upload = Upload::begin(&ben, "large");
    let (first, rest) = content.split_at(LEAST);
    let (second, third) = rest.split_at(LEAST);
    assert_eq!(upload.put("1", first), 201);
    assert_eq!(upload.put("2", &second[1..]), 201);
    assert_eq!(upload.put("3", third), 201);
    let total = content.len() as u64;
    assert_eq!(upload.finish(total - 1).send().status, 500);
    assert_eq!(upload.put("2", second), 201);
    assert_eq!(upload.finish(total).send().status, 201);
    assert!(ben.get("large").unwrap() == content);
}

#[test]
fn a_replacement_keeps_the_id_and_can_be_guarded() {
    let (_sandbox, ben) = small_chunks();
    let before = ben.files("PUT", "a").send_bytes(b"before");
    let upload = Upload::begin(&ben, "a");
    assert_eq!(upload.put("1", b"after"), 201);
    let only_new = upload.finish(5).header("Overwrite", "F").send();
    assert_eq!(only_new.status, 412);
    let guarded = |etag: &str| {
        let condition = format!("<{}> ([{etag}])", upload.target);
        upload.finish(5).header("If", condition).send()
    };
    assert_eq!(guarded("\"other\"").status, 412);
    assert_eq!(ben.get("a").unwrap(), b"before");
    let done = guarded(before.header("ETag"));
    assert_eq!(done.status, 204);
    assert_eq!(done.header("OC-FileId"), before.header("OC-FileId"));
    assert_eq!(ben.get("a").unwrap(), b"after");
}

#[test]
fn a_folder_lists_its_chunks_and_a_chunk_can_come_again() {
    let (sandbox, ben) = small_chunks();
    let upload = Upload::begin(&ben, "a");
    for (name, content) in [("1", "aaaa"), ("2", "bbbb"), ("2", "bbbbbb")] {
        assert_eq!(upload.put(name, content.as_bytes()), 201);
    }
    let listing = list(
        upload.call("PROPFIND", "").header("Depth", "1"),
        "<d:getcontentlength/>",
    );
    let listing = listing.text();
    let folder = "/nextcloud/remote.php/dav/uploads/ben%202/an-upload";
    let expected = ["/", "/.file", "/1", "/2"].map(|end| format!("{folder}{end}"));
    assert_eq!(hrefs(&listing), expected);
    let lengths = listing.split("<d:getcontentlength>").skip(1);
    let lengths: Vec<&str> = lengths
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    assert_eq!(lengths, ["10", "4", "6"]);
    let open = &sandbox.nextcloud().state().open_uploads[0];
    assert_eq!((&*open.folder, open.bytes), ("an-upload", 10));
    assert_eq!(open.chunks, [1, 2]);
    let all = ben.call("PROPFIND", &ben.dav_path("uploads", "")).send();
    assert_eq!(hrefs(&all.text()).len(), 2);
    assert_eq!(upload.call("GET", "1").send().status, 405);
}

#[test]
fn what_the_manual_forbids_is_refused() {
    let (sandbox, ben) = small_chunks();
    let path = ben.dav_path("uploads", "an-upload");
    assert_eq!(ben.call("MKCOL", &path).send().status, 400); // no Destination
    let upload = Upload::begin(&ben, "a");
    assert_eq!(upload.call("MKCOL", "").send().status, 405);
    for name in ["0", "10001", "one", "-1", "+1", "1.5"] {
        assert_eq!(upload.put(name, b"a"), 400, "{name}");
    }
    assert_eq!(upload.put("10000", b"cc"), 201);
    for method in ["PUT", "MOVE"] {
        let name = if method == "PUT" { "1" } else { ".file" };
        let bare = ben.call(method, &format!("{path}/{name}")).send_bytes(b"a");
        assert_eq!(bare.status, 400, "{method}");
    }
    assert_eq!(upload.finish(3).send().status, 400); // another length
    assert_eq!(upload.put("1", b"aaa"), 201);
    assert_eq!(upload.finish(5).send().status, 500); // too small, and not the last
    assert_eq!(open_uploads(&sandbox), 1);
    assert_eq!(upload.put("1", b"aaaa"), 201);
    assert_eq!(upload.finish(6).send().status, 201);

    let forbidden = Upload::begin(&ben, ".htaccess");
    assert_eq!(forbidden.put("1", b"a"), 201);
    assert_eq!(forbidden.finish(1).send().status, 400);
    let elsewhere = Upload {
        target: ben.dav_url("files", "missing/a"),
        ..forbidden
    };
    assert_eq!(elsewhere.finish(1).send().status, 409);
}

#[test]
fn an_upload_is_aborted_by_a_request_or_a_day_of_idleness() {
    let (sandbox, ben) = small_chunks();
    let upload = Upload::begin(&ben, "a");
    assert_eq!(upload.put("1", b"aaaa"), 201);
    assert_eq!(upload.call("DELETE", "").send().status, 204);
    assert_eq!(upload.call("DELETE", "").send().status, 404);
    assert_eq!(upload.put("2", b"a"), 404);
    assert_eq!(open_uploads(&sandbox), 0);

    let upload = Upload::begin(&ben, "a");
    sandbox.advance_clock(23 * HOUR);
    assert_eq!(upload.put("1", b"aaaa"), 201);
    sandbox.advance_clock(23 * HOUR);
    assert_eq!(open_uploads(&sandbox), 1);
    sandbox.advance_clock(HOUR);
    assert_eq!(open_uploads(&sandbox), 0);
    assert_eq!(upload.put("2", b"a"), 404);
    assert_eq!(upload.finish(4).send().status, 404);
}

#[test]
fn a_quota_is_seen_at_the_first_chunk_that_tells_the_total() {
    let (sandbox, ben) = small_chunks();
    assert!(
        sandbox
            .nextcloud()
            .set_quota(&ben.login_name, Quota::Bytes(9))
    );
    let upload = Upload::begin(&ben, "a");
    let early = upload.call("PUT", "1").header("OC-Total-Length", "10");
    assert_eq!(early.send_bytes(b"aaaa").status, 507);
    assert_eq!(upload.put("1", b"aaaaa"), 201);
    assert_eq!(upload.put("2", b"aaaaa"), 201);
    assert_eq!(upload.finish(10).send().status, 507);
    assert_eq!(ben.get("a"), None);
}

#[test]
fn nobody_sees_anothers_uploads() {
    let (sandbox, ben) = small_chunks();
    Upload::begin(&ben, "a");
    let anna = Client::new(sandbox.nextcloud().access());
    let bens = ben.dav_path("uploads", "an-upload");
    for method in ["PROPFIND", "DELETE"] {
        assert_eq!(anna.call(method, &bens).send().status, 403);
    }
    assert_eq!(open_uploads(&sandbox), 1);
}

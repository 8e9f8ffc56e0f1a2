//! Native documents.

use super::{Drive, assert_refused, refusal};
use crate::application::text;
use crate::client::call;

const PDF: &str = "application/pdf";

#[test]
fn a_native_document_has_no_bytes_and_is_exported() {
    let (_sandbox, drive) = Drive::start();
    let id = drive.id("name = 'Minutes'");
    let file = drive.file(&id).json();
    for absent in [
        "md5Checksum",
        "sha256Checksum",
        "headRevisionId",
        "webContentLink",
    ] {
        assert_eq!(file.get(absent), None, "{absent}");
    }
    let (status, reason, message) = refusal(drive.content(&id).send());
    assert_eq!((status, &*reason), (403, "fileNotDownloadable"));
    assert_eq!(
        message,
        "Only files with binary content can be directly downloaded. Use Export with Docs Editors files."
    );
    let export = |media_type: &str| drive.get(&format!("files/{id}/export?mimeType={media_type}"));
    let exported = export("text/plain");
    assert_eq!(exported.header("Content-Type"), "text/plain");
    assert_eq!(exported.header("Content-Length"), "");
    assert_eq!(exported.text(), "\u{feff}Minutes of the harbour board\r\n");
    assert!(export(PDF).bytes().starts_with(b"%PDF-"));
    let (status, _, message) = refusal(export("image/png"));
    assert_eq!(
        (status, &*message),
        (400, "The requested conversion is not supported.")
    );
    assert_refused(drive.get(&format!("files/{id}/export")), 400, "required");
}

#[test]
fn every_format_that_about_names_can_be_exported() {
    let (_sandbox, drive) = Drive::start();
    let about = drive.get_json("about?fields=exportFormats,importFormats");
    assert_eq!(
        about["importFormats"]["text/csv"][0],
        "application/vnd.google-apps.spreadsheet"
    );
    for (name, kind) in [
        ("Minutes", "document"),
        ("Fees", "spreadsheet"),
        ("Plans", "presentation"),
    ] {
        let id = drive.id(&format!("name = '{name}'"));
        let formats = &about["exportFormats"][format!("application/vnd.google-apps.{kind}")];
        let formats = formats.as_array().unwrap();
        assert!(formats.len() > 3, "{kind}");
        let links = drive.file(&id).json()["exportLinks"].clone();
        assert_eq!(links.as_object().unwrap().len(), formats.len());
        for format in formats {
            let format = format.as_str().unwrap();
            let exported = drive.get(&format!("files/{id}/export?mimeType={format}"));
            let link = links[format].as_str().unwrap();
            let linked = call("GET", link)
                .header("Authorization", format!("Bearer {}", drive.access_token))
                .send();
            assert_eq!((exported.status, linked.status), (200, 200), "{format}");
            assert_eq!(exported.bytes(), linked.bytes());
            assert_eq!(call("GET", link).send().status, 401);
        }
    }
}

#[test]
fn what_is_too_large_for_an_export_comes_by_its_link() {
    let (_sandbox, drive) = Drive::start();
    let id = drive.id("name = 'Chronicle'");
    let refused = refusal(drive.get(&format!("files/{id}/export?mimeType={PDF}")));
    let expected = (
        403,
        "exportSizeLimitExceeded".to_owned(),
        "This file is too large to be exported.".to_owned(),
    );
    assert_eq!(refused, expected);
    let file = drive.file(&id).json();
    let link = file["exportLinks"][PDF].as_str().unwrap();
    let linked = call("GET", link)
        .header("Authorization", format!("Bearer {}", drive.access_token))
        .send();
    assert_eq!(linked.bytes().len(), 11 * 1024 * 1024);
}

#[test]
fn only_native_documents_of_some_kinds_are_exported() {
    let (_sandbox, drive) = Drive::start();
    for name in ["Questions", "Welcome.txt", "Reports"] {
        let id = drive.id(&format!("name = '{name}'"));
        let refused = drive.get(&format!("files/{id}/export?mimeType={PDF}"));
        assert_refused(refused, 403, "fileNotExportable");
        assert_eq!(drive.file(&id).json().get("exportLinks"), None);
    }
    assert_refused(
        drive.get("files/nowhere/export?mimeType=text/plain"),
        404,
        "notFound",
    );
    let link = "/feeds/download/documents/export/Export?id=nowhere&exportFormat=pdf";
    assert_eq!(
        text(
            &drive.call("GET", link).send().json(),
            "/error/errors/0/reason"
        ),
        "notFound"
    );
}

//! The reader against documents that servers send, and against documents that only an attacker sends.

use std::convert::Infallible;

use futures_util::stream;
use proptest::prelude::*;
use wharf_domain::time::Timestamp;

use super::super::markup::PieceTooLong;
use super::*;

/// Reads a document that arrives in chunks of this size.
async fn read_in_chunks(document: &[u8], chunk_bytes: usize) -> Result<Vec<Response>, Error> {
    let chunks = document
        .chunks(chunk_bytes)
        .map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk)));
    let mut responses = Responses::new(stream::iter(chunks));
    let mut read = Vec::new();
    while let Some(response) = responses.next().await? {
        read.push(response);
    }
    Ok(read)
}

async fn read(document: &str) -> Result<Vec<Response>, Error> {
    read_in_chunks(document.as_bytes(), 4096).await
}

fn multistatus(inner: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><D:multistatus xmlns:D="DAV:">{inner}</D:multistatus>"#
    )
}

fn hrefs(responses: &[Response]) -> Vec<&str> {
    responses
        .iter()
        .map(|response| response.href.as_str())
        .collect()
}

/// As Apache's mod_dav answers: two prefixes for one namespace, several groups of properties.
const APACHE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype><D:collection/></lp1:resourcetype>
<lp1:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</lp1:getlastmodified>
<lp1:getetag>"1000-6446a"</lp1:getetag>
<D:getcontenttype>httpd/unix-directory</D:getcontenttype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
<D:propstat>
<D:prop>
<D:getcontentlength/>
</D:prop>
<D:status>HTTP/1.1 404 Not Found</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/a%20b.txt</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype/>
<lp1:getcontentlength>5</lp1:getcontentlength>
<lp1:getetag>W/"5-6446b"</lp1:getetag>
<D:getcontenttype>text/plain</D:getcontenttype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
</D:multistatus>
"#;

#[tokio::test]
async fn an_answer_of_apache_is_understood() {
    let responses = read(APACHE).await.unwrap();
    assert_eq!(hrefs(&responses), ["/dav/", "/dav/a%20b.txt"]);
    let folder = responses[0].properties.as_ref().unwrap();
    assert!(folder.is_collection);
    assert_eq!(folder.size_bytes, None);
    assert_eq!(
        folder.modified_at,
        Some(Timestamp::from_unix_seconds(784_111_777))
    );
    let file = responses[1].properties.as_ref().unwrap();
    assert!(!file.is_collection);
    assert_eq!(file.size_bytes, Some(5));
    assert_eq!(file.etag.as_ref().unwrap().as_str(), "W/\"5-6446b\"");
    assert_eq!(file.content_type.as_ref().unwrap().as_str(), "text/plain");
}

#[tokio::test]
async fn elements_are_known_by_namespace_and_place_not_by_prefix() {
    let document = r#"<multistatus xmlns="DAV:" xmlns:o="http://owncloud.org/ns">
      <response>
        <o:href>/not-dav</o:href>
        <x:href xmlns:x="urn:other">/not-dav-either</x:href>
        <href>/file</href>
        <propstat><prop>
          <lockdiscovery><activelock><lockroot><href>/lock</href></lockroot></activelock></lockdiscovery>
          <o:getcontentlength>7</o:getcontentlength>
          <getcontentlength>5</getcontentlength>
          <D:getetag xmlns:D="DAV:">"e"</D:getetag>
        </prop><status>HTTP/1.1 200 OK</status></propstat>
      </response></multistatus>"#;
    let responses = read(document).await.unwrap();
    assert_eq!(hrefs(&responses), ["/file"]);
    let properties = responses[0].properties.as_ref().unwrap();
    assert_eq!(properties.size_bytes, Some(5));
    assert_eq!(properties.etag.as_ref().unwrap().as_str(), "\"e\"");
}

#[tokio::test]
async fn only_properties_with_a_success_count_and_groups_add_up() {
    let document = multistatus(
        "<D:response><D:href>/a</D:href>\
         <D:propstat><D:prop><D:getcontentlength>1</D:getcontentlength></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status></D:propstat>\
         <D:propstat><D:prop><D:getcontentlength>2</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>\
         <D:propstat><D:status>HTTP/1.1 200 OK</D:status><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat>\
         </D:response>\
         <D:response><D:href>/b</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>\
         <D:response><D:href>/c</D:href><D:propstat><D:prop><D:getcontentlength>3</D:getcontentlength></D:prop></D:propstat></D:response>",
    );
    let responses = read(&document).await.unwrap();
    let first = responses[0].properties.as_ref().unwrap();
    assert_eq!((first.size_bytes, first.is_collection), (Some(2), true));
    assert_eq!(
        (responses[1].status, &responses[1].properties),
        (Some(404), &None)
    );
    assert_eq!(responses[2].properties, None);
}

#[tokio::test]
async fn references_and_character_data_are_text() {
    let document = multistatus(
        "<D:response><D:href>/a&amp;b&#x20;<![CDATA[<c>]]>&lt;&gt;&apos;&quot;&#252;<!-- no --></D:href></D:response>",
    );
    assert_eq!(
        hrefs(&read(&document).await.unwrap()),
        ["/a&b <c><>'\"\u{fc}"]
    );
}

// X-06
#[tokio::test]
async fn sizes_and_dates_that_are_none_are_unknown() {
    for size in ["-1", "18446744073709551616", "NaN", "1e3", ""] {
        let document = multistatus(&format!(
            "<D:response><D:href>/a</D:href><D:propstat><D:prop><D:getcontentlength>{size}</D:getcontentlength>\
             <D:getlastmodified>Thu, 01 Jan 0000 00:00:00 GMT</D:getlastmodified><D:getetag>no tag</D:getetag></D:prop>\
             <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        ));
        let responses = read(&document).await.unwrap();
        let properties = responses[0].properties.as_ref().unwrap();
        assert_eq!(*properties, Default::default(), "{size:?}");
    }
}

// X-01: the document is refused where the document type stands, before any entity is looked at.
#[tokio::test]
async fn a_document_type_is_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;">]><D:multistatus xmlns:D="DAV:"><D:response><D:href>&lol1;</D:href></D:response></D:multistatus>"#;
    let external = r#"<!DOCTYPE m SYSTEM "http://127.0.0.1/x.dtd"><m/>"#;
    let parameter = r#"<!DOCTYPE m [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><m/>"#;
    let html = "<!DOCTYPE html><html><body>Welcome</body></html>";
    let late = format!("{}<!DOCTYPE m>", multistatus(""));
    for document in [bomb, external, parameter, html, &late] {
        assert!(
            matches!(read(document).await, Err(Error::DocumentType)),
            "{document}"
        );
    }
}

// X-01
#[tokio::test]
async fn an_entity_that_is_not_predefined_is_refused() {
    for entity in ["&lol;", "&nbsp;", "&a.b;", "&AMP;"] {
        let document = multistatus(&format!(
            "<D:response><D:href>{entity}</D:href></D:response>"
        ));
        assert!(
            matches!(read(&document).await, Err(Error::Entity)),
            "{entity}"
        );
    }
    for malformed in ["&#0;", "&#x110000;", "&#xD800;", "&", "& amp"] {
        let document = multistatus(&format!(
            "<D:response><D:href>{malformed}</D:href></D:response>"
        ));
        assert!(read(&document).await.is_err(), "{malformed}");
    }
}

// X-01
#[tokio::test]
async fn only_utf_8_is_read() {
    let declared = |name: &str| {
        format!(r#"<?xml version="1.0" encoding="{name}"?><multistatus xmlns="DAV:"/>"#)
    };
    assert!(read(&declared("utf-8")).await.is_ok());
    for name in ["UTF-16", "UTF-7", "ISO-8859-1", ""] {
        assert!(
            matches!(read(&declared(name)).await, Err(Error::Encoding)),
            "{name}"
        );
    }
    let utf_16: Vec<u8> = "\u{feff}<multistatus xmlns=\"DAV:\"/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(read_in_chunks(&utf_16, 4096).await.is_err());
    let latin_1 = b"<D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>\xfc</D:href></D:response></D:multistatus>";
    assert!(read_in_chunks(latin_1, 4096).await.is_err());
    assert!(read("\u{feff}<multistatus xmlns=\"DAV:\"/>").await.is_ok());
}

// X-08
#[tokio::test]
async fn what_is_no_multistatus_is_refused() {
    for document in [
        "",
        " \n",
        "Welcome",
        "<html><body><p>Welcome</p></body></html>",
        "{}",
    ] {
        let error = read(document).await.unwrap_err();
        assert!(
            matches!(error, Error::Malformed(_)),
            "{document:?}: {error}"
        );
    }
    for document in [
        r#"<multistatus/>"#,
        r#"<multistatus xmlns="urn:other"/>"#,
        r#"<D:multistatus/>"#,
        r#"<multistatus xmlns="DAV:"/><multistatus xmlns="DAV:"/>"#,
    ] {
        let error = read(document).await.unwrap_err();
        assert!(
            matches!(error, Error::Malformed(Malformed::NoMultistatus)),
            "{document}: {error}"
        );
    }
    let given_up = r#"<multistatus xmlns="DAV:"/>Internal Server Error"#;
    let error = read(given_up).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(Malformed::GivenUp)));
}

// X-08: cut anywhere before its last tag ends, the document is never taken for a whole one.
#[tokio::test]
async fn a_truncated_document_is_an_error_wherever_it_is_cut() {
    let whole = APACHE.trim_end().len();
    for length in 0..whole {
        let cut = read_in_chunks(&APACHE.as_bytes()[..length], 4096).await;
        assert!(cut.is_err(), "cut at {length}");
    }
    assert!(
        read_in_chunks(&APACHE.as_bytes()[..whole], 4096)
            .await
            .is_ok()
    );
}

// X-02
#[tokio::test]
async fn nesting_ends_at_32() {
    // multistatus, response, propstat and prop are four.
    let nested = |depth: usize| {
        multistatus(&format!(
            "<D:response><D:propstat><D:prop>{}{}</D:prop></D:propstat></D:response>",
            "<x>".repeat(depth),
            "</x>".repeat(depth)
        ))
    };
    assert!(read(&nested(28)).await.is_ok());
    let error = read(&nested(29)).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(Malformed::TooDeep)));
}

// X-02, RUSTSEC-2026-0194: many attributes on one tag.
#[tokio::test]
async fn a_tag_has_64_attributes_at_most() {
    let with_attributes = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(r#" a{n}="""#)).collect();
        multistatus(&format!("<D:response{attributes}/>"))
    };
    assert!(read(&with_attributes(64)).await.is_ok());
    for count in [65, 5_000] {
        let error = read(&with_attributes(count)).await.unwrap_err();
        assert!(matches!(error, Error::TooManyAttributes), "{count}");
    }
}

// X-02, RUSTSEC-2026-0195: many namespaces, on one tag and over many.
#[tokio::test]
async fn a_tag_declares_16_namespaces_at_most() {
    let with_namespaces = |count: usize| {
        let namespaces: String = (0..count)
            .map(|n| format!(r#" xmlns:n{n}="urn:{n}""#))
            .collect();
        format!("<D:response{namespaces}/>")
    };
    assert!(read(&multistatus(&with_namespaces(16))).await.is_ok());
    assert!(
        read(&multistatus(&with_namespaces(16).repeat(1_000)))
            .await
            .is_ok()
    );
    for count in [17, 100, 3_000] {
        assert!(
            read(&multistatus(&with_namespaces(count))).await.is_err(),
            "{count}"
        );
    }
}

// X-02
#[tokio::test]
async fn a_tag_and_a_text_have_64_kib_at_most() {
    let long = "x".repeat(65_537);
    for inner in [
        format!("<D:response a=\"{long}\"/>"),
        format!("<D:{long}/>"),
        format!("<D:response><D:href>{long}</D:href></D:response>"),
        format!("<D:response><D:unknown>{long}</D:unknown></D:response>"),
        format!("<!--{long}-->"),
        format!("<D:response><D:href><![CDATA[{long}]]></D:href></D:response>"),
    ] {
        let error = read(&multistatus(&inner)).await.unwrap_err();
        assert!(error.beneath::<PieceTooLong>().is_some(), "{error:?}");
    }
    let by_parts = format!(
        "<D:response><D:href>{}</D:href></D:response>",
        "&amp;".repeat(65_537)
    );
    let error = read(&multistatus(&by_parts)).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(Malformed::TextTooLong)));
    let href = "x".repeat(65_000);
    let fits = multistatus(&format!("<D:response><D:href>{href}</D:href></D:response>"));
    assert_eq!(hrefs(&read(&fits).await.unwrap()), [href]);
}

proptest! {
    // The result does not depend on where the network cut the document.
    #[test]
    fn chunk_boundaries_do_not_matter(cuts in prop::collection::vec(0..APACHE.len(), 0..40)) {
        let mut cuts = cuts;
        cuts.extend([0, APACHE.len()]);
        cuts.sort_unstable();
        let chunks: Vec<_> = cuts
            .windows(2)
            .map(|cut| Ok::<_, Infallible>(Bytes::copy_from_slice(&APACHE.as_bytes()[cut[0]..cut[1]])))
            .collect();
        futures_util::FutureExt::now_or_never(async {
            let whole = read(APACHE).await.unwrap();
            let mut responses = Responses::new(stream::iter(chunks));
            let mut read = Vec::new();
            while let Some(response) = responses.next().await.unwrap() {
                read.push(response);
            }
            assert_eq!(read, whole);
        })
        .unwrap();
    }

    // X-08: whatever comes, the reader answers; it neither panics nor waits.
    #[test]
    fn random_bytes_never_panic(document in prop::collection::vec(any::<u8>(), 0..300), chunk_bytes in 1_usize..50) {
        let read = futures_util::FutureExt::now_or_never(read_in_chunks(&document, chunk_bytes));
        prop_assert!(read.is_some());
    }

    // X-08: nor does anything that looks like a multistatus.
    #[test]
    fn random_markup_never_panics(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "<D:multistatus xmlns:D=\"DAV:\">", "</D:multistatus>", "<D:response>", "</D:response>",
                "<D:href>", "</D:href>", "<D:propstat>", "</D:propstat>", "<D:prop>", "</D:prop>",
                "<D:resourcetype><D:collection/>", "</D:resourcetype>", "HTTP/1.1 200 OK", "<D:status>", "</D:status>",
                "<a b='", "'>", "&amp;", "&", ";", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<", ">", "\u{fc}",
            ]),
            0..60,
        ),
        chunk_bytes in 1_usize..50,
    ) {
        let document = pieces.concat();
        let read = futures_util::FutureExt::now_or_never(read_in_chunks(document.as_bytes(), chunk_bytes));
        prop_assert!(read.is_some());
    }
}

//! The storage's multistatus in other words. It knows the one form in which dav-server writes it and is
//! no XML parser.

use percent_encoding::percent_decode_str;

const MISSING: &str = "<D:propstat><D:prop><D:displayname/><D:getcontentlanguage/></D:prop>\
    <D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>";

/// The document with the content of every `D:` element of this name replaced; without the element
/// where `replaced` gives nothing.
pub(super) fn each(xml: &str, name: &str, replaced: impl Fn(&str) -> Option<String>) -> String {
    let (open, close) = (format!("<D:{name}>"), format!("</D:{name}>"));
    let mut rest = xml;
    let mut written = String::with_capacity(xml.len());
    while let Some((before, behind)) = rest.split_once(&open) {
        written.push_str(before);
        let Some((content, after)) = behind.split_once(&close) else {
            rest = behind;
            break;
        };
        if let Some(content) = replaced(content) {
            written.extend([&*open, &*content, &*close]);
        }
        rest = after;
    }
    written + rest
}

/// The content of the first `D:` element of this name.
pub(super) fn text<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, behind) = xml.split_once(&format!("<D:{name}>"))?;
    Some(behind.split_once(&format!("</D:{name}>"))?.0)
}

/// A path as a whole URL, every byte but the slashes encoded in lower case.
pub(super) fn absolute(origin: &str, href: &str) -> String {
    let href = href.replace("&lt;", "<").replace("&gt;", ">");
    let href = href.replace("&quot;", "\"").replace("&apos;", "'");
    let path = percent_decode_str(&href.replace("&amp;", "&"))
        .map(|byte| match byte {
            b'/' => "/".to_owned(),
            byte => format!("%{byte:02x}"),
        })
        .collect::<String>();
    format!("{origin}{path}")
}

/// A response whose every property has a `propstat` of its own, behind one for what is missing.
pub(super) fn split(response: &str) -> String {
    let Some((head, propstat)) = response.split_once("<D:propstat>") else {
        return response.to_owned();
    };
    let status = text(propstat, "status").unwrap_or_default();
    let each: String = properties(text(propstat, "prop").unwrap_or_default())
        .map(|property| {
            format!(
                "<D:propstat><D:prop>{property}</D:prop><D:status>{status}</D:status></D:propstat>"
            )
        })
        .collect();
    format!("{head}{MISSING}{each}")
}

/// The elements, one after the other.
fn properties(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let tag = rest.strip_prefix('<')?;
        let name = tag.split(['>', ' ', '/']).next()?;
        let close = format!("</{name}>");
        let end = match rest.find(&close) {
            Some(start) => start + close.len(),
            None => rest.find("/>")? + 2,
        };
        let (property, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(property)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_replaced_or_removed() {
        let xml = "<D:a>1</D:a><b/><D:a>2</D:a>";
        assert_eq!(
            each(xml, "a", |text| Some(format!("{text}!"))),
            "<D:a>1!</D:a><b/><D:a>2!</D:a>"
        );
        assert_eq!(each(xml, "a", |_| None), "<b/>");
        assert_eq!(text(xml, "a"), Some("1"));
    }

    #[test]
    fn every_byte_of_an_href_is_encoded() {
        assert_eq!(
            absolute("http://a.org", "/a%20&amp;/%C3%BC"),
            "http://a.org/%61%20%26/%c3%bc"
        );
    }

    #[test]
    fn each_property_gets_its_own_status() {
        let response = "<D:href>/a</D:href><D:propstat><D:prop>\
            <resourcetype xmlns=\"DAV:\"><D:collection></D:collection></resourcetype>\
            <D:getetag>1</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>";
        let split = split(response);
        assert_eq!(split.matches("<D:propstat>").count(), 3);
        assert_eq!(split.matches("200 OK").count(), 2);
        assert!(split.contains("<D:propstat><D:prop><D:getetag>1</D:getetag></D:prop>"));
    }
}

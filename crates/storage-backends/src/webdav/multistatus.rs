//! The grammar of a multistatus (RFC 4918, sections 13 and 14): takes elements and texts as they come
//! and gives responses. It knows no XML syntax, reads no bytes and resolves no href.

use wharf_domain::content::ContentType;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::time::Timestamp;

use crate::entity_tag::entity_tag;

use super::date;
use super::markup::MAX_PIECE_BYTES;

/// The deepest nesting of elements.
const MAX_DEPTH: usize = 32;

/// One `response` element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    /// The first href as it stands there; empty if there is none.
    pub(crate) href: String,
    /// The status of the whole response, where it has one of its own.
    pub(crate) status: Option<u16>,
    /// The properties whose own status is a success; `None` if there is no such group at all.
    pub(crate) properties: Option<Properties>,
}

/// The properties that we ask for, each `None` where it is absent or cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    pub(crate) is_collection: bool,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) modified_at: Option<Timestamp>,
    pub(crate) etag: Option<EntityTag>,
    pub(crate) content_type: Option<ContentType>,
    pub(crate) quota_used_bytes: Option<u64>,
    pub(crate) quota_available_bytes: Option<u64>,
    /// The number by which ownCloud and Nextcloud know the item wherever it lies.
    pub(crate) file_id: Option<u64>,
    /// What a client said that the content's digest is, as ownCloud and Nextcloud keep it unread.
    pub(crate) checksum: Option<String>,
}

/// The name of an element, as far as it may mean something.
#[derive(Clone, Copy)]
pub(crate) enum Name<'n> {
    /// A local name of the namespace `DAV:`.
    Dav(&'n str),
    /// A local name of the namespace that ownCloud began and Nextcloud kept.
    Owncloud(&'n str),
    /// Any other.
    Other,
}

/// Why an answer is no multistatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("the document is no multistatus")]
    NoMultistatus,
    #[error("the document ends before its end")]
    Truncated,
    /// Go's WebDAV library, which rclone and others are made with, ends a listing where something in the
    /// folder goes away, closes the document, and writes the reason behind it (`handlePropfind` and
    /// `handlePropfindError` in `golang.org/x/net/webdav`).
    #[error("the server gave up and wrote on behind the document")]
    GivenUp,
    #[error("elements are nested too deeply")]
    TooDeep,
    #[error("a text is too long")]
    TextTooLong,
}

/// Where in the document we are. An element that means nothing where it stands is `Unknown`, and so is
/// all that it holds: an href within a lock is not the response's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Multistatus,
    Response,
    Href,
    ResponseStatus,
    Propstat,
    PropstatStatus,
    Prop,
    Property(Property),
    Collection,
    Checksum,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Property {
    ResourceType,
    ContentLength,
    LastModified,
    EntityTag,
    ContentType,
    QuotaUsed,
    QuotaAvailable,
    FileId,
    Checksums,
}

impl Element {
    /// What the element with this name is beneath `parent`.
    fn beneath(parent: Option<Self>, name: Name<'_>) -> Self {
        match (parent, name) {
            (None, Name::Dav("multistatus")) => Self::Multistatus,
            (Some(Self::Multistatus), Name::Dav("response")) => Self::Response,
            (Some(Self::Response), Name::Dav("href")) => Self::Href,
            (Some(Self::Response), Name::Dav("status")) => Self::ResponseStatus,
            (Some(Self::Response), Name::Dav("propstat")) => Self::Propstat,
            (Some(Self::Propstat), Name::Dav("status")) => Self::PropstatStatus,
            (Some(Self::Propstat), Name::Dav("prop")) => Self::Prop,
            (Some(Self::Prop), name) => Property::named(name).map_or(Self::Unknown, Self::Property),
            (Some(Self::Property(Property::ResourceType)), Name::Dav("collection")) => {
                Self::Collection
            }
            (Some(Self::Property(Property::Checksums)), Name::Owncloud("checksum")) => {
                Self::Checksum
            }
            _ => Self::Unknown,
        }
    }

    const fn has_text(self) -> bool {
        matches!(
            self,
            Self::Href
                | Self::ResponseStatus
                | Self::PropstatStatus
                | Self::Property(_)
                | Self::Checksum
        )
    }
}

impl Property {
    /// RFC 4918, section 15, and RFC 4331 for the quota; the others are described in
    /// <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html>.
    fn named(name: Name<'_>) -> Option<Self> {
        Some(match name {
            Name::Dav("resourcetype") => Self::ResourceType,
            Name::Dav("getcontentlength") => Self::ContentLength,
            Name::Dav("getlastmodified") => Self::LastModified,
            Name::Dav("getetag") => Self::EntityTag,
            Name::Dav("getcontenttype") => Self::ContentType,
            Name::Dav("quota-used-bytes") => Self::QuotaUsed,
            Name::Dav("quota-available-bytes") => Self::QuotaAvailable,
            Name::Owncloud("fileid") => Self::FileId,
            Name::Owncloud("checksums") => Self::Checksums,
            _ => return None,
        })
    }
}

/// Reads a multistatus element by element.
#[derive(Default)]
pub(crate) struct Multistatus {
    /// The elements that are open, the root first.
    open: Vec<Element>,
    /// The text of the innermost one, where it means something.
    text: String,
    response: Response,
    propstat: Properties,
    propstat_status: Option<u16>,
    is_ended: bool,
}

impl Multistatus {
    /// An element begins.
    pub(crate) fn begin(&mut self, name: Name<'_>) -> Result<(), Malformed> {
        let parent = self.open.last().copied();
        let element = Element::beneath(parent, name);
        if parent.is_none() && (element != Element::Multistatus || self.is_ended) {
            return Err(Malformed::NoMultistatus);
        }
        if self.open.len() == MAX_DEPTH {
            return Err(Malformed::TooDeep);
        }
        match element {
            Element::Response => self.response = Response::default(),
            Element::Propstat => {
                self.propstat = Properties::default();
                self.propstat_status = None;
            }
            Element::Collection => self.propstat.is_collection = true,
            _ => {}
        }
        self.text.clear();
        self.open.push(element);
        Ok(())
    }

    /// A text, or a part of one, entities replaced.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Malformed> {
        match self.open.last() {
            // A byte order mark may stand before the document.
            None if text.trim_matches('\u{feff}').trim_ascii().is_empty() => Ok(()),
            None if self.is_ended => Err(Malformed::GivenUp),
            None => Err(Malformed::NoMultistatus),
            Some(element) if element.has_text() => {
                if self.text.len() + text.len() > MAX_PIECE_BYTES {
                    return Err(Malformed::TextTooLong);
                }
                self.text.push_str(text);
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }

    /// The innermost element ends; a response, if it was one.
    pub(crate) fn end(&mut self) -> Option<Response> {
        let element = self.open.pop()?;
        let text = self.text.trim_ascii();
        match element {
            Element::Href if self.response.href.is_empty() => {
                text.clone_into(&mut self.response.href);
            }
            Element::ResponseStatus => self.response.status = status_code(text),
            Element::PropstatStatus => self.propstat_status = status_code(text),
            Element::Property(property) => self.propstat.set(property, text),
            Element::Checksum => self.propstat.checksum = Some(text.to_owned()),
            Element::Propstat if matches!(self.propstat_status, Some(200..=299)) => {
                let known = self.response.properties.get_or_insert_default();
                known.merge(std::mem::take(&mut self.propstat));
            }
            Element::Response => return Some(std::mem::take(&mut self.response)),
            Element::Multistatus => self.is_ended = true,
            _ => {}
        }
        self.text.clear();
        None
    }

    /// The document ends.
    pub(crate) fn finish(&self) -> Result<(), Malformed> {
        if self.is_ended {
            Ok(())
        } else {
            Err(Malformed::Truncated)
        }
    }
}

impl Properties {
    fn set(&mut self, property: Property, text: &str) {
        match property {
            Property::ResourceType | Property::Checksums => {}
            Property::ContentLength => self.size_bytes = bytes(text),
            Property::LastModified => self.modified_at = date::timestamp(text),
            Property::EntityTag => self.etag = entity_tag(text),
            Property::ContentType => self.content_type = text.parse().ok(),
            Property::QuotaUsed => self.quota_used_bytes = bytes(text),
            Property::QuotaAvailable => self.quota_available_bytes = bytes(text),
            Property::FileId => self.file_id = bytes(text),
        }
    }

    /// Takes over what another group of the same response tells.
    fn merge(&mut self, other: Self) {
        self.is_collection |= other.is_collection;
        self.size_bytes = self.size_bytes.or(other.size_bytes);
        self.modified_at = self.modified_at.or(other.modified_at);
        self.etag = self.etag.take().or(other.etag);
        self.content_type = self.content_type.take().or(other.content_type);
        self.quota_used_bytes = self.quota_used_bytes.or(other.quota_used_bytes);
        self.quota_available_bytes = self.quota_available_bytes.or(other.quota_available_bytes);
        self.file_id = self.file_id.or(other.file_id);
        self.checksum = self.checksum.take().or(other.checksum);
    }
}

/// The code in a status line such as `HTTP/1.1 200 OK`.
fn status_code(line: &str) -> Option<u16> {
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// A number in digits only: servers say -1 or -3 for what they do not know.
fn bytes(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn a_size_is_a_number_or_unknown() {
        assert_eq!(bytes("0"), Some(0));
        assert_eq!(bytes("18446744073709551615"), Some(u64::MAX));
        for odd in [
            "",
            "-1",
            "+1",
            "18446744073709551616",
            "1.5",
            "NaN",
            "1 2",
            "0x1",
            "\u{661}",
        ] {
            assert_eq!(bytes(odd), None, "{odd:?}");
        }
    }

    /// Reads elements that are opened and closed one within the other, and the innermost one's text.
    fn read(names: &[Name<'_>], text: &str) -> Properties {
        let mut multistatus = Multistatus::default();
        for outer in ["multistatus", "response", "propstat", "prop"] {
            multistatus.begin(Name::Dav(outer)).unwrap();
        }
        for name in names {
            multistatus.begin(*name).unwrap();
        }
        multistatus.text(text).unwrap();
        for _ in names {
            multistatus.end();
        }
        multistatus.propstat
    }

    #[test]
    fn a_name_counts_in_its_own_namespace_only() {
        let file_id = |name| read(&[name], "17").file_id;
        assert_eq!(file_id(Name::Owncloud("fileid")), Some(17));
        assert_eq!(file_id(Name::Dav("fileid")), None);
        assert_eq!(file_id(Name::Other), None);
        let sums = [Name::Owncloud("checksums"), Name::Owncloud("checksum")];
        assert_eq!(read(&sums, "MD5:1").checksum.as_deref(), Some("MD5:1"));
        assert_eq!(read(&sums[1..], "MD5:1").checksum, None);
        assert_eq!(read(&[Name::Owncloud("getetag")], "\"1\"").etag, None);
    }

    #[test]
    fn a_status_line_tells_its_code() {
        assert_eq!(status_code("HTTP/1.1 404 Not Found"), Some(404));
        assert_eq!(status_code("HTTP/2 200"), Some(200));
        for odd in [
            "",
            "200",
            "HTTP/1.1",
            "HTTP/1.1 ok",
            "HTTP/1.1 -200",
            "HTTP/1.1 99999999",
        ] {
            assert_eq!(status_code(odd), None, "{odd:?}");
        }
    }
}

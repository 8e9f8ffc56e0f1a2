//! What we ask by PROPFIND, and the reader of the answer (RFC 4918, section 9.1). It reads while the
//! bytes arrive, holds one piece of markup at a time, and knows neither HTTP nor what the hrefs mean.

use std::error::Error as StdError;

use bytes::Bytes;
use futures_util::Stream;
use quick_xml::NsReader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::markup::Markup;
use super::multistatus::{Malformed, Multistatus, Name, Response};

/// Asks for what an item has.
pub(crate) const ITEM: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:"><prop>"#,
    "<resourcetype/><getcontentlength/><getlastmodified/><getetag/><getcontenttype/>",
    "</prop></propfind>"
);

/// Asks what the account's top folder is, and how full the account (RFC 4331).
pub(crate) const ACCOUNT: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:"><prop>"#,
    "<resourcetype/><quota-available-bytes/><quota-used-bytes/>",
    "</prop></propfind>"
);

const DAV: Namespace<'static> = Namespace("DAV:");
const OWNCLOUD: Namespace<'static> = Namespace("http://owncloud.org/ns");

/// The most attributes of a tag, and how many of them may declare namespaces (X-02).
const MAX_ATTRIBUTES: usize = 64;
const MAX_NAMESPACES: usize = 16;

/// Why an answer cannot be read. No message repeats what the server sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It is not well-formed, or the connection failed beneath: then an I/O error carries the cause.
    #[error("the answer is no well-formed xml")]
    Xml(#[source] quick_xml::Error),
    #[error("the answer holds a document type")]
    DocumentType,
    #[error("the answer holds an entity that is not predefined")]
    Entity,
    #[error("the answer is not in utf-8")]
    Encoding,
    #[error("a tag has too many attributes")]
    TooManyAttributes,
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl From<quick_xml::Error> for Error {
    fn from(error: quick_xml::Error) -> Self {
        Self::Xml(error)
    }
}

impl Error {
    /// What failed beneath, if the fault lies below the XML.
    pub(crate) fn beneath<E: StdError + 'static>(&self) -> Option<&E> {
        match self {
            Self::Xml(quick_xml::Error::Io(error)) => error.get_ref()?.downcast_ref(),
            _ => None,
        }
    }
}

/// The responses of a multistatus, one after the other.
pub(crate) struct Responses<S> {
    reader: NsReader<Markup<S>>,
    buffer: Vec<u8>,
    multistatus: Multistatus,
}

impl<S, E> Responses<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Reads a body that comes in these chunks.
    pub(crate) fn new(chunks: S) -> Self {
        Self {
            reader: NsReader::from_reader(Markup::new(chunks)),
            buffer: Vec::new(),
            multistatus: Multistatus::default(),
        }
    }

    /// The next response; `None` at the end of a complete document.
    pub(crate) async fn next(&mut self) -> Result<Option<Response>, Error> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_piece();
            let event = self.reader.read_event_into_async(&mut self.buffer).await?;
            let ended = match event {
                Event::Start(start) => {
                    check_attributes(&start)?;
                    let (namespace, name) = self.reader.resolver().resolve_element(start.name());
                    self.multistatus.begin(name_in(&namespace, name.as_ref()))?;
                    None
                }
                Event::Empty(start) => {
                    check_attributes(&start)?;
                    let (namespace, name) = self.reader.resolver().resolve_element(start.name());
                    self.multistatus.begin(name_in(&namespace, name.as_ref()))?;
                    self.multistatus.end()
                }
                Event::End(_) => self.multistatus.end(),
                Event::Text(text) => {
                    self.multistatus.text(&text)?;
                    None
                }
                Event::CData(text) => {
                    self.multistatus.text(&text)?;
                    None
                }
                Event::GeneralRef(reference) => {
                    let character = referenced_character(&reference)?;
                    self.multistatus.text(character.encode_utf8(&mut [0; 4]))?;
                    None
                }
                Event::Decl(declaration) => {
                    check_encoding(&declaration)?;
                    None
                }
                // X-01
                Event::DocType(_) => return Err(Error::DocumentType),
                Event::PI(_) | Event::Comment(_) => None,
                Event::Eof => {
                    self.multistatus.finish()?;
                    return Ok(None);
                }
            };
            if ended.is_some() {
                return Ok(ended);
            }
        }
    }
}

fn name_in<'n>(namespace: &ResolveResult<'_>, name: &'n str) -> Name<'n> {
    match namespace {
        ResolveResult::Bound(DAV) => Name::Dav(name),
        ResolveResult::Bound(OWNCLOUD) => Name::Owncloud(name),
        _ => Name::Other,
    }
}

/// Counts without comparing attributes with each other, which takes the square of their number.
fn check_attributes(start: &BytesStart<'_>) -> Result<(), Error> {
    let mut attributes = 0;
    let mut namespaces = 0;
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(quick_xml::Error::from)?;
        attributes += 1;
        namespaces += usize::from(attribute.key.as_namespace_binding().is_some());
        if attributes > MAX_ATTRIBUTES || namespaces > MAX_NAMESPACES {
            return Err(Error::TooManyAttributes);
        }
    }
    Ok(())
}

/// X-01: UTF-8 and nothing else; the reader itself refuses bytes that are none.
fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), Error> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(Error::Encoding),
    }
}

/// X-01: numeric references, and the five entities that XML itself defines.
fn referenced_character(reference: &BytesRef<'_>) -> Result<char, Error> {
    if let Some(character) = reference.resolve_char_ref()? {
        return Ok(character);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Error::Entity),
    }
}

#[cfg(test)]
#[path = "propfind_tests.rs"]
mod tests;

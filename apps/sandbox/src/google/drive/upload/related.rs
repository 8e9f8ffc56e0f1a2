//! Bodies of several parts (RFC 2046, section 5.1), read as they arrive. More lenient than the RFC, as
//! Google is: its own client for Python ends lines without carriage returns.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};

use crate::body;

/// More than any line outside of the parts' bodies takes.
const LONGEST_LINE_BYTES: usize = 8 * 1024;

/// A body that breaks off, or is none of this kind.
#[derive(Debug)]
pub(super) struct Malformed;

/// A body of several parts, as far as it has been read.
pub(super) struct Related {
    payload: web::Payload,
    buffer: BytesMut,
    /// The boundary with the two hyphens that stand before it.
    delimiter: Vec<u8>,
    /// What ends lines here, with the delimiter behind it.
    end_of_part: Vec<u8>,
    /// Whether the last part has ended.
    is_over: bool,
}

impl Related {
    /// The body that a request's headers tell of; it is read up to the first part.
    pub(super) async fn open(
        headers: &HeaderMap,
        payload: web::Payload,
    ) -> Result<Self, Malformed> {
        let Some(boundary) = boundary(headers) else {
            body::drain(payload).await;
            return Err(Malformed);
        };
        let delimiter = format!("--{boundary}").into_bytes();
        let mut related = Self {
            payload,
            buffer: BytesMut::new(),
            end_of_part: Vec::new(),
            delimiter,
            is_over: false,
        };
        loop {
            let line = related.line().await?;
            let (text, ending) = split_ending(&line);
            if text.trim_ascii_end() == related.delimiter {
                related.end_of_part = [ending, &related.delimiter].concat();
                return Ok(related);
            }
        }
    }

    /// Reads the headers of the next part, and says of which type it is; `None` behind the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Option<String>>, Malformed> {
        if self.is_over {
            return Ok(None);
        }
        let mut media_type = None;
        loop {
            let line = self.line().await?;
            let (text, _) = split_ending(&line);
            if text.is_empty() {
                return Ok(Some(media_type));
            }
            let header = str::from_utf8(text).map_err(|_| Malformed)?;
            let (name, value) = header.split_once(':').ok_or(Malformed)?;
            if name.eq_ignore_ascii_case(CONTENT_TYPE.as_str()) {
                media_type = Some(value.trim().to_owned());
            }
        }
    }

    /// The bytes of the part whose headers were read.
    pub(super) fn content(&mut self) -> impl Stream<Item = Result<Bytes, Malformed>> {
        stream::try_unfold((self, true), |(body, is_first)| async move {
            let chunk = body.chunk(is_first).await?;
            Ok(chunk.map(|chunk| (chunk, (body, false))))
        })
    }

    /// The next bytes of a part; `None` behind its end.
    async fn chunk(&mut self, is_first: bool) -> Result<Option<Bytes>, Malformed> {
        if self.is_over {
            return Ok(None);
        }
        loop {
            if is_first && self.buffer.starts_with(&self.delimiter) {
                // Nothing between the headers and the end.
                let delimiter = self.delimiter.len();
                return self.end_part(delimiter).await.map(|()| None);
            }
            match find(&self.buffer, &self.end_of_part) {
                Some(0) => {
                    let delimiter = self.end_of_part.len();
                    return self.end_part(delimiter).await.map(|()| None);
                }
                Some(end) => return Ok(Some(self.buffer.split_to(end).freeze())),
                None => {}
            }
            // What may be the beginning of the end stays until more of it is there.
            let safe = self.buffer.len().saturating_sub(self.end_of_part.len());
            if safe > 0 {
                return Ok(Some(self.buffer.split_to(safe).freeze()));
            }
            self.fill().await?;
        }
    }

    /// Passes a delimiter over, and what stands behind it on its line.
    async fn end_part(&mut self, delimiter: usize) -> Result<(), Malformed> {
        drop(self.buffer.split_to(delimiter));
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if self.buffer.starts_with(b"--") {
            self.is_over = true;
            while self.fill().await.is_ok() {
                self.buffer.clear();
            }
        } else {
            self.line().await?;
        }
        Ok(())
    }

    /// A line with its ending.
    async fn line(&mut self) -> Result<BytesMut, Malformed> {
        loop {
            if let Some(end) = find(&self.buffer, b"\n") {
                return Ok(self.buffer.split_to(end + 1));
            }
            if self.buffer.len() > LONGEST_LINE_BYTES {
                return Err(Malformed);
            }
            self.fill().await?;
        }
    }

    /// Reads more; behind the end there is no more.
    async fn fill(&mut self) -> Result<(), Malformed> {
        match self.payload.next().await {
            Some(Ok(chunk)) => {
                self.buffer.extend_from_slice(&chunk);
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    /// Reads the rest, so that no client sees a broken connection in place of a refusal.
    pub(super) async fn drain(mut self) {
        while self.fill().await.is_ok() {
            self.buffer.clear();
        }
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let parameters = value.strip_prefix("multipart/")?.split(';').skip(1);
    let mut named = parameters.filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = named.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim_matches('"');
    (!boundary.is_empty()).then(|| boundary.to_owned())
}

fn split_ending(line: &[u8]) -> (&[u8], &'static [u8]) {
    match line {
        [text @ .., b'\r', b'\n'] => (text, b"\r\n"),
        [text @ .., b'\n'] => (text, b"\n"),
        text => (text, b""),
    }
}

/// Where one text begins in another.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = wanted.first()?;
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let place = from + rest.iter().position(|byte| byte == first)?;
        if text.get(place..)?.starts_with(wanted) {
            return Some(place);
        }
        from = place + 1;
    }
}

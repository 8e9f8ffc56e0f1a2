//! One account's files: a temporary folder spoken to by WebDAV (RFC 4918). Knows nobody's password.
//!
//! Bodies stream both ways between socket and disk, so a file of any size takes no memory.

use std::io;
use std::path::{Path, PathBuf};

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{Error, FromRequest as _, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use dav_server::DavHandler;
use dav_server::actix::DavRequest;
use dav_server::body::{Body, BodyType};
use dav_server::fs::GuardedFileSystem;
use dav_server::localfs::LocalFs;
use futures_util::Stream;
use percent_encoding::percent_decode_str;
use tempfile::TempDir;

use crate::seed;

const READ_BYTES: usize = 64 * 1024;

/// The files of one account.
pub(crate) struct Storage {
    folder: PathBuf,
}

/// The storage's answer before it is sent, so that it can be put in other words or be spoiled.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Body,
}

impl Storage {
    /// A storage without files, in a fresh folder under `parent`.
    pub(crate) fn empty(parent: &Path) -> io::Result<Self> {
        let folder = TempDir::new_in(parent)?.keep();
        Ok(Self { folder })
    }

    /// A storage with the files that an account may start with, in a fresh folder under `parent`.
    pub(crate) fn seeded(parent: &Path) -> io::Result<Self> {
        let storage = Self::empty(parent)?;
        seed::plant(&storage.folder)?;
        Ok(storage)
    }

    /// Whether there is a folder at this path of a request, still percent-encoded.
    pub(crate) fn has_folder(&self, base: &str, path: &str) -> bool {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let path = path.strip_prefix(base).unwrap_or_default();
        self.folder.join(path.trim_matches('/')).is_dir()
    }

    /// Does what a request asks; `base` is the decoded path of the top folder, without a slash at the
    /// end, and the request's path must lie under it.
    pub(crate) async fn answer(
        &self,
        base: &str,
        request: &HttpRequest,
        body: web::Payload,
    ) -> Result<Answer, Error> {
        let files = LocalFs::new(&self.folder, false, false, false);
        Answer::from(files, base, request, body).await
    }
}

impl Answer {
    /// What these files answer to a request; `base` is as above.
    pub(crate) async fn from(
        files: Box<dyn GuardedFileSystem<()>>,
        base: &str,
        request: &HttpRequest,
        body: web::Payload,
    ) -> Result<Self, Error> {
        let request = DavRequest::from_request(request, &mut body.into_inner()).await?;
        let handler = DavHandler::builder()
            .filesystem(files)
            .strip_prefix(base)
            .read_buf_size(READ_BYTES)
            .build_handler();
        let (head, body) = handler.handle(request.request).await.into_parts();
        let headers = head.headers.iter();
        Ok(Self {
            status: StatusCode::from_u16(head.status.as_u16())
                .expect("both are status codes of the same range"),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body,
        })
    }

    /// Whether it is a success.
    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// The length that the answer promises.
    pub(crate) fn content_length(&self) -> Option<u64> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(name, _)| name == CONTENT_LENGTH.as_str())?;
        str::from_utf8(value).ok()?.parse().ok()
    }

    /// The answer as it is.
    pub(crate) fn send(self) -> HttpResponse {
        self.send_through(|body| body)
    }

    /// The answer with its body led through `spoil`; its head still promises the whole.
    pub(crate) fn send_through<S>(self, spoil: impl FnOnce(Body) -> S) -> HttpResponse
    where
        S: Stream<Item = io::Result<Bytes>> + 'static,
    {
        // An answer to HEAD promises a length too and has no body: it is a stream like others. To an
        // unchanged file that promise is a mere remark.
        let is_stream = self.content_length().is_some() && self.status != StatusCode::NOT_MODIFIED;
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.append_header(header);
        }
        match self.body.inner {
            BodyType::Empty if !is_stream => response.finish(),
            _ => response.streaming(spoil(self.body)),
        }
    }
}

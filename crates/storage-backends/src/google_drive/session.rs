//! A resumable upload: its session, and the parts that go into it. What the server says has arrived counts,
//! never what was sent.
//! <https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable>

use google_drive3::api::File;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName, HeaderValue, LOCATION, RANGE};
use reqwest::{Method, Request, StatusCode};
use serde::Serialize;
use wharf_domain::content::ContentType;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Issuer, Response};

use crate::download::text;
use crate::fault::Fault;
use crate::issued::Issued;
use crate::parts::Part;
use crate::retry::TRIES;

use super::client::{ANSWER, Client, refused, told};
use super::file::{FIELDS, NATIVE};

/// What all parts but the last are a multiple of.
pub(crate) const UNIT: usize = 256 * 1024;

/// Whom Google lets a session lead to (S-16).
const HOSTS: Issuer<'_> = Issuer::Hosts(&["www.googleapis.com"]);

const UPLOAD_CONTENT_TYPE: HeaderName = HeaderName::from_static("x-upload-content-type");
const UPLOAD_CONTENT_LENGTH: HeaderName = HeaderName::from_static("x-upload-content-length");

/// What is uploaded.
pub(crate) enum Target {
    /// The content of a new file, under an id that was given out for it.
    New {
        id: String,
        name: String,
        parent: String,
    },
    /// Another content for a file.
    Known { id: String },
}

impl Target {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::New { id, .. } | Self::Known { id } => id,
        }
    }
}

/// What a session is opened with.
pub(crate) struct Opening {
    pub(crate) target: Target,
    pub(crate) content_type: ContentType,
    pub(crate) size_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Metadata<'m> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parents: Option<[&'m str; 1]>,
}

/// How far an upload has come.
pub(crate) enum Progress {
    /// So many bytes have arrived.
    Received(u64),
    /// All, and this is the file.
    Complete(Box<File>),
}

/// An open session. Its address lets everybody upload who knows it, and goes out without the token (S-11).
pub(crate) struct Session(Issued);

impl Session {
    /// Opens a session. An answer that is lost leaves one that nobody can end; Google ends it after a week.
    pub(crate) async fn open(client: &Client, opening: &Opening) -> Result<Self, Fault> {
        let call = || async {
            let answer = client.send(opening.request(client)?, ANSWER).await?;
            if answer.status().is_success() {
                Self::of(client, &answer)
            } else {
                Err(refused(answer).await)
            }
        };
        client.circuit().idempotent(call).await
    }

    /// The session that an answer names, if it leads to where it may (S-16).
    fn of(client: &Client, answer: &Response) -> Result<Self, Fault> {
        let location = text(answer.headers(), &LOCATION);
        let location = location.ok_or(StorageErrorKind::Unavailable)?;
        client.issued(location, HOSTS).map(Self)
    }

    /// Sends a part until the server has got it, or it is in vain; how far the upload has come then. A part
    /// that breaks off is gone on with from where the server says, and one in which nothing arrives is
    /// tried three times.
    pub(crate) async fn send(&self, part: Part, total: Option<u64>) -> Result<Progress, Fault> {
        let mut part = part;
        let mut tried = 1;
        let mut answered = self.put(&part, total).await;
        loop {
            let received = match answered {
                Ok(Progress::Received(received)) if received == part.end() && !part.is_last => {
                    return Ok(Progress::Received(received));
                }
                Ok(Progress::Received(received)) => received,
                Ok(complete) => return Ok(complete),
                Err(fault) => {
                    if !self.0.circuit().is_gone_on_with(&fault, tried).await {
                        return Err(fault);
                    }
                    tried += 1;
                    answered = self.ask(total).await;
                    continue;
                }
            };
            let rest = part.after(received).ok_or(StorageErrorKind::Interrupted)?;
            if rest.first > part.first {
                tried = 1;
            } else if tried == TRIES {
                return Err(StorageErrorKind::Interrupted.into());
            } else {
                tried += 1;
            }
            part = rest;
            answered = self.put(&part, total).await;
        }
    }

    /// Sends a part. Of one without bytes there is only the question left, and it completes the upload.
    async fn put(&self, part: &Part, total: Option<u64>) -> Result<Progress, Fault> {
        let total = total.or_else(|| part.is_last.then(|| part.end()));
        let Some(last) = part.end().checked_sub(1).filter(|_| !part.bytes.is_empty()) else {
            return self.ask(total).await;
        };
        let of = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
        let range = format!("bytes {}-{last}/{of}", part.first);
        let mut request = self.request(Method::PUT, &range)?;
        let length = HeaderValue::from(part.bytes.len());
        request.headers_mut().insert(CONTENT_LENGTH, length);
        *request.body_mut() = Some(part.body());
        self.progress(request).await
    }

    /// Asks how far the upload has come.
    async fn ask(&self, total: Option<u64>) -> Result<Progress, Fault> {
        let of = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
        let mut request = self.request(Method::PUT, &format!("bytes */{of}"))?;
        let length = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, length);
        self.progress(request).await
    }

    /// Gives the session up; it is well if there is none any more.
    pub(crate) async fn end(&self) -> Result<(), Fault> {
        let mut request = self.0.request(Method::DELETE)?;
        let length = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, length);
        let answer = self.0.insisting().answer(request, ANSWER).await?;
        match answer.status() {
            status if status.is_server_error() => Err(refused(answer).await),
            _ => Ok(()),
        }
    }

    async fn progress(&self, request: Request) -> Result<Progress, Fault> {
        let answer = self.0.answer(request, ANSWER).await?;
        match answer.status() {
            // Google's own meaning of it: the upload is not complete.
            StatusCode::PERMANENT_REDIRECT => Ok(Progress::Received(received(&answer)?)),
            status if status.is_success() => Ok(Progress::Complete(Box::new(told(answer).await?))),
            _ => Err(refused(answer).await),
        }
    }

    fn request(&self, method: Method, range: &str) -> Result<Request, Fault> {
        let mut request = self.0.request(method)?;
        let range = HeaderValue::try_from(range);
        let range = range.map_err(|_| StorageErrorKind::Unavailable)?;
        request.headers_mut().insert(CONTENT_RANGE, range);
        Ok(request)
    }
}

impl Opening {
    fn request(&self, client: &Client) -> Result<Request, Fault> {
        let (method, mut url, metadata) = match &self.target {
            Target::New { id, name, parent } => {
                let metadata = Metadata {
                    id: Some(id),
                    name: Some(name),
                    parents: Some([parent]),
                };
                (
                    Method::POST,
                    client.upload_url(&["drive", "v3", "files"]),
                    metadata,
                )
            }
            Target::Known { id } => {
                let metadata = Metadata {
                    id: None,
                    name: None,
                    parents: None,
                };
                (
                    Method::PATCH,
                    client.upload_url(&["drive", "v3", "files", id]),
                    metadata,
                )
            }
        };
        url.query_pairs_mut()
            .append_pair("uploadType", "resumable")
            .append_pair("supportsAllDrives", "true")
            .append_pair("fields", FIELDS);
        let mut request = client.json_request(method, url, &metadata)?;
        let headers = request.headers_mut();
        headers.insert(UPLOAD_CONTENT_TYPE, self.content_type());
        if let Some(size_bytes) = self.size_bytes {
            headers.insert(UPLOAD_CONTENT_LENGTH, HeaderValue::from(size_bytes));
        }
        Ok(request)
    }

    /// What the sender said, unless Drive would make something else of the bytes.
    fn content_type(&self) -> HeaderValue {
        let said = Some(self.content_type.as_str()).filter(|said| !said.starts_with(NATIVE));
        said.and_then(|said| said.parse().ok())
            .unwrap_or(HeaderValue::from_static("application/octet-stream"))
    }
}

/// How many bytes an answer says have arrived: `bytes=0-524287`, and none where it says nothing.
fn received(answer: &Response) -> Result<u64, Fault> {
    let Some(range) = answer.headers().get(RANGE) else {
        return Ok(0);
    };
    let last = range
        .to_str()
        .ok()
        .and_then(|range| range.trim().strip_prefix("bytes=0-")?.parse::<u64>().ok());
    last.and_then(|last| last.checked_add(1))
        .ok_or_else(|| StorageErrorKind::Unavailable.into())
}

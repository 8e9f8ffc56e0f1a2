//! A storage behind OAuth of which so far only the account is asked about. Whatever concerns files is
//! refused as unsupported. It knows no provider: what to ask is given to it.

use async_trait::async_trait;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use secrecy::SecretString;
use url::Url;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    Capabilities, Destination, Entries, NameConflict, Operation, Removal, ReplaceGuard,
    StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;
use wharf_egress::{Client, Limits};

use crate::bearer::bearer;
use crate::fault::Fault;

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// What is asked of a provider's API, and how its answer is read.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry {
    pub(crate) provider: Provider,
    /// Beneath the endpoint.
    pub(crate) path: &'static str,
    pub(crate) query: Option<&'static str>,
    /// The account in an answer; `None` for what is none.
    pub(crate) read: fn(&[u8]) -> Option<StorageAccount>,
}

/// An account behind an access token.
pub(crate) struct AccountOnly {
    inquiry: Inquiry,
    egress: Client,
    endpoint: Endpoint,
    access_token: SecretString,
}

impl AccountOnly {
    pub(crate) fn new(
        inquiry: Inquiry,
        egress: Client,
        endpoint: Endpoint,
        access_token: SecretString,
    ) -> Self {
        Self {
            inquiry,
            egress,
            endpoint,
            access_token,
        }
    }

    /// `None` if the endpoint or the token cannot stand in a request.
    fn request(&self) -> Option<Request> {
        let mut url: Url = self.endpoint.0.parse().ok()?;
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(self.inquiry.path.split('/'));
        url.set_query(self.inquiry.query);
        let bearer = bearer(&self.access_token)?;
        let mut request = Request::new(Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Some(request)
    }

    fn failed(&self, kind: StorageErrorKind, operation: Operation) -> StorageError {
        StorageError::new(kind, operation, Some(self.inquiry.provider))
    }

    fn unsupported<T>(&self, operation: Operation) -> Result<T, StorageError> {
        Err(self.failed(StorageErrorKind::Unsupported, operation))
    }
}

/// What a status outside 2xx means. A refused access token says nothing about the grant.
const fn kind_of_status(status: u16) -> StorageErrorKind {
    match status {
        401 => StorageErrorKind::TokenExpired,
        403 => StorageErrorKind::Forbidden,
        429 => StorageErrorKind::RateLimited { retry_after: None },
        _ => StorageErrorKind::Unavailable,
    }
}

#[async_trait]
impl StorageBackend for AccountOnly {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: false,
            any_name: false,
            needs_size: false,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        let failed = |kind| self.failed(kind, Operation::Probe);
        let request = self.request();
        let request = request.ok_or_else(|| failed(StorageErrorKind::Unreachable))?;
        let limits = Limits {
            max_bytes: Some(MAX_ANSWER_BYTES),
        };
        let unanswered = |error| Fault::from(error).of(self.inquiry.provider, Operation::Probe);
        let answer = self.egress.execute(request, limits).await;
        let answer = answer.map_err(unanswered)?;
        let status = answer.status();
        if !status.is_success() {
            return Err(failed(kind_of_status(status.as_u16())));
        }
        let body = answer.collect_capped(MAX_ANSWER_BYTES).await;
        let body = body.map_err(unanswered)?;
        (self.inquiry.read)(&body).ok_or_else(|| failed(StorageErrorKind::Unavailable))
    }

    async fn list(&self, _: &ItemId) -> Result<Entries, StorageError> {
        self.unsupported(Operation::List)
    }

    async fn metadata(&self, _: &ItemId) -> Result<Item, StorageError> {
        self.unsupported(Operation::Metadata)
    }

    async fn find(&self, _: &ItemId, _: &ItemName) -> Result<Option<Item>, StorageError> {
        self.unsupported(Operation::Metadata)
    }

    async fn read(&self, _: &ItemId, _: Option<ByteRange>) -> Result<Download, StorageError> {
        self.unsupported(Operation::Read)
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        self.unsupported(Operation::Read)
    }

    async fn write(
        &self,
        _: &ItemId,
        _: &ItemName,
        _: NameConflict,
        _: Upload,
    ) -> Result<Written, StorageError> {
        self.unsupported(Operation::Write)
    }

    async fn replace(
        &self,
        _: &ItemId,
        _: &ReplaceGuard,
        _: Upload,
    ) -> Result<Written, StorageError> {
        self.unsupported(Operation::Write)
    }

    async fn relocate(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        self.unsupported(Operation::Relocate)
    }

    async fn copy(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        self.unsupported(Operation::Copy)
    }

    async fn create_folder(&self, _: &ItemId, _: &ItemName) -> Result<Item, StorageError> {
        self.unsupported(Operation::CreateFolder)
    }

    async fn delete(&self, _: &ItemId) -> Result<Removal, StorageError> {
        self.unsupported(Operation::Delete)
    }
}

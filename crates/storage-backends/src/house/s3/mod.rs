//! A house in a bucket of S3 or of a server that speaks like it. Contents appear at their key when they are
//! whole because that is how S3 stores; that nothing is overwritten rests on conditions that most servers
//! keep, and within this process on turns. It knows no user.

mod door;
mod place;
mod refusal;
mod transfer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{HeaderMap, HeaderName, IF_NONE_MATCH};
use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum, S3CopyIfNotExists};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use wharf_domain::content::Upload;
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::verification::Verification;
use wharf_egress::{Client, Trust};

use crate::Error;

use self::door::Door;
pub use self::place::{InvalidPlace, S3Place};
pub(super) use self::refusal::{Refusal, Unanswered};
use self::transfer::Transfer;
use super::error::{failed, refused};
use super::key::Key;
use super::room::Room;
use super::shelf::{Condition, Shelf};

/// How often a request is made again, and until when after the first time.
const RETRIES: usize = 2;
const RETRY_FOR: Duration = Duration::from_secs(30);

/// The server that has the bucket, and who we are to it.
#[derive(Clone)]
pub struct S3Access {
    /// The server's address, under which the buckets lie as folders; Amazon's of the region if absent.
    pub endpoint: Option<Url>,
    /// The region that requests are signed for.
    pub region: String,
    /// The name of the access key.
    pub access_key_id: String,
    /// The access key itself.
    pub secret_access_key: SecretString,
}

impl fmt::Debug for S3Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Access").finish_non_exhaustive()
    }
}

/// A bucket.
#[derive(Clone)]
pub(super) struct Bucket {
    objects: Arc<AmazonS3>,
    /// Makes clients like the one above, which differ in what they send along.
    builder: AmazonS3Builder,
    door: Door,
}

impl Bucket {
    /// Prepares the way to a bucket. Nobody is asked yet whether it is there.
    pub(super) fn open(place: &S3Place, access: &S3Access, egress: &Client) -> Result<Self, Error> {
        let door = Door::new(egress);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(place.bucket())
            .with_region(&access.region)
            .with_access_key_id(&access.access_key_id)
            .with_secret_access_key(access.secret_access_key.expose_secret())
            .with_virtual_hosted_style_request(false)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_copy_if_not_exists(S3CopyIfNotExists::Header(
                IF_NONE_MATCH.to_string(),
                "*".to_owned(),
            ))
            .with_disable_bulk_delete(true)
            .with_retry(retry())
            .with_http_connector(door.clone());
        if let Some(endpoint) = &access.endpoint {
            check_endpoint(endpoint, egress)?;
            builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
        }
        let objects = builder.clone().build().map_err(Error::OpenBucket)?;
        Ok(Self {
            objects: Arc::new(objects),
            builder,
            door,
        })
    }

    /// A client whose every request is made on this condition. One is made for each content, because the
    /// crate completes uploads on no condition but what all requests have.
    fn on_condition(&self, name: HeaderName, value: &str) -> object_store::Result<AmazonS3> {
        let value = value.parse().map_err(|_| object_store::Error::Generic {
            store: "S3",
            source: "an entity tag that is no header".into(),
        })?;
        let headers = HeaderMap::from_iter([(name, value)]);
        let options = ClientOptions::new().with_default_headers(headers);
        self.builder.clone().with_client_options(options).build()
    }
}

/// An address as such, for the bucket's name and the keys come behind it; and one that an operator may name.
fn check_endpoint(endpoint: &Url, egress: &Client) -> Result<(), Error> {
    if endpoint.query().is_some() || endpoint.fragment().is_some() {
        return Err(Error::EndpointNotPlain);
    }
    let policy = egress.policy();
    policy
        .check_url(Trust::Operator, endpoint)
        .map_err(Error::EndpointRefused)
}

fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            max_backoff: Duration::from_secs(1),
            ..BackoffConfig::default()
        },
        max_retries: RETRIES,
        retry_timeout: RETRY_FOR,
    }
}

/// There is no bucket of that name.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the bucket is missing")]
struct NoBucket;

#[async_trait]
impl Shelf for Bucket {
    fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::<AmazonS3>::clone(&self.objects)
    }

    /// A question about an object that is missing in a bucket that is missing is answered like any other,
    /// and documents must not count as gone because of a misspelt name. Once the bucket has given or taken
    /// anything, it is believed.
    async fn stands(&self, operation: Operation) -> Result<(), StorageError> {
        if self.door.has_opened() {
            return Ok(());
        }
        let options = PaginatedListOptions {
            max_keys: Some(1),
            ..PaginatedListOptions::default()
        };
        match self.objects.list_paginated(None, options).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => {
                Err(refused(StorageErrorKind::Failed, operation).caused_by(NoBucket))
            }
            Err(error) => Err(failed(&error, operation)),
        }
    }

    async fn store(
        &self,
        room: &Room,
        key: &Key,
        condition: Condition<'_>,
        upload: Upload,
    ) -> Result<Verification, StorageError> {
        Transfer::new(self, room, key, condition).run(upload).await
    }

    /// Parts of uploads that a crash has left are no objects: a rule of the bucket's has to remove those.
    async fn clear(&self, folder: &Path) -> Result<(), StorageError> {
        let objects = self.objects.list(Some(folder));
        let keys = objects.map_ok(|object| object.location).boxed();
        let deleted = self.objects.delete_stream(keys);
        let deleted = deleted.try_for_each(|_| async { Ok(()) }).await;
        deleted.map_err(|error| failed(&error, Operation::Delete))
    }
}

//! Ways into buckets of servers on loopback.

use wharf_storage_backends::S3Access;

use super::server::{KEY, KEY_ID, S3Server};

/// The way in.
pub(crate) fn granted(server: &S3Server) -> S3Access {
    with_key(&server.endpoint(), KEY)
}

/// The same with a key that is not the server's.
pub(crate) fn denied(server: &S3Server) -> S3Access {
    with_key(&server.endpoint(), "another key")
}

/// The way to the server at this address.
pub(crate) fn with_key(endpoint: &str, key: &str) -> S3Access {
    S3Access {
        endpoint: Some(endpoint.parse().unwrap()),
        region: "us-east-1".to_owned(),
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: key.to_owned().into(),
    }
}

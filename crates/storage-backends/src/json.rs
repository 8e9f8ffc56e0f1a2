//! Answers of JSON. They know no provider.

use serde::de::DeserializeOwned;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Error as EgressError, Response};

use crate::fault::Fault;

/// What an answer of no more than so many bytes tells.
pub(crate) async fn told<T: DeserializeOwned>(
    answer: Response,
    max_bytes: u64,
) -> Result<T, Fault> {
    let body = answer.collect_capped(max_bytes).await;
    let body = body.map_err(|error| match error {
        EgressError::BodyTooLarge { .. } | EgressError::Coded { .. } => {
            Fault::from(StorageErrorKind::Unavailable).caused_by(error)
        }
        error => error.into(),
    })?;
    serde_json::from_slice(&body).map_err(|_| StorageErrorKind::Unavailable.into())
}

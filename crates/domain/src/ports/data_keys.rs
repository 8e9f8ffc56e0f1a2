//! The port to users' data keys, which the operator's key wraps. They are made with the account
//! ([`Users::insert`](super::users::Users::insert)) and destroyed with it.

use async_trait::async_trait;

use crate::id::UserId;
use crate::ports::repository::RepositoryError;
use crate::user::WrappedDataKey;

/// The users' data keys.
#[async_trait]
pub trait DataKeys: Send + Sync {
    /// The user's data key; `None` if there is no such user, or the key was destroyed.
    async fn data_key(&self, user: UserId) -> Result<Option<WrappedDataKey>, RepositoryError>;
}

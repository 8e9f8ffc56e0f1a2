//! The port to the login flows that have begun. It knows no server and no key.

use async_trait::async_trait;

use crate::id::{LoginFlowId, UserId};
use crate::login_flow::LoginFlow;
use crate::ports::repository::RepositoryError;

/// The login flows.
#[async_trait]
pub trait LoginFlows: Send + Sync {
    /// Keeps a flow that has begun. Of its owner's others the newest stay, `most` with this one; those that
    /// go are given, for something may have to be ended that they hold.
    async fn begin(&self, flow: &LoginFlow, most: usize)
    -> Result<Vec<LoginFlow>, RepositoryError>;

    /// A user's flow.
    async fn find(
        &self,
        owner: UserId,
        id: LoginFlowId,
    ) -> Result<Option<LoginFlow>, RepositoryError>;

    /// Puts a flow in the place of the one of the `replaced` version. `false` if that is not there any more:
    /// of all who change a flow at the same time, one does.
    async fn replace(&self, flow: &LoginFlow, replaced: u32) -> Result<bool, RepositoryError>;
}

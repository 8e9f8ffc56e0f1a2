//! The port for events that come without a change, such as refusals. All others are saved by the
//! repository that saves the change.

use async_trait::async_trait;

use crate::event::Event;
use crate::ports::repository::RepositoryError;

/// The events that come without a change.
#[async_trait]
pub trait Events: Send + Sync {
    /// Saves an event.
    async fn record(&self, event: &Event) -> Result<(), RepositoryError>;
}

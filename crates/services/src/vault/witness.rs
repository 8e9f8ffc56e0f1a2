//! What the trail tells of a sealed value that does not open where it lies.
//!
//! Whoever asked for it is not the one who did it, so the event is Wharf's own.

use std::sync::Arc;

use wharf_crypto::Purpose;
use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::ports::events::Events;

/// Records what was refused.
#[derive(Clone)]
pub(super) struct Witness {
    events: Arc<dyn Events>,
    environment: Environment,
}

impl Witness {
    pub(super) fn new(events: Arc<dyn Events>, environment: Environment) -> Self {
        Self {
            events,
            environment,
        }
    }

    /// Records a refusal. Nothing was changed, so the refusal stands even if it cannot be recorded.
    pub(super) async fn record(&self, purpose: Purpose, resource: Resource) {
        let context = Context {
            actor: Actor::System,
            request: RequestId(self.environment.random_bytes()),
            client: None,
        };
        let purpose = purpose.name();
        let action = Action::SealRefused { purpose };
        let event = Event::new(&self.environment, &context, action, Some(resource));
        tracing::error!(
            purpose,
            ?resource,
            "a sealed value does not open where it lies"
        );
        if let Err(error) = self.events.record(&event).await {
            tracing::error!(%error, "a refused seal could not be recorded");
        }
    }
}

//! Audit events: what happened, by whom, to what. The names are a public contract (L-01).
//!
//! Every change is saved together with its events in one transaction (L-04). An event holds nothing
//! personal beyond ids: no name, mail address, path, file name or text from a server (L-03).

use crate::context::{Actor, ClientNetwork, Context, RequestId};
use crate::environment::Environment;
use crate::id::{ConnectionId, DocumentId, EventId, UserId};
use crate::operator_key::OperatorKeyId;
use crate::provider::Provider;
use crate::time::Timestamp;
use crate::user::Role;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Through which request.
    pub request: RequestId,
    /// Where the request came from, blurred.
    pub client: Option<ClientNetwork>,
    /// What was done.
    pub action: Action,
    /// To what it was done.
    pub resource: Option<Resource>,
}

impl Event {
    /// An event that happens now, on this context's behalf.
    pub fn new(
        environment: &Environment,
        context: &Context,
        action: Action,
        resource: Option<Resource>,
    ) -> Self {
        Self {
            id: environment.new_id(),
            at: environment.now(),
            actor: context.actor,
            request: context.request,
            client: context.client,
            action,
            resource,
        }
    }
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// An account was made.
    UserCreated {
        /// What its user may do.
        role: Role,
    },
    /// A user may do something else from now on.
    UserRoleChanged {
        /// What.
        role: Role,
    },
    /// An account was switched off.
    UserDisabled,
    /// An account was switched on again.
    UserEnabled,
    /// An account has another password.
    UserPasswordChanged,
    /// An account was deleted: nobody comes in by it, and what its user had is being erased.
    UserDeleted,
    /// All that a deleted user had is erased, as far as it could be.
    UserErased,
    /// Somebody logged in.
    SessionStarted,
    /// Sessions were ended by their user or an admin.
    SessionEnded,
    /// Somebody tried to log in, or to go on with a session, and was refused.
    SessionRefused,
    /// An account at a storage provider was connected.
    CloudConnected {
        /// Which kind of storage.
        provider: Provider,
    },
    /// An account that was known already was connected again.
    CloudReconnected {
        /// Which kind of storage.
        provider: Provider,
    },
    /// A storage refused its credential.
    CloudRequiresReauth {
        /// Which kind of storage.
        provider: Provider,
    },
    /// A connection was ended and its credential destroyed.
    CloudDisconnected {
        /// Which kind of storage.
        provider: Provider,
    },
    /// The last credential of a deleted user was destroyed.
    CloudCredentialsPurged {
        /// Which kinds of storage they opened.
        providers: Vec<Provider>,
    },
    /// A document was stored.
    DocumentStored {
        /// Its size.
        size_bytes: u64,
    },
    /// A document was deleted.
    DocumentDeleted,
    /// Another storage became the default for new documents.
    StorageDefaultChanged,
    /// A storage kept other bytes than were sent to it.
    IntegrityMismatch {
        /// Which kind of storage.
        provider: Provider,
    },
    /// Another operator's key wraps what is new from now on.
    KeyRotated {
        /// Which.
        key: OperatorKeyId,
    },
    /// An operator's key is needed by nobody any more.
    KeyRetired {
        /// Which.
        key: OperatorKeyId,
    },
    /// What is stored sealed does not open where it lies: it is damaged, or was put there from another row
    /// or time (K-03, K-05).
    SealRefused {
        /// What it was sealed for.
        purpose: &'static str,
    },
    /// An address was refused.
    EgressBlocked {
        /// The rule that refused it.
        rule: &'static str,
    },
}

/// A value in an event's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataValue {
    /// A stable name.
    Name(&'static str),
    /// Stable names.
    Names(Vec<&'static str>),
    /// A number.
    Number(u64),
    /// The id of an operator's key.
    Key(OperatorKeyId),
}

impl Action {
    /// The stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UserCreated { .. } => "user.created",
            Self::UserRoleChanged { .. } => "user.role_changed",
            Self::UserDisabled => "user.disabled",
            Self::UserEnabled => "user.enabled",
            Self::UserPasswordChanged => "user.password_changed",
            Self::UserDeleted => "user.deleted",
            Self::UserErased => "user.erased",
            Self::SessionStarted => "session.started",
            Self::SessionEnded => "session.ended",
            Self::SessionRefused => "session.refused",
            Self::CloudConnected { .. } => "cloud.connected",
            Self::CloudReconnected { .. } => "cloud.reconnected",
            Self::CloudRequiresReauth { .. } => "cloud.requires_reauth",
            Self::CloudDisconnected { .. } => "cloud.disconnected",
            Self::CloudCredentialsPurged { .. } => "cloud.credentials_purged",
            Self::DocumentStored { .. } => "document.stored",
            Self::DocumentDeleted => "document.deleted",
            Self::StorageDefaultChanged => "storage.default_changed",
            Self::IntegrityMismatch { .. } => "integrity.mismatch",
            Self::KeyRotated { .. } => "key.rotated",
            Self::KeyRetired { .. } => "key.retired",
            Self::SealRefused { .. } => "seal.refused",
            Self::EgressBlocked { .. } => "egress.blocked",
        }
    }

    /// Whether it was done or refused.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::SessionRefused
            | Self::IntegrityMismatch { .. }
            | Self::SealRefused { .. }
            | Self::EgressBlocked { .. } => Outcome::Refused,
            _ => Outcome::Done,
        }
    }

    /// What else is recorded. For connections it is the provider and nothing else.
    pub fn metadata(&self) -> Option<(&'static str, MetadataValue)> {
        match self {
            Self::UserCreated { role } | Self::UserRoleChanged { role } => {
                Some(("role", MetadataValue::Name(role.as_str())))
            }
            Self::CloudConnected { provider }
            | Self::CloudReconnected { provider }
            | Self::CloudRequiresReauth { provider }
            | Self::CloudDisconnected { provider }
            | Self::IntegrityMismatch { provider } => {
                Some(("provider", MetadataValue::Name(provider.as_str())))
            }
            Self::CloudCredentialsPurged { providers } => {
                let names = providers.iter().map(|provider| provider.as_str());
                Some(("providers", MetadataValue::Names(names.collect())))
            }
            Self::DocumentStored { size_bytes } => {
                Some(("size_bytes", MetadataValue::Number(*size_bytes)))
            }
            Self::KeyRotated { key } | Self::KeyRetired { key } => {
                Some(("key", MetadataValue::Key(*key)))
            }
            Self::SealRefused { purpose } => Some(("purpose", MetadataValue::Name(purpose))),
            Self::EgressBlocked { rule } => Some(("rule", MetadataValue::Name(rule))),
            Self::UserDisabled
            | Self::UserEnabled
            | Self::UserPasswordChanged
            | Self::UserDeleted
            | Self::UserErased
            | Self::SessionStarted
            | Self::SessionEnded
            | Self::SessionRefused
            | Self::DocumentDeleted
            | Self::StorageDefaultChanged => None,
        }
    }
}

/// Whether what was asked for was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// An account.
    User(UserId),
    /// A connection.
    Connection(ConnectionId),
    /// A document.
    Document(DocumentId),
}

impl Resource {
    /// The kind of resource that accounts are.
    pub const KIND_OF_USER: &str = "user";

    /// The stable name of the kind of resource.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => Self::KIND_OF_USER,
            Self::Connection(_) => "connection",
            Self::Document(_) => "document",
        }
    }

    /// The bytes of the id.
    pub const fn id_bytes(&self) -> &[u8; 16] {
        match self {
            Self::User(id) => id.as_bytes(),
            Self::Connection(id) => id.as_bytes(),
            Self::Document(id) => id.as_bytes(),
        }
    }
}

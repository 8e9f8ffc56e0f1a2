//! What the deletion of an account changes: which storages are to be cleared, and what of the user's
//! credentials is sealed anew for that.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use wharf_domain::connection::{Connection, ConnectionState, ReauthReason};
use wharf_domain::erasure::{Erasure, LeftBehind, Subject};
use wharf_domain::id::StepId;
use wharf_domain::login_flow::LoginFlow;
use wharf_domain::ports::erasures::{ErasurePlan, Estate, PlannedPart};
use wharf_domain::step::{SealedPayload, Step, StepKind};
use wharf_domain::time::Timestamp;

use super::Erasures;
use super::account::Account;
use super::begin::Origin;
use crate::error::ServiceError;
use crate::login_flows::unused_password;
use crate::outbox::{LEASE, Undone};
use crate::revocations::Ending;
use crate::vault::{Belonging, CredentialOf, PurgeKey, VaultError};

/// A deletion that the ledger does not know of comes back with the next restore, so telling it is never
/// given up.
const FOR_GOOD: Duration = Duration::from_hours(24 * 3650);

impl Erasures {
    /// The change that deletes the account that has all this.
    pub(super) async fn plan(
        &self,
        estate: Estate,
        origin: Origin,
    ) -> Result<ErasurePlan, ServiceError> {
        let now = self.environment.now();
        let (id, recorded_at, answered) = match origin {
            Origin::Request(answered) => (self.environment.new_id(), None, answered),
            Origin::Ledger(id) => (id, Some(now), None),
        };
        let (purge_key, wrapped) = self.vault.new_purge_key(id, estate.user.id)?;
        let parts = self.parts(&estate, &purge_key).await?;
        let is_sealed = parts.iter().any(|part| part.credential.is_some());
        let erasure = Erasure {
            id,
            user: estate.user.id,
            purge_key: is_sealed.then_some(wrapped),
            requested_at: now,
            deadline: now.plus(Erasure::PATIENCE),
            recorded_at,
            ended_at: None,
        };
        let clearing = parts
            .iter()
            .map(|part| step(part.id, StepKind::ErasePart, now, erasure.deadline));
        let mut steps: Vec<Step> = clearing.collect();
        if recorded_at.is_none() {
            steps.push(recording(&erasure));
        }
        Ok(ErasurePlan {
            estate,
            erasure,
            parts,
            steps,
            answered,
        })
    }

    async fn parts(
        &self,
        estate: &Estate,
        purge_key: &PurgeKey,
    ) -> Result<Vec<PlannedPart>, ServiceError> {
        let mut parts = vec![PlannedPart {
            id: self.environment.new_id(),
            subject: Subject::House,
            account: None,
            credential: None,
            left: None,
        }];
        for connection in &estate.connections {
            parts.push(self.of_connection(connection, purge_key).await?);
        }
        for step in &estate.steps {
            if let Some(ending) = self.of_step(step).await? {
                parts.push(self.of_ending(&ending, purge_key)?);
            }
        }
        for flow in &estate.flows {
            if let Some(ending) = self.of_flow(flow).await? {
                parts.push(self.of_ending(&ending, purge_key)?);
            }
        }
        Ok(parts)
    }

    /// A credential that is damaged is no reason to keep an account. One whose key is missing may well
    /// open later: until then the account stays as it is.
    async fn of_connection(
        &self,
        connection: &Connection,
        purge_key: &PurgeKey,
    ) -> Result<PlannedPart, ServiceError> {
        let id = self.environment.new_id();
        let mut part = PlannedPart {
            id,
            subject: Subject::Connection {
                id: connection.id,
                provider: connection.provider,
            },
            account: None,
            credential: None,
            left: refused(connection),
        };
        let Some(sealed) = connection
            .credential
            .as_ref()
            .filter(|_| !is_over(connection))
        else {
            return Ok(part);
        };
        let opened = self.vault.open(CredentialOf::from(connection), sealed);
        let credential = match opened.await {
            Ok(credential) => credential,
            Err(VaultError::Refused | VaultError::NoDataKey) => {
                tracing::error!(connection = %connection.id, "a storage cannot be cleared: its credential is damaged");
                part.left = Some(LeftBehind::CredentialDamaged);
                return Ok(part);
            }
            Err(error) => return Err(error.into()),
        };
        let account = Account {
            endpoint: connection.endpoint.clone(),
            key: connection.account.clone(),
            credential,
        };
        part.account = Some(account.key.clone()).filter(|_| part.left.is_none());
        part.credential = Some(sealed_anew(purge_key, id, &account.encode())?);
        Ok(part)
    }

    /// What a step of the user's was to end. What does not open ends with its key.
    async fn of_step(&self, step: &Step) -> Result<Option<Ending>, ServiceError> {
        match self.revocations.open(step).await {
            Ok(ending) => Ok(Some(ending)),
            Err(Undone::Failed(ServiceError::Vault(
                VaultError::Refused | VaultError::NoDataKey,
            ))) => Ok(None),
            Err(Undone::Failed(error)) => Err(error),
            Err(other) => {
                tracing::error!(step = %step.id, reason = %other, "a grant of a deleted account is not ended");
                Ok(None)
            }
        }
    }

    /// The app password that a login flow has got and that no connection has.
    async fn of_flow(&self, flow: &LoginFlow) -> Result<Option<Ending>, ServiceError> {
        let belonging = Belonging::of_login_flow(flow.owner, flow.id);
        match self.vault.open_bytes(&belonging, &flow.state.0).await {
            Ok(state) => {
                let password = unused_password(state.expose_secret());
                Ok(password.map(Ending::AppPassword))
            }
            Err(VaultError::Refused | VaultError::NoDataKey) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn of_ending(
        &self,
        ending: &Ending,
        purge_key: &PurgeKey,
    ) -> Result<PlannedPart, ServiceError> {
        let id = self.environment.new_id();
        Ok(PlannedPart {
            id,
            subject: Subject::Grant {
                provider: ending.provider(),
            },
            account: None,
            credential: Some(sealed_anew(purge_key, id, &ending.encode())?),
            left: None,
        })
    }
}

fn sealed_anew(
    purge_key: &PurgeKey,
    part: StepId,
    bytes: &[u8],
) -> Result<SealedPayload, ServiceError> {
    Ok(SealedPayload(purge_key.seal(part, 1, bytes)?))
}

/// Why nothing can be deleted through a connection, where that is known beforehand.
fn refused(connection: &Connection) -> Option<LeftBehind> {
    if connection.is_disconnected() {
        return Some(LeftBehind::Disconnected);
    }
    match connection.status.state {
        ConnectionState::RequiresReauth(_) => Some(LeftBehind::CredentialRefused),
        ConnectionState::Active | ConnectionState::Unreachable => None,
    }
}

/// Whether the provider has ended what a connection stands on, as far as is known: a password that was
/// refused is not tried again (D-03).
fn is_over(connection: &Connection) -> bool {
    connection.status.state == ConnectionState::RequiresReauth(ReauthReason::PasswordRefused)
}

/// The step that tells the ledger, which whoever saves it takes up at once.
fn recording(erasure: &Erasure) -> Step {
    let now = erasure.requested_at;
    let id = StepId::from_bytes(*erasure.id.as_bytes());
    Step {
        due_at: now.plus(LEASE),
        attempts: 1,
        ..step(id, StepKind::RecordDeletion, now, now.plus(FOR_GOOD))
    }
}

const fn step(id: StepId, kind: StepKind, now: Timestamp, deadline: Timestamp) -> Step {
    Step {
        id,
        owner: None,
        kind,
        payload: SealedPayload(Vec::new()),
        created_at: now,
        due_at: now,
        deadline,
        attempts: 0,
    }
}

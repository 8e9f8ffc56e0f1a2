//! The rows that replicas share, in memory. They pass the suite that the databases pass.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use wharf_domain::conformance::refreshes::Ports;
use wharf_domain::conformance::repositories::SavedEvents;
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, DisplayName, SealedCredential,
};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, StepId, UserId};
use wharf_domain::ports::connections::{Connections, Disconnected};
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::outbox::{Claim, Outbox};
use wharf_domain::ports::refreshes::{IdlePosition, Presented, RefreshClaim, Refreshes};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::step::Step;
use wharf_domain::time::Timestamp;
use wharf_domain::user::WrappedDataKey;

/// What a database holds.
#[derive(Clone, Default)]
pub(crate) struct Rows(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    connections: HashMap<ConnectionId, Row>,
    events: Vec<Event>,
    steps: HashMap<StepId, Step>,
    keys: HashMap<UserId, WrappedDataKey>,
}

struct Row {
    connection: Connection,
    epoch: u64,
    lease_until: Option<Timestamp>,
    claimed_at: Option<Timestamp>,
}

impl Row {
    fn is_owned(&self, owner: UserId) -> bool {
        self.connection.owner == owner
    }

    /// Whether it has a live credential of this version that was not refused.
    fn has(&self, version: u32) -> bool {
        let refused = matches!(
            self.connection.status.state,
            ConnectionState::RequiresReauth(_)
        );
        let Connection {
            credential_version, ..
        } = self.connection;
        !self.connection.is_disconnected() && credential_version == version && !refused
    }

    fn is_held(&self, claim: &RefreshClaim) -> bool {
        self.is_owned(claim.owner)
            && self.has(claim.credential_version)
            && self.epoch == claim.epoch
    }

    fn resolve(&mut self) {
        self.lease_until = None;
        self.claimed_at = None;
    }
}

impl Tables {
    fn row(&mut self, owner: UserId, id: ConnectionId) -> Option<&mut Row> {
        self.connections
            .get_mut(&id)
            .filter(|row| row.is_owned(owner))
    }

    /// All of them, or none where an id is taken.
    fn save(&mut self, events: &[Event]) -> Result<(), RepositoryError> {
        let before = self.events.len();
        for event in events {
            if self.events.iter().any(|saved| saved.id == event.id) {
                self.events.truncate(before);
                return Err(RepositoryError::Duplicate);
            }
            self.events.push(event.clone());
        }
        Ok(())
    }
}

impl Rows {
    pub(crate) fn fresh() -> Self {
        Self::default()
    }

    pub(crate) fn ports(self) -> Ports {
        Ports {
            connections: Arc::new(self.clone()),
            refreshes: Arc::new(self.clone()),
            owner: UserId::from_bytes([1; 16]),
            saved: Box::new(self),
        }
    }

    pub(crate) fn keep_key(&self, user: UserId, key: WrappedDataKey) {
        self.tables().keys.insert(user, key);
    }

    /// The names of the events so far.
    pub(crate) fn events(&self) -> Vec<&'static str> {
        let tables = self.tables();
        tables
            .events
            .iter()
            .map(|event| event.action.name())
            .collect()
    }

    /// Nobody has a data key any more.
    pub(crate) fn shred(&self) {
        self.tables().keys.clear();
    }

    /// How many steps wait.
    pub(crate) fn steps(&self) -> usize {
        self.tables().steps.len()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SavedEvents for Rows {
    async fn names(&self) -> Vec<String> {
        self.events().into_iter().map(str::to_owned).collect()
    }
}

#[async_trait]
impl Connections for Rows {
    async fn insert(
        &self,
        connection: &Connection,
        events: &[Event],
    ) -> Result<(), RepositoryError> {
        let mut tables = self.tables();
        tables.save(events)?;
        let row = Row {
            connection: connection.clone(),
            epoch: 0,
            lease_until: None,
            claimed_at: None,
        };
        tables.connections.insert(connection.id, row);
        Ok(())
    }

    async fn find(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, RepositoryError> {
        let mut tables = self.tables();
        Ok(tables.row(owner, id).map(|row| row.connection.clone()))
    }

    async fn find_account(
        &self,
        owner: UserId,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<Option<Connection>, RepositoryError> {
        let tables = self.tables();
        let mut rows = tables.connections.values().map(|row| &row.connection);
        let found = rows
            .find(|row| row.owner == owner && row.provider == provider && row.account == *account);
        Ok(found.cloned())
    }

    async fn is_account_live(
        &self,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<bool, RepositoryError> {
        let tables = self.tables();
        let mut rows = tables.connections.values().map(|row| &row.connection);
        Ok(rows.any(|row| {
            row.provider == provider && row.account == *account && !row.is_disconnected()
        }))
    }

    async fn list(&self, owner: UserId) -> Result<Vec<Connection>, RepositoryError> {
        let tables = self.tables();
        let rows = tables.connections.values().map(|row| &row.connection);
        let live = rows.filter(|row| row.owner == owner && !row.is_disconnected());
        let mut live: Vec<Connection> = live.cloned().collect();
        live.sort_by_key(|connection| (connection.created_at, *connection.id.as_bytes()));
        Ok(live)
    }

    async fn replace_credential(
        &self,
        connection: &Connection,
        replaced: u32,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let Some(row) = tables.row(connection.owner, connection.id) else {
            return Ok(false);
        };
        if row.connection.credential_version != replaced {
            return Ok(false);
        }
        row.connection = connection.clone();
        row.resolve();
        tables.save(events)?;
        Ok(true)
    }

    async fn rename(
        &self,
        owner: UserId,
        id: ConnectionId,
        name: &DisplayName,
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(owner, id);
        Ok(row
            .map(|row| row.connection.display_name = name.clone())
            .is_some())
    }

    async fn set_status(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(owner, id);
        let Some(row) = row.filter(|row| row.has(credential_version)) else {
            return Ok(false);
        };
        row.connection.status = status;
        tables.save(events)?;
        Ok(true)
    }

    async fn disconnect(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        steps: &[Step],
        events: &[Event],
    ) -> Result<Option<Disconnected>, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(owner, id);
        let live = row.filter(|row| {
            !row.connection.is_disconnected()
                && row.connection.credential_version == credential_version
        });
        let Some(row) = live else {
            return Ok(None);
        };
        row.connection.credential = None;
        row.connection.credential_version += 1;
        row.resolve();
        for step in steps {
            tables.steps.insert(step.id, step.clone());
        }
        tables.save(events)?;
        Ok(Some(Disconnected {
            documents: 0,
            was_default: false,
        }))
    }
}

#[async_trait]
impl Refreshes for Rows {
    async fn claim(
        &self,
        connection: &Connection,
        now: Timestamp,
        lease_for: Duration,
    ) -> Result<Option<RefreshClaim>, RepositoryError> {
        let (mut tables, until) = (self.tables(), now.plus(lease_for));
        let row = tables.row(connection.owner, connection.id);
        let free = row.filter(|row| {
            row.has(connection.credential_version)
                && row
                    .lease_until
                    .is_none_or(|lease| lease <= now || lease > now.plus(lease_for * 2))
        });
        Ok(free.map(|row| {
            row.epoch += 1;
            row.lease_until = Some(until);
            RefreshClaim {
                owner: connection.owner,
                connection: connection.id,
                credential_version: connection.credential_version,
                epoch: row.epoch,
                follows_unresolved: row.claimed_at.replace(now).is_some(),
            }
        }))
    }

    async fn commit(
        &self,
        claim: &RefreshClaim,
        credential: &SealedCredential,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(claim.owner, claim.connection);
        Ok(row
            .filter(|row| row.is_held(claim))
            .map(|row| {
                row.resolve();
                row.connection.credential = Some(credential.clone());
                row.connection.credential_version += 1;
                row.connection.renewed_at = now;
            })
            .is_some())
    }

    async fn release(
        &self,
        claim: &RefreshClaim,
        presented: Presented,
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(claim.owner, claim.connection);
        Ok(row
            .filter(|row| row.is_held(claim))
            .map(|row| {
                row.lease_until = None;
                if presented == Presented::No && !claim.follows_unresolved {
                    row.claimed_at = None;
                }
            })
            .is_some())
    }

    async fn refuse(
        &self,
        claim: &RefreshClaim,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let row = tables.row(claim.owner, claim.connection);
        if !row.is_some_and(|row| row.is_held(claim)) {
            return Ok(false);
        }
        tables.save(events)?;
        if let Some(row) = tables.row(claim.owner, claim.connection) {
            row.connection.status = status;
            row.resolve();
        }
        Ok(true)
    }

    async fn idle(
        &self,
        provider: Provider,
        renewed_before: Timestamp,
        after: Option<IdlePosition>,
        limit: usize,
    ) -> Result<Vec<Connection>, RepositoryError> {
        let position = |row: &Connection| (row.renewed_at, *row.id.as_bytes());
        let after = after.map(|(since, id)| (since, *id.as_bytes()));
        let tables = self.tables();
        let rows = tables.connections.values().filter(|row| {
            let connection = &row.connection;
            connection.provider == provider
                && row.has(connection.credential_version)
                && connection.renewed_at < renewed_before
                && after.is_none_or(|after| position(connection) > after)
        });
        let mut idle: Vec<Connection> = rows.map(|row| row.connection.clone()).collect();
        idle.sort_by_key(position);
        idle.truncate(limit);
        Ok(idle)
    }
}

#[async_trait]
impl DataKeys for Rows {
    async fn data_key(&self, user: UserId) -> Result<Option<WrappedDataKey>, RepositoryError> {
        Ok(self.tables().keys.get(&user).cloned())
    }
}

#[async_trait]
impl Events for Rows {
    async fn record(&self, event: &Event) -> Result<(), RepositoryError> {
        self.tables().save(std::slice::from_ref(event))
    }
}

#[async_trait]
impl Outbox for Rows {
    async fn add(&self, step: &Step) -> Result<(), RepositoryError> {
        self.tables().steps.insert(step.id, step.clone());
        Ok(())
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease_ends: Timestamp,
        limit: usize,
    ) -> Result<Vec<Step>, RepositoryError> {
        let mut tables = self.tables();
        let mut due: Vec<&mut Step> = tables
            .steps
            .values_mut()
            .filter(|step| step.due_at <= now)
            .collect();
        due.sort_by_key(|step| (step.due_at, *step.id.as_bytes()));
        due.truncate(limit);
        let claimed = due.into_iter().map(|step| {
            step.attempts += 1;
            step.due_at = lease_ends;
            step.clone()
        });
        Ok(claimed.collect())
    }

    async fn complete(&self, claim: Claim) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let held = tables.steps.get(&claim.step);
        let is_held = held.is_some_and(|step| step.attempts == claim.attempt);
        Ok(is_held && tables.steps.remove(&claim.step).is_some())
    }

    async fn postpone(&self, claim: Claim, due_at: Timestamp) -> Result<bool, RepositoryError> {
        let mut tables = self.tables();
        let held = tables.steps.get_mut(&claim.step);
        let held = held.filter(|step| step.attempts == claim.attempt);
        Ok(held.map(|step| step.due_at = due_at).is_some())
    }

    async fn bury(&self, claim: Claim, _: Timestamp) -> Result<bool, RepositoryError> {
        self.complete(claim).await
    }
}

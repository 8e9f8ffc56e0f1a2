//! The only outward shape of a connection: it has no credential to lose.

use wharf_domain::connection::{Connection, ConnectionStatus, DisplayName, Endpoint};
use wharf_domain::id::ConnectionId;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

/// A connection as its owner may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionView {
    /// The connection's id.
    pub id: ConnectionId,
    /// The kind of storage.
    pub provider: Provider,
    /// What the user calls it.
    pub display_name: DisplayName,
    /// The server's address, as it was checked when connecting.
    pub endpoint: Endpoint,
    /// Whether it can be used.
    pub status: ConnectionStatus,
    /// When the account was first connected.
    pub created_at: Timestamp,
}

impl From<Connection> for ConnectionView {
    fn from(connection: Connection) -> Self {
        let Connection {
            id,
            provider,
            display_name,
            endpoint,
            status,
            created_at,
            owner: _,
            account: _,
            credential: _,
            credential_version: _,
            renewed_at: _,
        } = connection;
        Self {
            id,
            provider,
            display_name,
            endpoint,
            status,
            created_at,
        }
    }
}

-- Ids are the 16 bytes of a UUID, instants are microseconds since the Unix epoch. The same tables,
-- columns and keys stand in the folder of the same name for PostgreSQL; a test compares both.

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('regular', 'admin')),
    session_epoch INTEGER NOT NULL CHECK (session_epoch >= 0),
    -- NULL is the house.
    default_connection_id BLOB,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (id, default_connection_id) REFERENCES connections (owner_id, id)
) STRICT;

-- Apart from the users, so that destroying a key deletes a row and nobody reads it by the way.
CREATE TABLE user_keys (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE connections (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id),
    provider TEXT NOT NULL,
    account_key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    display_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'REQUIRES_REAUTH', 'UNREACHABLE')),
    status_reason TEXT,
    status_since INTEGER NOT NULL,
    -- NULL once the user has disconnected it.
    credential BLOB,
    credential_version INTEGER NOT NULL CHECK (credential_version >= 0),
    refresh_epoch INTEGER NOT NULL DEFAULT 0 CHECK (refresh_epoch >= 0),
    created_at INTEGER NOT NULL,
    UNIQUE (owner_id, provider, account_key),
    -- What points at a connection names its owner too, so that nothing can point at another user's.
    UNIQUE (owner_id, id)
) STRICT;

CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- NULL is the house.
    connection_id BLOB,
    item_id TEXT NOT NULL,
    -- What the storage told of the stored bytes, to know them again.
    storage_etag TEXT,
    storage_modified_at INTEGER,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (owner_id, connection_id) REFERENCES connections (owner_id, id)
) STRICT;

CREATE INDEX documents_by_owner ON documents (owner_id, id);
CREATE INDEX documents_by_connection ON documents (connection_id);

-- Without foreign keys: events outlive what they tell of.
CREATE TABLE audit_events (
    -- The order of arrival.
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    occurred_at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    resource_kind TEXT,
    resource_id BLOB,
    request_id TEXT NOT NULL,
    client_network TEXT,
    -- A JSON object.
    metadata TEXT NOT NULL
) STRICT;

-- The same tables, columns and keys stand in the folder of the same name for SQLite; a test compares
-- both.

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('regular', 'admin')),
    session_epoch bigint NOT NULL CHECK (session_epoch >= 0),
    -- NULL is the house.
    default_connection_id uuid,
    created_at timestamptz NOT NULL
);

-- Apart from the users, so that destroying a key deletes a row and nobody reads it by the way.
CREATE TABLE user_keys (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    wrapped bytea NOT NULL
);

CREATE TABLE connections (
    id uuid NOT NULL PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    provider text NOT NULL,
    account_key text NOT NULL,
    endpoint text NOT NULL,
    display_name text NOT NULL,
    status text NOT NULL CHECK (status IN ('ACTIVE', 'REQUIRES_REAUTH', 'UNREACHABLE')),
    status_reason text,
    status_since timestamptz NOT NULL,
    -- NULL once the user has disconnected it.
    credential bytea,
    credential_version bigint NOT NULL CHECK (credential_version >= 0),
    refresh_epoch bigint NOT NULL DEFAULT 0 CHECK (refresh_epoch >= 0),
    created_at timestamptz NOT NULL,
    UNIQUE (owner_id, provider, account_key),
    -- What points at a connection names its owner too, so that nothing can point at another user's.
    UNIQUE (owner_id, id)
);

ALTER TABLE users
    ADD FOREIGN KEY (id, default_connection_id) REFERENCES connections (owner_id, id);

CREATE TABLE documents (
    id uuid NOT NULL PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    -- NULL is the house.
    connection_id uuid,
    item_id text NOT NULL,
    -- What the storage told of the stored bytes, to know them again.
    storage_etag text,
    storage_modified_at timestamptz,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (owner_id, connection_id) REFERENCES connections (owner_id, id)
);

CREATE INDEX documents_by_owner ON documents (owner_id, id);
CREATE INDEX documents_by_connection ON documents (connection_id);

-- Without foreign keys: events outlive what they tell of.
CREATE TABLE audit_events (
    -- The order of arrival.
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    occurred_at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    resource_kind text,
    resource_id uuid,
    request_id text NOT NULL,
    client_network text,
    -- A JSON object, as text: its bytes are what the chain of events covers.
    metadata text NOT NULL
);

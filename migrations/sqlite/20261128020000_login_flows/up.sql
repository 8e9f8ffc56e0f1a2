-- Logins at the pages of users' own servers that have begun.
CREATE TABLE login_flows (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id),
    -- Sealed.
    state BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    -- Until then one asks the server, and nobody else.
    leased_until INTEGER NOT NULL,
    begun_at INTEGER NOT NULL
) STRICT;

CREATE INDEX login_flows_by_owner ON login_flows (owner_id, begun_at);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id),
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    -- Digests: whoever reads them can not go on with the session.
    lineage_sha256 BLOB NOT NULL CHECK (length(lineage_sha256) = 32),
    token_sha256 BLOB NOT NULL CHECK (length(token_sha256) = 32),
    started_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_owner ON sessions (owner_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

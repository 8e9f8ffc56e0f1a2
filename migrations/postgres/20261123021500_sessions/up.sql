CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    -- Digests: whoever reads them can not go on with the session.
    lineage_sha256 bytea NOT NULL CHECK (length(lineage_sha256) = 32),
    token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
    started_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX sessions_by_owner ON sessions (owner_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

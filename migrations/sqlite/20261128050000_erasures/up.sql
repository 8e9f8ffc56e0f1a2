-- What is left to be done of deleted accounts. No name and no mail address stands here, and no key to the
-- users' table: the account is gone.
CREATE TABLE erasures (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL UNIQUE,
    -- Wrapped; NULL once the last credential is destroyed.
    purge_key BLOB,
    requested_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    recorded_at INTEGER,
    ended_at INTEGER
) STRICT;

CREATE INDEX erasures_by_end ON erasures (ended_at, deadline);
CREATE INDEX erasures_by_operator_key ON erasures (substr(purge_key, 3, 16), id);

CREATE TABLE erasure_parts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    erasure_id BLOB NOT NULL REFERENCES erasures (id),
    -- NULL is the house.
    provider TEXT,
    -- NULL for the house, and for a grant without documents.
    connection_id BLOB,
    -- As long as documents are to be deleted there, so that nobody ends the grant meanwhile.
    account_key TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    trashed INTEGER NOT NULL DEFAULT 0,
    missing INTEGER NOT NULL DEFAULT 0,
    grant_end TEXT,
    ended_at INTEGER
) STRICT;

CREATE INDEX erasure_parts_by_erasure ON erasure_parts (erasure_id);
CREATE INDEX erasure_parts_by_connection ON erasure_parts (connection_id);
CREATE INDEX erasure_parts_by_account ON erasure_parts (provider, account_key);

-- Apart from the parts, so that destroying a credential deletes a row.
CREATE TABLE erasure_credentials (
    part_id BLOB NOT NULL PRIMARY KEY REFERENCES erasure_parts (id),
    -- Sealed under the purge key.
    sealed BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    -- Until then whoever was renewing it when the account was deleted may bring another.
    held_until INTEGER
) STRICT;

-- A row goes when its document is deleted; one that could not be keeps its id and the reason.
CREATE TABLE erasure_documents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    part_id BLOB NOT NULL REFERENCES erasure_parts (id),
    item_id TEXT,
    size_bytes INTEGER,
    etag TEXT,
    modified_at INTEGER,
    left_behind TEXT,
    CHECK ((item_id IS NULL) = (left_behind IS NOT NULL))
) STRICT;

CREATE INDEX erasure_documents_by_part ON erasure_documents (part_id, id);

-- What requests have led to, for a day (draft-ietf-httpapi-idempotency-key-header-07).
CREATE TABLE answered_requests (
    caller_id BLOB NOT NULL REFERENCES users (id),
    route TEXT NOT NULL,
    key_sha256 BLOB NOT NULL CHECK (length(key_sha256) = 32),
    request_sha256 BLOB NOT NULL CHECK (length(request_sha256) = 32),
    outcome_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (caller_id, route, key_sha256)
) STRICT;

CREATE INDEX answered_requests_by_time ON answered_requests (created_at);

-- Steps of erasures have no owner any more.
ALTER TABLE outbox RENAME TO outbox_owned;
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB REFERENCES users (id),
    kind TEXT NOT NULL,
    -- Sealed; NULL once the step is given up.
    payload BLOB,
    created_at INTEGER NOT NULL,
    -- When it is tried next; while somebody is at it, when their lease ends.
    due_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    -- Counts the leases and tells one from the next.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    given_up_at INTEGER,
    CHECK ((payload IS NULL) = (given_up_at IS NOT NULL))
) STRICT;
INSERT INTO outbox SELECT * FROM outbox_owned;
DROP TABLE outbox_owned;

CREATE INDEX outbox_by_due ON outbox (due_at) WHERE given_up_at IS NULL;
CREATE INDEX outbox_by_owner ON outbox (owner_id);

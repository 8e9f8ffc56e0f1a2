-- What is left to be done of deleted accounts. No name and no mail address stands here, and no key to the
-- users' table: the account is gone.
CREATE TABLE erasures (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE,
    -- Wrapped; NULL once the last credential is destroyed.
    purge_key bytea,
    requested_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    recorded_at timestamptz,
    ended_at timestamptz
);

CREATE INDEX erasures_by_end ON erasures (ended_at, deadline);
CREATE INDEX erasures_by_operator_key ON erasures (substr(purge_key, 3, 16), id);

CREATE TABLE erasure_parts (
    id uuid NOT NULL PRIMARY KEY,
    erasure_id uuid NOT NULL REFERENCES erasures (id),
    -- NULL is the house.
    provider text,
    -- NULL for the house, and for a grant without documents.
    connection_id uuid,
    -- As long as documents are to be deleted there, so that nobody ends the grant meanwhile.
    account_key text,
    deleted bigint NOT NULL DEFAULT 0,
    trashed bigint NOT NULL DEFAULT 0,
    missing bigint NOT NULL DEFAULT 0,
    grant_end text,
    ended_at timestamptz
);

CREATE INDEX erasure_parts_by_erasure ON erasure_parts (erasure_id);
CREATE INDEX erasure_parts_by_connection ON erasure_parts (connection_id);
CREATE INDEX erasure_parts_by_account ON erasure_parts (provider, account_key);

-- Apart from the parts, so that destroying a credential deletes a row.
CREATE TABLE erasure_credentials (
    part_id uuid NOT NULL PRIMARY KEY REFERENCES erasure_parts (id),
    -- Sealed under the purge key.
    sealed bytea NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    -- Until then whoever was renewing it when the account was deleted may bring another.
    held_until timestamptz
);

-- A row goes when its document is deleted; one that could not be keeps its id and the reason.
CREATE TABLE erasure_documents (
    id uuid NOT NULL PRIMARY KEY,
    part_id uuid NOT NULL REFERENCES erasure_parts (id),
    item_id text,
    size_bytes bigint,
    etag text,
    modified_at timestamptz,
    left_behind text,
    CHECK ((item_id IS NULL) = (left_behind IS NOT NULL))
);

CREATE INDEX erasure_documents_by_part ON erasure_documents (part_id, id);

-- What requests have led to, for a day (draft-ietf-httpapi-idempotency-key-header-07).
CREATE TABLE answered_requests (
    caller_id uuid NOT NULL REFERENCES users (id),
    route text NOT NULL,
    key_sha256 bytea NOT NULL CHECK (length(key_sha256) = 32),
    request_sha256 bytea NOT NULL CHECK (length(request_sha256) = 32),
    outcome_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller_id, route, key_sha256)
);

CREATE INDEX answered_requests_by_time ON answered_requests (created_at);

-- Steps of erasures have no owner any more.
ALTER TABLE outbox ALTER COLUMN owner_id DROP NOT NULL;

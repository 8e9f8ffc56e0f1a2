-- What changes leave behind to be done. A row goes when its step is done.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id),
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

CREATE INDEX outbox_by_due ON outbox (due_at) WHERE given_up_at IS NULL;
CREATE INDEX outbox_by_owner ON outbox (owner_id);

-- Whether anybody is connected to an account is asked before its grant is ended.
CREATE INDEX connections_by_account ON connections (provider, account_key);

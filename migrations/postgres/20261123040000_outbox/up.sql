-- What changes leave behind to be done. A row goes when its step is done.
CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    -- Sealed; NULL once the step is given up.
    payload bytea,
    created_at timestamptz NOT NULL,
    -- When it is tried next; while somebody is at it, when their lease ends.
    due_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    -- Counts the leases and tells one from the next.
    attempts bigint NOT NULL CHECK (attempts >= 0),
    given_up_at timestamptz,
    CHECK ((payload IS NULL) = (given_up_at IS NOT NULL))
);

CREATE INDEX outbox_by_due ON outbox (due_at) WHERE given_up_at IS NULL;
CREATE INDEX outbox_by_owner ON outbox (owner_id);

-- Whether anybody is connected to an account is asked before its grant is ended.
CREATE INDEX connections_by_account ON connections (provider, account_key);

-- The operator's keys themselves are never here. A record tells in its bytes 3 to 18 by which it was wrapped.

-- What is remembered of each.
CREATE TABLE operator_keys (
    id uuid NOT NULL PRIMARY KEY,
    -- A record that this key alone opens.
    canary bytea NOT NULL,
    created_at timestamptz NOT NULL,
    promoted_at timestamptz,
    retired_at timestamptz
);

-- Which keys are needed, and by which rows.
CREATE INDEX user_keys_by_operator_key ON user_keys (substr(wrapped, 3, 16), user_id);

-- Whose turn it is to do what one alone may do.
CREATE TABLE turns (
    name text NOT NULL PRIMARY KEY,
    holder uuid NOT NULL,
    ends_at timestamptz NOT NULL
);

-- The processes that serve.
CREATE TABLE replicas (
    id uuid NOT NULL PRIMARY KEY,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    primary_key uuid NOT NULL,
    -- The ids of all operator's keys that it has loaded, separated by blanks.
    loaded_keys text NOT NULL
);

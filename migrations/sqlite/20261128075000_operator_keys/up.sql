-- The operator's keys themselves are never here. A record tells in its bytes 3 to 18 by which it was wrapped.

-- What is remembered of each.
CREATE TABLE operator_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- A record that this key alone opens.
    canary BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    promoted_at INTEGER,
    retired_at INTEGER
) STRICT;

-- Which keys are needed, and by which rows.
CREATE INDEX user_keys_by_operator_key ON user_keys (substr(wrapped, 3, 16), user_id);

-- Whose turn it is to do what one alone may do.
CREATE TABLE turns (
    name TEXT NOT NULL PRIMARY KEY,
    holder BLOB NOT NULL CHECK (length(holder) = 16),
    ends_at INTEGER NOT NULL
) STRICT;

-- The processes that serve.
CREATE TABLE replicas (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    primary_key BLOB NOT NULL CHECK (length(primary_key) = 16),
    -- The ids of all operator's keys that it has loaded, separated by blanks.
    loaded_keys TEXT NOT NULL
) STRICT;

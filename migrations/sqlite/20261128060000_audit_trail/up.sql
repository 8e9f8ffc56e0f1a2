-- Events come in where they always did, and wait there for their place in the trail.

CREATE TABLE audit_trail (
    -- Without gaps; given by one process at a time.
    position INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    occurred_at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    resource_kind TEXT,
    resource_id BLOB,
    request_id TEXT NOT NULL,
    -- Of strangers; what is a user's is sealed.
    client_network TEXT,
    client_sealed BLOB,
    -- A JSON object, as text: its bytes are what the hash covers.
    metadata TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (client_network IS NULL OR client_sealed IS NULL)
) STRICT;

-- Each ends in the order in which the trail is looked through.
CREATE INDEX audit_trail_by_actor ON audit_trail (actor_id, occurred_at, position);
CREATE INDEX audit_trail_by_action ON audit_trail (action, occurred_at, position);
CREATE INDEX audit_trail_by_resource ON audit_trail (resource_id, occurred_at, position);
CREATE INDEX audit_trail_by_outcome ON audit_trail (outcome, occurred_at, position);
CREATE INDEX audit_trail_by_time ON audit_trail (occurred_at, position);

CREATE TABLE audit_checkpoints (
    position INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signed_at INTEGER NOT NULL,
    key_id BLOB NOT NULL CHECK (length(key_id) = 16),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- One row: which process's term it is, and until when.
CREATE TABLE audit_sequencer (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    term INTEGER NOT NULL CHECK (term >= 0),
    leased_until INTEGER NOT NULL
) STRICT;

INSERT INTO audit_sequencer (id, term, leased_until) VALUES (1, 0, 0);

-- What was written stays as it was written; and nobody can say afterwards that it was the program. An
-- insert that would replace a row fires no trigger for the row that it deletes, so it is refused itself.

CREATE TRIGGER audit_trail_is_not_updated BEFORE UPDATE ON audit_trail
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_trail_is_not_deleted BEFORE DELETE ON audit_trail
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_trail_is_not_replaced BEFORE INSERT ON audit_trail
WHEN EXISTS (SELECT 1 FROM audit_trail WHERE position = NEW.position OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_checkpoints_are_not_updated BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_checkpoints_are_not_deleted BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_checkpoints_are_not_replaced BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_events_are_not_updated BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

-- An event that has its place need not wait any more.
CREATE TRIGGER audit_events_wait_for_their_place BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_trail WHERE id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TRIGGER audit_events_are_not_replaced BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

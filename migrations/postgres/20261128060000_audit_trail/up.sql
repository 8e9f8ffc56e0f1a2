-- Events come in where they always did, and wait there for their place in the trail. A replica of the
-- version before goes on writing them beside this one.

CREATE TABLE audit_trail (
    -- Without gaps; given by one replica at a time.
    position bigint NOT NULL PRIMARY KEY CHECK (position > 0),
    id uuid NOT NULL UNIQUE,
    occurred_at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    outcome text NOT NULL,
    resource_kind text,
    resource_id uuid,
    request_id text NOT NULL,
    -- Of strangers; what is a user's is sealed.
    client_network text,
    client_sealed bytea,
    -- A JSON object, as text: its bytes are what the hash covers.
    metadata text NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    CHECK (client_network IS NULL OR client_sealed IS NULL)
);

-- Each ends in the order in which the trail is looked through.
CREATE INDEX audit_trail_by_actor ON audit_trail (actor_id, occurred_at, position);
CREATE INDEX audit_trail_by_action ON audit_trail (action, occurred_at, position);
CREATE INDEX audit_trail_by_resource ON audit_trail (resource_id, occurred_at, position);
CREATE INDEX audit_trail_by_outcome ON audit_trail (outcome, occurred_at, position);
CREATE INDEX audit_trail_by_time ON audit_trail (occurred_at, position);

CREATE TABLE audit_checkpoints (
    position bigint NOT NULL PRIMARY KEY CHECK (position > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    signed_at timestamptz NOT NULL,
    key_id bytea NOT NULL CHECK (length(key_id) = 16),
    signature bytea NOT NULL CHECK (length(signature) = 64)
);

-- One row: which replica's term it is, and until when.
CREATE TABLE audit_sequencer (
    id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    term bigint NOT NULL CHECK (term >= 0),
    leased_until timestamptz NOT NULL
);

INSERT INTO audit_sequencer (id, term, leased_until) VALUES (1, 0, 'epoch');

-- What was written stays as it was written; and nobody can say afterwards that it was the program.

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER audit_trail_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_checkpoints_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- An event that has its place need not wait any more.
CREATE FUNCTION audit_refuse_unless_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_trail WHERE id = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER audit_events_wait_for_their_place BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_unless_placed();

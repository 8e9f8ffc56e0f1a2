-- Logins at the pages of users' own servers that have begun.
CREATE TABLE login_flows (
    id uuid NOT NULL PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    -- Sealed.
    state bytea NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    -- Until then one asks the server, and nobody else.
    leased_until timestamptz NOT NULL,
    begun_at timestamptz NOT NULL
);

CREATE INDEX login_flows_by_owner ON login_flows (owner_id, begun_at);

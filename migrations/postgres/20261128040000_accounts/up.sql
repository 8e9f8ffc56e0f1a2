-- Since when the account is switched off; NULL while it is on.
ALTER TABLE users ADD COLUMN disabled_at timestamptz;
-- Who the user is at the issuer outside that vouches for them. Such an account has no password: its hash is empty.
ALTER TABLE users ADD COLUMN issuer text;
ALTER TABLE users ADD COLUMN subject text CHECK ((issuer IS NULL) = (subject IS NULL));
-- From when on tokens of that issuer are good; NULL: all are.
ALTER TABLE users ADD COLUMN tokens_from timestamptz;

ALTER TABLE users ADD CONSTRAINT users_by_outside_subject UNIQUE (issuer, subject);
-- The admins are counted before one of them goes.
CREATE INDEX users_by_role ON users (role, id);

-- Since when the account is switched off; NULL while it is on.
ALTER TABLE users ADD COLUMN disabled_at INTEGER;
-- Who the user is at the issuer outside that vouches for them. Such an account has no password: its hash is empty.
ALTER TABLE users ADD COLUMN issuer TEXT;
ALTER TABLE users ADD COLUMN subject TEXT CHECK ((issuer IS NULL) = (subject IS NULL));
-- From when on tokens of that issuer are good; NULL: all are.
ALTER TABLE users ADD COLUMN tokens_from INTEGER;

CREATE UNIQUE INDEX users_by_outside_subject ON users (issuer, subject);
-- The admins are counted before one of them goes.
CREATE INDEX users_by_role ON users (role, id);

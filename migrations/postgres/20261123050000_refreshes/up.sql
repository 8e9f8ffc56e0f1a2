-- Until when the refresh of this epoch is claimed; NULL when nobody is at it.
ALTER TABLE connections ADD COLUMN refresh_lease_until timestamptz;
-- When the refresh token was last claimed for use; NULL once it is known what came of it.
ALTER TABLE connections ADD COLUMN refresh_claimed_at timestamptz;
-- When the credential of this version came.
ALTER TABLE connections ADD COLUMN credential_renewed_at timestamptz NOT NULL DEFAULT 'epoch';
UPDATE connections SET credential_renewed_at = created_at;

-- Grants that lie idle are looked for, longest idle first.
CREATE INDEX connections_by_renewal ON connections (provider, credential_renewed_at, id)
    WHERE credential IS NOT NULL;

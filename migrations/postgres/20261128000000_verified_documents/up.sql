-- How many bytes the storage keeps, which may rewrite what it gets; NULL in rows from before: as many as were sent.
ALTER TABLE documents ADD COLUMN storage_size_bytes bigint;
-- What was known of the stored bytes: digest, size-only or stored-differs; NULL in rows from before: size-only.
ALTER TABLE documents ADD COLUMN verification text;

-- What people say can be taken back: by whom and why.  The row stays.
ALTER TABLE answer ADD COLUMN revoked_at INTEGER;
ALTER TABLE answer ADD COLUMN revoked_by TEXT;
ALTER TABLE answer ADD COLUMN revoked_why TEXT;
ALTER TABLE attestation ADD COLUMN revoked_by TEXT;
ALTER TABLE attestation ADD COLUMN revoked_why TEXT;
ALTER TABLE waiver ADD COLUMN revoked_by TEXT;
ALTER TABLE waiver ADD COLUMN revoked_why TEXT;
ALTER TABLE not_applicable ADD COLUMN revoked_by TEXT;
ALTER TABLE not_applicable ADD COLUMN revoked_why TEXT;

-- Writes with an Idempotency-Key, for a day: the same request again is answered the same.
CREATE TABLE idempotency (
	key TEXT NOT NULL, who TEXT NOT NULL,
	digest TEXT NOT NULL,          -- of method, path and body
	status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
	PRIMARY KEY (key, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

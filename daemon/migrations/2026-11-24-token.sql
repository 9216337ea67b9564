-- Bearer tokens of the endpoint.  The token itself is told once and never kept: its SHA-256 is (it is random, so that is enough).
CREATE TABLE token (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	prefix TEXT NOT NULL,          -- its first characters, to tell it by
	hash BLOB NOT NULL UNIQUE,
	role TEXT NOT NULL CHECK (role IN ('metrics', 'viewer', 'operator', 'admin')),
	created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
	expires_at INTEGER NOT NULL,   -- from then on it is worth nothing
	used_at INTEGER,               -- to the minute
	revoked_at INTEGER, revoked_by TEXT
) STRICT;

-- Snapshots: pictures of the whole that cannot be changed afterwards without being noticed.  A row is a link of a chain; what
-- it shows stands in parts, each stored once under the hash of its name and text.
CREATE TABLE snapshot (
	number INTEGER PRIMARY KEY,    -- 1, 2, 3 ...: rises also when the clock goes back
	taken_at INTEGER NOT NULL,
	reason TEXT NOT NULL,          -- daily, weekly, monthly, year, asked
	who TEXT NOT NULL,
	site TEXT NOT NULL,
	previous BLOB NOT NULL,        -- head of the one before; empty for the first
	manifest BLOB NOT NULL,        -- compressed; empty once the time to keep it is over
	manifest_sha256 BLOB NOT NULL,
	head BLOB NOT NULL,
	key_id TEXT NOT NULL,
	signature BLOB NOT NULL,
	percent REAL NOT NULL, coverage_percent REAL NOT NULL, -- of the first pack: for lists
	bytes INTEGER NOT NULL,        -- of all its parts, before compression
	new_bytes INTEGER NOT NULL     -- what was stored for it, compressed
) STRICT;

CREATE TABLE snapshot_part (
	digest BLOB PRIMARY KEY,
	name TEXT NOT NULL,
	size INTEGER NOT NULL,         -- of the text
	last_number INTEGER NOT NULL,  -- of the newest snapshot that shows it
	body BLOB NOT NULL             -- compressed
) STRICT;

CREATE TABLE snapshot_key (
	id TEXT PRIMARY KEY,           -- the first 16 digits of the SHA-256 of the public key
	public TEXT NOT NULL,          -- PEM
	since INTEGER NOT NULL,
	introduced_by TEXT NOT NULL,   -- the key before it, or empty
	signature BLOB NOT NULL        -- of the key before it over this one
) STRICT, WITHOUT ROWID;

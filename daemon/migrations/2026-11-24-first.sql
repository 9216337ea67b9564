-- The first schema.  A migration is applied once, in its own transaction, and recorded by its name; it never changes
-- after a release.  Times are microseconds UTC.  Tables of registers (reg_*) are not here: store.c makes them from
-- core/registers.def and fills them from register_row, so a new column needs no migration.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Where collectors go on after a restart: written in the transaction that stores what they said.
CREATE TABLE position (collector TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What each collector says of itself: ok, off (switched off), failed (with the reason).
CREATE TABLE collector (
	name TEXT PRIMARY KEY,
	state TEXT NOT NULL CHECK (state IN ('ok', 'off', 'failed')),
	reason TEXT NOT NULL DEFAULT '',
	since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A source is (collector, peer, certificate or machine id, claimed host).
CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	collector TEXT NOT NULL,
	peer TEXT NOT NULL,
	identity TEXT NOT NULL,
	host TEXT NOT NULL,
	system TEXT NOT NULL,          -- resolved by systems.csv, else the host
	first_received INTEGER NOT NULL,
	last_received INTEGER NOT NULL,
	last_at INTEGER NOT NULL,      -- by the sender's clock; 0 when it has none
	lines INTEGER NOT NULL,
	events INTEGER NOT NULL,
	unknown INTEGER NOT NULL,      -- lines of programs no decoder speaks for
	cut INTEGER NOT NULL,
	skew INTEGER NOT NULL,         -- received - at of the newest line
	UNIQUE (collector, peer, identity, host)
) STRICT;

CREATE TABLE source_type (
	source_id INTEGER NOT NULL REFERENCES source (id),
	type TEXT NOT NULL,
	first_received INTEGER NOT NULL,
	last_received INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (source_id, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_hour (
	source_id INTEGER NOT NULL REFERENCES source (id),
	hour INTEGER NOT NULL,         -- hours since 1970-01-01 UTC
	lines INTEGER NOT NULL,
	events INTEGER NOT NULL,
	PRIMARY KEY (source_id, hour)
) STRICT, WITHOUT ROWID;

-- Events, in the order in which they were received.  No index over all of them: rows are appended.
CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	received INTEGER NOT NULL,
	at INTEGER NOT NULL,           -- the sender's time, or received when that is missing or over 5 minutes ahead
	type TEXT NOT NULL,
	source_id INTEGER NOT NULL,
	decoder TEXT NOT NULL,
	system TEXT NOT NULL,
	count INTEGER NOT NULL,        -- how many equal ones within a second this row stands for
	user TEXT, domain TEXT, target_user TEXT, "group" TEXT, src_ip TEXT, ip TEXT, mac TEXT, host TEXT, device TEXT,
	method TEXT, object TEXT, reason TEXT, program TEXT, outcome TEXT,
	raw BLOB NOT NULL              -- the first line, as it came (after redaction); bytes, not always UTF-8
) STRICT;
-- But of what is rare and asked for after every commit: without it each look would read all events.
CREATE INDEX event_log_gap ON event (received) WHERE type = 'log_gap';

-- Accounts by use: (place, user); place is the domain where systems.csv knows it, else the host; both without case.
CREATE TABLE account_seen (
	id INTEGER PRIMARY KEY,
	place TEXT NOT NULL,
	user TEXT NOT NULL,
	system TEXT NOT NULL,          -- the system that place belongs to, else place
	first_used INTEGER NOT NULL,
	last_used INTEGER NOT NULL,    -- by at
	uses INTEGER NOT NULL,
	last_src_ip TEXT NOT NULL,
	last_host TEXT NOT NULL,
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL,
	UNIQUE (place, user)
) STRICT;
CREATE INDEX account_seen_system ON account_seen (system, user);

-- Accounts that a collector found in an account store (passwd, AD export ...).
CREATE TABLE account_stored (
	set_name TEXT NOT NULL,        -- "accounts:HOST": told as a whole
	system TEXT NOT NULL,
	user TEXT NOT NULL,            -- without case
	name TEXT NOT NULL,            -- as written
	uid INTEGER,
	full_name TEXT NOT NULL DEFAULT '',
	shell TEXT NOT NULL DEFAULT '',
	enabled INTEGER NOT NULL,      -- 0: locked, expired or no login shell
	login INTEGER NOT NULL,        -- 1: a person could log in (not a daemon's account)
	admin INTEGER NOT NULL,
	password TEXT NOT NULL,        -- set, locked, empty, none, unknown
	expires_at INTEGER,
	last_login INTEGER,            -- by lastlog or its successors
	first_seen INTEGER NOT NULL,
	PRIMARY KEY (set_name, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_stored_system ON account_stored (system, user);

CREATE TABLE device_seen (
	id INTEGER PRIMARY KEY,
	mac TEXT NOT NULL UNIQUE,
	ip TEXT NOT NULL,
	host TEXT NOT NULL,
	randomised INTEGER NOT NULL,
	segment TEXT NOT NULL,         -- SSID, interface or first three octets of the address
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	sightings INTEGER NOT NULL,
	source_id INTEGER NOT NULL,
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL
) STRICT;

-- Registers.  One row a kind; state: ok, missing, refused.
CREATE TABLE register (
	kind TEXT PRIMARY KEY,
	state TEXT NOT NULL CHECK (state IN ('ok', 'missing', 'refused')),
	path TEXT NOT NULL DEFAULT '',
	digest TEXT NOT NULL DEFAULT '',
	rows INTEGER NOT NULL DEFAULT 0,
	updated_at INTEGER NOT NULL DEFAULT 0, -- of the file
	updated_by TEXT NOT NULL DEFAULT '',
	loaded_at INTEGER NOT NULL DEFAULT 0,  -- last time it was taken whole
	refused_at INTEGER NOT NULL DEFAULT 0, -- since when it is refused
	error_ja TEXT NOT NULL DEFAULT '',
	error_en TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Every state of every row that ever was: current where until IS NULL.  data: JSON of all columns, unknown ones too.
CREATE TABLE register_row (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	line INTEGER NOT NULL,
	data TEXT NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER
) STRICT;
CREATE UNIQUE INDEX register_row_now ON register_row (kind, key) WHERE until IS NULL;

CREATE TABLE register_history (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	digest TEXT NOT NULL,
	rows INTEGER NOT NULL,
	added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL,
	detail TEXT NOT NULL DEFAULT ''
) STRICT;

-- Values of list columns (mac, ip, hosts, domains), one a row, folded: what sightings are matched by.
CREATE TABLE register_value (
	kind TEXT NOT NULL, column_name TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL,
	PRIMARY KEY (kind, column_name, value, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_value_of ON register_value (kind, column_name, key, value);

-- Verdicts as they stand, and every change.  status NULL in the history: the row is no more.
CREATE TABLE verdict (
	check_id TEXT NOT NULL, resource TEXT NOT NULL,
	status TEXT NOT NULL,
	reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL,
	dims TEXT NOT NULL,            -- JSON of the row's other columns
	since INTEGER NOT NULL, first_seen INTEGER NOT NULL,
	PRIMARY KEY (check_id, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE verdict_history (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL,
	check_id TEXT NOT NULL, resource TEXT NOT NULL,
	was TEXT, status TEXT,
	reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL, dims TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_history_of ON verdict_history (check_id, resource, at);
CREATE TABLE check_history (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, check_id TEXT NOT NULL, was TEXT, status TEXT,
	severity TEXT NOT NULL, title_ja TEXT NOT NULL, title_en TEXT NOT NULL
) STRICT;
CREATE TABLE item_history (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, pack TEXT NOT NULL, item TEXT NOT NULL, was TEXT, status TEXT,
	earned REAL NOT NULL, covered REAL NOT NULL
) STRICT;
CREATE INDEX item_history_of ON item_history (pack, item, at);
CREATE TABLE score_history (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, pack TEXT NOT NULL,
	percent REAL NOT NULL, coverage_percent REAL NOT NULL, attested_percent REAL NOT NULL, measured_percent REAL,
	pass INTEGER NOT NULL, warn INTEGER NOT NULL, fail INTEGER NOT NULL, unknown INTEGER NOT NULL,
	attested INTEGER NOT NULL, na INTEGER NOT NULL, yes INTEGER NOT NULL, total INTEGER NOT NULL
) STRICT;
CREATE INDEX score_history_of ON score_history (pack, at);

-- What people say.  Read by the score; written by later commands.
CREATE TABLE answer (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, pack TEXT NOT NULL, item TEXT NOT NULL, fiscal_year INTEGER NOT NULL,
	vendor_id TEXT NOT NULL DEFAULT '', system_id TEXT NOT NULL DEFAULT '',
	answer TEXT NOT NULL CHECK (answer IN ('yes', 'no')),
	answered_on TEXT NOT NULL, target_on TEXT, who TEXT NOT NULL, note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE not_applicable (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, item TEXT NOT NULL DEFAULT '', check_id TEXT NOT NULL DEFAULT '',
	who TEXT NOT NULL, why TEXT NOT NULL, until TEXT NOT NULL, revoked_at INTEGER
) STRICT;
CREATE TABLE attestation (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, check_id TEXT NOT NULL, resource TEXT NOT NULL,
	who TEXT NOT NULL, role TEXT NOT NULL DEFAULT '', why TEXT NOT NULL, evidence_name TEXT, evidence_sha256 TEXT,
	until TEXT NOT NULL, revoked_at INTEGER
) STRICT;
CREATE TABLE waiver (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, check_id TEXT NOT NULL, resource_pattern TEXT NOT NULL,
	who TEXT NOT NULL, approver TEXT NOT NULL, why TEXT NOT NULL, measure TEXT NOT NULL DEFAULT '',
	start TEXT NOT NULL, until TEXT NOT NULL, revoked_at INTEGER
) STRICT;
CREATE TABLE ack (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, check_id TEXT NOT NULL, resource TEXT NOT NULL,
	who TEXT NOT NULL, why TEXT NOT NULL DEFAULT '', until INTEGER
) STRICT;
CREATE TABLE silence (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, matchers TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
	created_by TEXT NOT NULL, comment TEXT NOT NULL
) STRICT;

-- A change of a verdict, written in the transaction that changed it, until a channel took it.
CREATE TABLE alert_outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	alert_id TEXT NOT NULL UNIQUE, -- stable: site, check, resource, number of the change
	at INTEGER NOT NULL, check_id TEXT NOT NULL, resource TEXT NOT NULL, severity TEXT NOT NULL,
	was TEXT, status TEXT, reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL,
	done_at INTEGER
) STRICT;

-- Who did or read what through Tenken.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
	before TEXT, after TEXT
) STRICT;

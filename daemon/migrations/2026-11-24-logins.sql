-- From where accounts are used, where they are refused, and how many records each user opens.  Kept while events come, because
-- a check cannot look through five million of them.

-- A row an account and address (what 'source', with its method) or machine it was let in to (what 'host').  Uses less than
-- five minutes after the last one are the same spell and change nothing.  account 0: what is beyond the bound, as '@others'.
CREATE TABLE account_origin (
	account INTEGER NOT NULL,      -- account_seen.id
	what TEXT NOT NULL CHECK (what IN ('source', 'host')),
	value TEXT NOT NULL,           -- address ('' for the machine itself), or host
	method TEXT NOT NULL,
	first_used INTEGER NOT NULL,   -- by at, like the next
	last_used INTEGER NOT NULL,
	spells INTEGER NOT NULL,
	days INTEGER NOT NULL,         -- days of the site on which it was used
	last_night INTEGER NOT NULL,   -- last spell between 22:00 and 5:00; 0: never
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL,
	night_event INTEGER NOT NULL,
	PRIMARY KEY (account, what, value, method)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_origin_first ON account_origin (first_used);

-- Refused logins: a row five minutes (by received) and source address (kind 'source': place '', name the address) or account
-- (kind 'account'); '@others' is what is beyond the bound.  names: how many different accounts in those ten minutes, at most 32.
-- success: the first login from that address after the most of these refusals, within the hour; success_after: how many.
CREATE TABLE login_refused (
	at INTEGER NOT NULL,           -- when the five minutes began
	kind TEXT NOT NULL CHECK (kind IN ('source', 'account')),
	place TEXT NOT NULL,
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	names INTEGER NOT NULL,
	first_received INTEGER NOT NULL,
	last_received INTEGER NOT NULL,
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL,
	success INTEGER NOT NULL DEFAULT 0,
	success_after INTEGER NOT NULL DEFAULT 0,
	success_account INTEGER NOT NULL DEFAULT 0, -- account_seen.id
	success_event INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (at, kind, place, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_refused_burst ON login_refused (at) WHERE count >= 5;

-- Records that were opened: a row an hour (by at) and user.  patients: different ones (or objects, where no patient is said),
-- estimated above a hundred or so.
CREATE TABLE record_hour (
	at INTEGER NOT NULL,           -- when the hour began
	place TEXT NOT NULL,
	user TEXT NOT NULL,
	count INTEGER NOT NULL,
	patients INTEGER NOT NULL,
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL,
	PRIMARY KEY (at, place, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_hour_many ON record_hour (at) WHERE patients >= 100;

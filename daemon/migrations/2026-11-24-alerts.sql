-- Telling people: from the outbox to what is open, to notifications, to what each channel still has to take.
CREATE INDEX alert_outbox_waiting ON alert_outbox (id) WHERE done_at IS NULL;
CREATE INDEX ack_of ON ack (check_id, resource);

-- What is open, or was of late, as people know it.  A row waits to be told while seq is above told_seq of its room.
CREATE TABLE alert (
	id INTEGER PRIMARY KEY,
	check_id TEXT NOT NULL, resource TEXT NOT NULL,
	alert_id TEXT NOT NULL,            -- of its last change: alert_outbox.alert_id
	seq INTEGER NOT NULL,              -- alert_outbox.id of that; 0: there is nothing to tell
	severity INTEGER NOT NULL,         -- 0 low to 3 critical
	status TEXT, bad INTEGER NOT NULL, -- status NULL: it is no more
	told TEXT,                         -- status that people knew before the last change; NULL: they knew nothing
	reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL,
	place TEXT NOT NULL DEFAULT '',    -- host of a silent source
	since INTEGER NOT NULL, at INTEGER NOT NULL,
	room TEXT NOT NULL,                -- what is told together; "" is never told
	silence INTEGER NOT NULL,          -- silence.id that held it back
	cause INTEGER NOT NULL,            -- alert.id that it is folded into
	flaps INTEGER NOT NULL, flaps_since INTEGER NOT NULL, flapping INTEGER NOT NULL,
	first_told INTEGER NOT NULL, reminded INTEGER NOT NULL, escalated INTEGER NOT NULL,
	UNIQUE (check_id, resource)
) STRICT;
CREATE INDEX alert_in_room ON alert (room, seq);
CREATE INDEX alert_open ON alert (severity, first_told) WHERE bad = 1;
CREATE INDEX alert_closed ON alert (at) WHERE bad = 0;
CREATE INDEX alert_silenced ON alert (silence) WHERE silence > 0;
CREATE INDEX alert_folded ON alert (cause) WHERE cause > 0;
CREATE INDEX alert_place ON alert (place) WHERE bad = 1 AND place <> '';

CREATE TABLE alert_room (
	name TEXT PRIMARY KEY,
	pending INTEGER NOT NULL, severity INTEGER NOT NULL,
	first_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
	told_seq INTEGER NOT NULL, spoke_at INTEGER NOT NULL, spoke INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One message, as every channel gets it; doc holds all there is to say, note_id is stable over every attempt.
CREATE TABLE alert_note (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	note_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, kind TEXT NOT NULL, severity INTEGER NOT NULL,
	doc TEXT NOT NULL
) STRICT;
CREATE INDEX alert_note_at ON alert_note (at);
CREATE TABLE alert_delivery (
	id INTEGER PRIMARY KEY AUTOINCREMENT, note INTEGER NOT NULL REFERENCES alert_note (id), channel TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'expired')),
	attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, done_at INTEGER, error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX alert_delivery_waiting ON alert_delivery (channel, id) WHERE state = 'waiting';
CREATE INDEX alert_delivery_note ON alert_delivery (note);
CREATE TABLE alert_channel (
	name TEXT PRIMARY KEY, failures INTEGER NOT NULL, retry_at INTEGER NOT NULL,
	last_sent INTEGER NOT NULL, last_failed INTEGER NOT NULL, error TEXT NOT NULL,
	sent INTEGER NOT NULL, failed INTEGER NOT NULL, retried INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Nothing is left unsaid without being counted: by reason, and up to where people were told of the count.
CREATE TABLE alert_count (reason TEXT PRIMARY KEY, n INTEGER NOT NULL, said INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

-- Who looked at whose record: the patient as a keyed hash (the key lies beside the database), and of how many lines of a source
-- the decoders could say who, when, whom or what, and how.  A row a source, type and JST day of the newest 40.

ALTER TABLE event ADD COLUMN patient TEXT;

CREATE TABLE source_fields (
	source_id INTEGER NOT NULL REFERENCES source (id),
	type TEXT NOT NULL,
	day INTEGER NOT NULL,          -- days since 1970-01-01 in the site's zone, by received
	lines INTEGER NOT NULL,
	with_user INTEGER NOT NULL,
	with_time INTEGER NOT NULL,
	with_object INTEGER NOT NULL,  -- patient or object
	with_method INTEGER NOT NULL,
	PRIMARY KEY (source_id, type, day)
) STRICT, WITHOUT ROWID;

-- What lines look like that no decoder speaks for: their fixed words, values masked; the few most frequent of each source.
CREATE TABLE source_shape (
	id INTEGER PRIMARY KEY,
	source_id INTEGER NOT NULL REFERENCES source (id),
	program TEXT NOT NULL,
	shape TEXT NOT NULL,
	count INTEGER NOT NULL,        -- about: a new shape takes over the count of the one it replaces
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	UNIQUE (source_id, program, shape)
) STRICT;

-- What a machine, a job or an account was last said to be or to have done: one row a type of event, host and subject, so that
-- "when was the last one" costs a row and not a search.  Which types: daemon/state_told.c.
CREATE TABLE last_word (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL,
	host TEXT NOT NULL,            -- without case; of an account, its place: the domain or the host
	subject TEXT NOT NULL,         -- without case: the job, the account; '' when it is the host itself
	system TEXT NOT NULL,          -- the system that host belongs to, else host
	first_at INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	last_received INTEGER NOT NULL,
	count INTEGER NOT NULL,
	first_event INTEGER NOT NULL,
	last_event INTEGER NOT NULL,
	last_reason TEXT NOT NULL,
	last_outcome TEXT NOT NULL,
	UNIQUE (type, host, subject)
) STRICT;

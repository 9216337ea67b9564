-- What Tenken knows of itself, a row a name and day of the site: lines, cut, folded are counted up, disk_free (thousandths of
-- the disk) and store_mode (rights of the file) are as they were last.  Kept 400 days.
CREATE TABLE own_fact (
	name TEXT NOT NULL,
	day INTEGER NOT NULL,          -- days since 1970-01-01 in the site's zone
	value INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (name, day)
) STRICT, WITHOUT ROWID;

-- Whose accounts a source tells of: a row a source and place (domain or host), so that who speaks for a system need not be
-- searched for among its accounts.
CREATE TABLE source_place (
	source_id INTEGER NOT NULL REFERENCES source (id),
	place TEXT NOT NULL,
	system TEXT NOT NULL,          -- the system that place belongs to, else place
	last_at INTEGER NOT NULL,      -- by received, to the day
	PRIMARY KEY (source_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_place_system ON source_place (system);

INSERT INTO source_place
SELECT e.source_id, a.place, a.system, max(e.received)
  FROM account_seen AS a
  JOIN event AS e ON e.id = a.last_event
  JOIN source AS s ON s.id = e.source_id
 GROUP BY e.source_id, a.place;

-- Planned work that holds alerts back: one row a plan of work_plans.csv and what it concerns, with the silence made for it.  The
-- times are the plan's: a silence that somebody ended early is not made again until the plan changes.
CREATE TABLE alert_work (
	plan TEXT NOT NULL,               -- plan_id, without case
	target TEXT NOT NULL,             -- "system/ID", "device/ID", or "site"
	name TEXT NOT NULL,               -- plan_id as it is written
	starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
	silence INTEGER NOT NULL,         -- silence.id
	passed INTEGER NOT NULL DEFAULT 0, -- what began and ended meanwhile
	PRIMARY KEY (plan, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_work_silence ON alert_work (silence);

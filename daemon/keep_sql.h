/* The statements of keep.c and keep_load.c.  Inside of the two. */
#pragma once

#define KEEP_SQL(STATEMENT)                                                                                           \
	STATEMENT(VERDICT_PUT,                                                                                        \
		  "INSERT INTO verdict (check_id, resource, status, reason_ja, reason_en, dims, since, first_seen)"   \
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (check_id, resource) DO UPDATE SET"           \
		  " status = ?3, reason_ja = ?4, reason_en = ?5, dims = ?6, since = ?7, first_seen = ?8")             \
	STATEMENT(VERDICT_DROP, "DELETE FROM verdict WHERE check_id = ?1 AND resource = ?2")                          \
	STATEMENT(VERDICTS_DROP, "DELETE FROM verdict WHERE check_id = ?1")                                           \
	STATEMENT(VERDICT_PAST,                                                                                       \
		  "INSERT INTO verdict_history (at, check_id, resource, was, status, reason_ja, reason_en, dims)"     \
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                                         \
	STATEMENT(DROP_VERDICTS,                                                                                      \
		  "INSERT INTO verdict_history (at, check_id, resource, was, status, reason_ja, reason_en, dims)"     \
		  " SELECT ?1, check_id, resource, status, NULL, reason_ja, reason_en, dims FROM verdict"             \
		  " WHERE check_id = ?2")                                                                             \
	STATEMENT(DROP_CHECK,                                                                                         \
		  "INSERT INTO check_history (at, check_id, was, status, severity, title_ja, title_en)"               \
		  " SELECT ?1, check_id, status, NULL, severity, title_ja, title_en FROM check_history"               \
		  " WHERE id = (SELECT max(id) FROM check_history WHERE check_id = ?2) AND status IS NOT NULL")       \
	STATEMENT(CHECK_PAST, "INSERT INTO check_history (at, check_id, was, status, severity, title_ja, title_en)"   \
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                 \
	STATEMENT(ITEM_PAST, "INSERT INTO item_history (at, pack, item, was, status, earned, covered)"                \
			     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                  \
	STATEMENT(SCORE_PAST, "INSERT INTO score_history (at, pack, percent, coverage_percent, attested_percent,"     \
			      " measured_percent, pass, warn, fail, unknown, attested, na, yes, total)"               \
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")                \
	STATEMENT(ALERT_PUT,                                                                                          \
		  "INSERT INTO alert_outbox (alert_id, at, check_id, resource, severity, was, status, reason_ja,"     \
		  " reason_en) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                          \
	STATEMENT(ALERT_LAST, "SELECT max(id) FROM alert_outbox")                                                     \
	STATEMENT(KNOWN_LAST, "SELECT status FROM verdict_history WHERE check_id = ?1 AND resource = ?2 AND id < ?3"  \
			      " AND status IS NOT 'unknown' ORDER BY at DESC, id DESC LIMIT 1")                       \
	STATEMENT(TOLD, "SELECT value FROM meta WHERE name = ?1")                                                     \
	STATEMENT(TELL, "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2") \
	STATEMENT(VERDICTS,                                                                                           \
		  "SELECT check_id, resource, status, reason_ja, reason_en, dims, since, first_seen FROM verdict"     \
		  " ORDER BY check_id")                                                                               \
	STATEMENT(CHECKS, "SELECT NULL, check_id, status, max(id), at, 0, 0 FROM check_history GROUP BY check_id")    \
	STATEMENT(ITEMS,                                                                                              \
		  "SELECT pack, item, status, max(id), at, earned, covered FROM item_history GROUP BY pack, item")    \
	STATEMENT(SCORE_LAST,                                                                                         \
		  "SELECT percent, coverage_percent, attested_percent, measured_percent, pass, warn, fail, unknown,"  \
		  " attested, na, yes, total FROM score_history WHERE pack = ?1 ORDER BY at DESC, id DESC LIMIT 1")

enum keep_statement {
#define STATEMENT(name, text) KEEP_##name,
	KEEP_SQL(STATEMENT)
#undef STATEMENT
		KEEP_STATEMENTS,
};

struct keep;
struct sqlite3_stmt *keep_stmt(struct keep *keep, enum keep_statement which);

/* The columns of a finding in a listing, and what the questions for findings share.  Inside of the queries. */
#pragma once

#include <sqlite3.h>

#include "daemon/listing.h"

enum finding_column {
	FINDING_STATE,
	FINDING_CHECK,
	FINDING_SEVERITY,
	FINDING_RESOURCE,
	FINDING_STATUS,
	FINDING_REASON_JA,
	FINDING_REASON_EN,
	FINDING_DIMS,
	FINDING_SINCE,
	FINDING_FIRST_SEEN,
	FINDING_CLOSED_AT,
	FINDING_SYSTEM,
	FINDING_OWNER,
	FINDING_ROLE,
	FINDING_ACK,
	FINDING_COLUMNS
};
extern const struct listing_column finding_columns[FINDING_COLUMNS];

/* What a question for findings binds: which checks and what of them, and the filters as SQL takes them. */
struct finding_search {
	struct sqlite3 *db;
	const struct rules *rules;
	const struct finding_filter *filter;
	const char *sort; /* "worst" and others, without '-' */
	bool down;        /* the largest first */
	bool by_check; /* the filter names checks: findings of checks that the rules no longer have are not among them */
	char *checks;  /* JSON, for SQL */
	char *words;   /* JSON list of what to search for; NULL: all */
	unsigned limit;
};

/* -EINVAL and @diag for a filter that cannot be.  To be closed also on failure. */
int finding_search_open(struct finding_search *search, struct diag *diag);
void finding_search_close(struct finding_search *search);
/* Binds what the words below name. */
void finding_search_bind(const struct finding_search *search, struct sqlite3_stmt *stmt);
void finding_bind(struct sqlite3_stmt *stmt, const char *name, const char *text);
void finding_bind_number(struct sqlite3_stmt *stmt, const char *name, int64_t number);

/* Checks that are asked for: the gravest first is .place. */
#define FINDING_CHECKS                                                                                          \
	"c AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS severity," \
	" json_extract(value, '$[2]') AS rank, key AS place, json_extract(value, '$[3]') AS role,"              \
	" json_extract(value, '$[4]') AS owner, json_extract(value, '$[5]') AS title FROM json_each(:checks))"

/*
 * Of a verdict v and its check c.  Who is in charge: who looks after the device that the row names, else who holds the
 * office that such checks belong to.  Which system: as systems.csv has it, by what the row or its name says.
 */
#define FINDING_OWNER_SQL                                                                      \
	"coalesce((SELECT nullif(d.manager, '') FROM reg_devices AS d WHERE d.device_id_key =" \
	" fold(coalesce(json_extract(v.dims, '$.device'), v.resource)) ORDER BY d.manager DESC LIMIT 1), c.owner)"
#define FINDING_SYSTEM_SQL                                                                                       \
	"coalesce((SELECT s.system_id FROM reg_systems AS s WHERE s.system_id_key IN (fold(json_extract(v.dims," \
	" '$.system_id')), fold(json_extract(v.dims, '$.system')), fold(v.resource), fold(substr(v.resource, 1," \
	" instr(v.resource, '/') - 1)), fold(substr(v.resource, instr(v.resource, '/') + 1))) LIMIT 1),"         \
	" (SELECT s.system_id FROM reg_systems AS s WHERE s.name = json_extract(v.dims, '$.system') LIMIT 1),"   \
	" json_extract(v.dims, '$.system_id'))"
#define FINDING_ACK_SQL                                                                                         \
	"(SELECT json_object('id', a.id, 'at', a.at, 'who', a.who, 'why', nullif(a.why, ''), 'until', a.until)" \
	" FROM ack AS a WHERE a.check_id = f.check_id AND a.resource IN (f.resource, '*') AND a.at >= f.since"  \
	" AND (a.until IS NULL OR a.until > :now) ORDER BY a.id DESC LIMIT 1)"
/* Of a row f that has the columns of both. */
#define FINDING_WANTED_SQL                                                                                       \
	"(:system IS NULL OR fold(f.system) = fold(:system))"                                                    \
	" AND (:owner IS NULL OR fold(f.owner) = fold(:owner) OR f.role = :owner)"                               \
	" AND (:words IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:words) AS w WHERE instr(fold(f.check_id"   \
	" || ' ' || f.resource || ' ' || f.reason_ja || ' ' || f.reason_en || ' ' || ifnull(f.title, '') || ' '" \
	" || ifnull(f.owner, '') || ' ' || ifnull(f.system, '')), w.value) = 0))"

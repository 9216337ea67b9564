/*
 * What people say, over HTTP: answers, attestations, waivers, what does not apply.  Each kind is one table of the database, one
 * SELECT that shows its rows, and one function of daemon/say.h that takes a new one in.
 */

#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "core/when.h"
#include "dashboard/question.h"
#include "dashboard/said.h"
#include "dashboard/tables.h"

#define LONG_BYTES 2000
#define FILTERS_MAX 6

/* In all SELECTs: ?1 today, ?2 one id or NULL, ?3 only ids below it or NULL, ?4 how many, ?5 ... the filters or NULL. */
#define PAGE " AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4"
#define REVOKED "revoked_at AS revoked_at_time, revoked_by, revoked_why"

static const struct said {
	const char *filters[FILTERS_MAX + 1];
	const char *sql;
} kinds[SAY_KINDS] = {
	[SAY_ANSWER] = {
		{ "pack", "item", "vendor_id", "system_id", "fiscal_year", "state" },
		"SELECT id, at AS at_time, state, pack, item, nullif(fiscal_year, 0) AS fiscal_year,"
		" nullif(vendor_id, '') AS vendor_id, nullif(system_id, '') AS system_id, answer, answered_on, target_on,"
		" who, nullif(note, '') AS note, " REVOKED
		" FROM (SELECT *, CASE WHEN revoked_at IS NOT NULL THEN 'revoked'"
		" WHEN id IN (SELECT max(id) FROM answer WHERE revoked_at IS NULL"
		" GROUP BY pack, item, fiscal_year, fold(vendor_id), fold(system_id)) THEN 'current' ELSE 'replaced' END AS state"
		" FROM answer)"
		" WHERE (?5 IS NULL OR pack = ?5) AND (?6 IS NULL OR item = ?6) AND (?7 IS NULL OR fold(vendor_id) = fold(?7))"
		" AND (?8 IS NULL OR fold(system_id) = fold(?8)) AND (?9 IS NULL OR fiscal_year = CAST(?9 AS INTEGER))"
		" AND (?10 IS NULL OR state = ?10) AND ?1 IS NOT NULL" PAGE,
	},
	[SAY_ATTESTATION] = {
		{ "check", "resource", "state" },
		"SELECT id, at AS at_time, state, check_id AS \"check\", resource, who, nullif(role, '') AS role, why, until,"
		" evidence_name, evidence_sha256, " REVOKED
		" FROM (SELECT *, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN until < ?1 THEN 'ended'"
		" WHEN EXISTS (SELECT 1 FROM verdict_history AS h WHERE h.check_id = a.check_id AND h.resource = a.resource"
		" AND h.at > a.at AND h.status IN ('warn', 'fail')) THEN 'contradicted' ELSE 'current' END AS state"
		" FROM attestation AS a)"
		" WHERE (?5 IS NULL OR check_id = ?5) AND (?6 IS NULL OR resource = ?6) AND (?7 IS NULL OR state = ?7)" PAGE,
	},
	[SAY_WAIVER] = {
		{ "check", "resource", "state" },
		"SELECT id, at AS at_time, state, check_id AS \"check\", resource_pattern AS resource, who, approver, why,"
		" nullif(measure, '') AS measure, start, until, " REVOKED
		" FROM (SELECT *, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN until < ?1 THEN 'ended'"
		" WHEN start > ?1 THEN 'coming' ELSE 'current' END AS state FROM waiver)"
		" WHERE (?5 IS NULL OR check_id = ?5) AND (?6 IS NULL OR ?6 GLOB resource_pattern OR resource_pattern = ?6)"
		" AND (?7 IS NULL OR state = ?7)" PAGE,
	},
	[SAY_NA] = {
		{ "what", "state" },
		"SELECT id, at AS at_time, state, CASE item WHEN '' THEN check_id ELSE item END AS what, who, why, until, " REVOKED
		" FROM (SELECT *, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN until < ?1 THEN 'ended'"
		" ELSE 'current' END AS state FROM not_applicable)"
		" WHERE (?5 IS NULL OR item = ?5 OR check_id = ?5) AND (?6 IS NULL OR state = ?6)" PAGE,
	},
};

struct asked {
	char today[WHEN_MAX];
	int64_t id, before, limit; /* 0: NULL */
	const char *filters[FILTERS_MAX];
	size_t n_filters;
};

static void number_bind(struct sqlite3_stmt *stmt, int i, int64_t value)
{
	if (value > 0)
		sqlite3_bind_int64(stmt, i, value);
}

static void asked_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct asked *asked = arg;

	sqlite3_bind_text(stmt, 1, asked->today, -1, SQLITE_STATIC);
	number_bind(stmt, 2, asked->id);
	number_bind(stmt, 3, asked->before);
	sqlite3_bind_int64(stmt, 4, asked->limit);
	for (size_t i = 0; i < asked->n_filters; i++)
		sqlite3_bind_text(stmt, 5 + (int)i, asked->filters[i], -1, SQLITE_STATIC);
}

/* A page, the newest first.  One row more than asked for tells whether there is a next one. */
static int said_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret, enum say_kind kind)
{
	struct asked asked = { .n_filters = 0 };
	char bufs[FILTERS_MAX][512], cursor[32];
	struct question_page page;
	int64_t year;
	json_t *rows;
	int r;

	if (question_page(question, &page, diag) < 0)
		return -EINVAL;
	if (page.cursor && (!str_int(str_of(page.cursor), &asked.before) || asked.before < 1))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	for (; kinds[kind].filters[asked.n_filters]; asked.n_filters++)
		if (question_text(question, kinds[kind].filters[asked.n_filters], bufs[asked.n_filters],
				  sizeof(bufs[0]), &asked.filters[asked.n_filters], diag) < 0)
			return -EINVAL;
	if (kind == SAY_ANSWER && question_number(question, "fiscal_year", &year, diag) < 0)
		return -EINVAL;
	when_format_day(asked.today, when_day_of(clock_now()));
	asked.limit = page.limit + 1;
	r = table_rows(db, kinds[kind].sql, asked_bind, &asked, &rows);
	if (r < 0)
		return r;

	cursor[0] = '\0';
	if (json_array_size(rows) > (size_t)page.limit) {
		json_array_remove(rows, (size_t)page.limit);
		snprintf(cursor, sizeof(cursor), "%lld",
			 (long long)json_integer_value(
				 json_object_get(json_array_get(rows, (size_t)page.limit - 1), "id")));
	}
	*ret = json_pack("{s:o, s:o}", "items", rows, "next", cursor[0] ? json_string(cursor) : json_null());
	return 0;
}

int said_row(struct write *write, enum say_kind kind, int64_t id, json_t **ret)
{
	struct asked asked = { .id = id, .limit = 1 };
	json_t *rows = NULL;
	int r;

	when_format_day(asked.today, when_day_of(write->now));
	r = table_rows(write->db, kinds[kind].sql, asked_bind, &asked, &rows);
	if (r == 0)
		*ret = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r;
}

struct say said_call(struct write *write)
{
	return (struct say){ .db = write->db,
			     .rules = judge_rules_now(write->http->daemon->judge),
			     .now = write->now,
			     .complaints = &write->complaints };
}

/* What was said is the answer, and stands in the audit trail beside what stood until now. */
static int said(struct write *write, const struct say *say, enum say_kind kind)
{
	int r = say->replaces > 0 ? said_row(write, kind, say->replaces, &write->before) : 0;

	if (r == 0)
		r = said_row(write, kind, say->id, &write->after);
	write->answer = json_incref(write->after);
	write->tables |= say->tables;
	return r;
}

#define TEXT_FIELD(type, member, ...)                                                              \
	{                                                                                          \
		.name = #member, .kind = WRITE_TEXT, .offset = offsetof(type, member), __VA_ARGS__ \
	}
#define MUST .required = true
#define LONG .max = LONG_BYTES

int say_post_answer(struct write *write)
{
	static const struct write_field fields[] = {
		TEXT_FIELD(struct say_answer, pack),         TEXT_FIELD(struct say_answer, item, MUST),
		TEXT_FIELD(struct say_answer, vendor_id),    TEXT_FIELD(struct say_answer, system_id),
		TEXT_FIELD(struct say_answer, answer, MUST), TEXT_FIELD(struct say_answer, answered_on),
		TEXT_FIELD(struct say_answer, target_on),    TEXT_FIELD(struct say_answer, who, MUST),
		TEXT_FIELD(struct say_answer, note, LONG),
	};
	struct say_answer answer = { 0 };
	struct say say = said_call(write);
	int r = write_fields(write, fields, COUNT(fields), &answer);

	if (r == 0)
		r = say_answer(&say, &answer);
	return r < 0 ? r : said(write, &say, SAY_ANSWER);
}

int say_post_attestation(struct write *write)
{
	static const struct write_field fields[] = {
		TEXT_FIELD(struct say_attestation, check, MUST),
		TEXT_FIELD(struct say_attestation, resource, MUST, .max = 500),
		TEXT_FIELD(struct say_attestation, who, MUST),
		TEXT_FIELD(struct say_attestation, role),
		TEXT_FIELD(struct say_attestation, why, MUST, LONG),
		TEXT_FIELD(struct say_attestation, until),
		TEXT_FIELD(struct say_attestation, evidence_name, .max = 255),
		TEXT_FIELD(struct say_attestation, evidence_sha256),
	};
	struct say_attestation attestation = { 0 };
	struct say say = said_call(write);
	int r = write_fields(write, fields, COUNT(fields), &attestation);

	if (r == 0)
		r = say_attestation(&say, &attestation);
	return r < 0 ? r : said(write, &say, SAY_ATTESTATION);
}

int say_post_waiver(struct write *write)
{
	static const struct write_field fields[] = {
		TEXT_FIELD(struct say_waiver, check, MUST),
		TEXT_FIELD(struct say_waiver, resource, MUST, .max = 500),
		TEXT_FIELD(struct say_waiver, who, MUST),
		TEXT_FIELD(struct say_waiver, approver, MUST),
		TEXT_FIELD(struct say_waiver, why, MUST, LONG),
		TEXT_FIELD(struct say_waiver, measure, MUST, LONG),
		TEXT_FIELD(struct say_waiver, start),
		TEXT_FIELD(struct say_waiver, until, MUST),
	};
	struct say_waiver waiver = { 0 };
	struct say say = said_call(write);
	int r = write_fields(write, fields, COUNT(fields), &waiver);

	if (r == 0)
		r = say_waiver(&say, &waiver);
	return r < 0 ? r : said(write, &say, SAY_WAIVER);
}

int say_post_na(struct write *write)
{
	static const struct write_field fields[] = {
		TEXT_FIELD(struct say_na, what, MUST),
		TEXT_FIELD(struct say_na, who, MUST),
		TEXT_FIELD(struct say_na, why, MUST, LONG),
		TEXT_FIELD(struct say_na, until, MUST),
	};
	struct say_na na = { 0 };
	struct say say = said_call(write);
	int r = write_fields(write, fields, COUNT(fields), &na);

	if (r == 0)
		r = say_na(&say, &na);
	return r < 0 ? r : said(write, &say, SAY_NA);
}

static int take_back(struct write *write, enum say_kind kind)
{
	struct reason {
		const char *who, *why;
	} reason = { 0 };
	static const struct write_field fields[] = {
		TEXT_FIELD(struct reason, who, MUST),
		TEXT_FIELD(struct reason, why, MUST, LONG),
	};
	struct say say = said_call(write);
	int64_t id;
	int r;

	if (!str_int(write->name, &id) || id < 1)
		return -ENOENT;
	r = write_fields(write, fields, COUNT(fields), &reason);
	if (r == 0)
		r = said_row(write, kind, id, &write->before);
	if (r == 0)
		r = say_revoke(&say, kind, id, reason.who, reason.why);
	return r < 0 ? r : said(write, &say, kind);
}

/* Reading and taking back, by kind. */
#define KIND(list, post, kind)                                                                                \
	static int list##_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret) \
	{                                                                                                     \
		return said_ask(db, question, diag, ret, kind);                                               \
	}                                                                                                     \
	void api_##list(struct http *http, struct exchange *exchange, struct str name)                        \
	{                                                                                                     \
		question_put(http, exchange, name, list##_ask);                                               \
	}                                                                                                     \
	int say_revoke_##post(struct write *write)                                                            \
	{                                                                                                     \
		return take_back(write, kind);                                                                \
	}
KIND(answers, answer, SAY_ANSWER)
KIND(attestations, attestation, SAY_ATTESTATION)
KIND(waivers, waiver, SAY_WAIVER)
KIND(not_applicable, na, SAY_NA)

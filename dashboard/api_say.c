/* What people say, over HTTP: answers, attestations, waivers. */

#include <errno.h>

#include <sqlite3.h>

#include "daemon/say.h"
#include "dashboard/tables.h"
#include "dashboard/write.h"

#define NOTE_BYTES 2000

#define ANSWER_SELECT                                                                                                      \
	"SELECT id, at AS at_time, pack, item, nullif(fiscal_year, 0) AS fiscal_year, nullif(vendor_id, '') AS vendor_id," \
	" nullif(system_id, '') AS system_id, answer, answered_on, target_on, who, nullif(note, '') AS note,"              \
	" revoked_at AS revoked_at_time, revoked_by, revoked_why FROM answer"

static struct say say_of(struct write *write)
{
	return (struct say){ .db = write->db,
			     .rules = judge_rules_now(write->http->daemon->judge),
			     .now = write->now,
			     .complaints = &write->complaints };
}

static void id_bind(struct sqlite3_stmt *stmt, void *arg)
{
	sqlite3_bind_int64(stmt, 1, *(int64_t *)arg);
}

/* The row @id of @select, owned by the caller; NULL for 0. */
static int row_of(struct write *write, const char *select, int64_t id, json_t **ret)
{
	json_t *rows = NULL;
	char sql[1024];
	int r;

	*ret = NULL;
	if (id == 0)
		return 0;
	snprintf(sql, sizeof(sql), "%s WHERE id = ?1", select);
	r = table_rows(write->db, sql, id_bind, &id, &rows);
	if (r == 0)
		*ret = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r;
}

/* What was said is the answer and stands in the audit trail beside what stood until now. */
static int said(struct write *write, const struct say *say, const char *select)
{
	int r = row_of(write, select, say->replaces, &write->before);

	if (r == 0)
		r = row_of(write, select, say->id, &write->after);
	write->answer = json_incref(write->after);
	write->tables |= say->tables;
	return r;
}

int say_post_answer(struct write *write)
{
#define AT(member) offsetof(struct say_answer, member)
	static const struct write_field fields[] = {
		{ "pack", WRITE_TEXT, .offset = AT(pack) },
		{ "item", WRITE_TEXT, .required = true, .offset = AT(item) },
		{ "vendor_id", WRITE_TEXT, .offset = AT(vendor_id) },
		{ "system_id", WRITE_TEXT, .offset = AT(system_id) },
		{ "answer", WRITE_TEXT, .required = true, .offset = AT(answer) },
		{ "answered_on", WRITE_TEXT, .offset = AT(answered_on) },
		{ "target_on", WRITE_TEXT, .offset = AT(target_on) },
		{ "who", WRITE_TEXT, .required = true, .offset = AT(who) },
		{ "note", WRITE_TEXT, .max = NOTE_BYTES, .offset = AT(note) },
	};
#undef AT
	struct say_answer answer = { 0 };
	struct say say = say_of(write);
	int r = write_fields(write, fields, COUNT(fields), &answer);

	if (r == 0)
		r = say_answer(&say, &answer);
	return r < 0 ? r : said(write, &say, ANSWER_SELECT);
}

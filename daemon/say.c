#include "daemon/say.h"

#include <errno.h>

#include "core/when.h"
#include "daemon/statement.h"

int say_text(struct say *say, const char *field, const char *text, size_t max, bool required)
{
	struct str s = str_of(text);
	char limit[24];

	if (str_trim(s).n == 0)
		return required ? complain(say->complaints, field, TEXT_field_missing, NULL) : 0;
	snprintf(limit, sizeof(limit), "%zu", max);
	if (s.n > max)
		return COMPLAIN(say->complaints, field, TEXT_field_long, "max", limit);
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7f)
			return complain(say->complaints, field, TEXT_field_control, NULL);
	return str_utf8(s) ? 0 : complain(say->complaints, field, TEXT_field_control, NULL);
}

int say_date(struct say *say, const char *field, const char *text, int64_t *ret_day)
{
	if (when_parse_date(str_of(text), ret_day) == 1)
		return 0;
	return COMPLAIN(say->complaints, field, TEXT_say_date, "value", text ? text : "");
}

static int say_prepare(struct say *say, const char *sql, const char *const *values, size_t n, int first,
		       sqlite3_stmt **ret)
{
	int r = statement_prepare(say->db, sql, ret);

	for (size_t i = 0; r == 0 && i < n; i++)
		sqlite3_bind_text(*ret, first + (int)i, values[i], -1, SQLITE_STATIC);
	return r;
}

int say_insert(struct say *say, const char *sql, const char *const *values, size_t n)
{
	sqlite3_stmt *stmt = NULL;
	int r = say_prepare(say, sql, values, n, 2, &stmt);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, say->now);
		r = statement_run(stmt);
		say->id = sqlite3_last_insert_rowid(say->db);
	}
	sqlite3_finalize(stmt);
	return r;
}

int say_number(struct say *say, const char *sql, const char *const *values, size_t n, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = say_prepare(say, sql, values, n, 1, &stmt);

	*ret = 0;
	if (r == 0) {
		r = sqlite3_step(stmt);
		if (r == SQLITE_ROW)
			*ret = sqlite3_column_int64(stmt, 0);
		r = store_errno(r);
	}
	sqlite3_finalize(stmt);
	return r;
}

const struct item *say_item(const struct checklist *list, const char *id)
{
	for (size_t i = 0; list && id && i < list->n_items; i++)
		if (strcmp(list->items[i].id, id) == 0)
			return &list->items[i];
	return NULL;
}

const char *say_year(char buf[48], int64_t day, int64_t *ret_last)
{
	int year, month, date;

	when_civil(day, &year, &month, &date);
	*ret_last = when_days(year + 1, month, date) - 1;
	return when_format_day(buf, *ret_last);
}

int say_revoke(struct say *say, enum say_kind kind, int64_t id, const char *who, const char *why)
{
	static const struct {
		const char *table, *find, *revoke;
	} kinds[SAY_KINDS] = {
#define KIND(table)                                                                                   \
	{ table, "SELECT 1 + (revoked_at IS NOT NULL) FROM " table " WHERE id = CAST(?1 AS INTEGER)", \
	  "UPDATE " table " SET revoked_at = ?1, revoked_by = ?3, revoked_why = ?4"                   \
	  " WHERE id = CAST(?2 AS INTEGER)" }
		[SAY_ANSWER] = KIND("answer"),
		[SAY_ATTESTATION] = KIND("attestation"),
		[SAY_WAIVER] = KIND("waiver"),
		[SAY_NA] = KIND("not_applicable"),
#undef KIND
	};
	char number[24];
	const char *values[] = { number, who, why };
	int64_t found;
	int r;

	say_text(say, "who", who, 200, true);
	say_text(say, "why", why, 2000, true);
	if (say->complaints->n > 0)
		return -EINVAL;
	snprintf(number, sizeof(number), "%lld", (long long)id);
	r = say_number(say, kinds[kind].find, values, 1, &found);
	if (r < 0 || found == 0)
		return r < 0 ? r : -ENOENT;
	if (found > 1) {
		complain(say->complaints, "id", TEXT_say_revoked, NULL);
		return -EEXIST;
	}
	r = say_insert(say, kinds[kind].revoke, values, COUNT(values));
	say->id = id;
	say->tables |= store_table(kinds[kind].table);
	return r;
}

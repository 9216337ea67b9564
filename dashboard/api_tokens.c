/* Tokens over HTTP, for the admin: what there are, a new one (told once), and taking one back.  And for everybody: who asks. */

#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "core/when.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"
#include "dashboard/write.h"

#define TOKEN_SELECT                                                                                                        \
	"SELECT id, name, prefix, role, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= ?1 THEN 'ended'" \
	" ELSE 'current' END AS state, created_at AS created_at_time, created_by, expires_at AS expires_at_time,"           \
	" used_at AS used_at_time, revoked_at AS revoked_at_time, revoked_by FROM token WHERE (?2 IS NULL OR id = ?2)"      \
	" ORDER BY id DESC LIMIT 1000"

struct asked {
	usec_t now;
	int64_t id; /* 0: all */
};

static void asked_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct asked *asked = arg;

	sqlite3_bind_int64(stmt, 1, asked->now);
	if (asked->id > 0)
		sqlite3_bind_int64(stmt, 2, asked->id);
}

static int tokens_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct asked asked = { .now = clock_now() };
	json_t *rows;
	int r = table_rows(db, TOKEN_SELECT, asked_bind, &asked, &rows);

	if (r == 0)
		*ret = json_pack("{s:o, s:n}", "items", rows, "next");
	return r;
}

void api_tokens(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, tokens_ask);
}

/* What the asker may do, so that the page offers no button that would be refused. */
void api_me(struct http *http, struct exchange *exchange, struct str name)
{
	reply_json(exchange, json_pack("{s:o, s:s, s:b, s:o}", "who", json_text(exchange->who), "role",
				       role_name(exchange->role), "token", exchange->head.authorization.p != NULL,
				       "expires_at", json_time(exchange->expires)));
}

static int row_of(struct write *write, int64_t id, json_t **ret)
{
	struct asked asked = { .now = write->now, .id = id };
	json_t *rows = NULL;
	int r = table_rows(write->db, TOKEN_SELECT, asked_bind, &asked, &rows);

	if (r == 0)
		*ret = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r;
}

/* A date (its day included) or a time, later than now. */
static void until_read(struct write *write, const char *text, usec_t *ret)
{
	int64_t day = when_day_of(write->now) + TOKEN_DAYS;

	*ret = when_day_start(day + 1);
	if (!text)
		return;
	if (when_parse_date(str_of(text), &day) == 1)
		*ret = when_day_start(day + 1);
	else if (when_parse_iso(str_of(text), ret) != strlen(text))
		COMPLAIN(&write->complaints, "until", TEXT_say_date, "value", text);
	if (write->complaints.n == 0 && *ret <= write->now)
		complain(&write->complaints, "until", TEXT_say_past, NULL);
}

int token_post(struct write *write)
{
	struct wanted {
		const char *name, *role, *until;
	} wanted = { 0 };
	static const struct write_field fields[] = {
		{ "name", WRITE_TEXT, .required = true, .max = 40, .offset = offsetof(struct wanted, name) },
		{ "role", WRITE_TEXT, .required = true, .offset = offsetof(struct wanted, role) },
		{ "until", WRITE_TEXT, .offset = offsetof(struct wanted, until) },
	};
	char text[TOKEN_MAX];
	enum role role = ROLE_NONE;
	usec_t expires = 0;
	int64_t id = 0;
	int r = write_fields(write, fields, COUNT(fields), &wanted);

	if (r < 0)
		return r;
	if (!role_parse(str_of(wanted.role), &role))
		complain(&write->complaints, "role", TEXT_token_role, NULL);
	until_read(write, wanted.until, &expires);
	if (write->complaints.n > 0)
		return -EINVAL;
	r = token_make(write->db, wanted.name, role, expires, write->who, write->now, &id, text);
	if (r == -ENOSPC)
		return complain(&write->complaints, "", TEXT_token_many, NULL);
	if (r == 0)
		r = row_of(write, id, &write->after);
	if (r < 0)
		return r;
	/* The answer alone has the token; the audit trail has not. */
	write->answer = json_copy(write->after);
	json_object_set_new(write->answer, "token", json_string(text));
	write->tokens = true;
	return 0;
}

int token_delete(struct write *write)
{
	int64_t id;
	int r;

	if (!str_int(write->name, &id) || id < 1)
		return -ENOENT;
	r = write_fields(write, NULL, 0, NULL);
	if (r == 0)
		r = row_of(write, id, &write->before);
	if (r == 0)
		r = token_revoke(write->db, id, write->who, write->now);
	if (r == 0)
		r = row_of(write, id, &write->after);
	write->answer = json_incref(write->after);
	write->tokens = true;
	return r;
}

/*
 * The accounts of a machine, told whole: account_stored.  What one would get wrong: the first telling says nothing about
 * who came; afterwards an account that appears or is gone is an event, because that machine may send no logs.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/line.h"
#include "core/when.h"
#include "daemon/sets_in.h"
#include "daemon/statement.h"
#include "daemon/store.h"
#include "daemon/systems.h"

#define NAME_LEN 256

struct stored {
	struct str user, name, full_name, shell, password;
	int64_t uid, last_login, expires_at;
	bool enabled, login, admin, has_uid;
};

struct telling {
	sqlite3 *db;
	struct stage *stage;
	const struct sets_change *change;
	struct str system;
	usec_t now;
	bool first;
	int64_t changes;
	sqlite3_stmt *find, *put, *mark, *gone, *drop;
};

static void telling_done(struct telling *t)
{
	sqlite3_finalize(t->find);
	sqlite3_finalize(t->put);
	sqlite3_finalize(t->mark);
	sqlite3_finalize(t->gone);
	sqlite3_finalize(t->drop);
}

static struct str fold(char *buf, struct str s)
{
	s = str_first(s, NAME_LEN);
	for (size_t i = 0; i < s.n; i++)
		buf[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (struct str){ buf, s.n };
}

/* Texts point into @buf, at least as long as @line twice over. */
static void stored_read(struct str line, char *buf, struct stored *ret)
{
	struct str rest = line, key, value;
	int64_t number, day;
	size_t n = 0;

	*ret = (struct stored){ .password = STR("unknown"), .enabled = true, .login = true };
	while (line_next(&rest, &key, &value)) {
		struct str text = line_unescape(value, buf + n);

		n += text.p == value.p ? 0 : text.n;
		number = 0;
		str_int(text, &number);
		if (str_eq(key, STR("user")))
			ret->name = text;
		else if (str_eq(key, STR("name")))
			ret->full_name = text;
		else if (str_eq(key, STR("shell")))
			ret->shell = text;
		else if (str_eq(key, STR("password")) && text.n > 0)
			ret->password = text;
		else if (str_eq(key, STR("uid")))
			ret->has_uid = str_int(text, &ret->uid);
		else if (str_eq(key, STR("enabled")))
			ret->enabled = number != 0;
		else if (str_eq(key, STR("login")))
			ret->login = number != 0;
		else if (str_eq(key, STR("admin")))
			ret->admin = number != 0;
		else if (str_eq(key, STR("last_login")))
			ret->last_login = number;
		else if (str_eq(key, STR("expires")) && when_parse_date(text, &day) == 1)
			ret->expires_at = when_day_start(day);
	}
	ret->name = str_first(ret->name, NAME_LEN);
	ret->user = fold(buf + n, ret->name);
}

static void stored_bind(const struct telling *t, const struct stored *s)
{
	const struct str texts[] = { str_of(t->stage->set), t->system, s->user,    s->name,
				     s->full_name,          s->shell,  s->password };
	const int64_t numbers[] = { s->enabled, s->login, s->admin, t->now };

	for (int i = 0; i < 7; i++)
		statement_bind(t->put, i + 1, texts[i]);
	for (int i = 0; i < 4; i++)
		sqlite3_bind_int64(t->put, i + 8, numbers[i]);
	sqlite3_bind_null(t->put, 12);
	sqlite3_bind_null(t->put, 13);
	sqlite3_bind_null(t->put, 14);
	if (s->has_uid)
		sqlite3_bind_int64(t->put, 12, s->uid);
	if (s->expires_at)
		sqlite3_bind_int64(t->put, 13, s->expires_at);
	if (s->last_login)
		sqlite3_bind_int64(t->put, 14, s->last_login);
}

/* One account that was told. */
static int account_put(struct telling *t, const struct stored *s)
{
	bool known;
	int r;

	statement_bind(t->find, 1, str_of(t->stage->set));
	statement_bind(t->find, 2, s->user);
	known = sqlite3_step(t->find) == SQLITE_ROW;
	sqlite3_reset(t->find);
	stored_bind(t, s);
	r = statement_run(t->put);
	t->changes += sqlite3_changes64(t->db);
	if (r == 0) {
		statement_bind(t->mark, 1, s->user);
		r = statement_run(t->mark);
	}
	if (r == 0 && !known && !t->first)
		r = t->change->account(t->change->arg, EVENT_account_create, s->user);
	return r;
}

/* Accounts that were not told are gone. */
static int accounts_gone(struct telling *t)
{
	int r = 0;

	statement_bind(t->gone, 1, str_of(t->stage->set));
	while (r == 0) {
		int step = sqlite3_step(t->gone);

		if (step != SQLITE_ROW) {
			r = store_errno(step);
			break;
		}
		t->changes++;
		if (!t->first)
			r = t->change->account(t->change->arg, EVENT_account_delete,
					       (struct str){ (const char *)sqlite3_column_text(t->gone, 0),
							     (size_t)sqlite3_column_bytes(t->gone, 0) });
	}
	sqlite3_reset(t->gone);
	if (r == 0) {
		statement_bind(t->drop, 1, str_of(t->stage->set));
		r = statement_run(t->drop);
	}
	return r;
}

static int telling_prepare(struct telling *t)
{
	int r = store_errno(sqlite3_exec(t->db,
					 "CREATE TEMP TABLE IF NOT EXISTS told (user TEXT PRIMARY KEY) WITHOUT ROWID;"
					 "DELETE FROM told",
					 NULL, NULL, NULL));

	if (r == 0)
		r = statement_prepare(t->db, "SELECT 1 FROM account_stored WHERE set_name = ? AND user = ?", &t->find);
	if (r == 0)
		r = statement_prepare(t->db, "INSERT OR IGNORE INTO told VALUES (?)", &t->mark);
	if (r == 0)
		r = statement_prepare(t->db, "SELECT user FROM account_stored WHERE set_name = ? AND user NOT IN told",
				      &t->gone);
	if (r == 0)
		r = statement_prepare(t->db, "DELETE FROM account_stored WHERE set_name = ? AND user NOT IN told",
				      &t->drop);
	if (r == 0)
		r = statement_prepare(
			t->db,
			"INSERT INTO account_stored AS a (set_name, system, user, name, full_name, shell, password, enabled,"
			" login, admin, first_seen, uid, expires_at, last_login)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET system = excluded.system,"
			" name = excluded.name, full_name = excluded.full_name, shell = excluded.shell,"
			" password = excluded.password, enabled = excluded.enabled, login = excluded.login,"
			" admin = excluded.admin, uid = excluded.uid, expires_at = excluded.expires_at,"
			" last_login = excluded.last_login WHERE (a.system, a.name, a.full_name, a.shell, a.password, a.enabled,"
			" a.login, a.admin, a.uid, a.expires_at, a.last_login) IS NOT (excluded.system, excluded.name,"
			" excluded.full_name, excluded.shell, excluded.password, excluded.enabled, excluded.login,"
			" excluded.admin, excluded.uid, excluded.expires_at, excluded.last_login)",
			&t->put);
	return r;
}

static int telling_rows(struct telling *t)
{
	_free_ char *buf = NULL;
	size_t size = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->stage->n_rows; i++) {
		struct str line = stage_text(t->stage, i);
		struct stored stored;

		if (size < 2 * line.n + NAME_LEN) {
			free(buf);
			size = 2 * line.n + 2 * NAME_LEN;
			buf = malloc(size);
			if (!buf)
				return -ENOMEM;
		}
		stored_read(line, buf, &stored);
		if (stored.user.n > 0)
			r = account_put(t, &stored);
	}
	return r;
}

int sets_accounts(struct stage *stage, sqlite3 *db, const struct set_end *end, struct str system, usec_t now,
		  const struct sets_change *change, struct sets_result *ret)
{
	char folded[NAME_LEN], told[sizeof(stage->set) + 8];
	_cleanup_(telling_done) struct telling t = { .db = db, .stage = stage, .change = change, .now = now };
	int r;

	if (end->state == SET_REFUSED || stage->too_large) {
		ret->refused = true;
		str_copy(ret->error, sizeof(ret->error), stage->too_large ? STR("too many accounts") : end->error_en);
		return 0;
	}
	t.system = fold(folded, system);
	snprintf(told, sizeof(told), "told:%s", stage->set);
	t.first = !store_meta_is(db, told, NULL) || end->state == SET_MISSING;
	if (end->state == SET_MISSING)
		stage->n_rows = 0;
	r = telling_prepare(&t);
	if (r == 0)
		r = telling_rows(&t);
	if (r == 0)
		r = accounts_gone(&t);
	if (r == 0 && t.first && end->state == SET_OK)
		r = store_meta_set(db, told, "1");
	if (r == 0 && t.changes > 0)
		ret->tables = store_table("account_stored");
	return r;
}

int sets_resolve(sqlite3 *db, const struct systems *systems)
{
	sqlite3_stmt *sets = NULL, *put = NULL;
	char folded[NAME_LEN];
	int r = statement_prepare(db, "SELECT DISTINCT set_name FROM account_stored", &sets);

	if (r == 0)
		r = statement_prepare(db, "UPDATE account_stored SET system = ?1 WHERE set_name = ?2 AND system <> ?1",
				      &put);
	while (r == 0 && sqlite3_step(sets) == SQLITE_ROW) {
		struct str set = str_of((const char *)sqlite3_column_text(sets, 0)), host = set, system;

		str_cut(&host, ':');
		system = systems_host(systems, host);
		statement_bind(put, 1, system.n > 0 ? system : fold(folded, host));
		statement_bind(put, 2, set);
		r = statement_run(put);
	}
	sqlite3_finalize(sets);
	sqlite3_finalize(put);
	return r;
}

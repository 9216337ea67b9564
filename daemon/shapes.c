#include "daemon/shapes.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/statement.h"
#include "daemon/store.h"
#include "rules/shape.h"

#define WAITING 64
#define SHAPE_MAX 160
#define PROGRAM_MAX 32
#define FIRST 4  /* of a source's lines in a batch these are looked at, */
#define EVERY 64 /* and then one in so many */

struct waiting {
	int64_t source;
	uint32_t count;
	char program[PROGRAM_MAX], shape[SHAPE_MAX];
};

struct shapes {
	sqlite3_stmt *add, *room, *insert, *replace;
	struct waiting waiting[WAITING];
	size_t n;
};

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return store_errno(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL));
}

int shapes_new(sqlite3 *db, struct shapes **ret)
{
	_cleanup_(shapes_freep) struct shapes *shapes = calloc(1, sizeof(*shapes));
	int r;

	if (!shapes)
		return -ENOMEM;
	r = prepare(db,
		    "UPDATE source_shape SET count = count + ?4, last_seen = ?5"
		    " WHERE source_id = ?1 AND program = ?2 AND shape = ?3",
		    &shapes->add);
	if (r == 0)
		r = prepare(db, "SELECT count(*) FROM source_shape WHERE source_id = ?1", &shapes->room);
	if (r == 0)
		r = prepare(db,
			    "INSERT INTO source_shape (source_id, program, shape, count, first_seen, last_seen)"
			    " VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
			    &shapes->insert);
	if (r == 0)
		r = prepare(
			db,
			"UPDATE source_shape SET program = ?2, shape = ?3, count = count + ?4, first_seen = ?5, last_seen = ?5"
			" WHERE id = (SELECT id FROM source_shape WHERE source_id = ?1 ORDER BY count, last_seen LIMIT 1)",
			&shapes->replace);
	if (r == 0)
		*ret = TAKE(shapes);
	return r;
}

void shapes_free(struct shapes *shapes)
{
	if (!shapes)
		return;
	sqlite3_finalize(shapes->add);
	sqlite3_finalize(shapes->room);
	sqlite3_finalize(shapes->insert);
	sqlite3_finalize(shapes->replace);
	free(shapes);
}

/* A name is the sender's: printable ASCII without digits, so that no id makes a thousand of them. */
static void program_copy(char *buf, struct str program)
{
	size_t n = 0;

	for (size_t i = 0; i < program.n && n + 1 < PROGRAM_MAX; i++) {
		char c = program.p[i];

		if (c >= '0' && c <= '9')
			c = '#';
		if (c > ' ' && c < 0x7f && !(c == '#' && n > 0 && buf[n - 1] == '#'))
			buf[n++] = c;
	}
	buf[n] = '\0';
}

void shapes_add(struct shapes *shapes, int64_t source, struct str program, struct str text, unsigned seen)
{
	struct waiting *w = &shapes->waiting[shapes->n];

	if (shapes->n == WAITING || (seen > FIRST && seen % EVERY != 0))
		return;
	program_copy(w->program, program);
	if (shape_of(text, w->shape, sizeof(w->shape)) == 0)
		return;
	w->source = source;
	w->count = seen > FIRST ? EVERY : 1;
	for (size_t i = 0; i < shapes->n; i++) {
		struct waiting *same = &shapes->waiting[i];

		if (same->source == source && !strcmp(same->program, w->program) && !strcmp(same->shape, w->shape)) {
			same->count += w->count;
			return;
		}
	}
	shapes->n++;
}

static void bind(sqlite3_stmt *stmt, const struct waiting *w, usec_t now)
{
	sqlite3_bind_int64(stmt, 1, w->source);
	sqlite3_bind_text(stmt, 2, w->program, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, w->shape, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, w->count);
	sqlite3_bind_int64(stmt, 5, now);
}

static int one_flush(struct shapes *shapes, const struct waiting *w, usec_t now)
{
	sqlite3_stmt *next = shapes->insert;
	int r;

	bind(shapes->add, w, now);
	r = statement_run(shapes->add);
	if (r < 0 || sqlite3_changes(sqlite3_db_handle(shapes->add)) > 0)
		return r;
	sqlite3_bind_int64(shapes->room, 1, w->source);
	if (sqlite3_step(shapes->room) == SQLITE_ROW && sqlite3_column_int64(shapes->room, 0) >= SHAPES_KEPT)
		next = shapes->replace;
	sqlite3_reset(shapes->room);
	bind(next, w, now);
	return statement_run(next);
}

int shapes_flush(struct shapes *shapes, usec_t now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < shapes->n; i++)
		r = one_flush(shapes, &shapes->waiting[i], now);
	return r;
}

void shapes_settle(struct shapes *shapes)
{
	shapes->n = 0;
}

#include "daemon/batch.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/store.h"
#include "daemon/touched.h"

#define SLOTS 65536 /* more than twice BATCH_EVENTS */
#define RAW_MAX 65536
#define FIELD_MAX 1024
#define KEEP (256u << 10) /* text memory that stays over a quiet time */

struct waiting {
	int64_t id, source;
	usec_t received, at;
	uint64_t hash;
	uint64_t count; /* of this row; once committed: what came on top since */
	enum event_type type;
	bool alone, more; /* @more: it is in the list of rows to add to */
	struct pool_text field[FIELDS], decoder, system, raw;
};

struct half { /* one batch */
	struct pool pool;
	struct waiting *rows;
	size_t n, size;
	uint32_t *slots; /* index of a row + 1, by hash */
};

#define ROWS 32 /* in one statement */
#define COLUMNS (9 + FIELDS)

struct insert {
	sqlite3_stmt *stmt;
	size_t rows;
	bool bound[ROWS][FIELDS]; /* what is no NULL now */
};

struct batch {
	sqlite3 *db;
	struct insert one, many;
	sqlite3_stmt *add;
	struct half halves[2], *now, *before;
	size_t n_more; /* rows of the batch before that got more */
	int64_t next_id;
	uint64_t rows;
};

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < 2; i++) {
		pool_free(&batch->halves[i].pool);
		free(batch->halves[i].rows);
		free(batch->halves[i].slots);
	}
	sqlite3_finalize(batch->one.stmt);
	sqlite3_finalize(batch->many.stmt);
	sqlite3_finalize(batch->add);
	free(batch);
}

/* An id is never given twice, also when the newest events were deleted: meta remembers, and so does the state. */
static int next_id_read(struct batch *batch)
{
	sqlite3_stmt *stmt = NULL;
	int r = sqlite3_prepare_v2(batch->db,
				   "SELECT 1 + max(ifnull((SELECT max(id) FROM event), 0),"
				   " ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'event_id'), 0))",
				   -1, &stmt, NULL);

	if (r == SQLITE_OK && (r = sqlite3_step(stmt)) == SQLITE_ROW)
		batch->next_id = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return store_errno(r);
}

static int insert_prepare(sqlite3 *db, size_t rows, struct insert *ret)
{
	static const char head[] = "INSERT INTO event (id, received, at, type, source_id, decoder, system, count, raw"
#define FIELD(name, ecs, ja, en) ", \"" #name "\""
#include "core/fields.def"
#undef FIELD
				   ") VALUES ";
	static const char values[] = "(?, ?, ?, ?, ?, ?, ?, ?, ?"
#define FIELD(name, ecs, ja, en) ", ?"
#include "core/fields.def"
#undef FIELD
				     ")";
	char sql[sizeof(head) + ROWS * (sizeof(values) + 1)];
	size_t n = sizeof(head) - 1;

	memcpy(sql, head, n);
	for (size_t i = 0; i < rows; i++)
		n += (size_t)snprintf(sql + n, sizeof(sql) - n, "%s%s", i > 0 ? "," : "", values);
	ret->rows = rows;
	return store_errno(sqlite3_prepare_v3(db, sql, (int)n, SQLITE_PREPARE_PERSISTENT, &ret->stmt, NULL));
}

int batch_new(sqlite3 *db, struct batch **ret)
{
	_cleanup_(batch_freep) struct batch *batch = calloc(1, sizeof(*batch));
	int r;

	if (!batch)
		return -ENOMEM;
	batch->db = db;
	batch->now = &batch->halves[0];
	batch->before = &batch->halves[1];
	for (size_t i = 0; i < 2; i++) {
		batch->halves[i].slots = calloc(SLOTS, sizeof(uint32_t));
		if (!batch->halves[i].slots)
			return -ENOMEM;
	}
	r = insert_prepare(db, 1, &batch->one);
	if (r == 0)
		r = insert_prepare(db, ROWS, &batch->many);
	if (r == 0)
		r = store_errno(sqlite3_prepare_v3(db, "UPDATE event SET count = count + ? WHERE id = ?", -1,
						   SQLITE_PREPARE_PERSISTENT, &batch->add, NULL));
	if (r == 0)
		r = next_id_read(batch);
	if (r == 0)
		*ret = TAKE(batch);
	return r;
}

struct pool *batch_pool(struct batch *batch)
{
	return &batch->now->pool;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Only for finding; equality is compared in full.  Eight bytes at a time: each event has some sixty to hash. */
static uint64_t event_hash(const struct batch_event *e)
{
	uint64_t hash = (uint64_t)e->event->type * 0x9e3779b97f4a7c15u ^ (uint64_t)e->source;

	for (size_t i = 0; i < FIELDS; i++) {
		struct str s = str_first(e->event->field[i], 64);
		uint64_t word = 0;
		size_t at = 0;

		if (s.n == 0)
			continue;
		for (; at + 8 <= s.n; at += 8) {
			memcpy(&word, s.p + at, 8);
			hash = mix(hash ^ word, 0x9e3779b97f4a7c15u);
		}
		word = 0;
		memcpy(&word, s.p + at, s.n - at);
		hash = mix(hash ^ word, 0xe7037ed1a0b428dbu + i * 2);
	}
	return hash;
}

static bool event_same(const struct half *half, const struct waiting *w, const struct batch_event *e)
{
	usec_t apart = e->event->received - w->received, apart_at = e->at - w->at;

	if (w->alone || w->type != e->event->type || w->source != e->source || apart <= -SECONDS(1) ||
	    apart >= SECONDS(1) || apart_at <= -SECONDS(1) || apart_at >= SECONDS(1))
		return false;
	for (size_t i = 0; i < FIELDS; i++)
		if (!str_eq(pool_str(&half->pool, w->field[i]), str_first(e->event->field[i], FIELD_MAX)))
			return false;
	return true;
}

/* The slot of an equal event, or the free one where it belongs. */
static uint32_t *slot_find(const struct half *half, const struct batch_event *e, uint64_t hash)
{
	size_t i = hash & (SLOTS - 1);

	for (; half->slots[i]; i = (i + 1) & (SLOTS - 1)) {
		const struct waiting *w = &half->rows[half->slots[i] - 1];

		if (w->hash == hash && event_same(half, w, e))
			break;
	}
	return &half->slots[i];
}

static int half_room(struct half *half)
{
	size_t size = half->size ? half->size * 2 : 128;
	struct waiting *rows;

	if (half->n < half->size)
		return 0;
	rows = realloc(half->rows, size * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	half->rows = rows;
	half->size = size;
	return 0;
}

static int row_fill(struct pool *pool, struct waiting *w, const struct batch_event *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < FIELDS; i++)
		r = e->event->field[i].n > 0 ? pool_utf8(pool, e->event->field[i], FIELD_MAX, &w->field[i]) : 0;
	if (r == 0)
		r = pool_utf8(pool, str_of(e->event->decoder), FIELD_MAX, &w->decoder);
	if (r == 0)
		r = pool_utf8(pool, e->system, FIELD_MAX, &w->system);
	return r < 0 ? r : pool_bytes(pool, str_first(e->raw, RAW_MAX), &w->raw);
}

/* Added to a row of the batch before, which is committed already. */
static int more_add(struct batch *batch, struct waiting *w, unsigned count, int64_t *ret_id)
{
	batch->n_more += !w->more;
	w->more = true;
	w->count += count;
	*ret_id = w->id;
	return 1;
}

int batch_add(struct batch *batch, const struct batch_event *e, int64_t *ret_id)
{
	unsigned count = e->event->count > 0 ? e->event->count : 1;
	uint64_t hash = event_hash(e);
	struct half *now = batch->now;
	uint32_t *slot = slot_find(now, e, hash);
	struct waiting *w;
	size_t used;
	int r;

	if (!e->alone && *slot) {
		w = &now->rows[*slot - 1];
		w->count += count;
		*ret_id = w->id;
		return 1;
	}
	if (!e->alone && batch->before->n > 0) {
		uint32_t *old = slot_find(batch->before, e, hash);

		if (*old)
			return more_add(batch, &batch->before->rows[*old - 1], count, ret_id);
	}
	/* What a set says comes all at once, or not at all. */
	if (batch_full(batch) && !(e->alone && now->n < 10 * BATCH_EVENTS))
		return -EAGAIN;
	r = half_room(now);
	if (r < 0)
		return r;
	w = &now->rows[now->n];
	*w = (struct waiting){ .id = batch->next_id,
			       .source = e->source,
			       .received = e->event->received,
			       .at = e->at,
			       .hash = hash,
			       .count = count,
			       .type = e->event->type,
			       .alone = e->alone };
	used = now->pool.n;
	r = row_fill(&now->pool, w, e);
	if (r < 0) {
		now->pool.n = used;
		return r;
	}
	now->n++;
	if (!e->alone)
		*slot = (uint32_t)now->n;
	*ret_id = batch->next_id++;
	return 0;
}

bool batch_dirty(const struct batch *batch)
{
	return batch->now->n > 0 || batch->n_more > 0;
}

static void half_touched(const struct half *half, bool more, struct touched *to)
{
	for (size_t i = 0; i < half->n && to->events.n <= TOUCHED_MAX; i++) {
		if (half->rows[i].more != more || BATCH_FREQUENT >> half->rows[i].type & 1)
			continue;
		touched_row(&to->events, half->rows[i].id);
		to->tables |= store_table("rare_event");
	}
}

void batch_touched(const struct batch *batch, struct touched *to)
{
	to->tables |= batch_dirty(batch) ? store_table("event") : 0;
	half_touched(batch->now, false, to);
	half_touched(batch->before, true, to);
}

bool batch_full(const struct batch *batch)
{
	return batch->now->n >= BATCH_EVENTS || batch->now->pool.n >= BATCH_BYTES;
}

size_t batch_count(const struct batch *batch)
{
	return batch->now->n;
}

void batch_cut(struct batch *batch, size_t n)
{
	batch->next_id -= (int64_t)(batch->now->n - n);
	batch->now->n = n;
}

static int run(struct batch *batch, sqlite3_stmt *stmt, size_t rows)
{
	int r = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	batch->rows += rows;
	return store_errno(r);
}

static void row_bind(struct insert *insert, size_t row, const struct pool *pool, const struct waiting *w)
{
	const int64_t numbers[] = { w->id, w->received, w->at };
	int at = (int)row * COLUMNS;
	sqlite3_stmt *in = insert->stmt;

	for (int i = 0; i < 3; i++)
		sqlite3_bind_int64(in, at + i + 1, numbers[i]);
	sqlite3_bind_text(in, at + 4, event_type_name(w->type), -1, SQLITE_STATIC);
	sqlite3_bind_int64(in, at + 5, w->source);
	sqlite3_bind_text(in, at + 6, pool->p + w->decoder.at, (int)w->decoder.n, SQLITE_STATIC);
	sqlite3_bind_text(in, at + 7, pool->p + w->system.at, (int)w->system.n, SQLITE_STATIC);
	sqlite3_bind_int64(in, at + 8, (int64_t)w->count);
	sqlite3_bind_blob(in, at + 9, w->raw.n > 0 ? pool->p + w->raw.at : "", (int)w->raw.n, SQLITE_STATIC);
	for (int i = 0; i < FIELDS; i++) {
		bool there = w->field[i].n > 0;

		if (there)
			sqlite3_bind_text(in, at + 10 + i, pool->p + w->field[i].at, (int)w->field[i].n, SQLITE_STATIC);
		else if (insert->bound[row][i])
			sqlite3_bind_null(in, at + 10 + i);
		insert->bound[row][i] = there;
	}
}

static int rows_write(struct batch *batch, struct insert *insert, size_t first)
{
	for (size_t i = 0; i < insert->rows; i++)
		row_bind(insert, i, &batch->now->pool, &batch->now->rows[first + i]);
	return run(batch, insert->stmt, insert->rows);
}

int batch_flush(struct batch *batch)
{
	int r = 0;

	batch->rows = 0;
	for (size_t i = 0; r == 0 && batch->n_more > 0 && i < batch->before->n; i++) {
		const struct waiting *w = &batch->before->rows[i];

		if (!w->more)
			continue;
		sqlite3_bind_int64(batch->add, 1, (int64_t)w->count);
		sqlite3_bind_int64(batch->add, 2, w->id);
		r = run(batch, batch->add, 1);
	}
	for (size_t i = 0; r == 0 && i < batch->now->n;) {
		struct insert *insert = batch->now->n - i >= ROWS ? &batch->many : &batch->one;

		r = rows_write(batch, insert, i);
		i += insert->rows;
	}
	return r;
}

void batch_settle(struct batch *batch)
{
	struct half *done = batch->now, *next = batch->before;

	for (size_t i = 0; i < done->n; i++)
		done->rows[i].count = 0; /* from now on: what comes on top */
	batch->n_more = 0;
	pool_reset(&next->pool, done->pool.n > KEEP ? SIZE_MAX : KEEP);
	if (next->n > 0)
		memset(next->slots, 0, SLOTS * sizeof(*next->slots));
	next->n = 0;
	batch->now = next;
	batch->before = done;
}

uint64_t batch_rows(const struct batch *batch)
{
	return batch->rows;
}

/*
 * A fixed array of things that are open, in a hash and in the order in which they were heard.  What one would get wrong: a part
 * lives in memory that a stranger fills, so its length is bounded, and a LF in it would begin a line of its own.
 */

#include "daemon/join.h"

#include <errno.h>

#define SLOTS 2048 /* of the hash; a power of two */
#define NONE UINT16_MAX
#define NAMES 5 /* texts of a record that are kept of a line on hold */

struct part {
	char *raw; /* owned, NULL: not there; its text lies in it */
	size_t n, from, to;
};

struct open {
	int64_t source;
	unsigned join;
	char id[JOIN_ID];
	size_t n_id;
	usec_t last, within; /* heard last, and for how long it is kept */
	uint16_t next;       /* of its slot, or of the free ones */
	uint16_t newer, older;
	struct part parts[JOIN_KINDS];
	char *names; /* owned: of the line on hold, parts[0]; NULL: there is none */
	struct record held;
};

struct join_table {
	struct open open[JOIN_OPEN];
	uint16_t slots[SLOTS], newest, oldest, free;
	uint16_t shares[SLOTS]; /* open ones of the sources that fall together; more than a source's own at most */
	size_t waiting;
	uint64_t dropped;
	char *text; /* what is handed out, owned */
	size_t size;
	uint16_t out; /* whose it is; NONE: nothing is out */
	bool out_all; /* it is closed when that was read, else only its line on hold is gone */
};

int join_new(struct join_table **ret)
{
	struct join_table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	memset(table->slots, 0xff, sizeof(table->slots));
	table->newest = table->oldest = table->out = NONE;
	for (uint16_t i = 0; i < JOIN_OPEN; i++)
		table->open[i].next = i + 1 < JOIN_OPEN ? (uint16_t)(i + 1) : NONE;
	*ret = table;
	return 0;
}

static uint16_t *slot_of(struct join_table *table, int64_t source, unsigned join, struct str id)
{
	return &table->slots[(str_hash(id, false) ^ (uint64_t)source * 0x9e3779b97f4a7c15u ^ join) % SLOTS];
}

static uint16_t *share_of(struct join_table *table, int64_t source)
{
	return &table->shares[((uint64_t)source * 0x9e3779b97f4a7c15u >> 32) % SLOTS];
}

static uint16_t find(struct join_table *table, int64_t source, const struct join_line *line)
{
	uint16_t i = *slot_of(table, source, line->join, line->id);

	while (i != NONE) {
		const struct open *open = &table->open[i];

		if (open->source == source && open->join == line->join &&
		    str_eq((struct str){ open->id, open->n_id }, line->id))
			break;
		i = open->next;
	}
	return i;
}

static void unlink_order(struct join_table *table, uint16_t i)
{
	const struct open *open = &table->open[i];

	*(open->newer == NONE ? &table->newest : &table->open[open->newer].older) = open->older;
	*(open->older == NONE ? &table->oldest : &table->open[open->older].newer) = open->newer;
}

static void link_newest(struct join_table *table, uint16_t i)
{
	struct open *open = &table->open[i];

	open->newer = NONE;
	open->older = table->newest;
	*(table->newest == NONE ? &table->oldest : &table->open[table->newest].newer) = i;
	table->newest = i;
}

static void part_clear(struct part *part)
{
	free(part->raw);
	*part = (struct part){ 0 };
}

static void unhold(struct join_table *table, struct open *open)
{
	if (!open->names)
		return;
	free(open->names);
	open->names = NULL;
	part_clear(&open->parts[0]);
	table->waiting--;
}

static void drop(struct join_table *table, uint16_t i)
{
	struct open *open = &table->open[i];
	uint16_t *at = slot_of(table, open->source, open->join, (struct str){ open->id, open->n_id });

	while (*at != i)
		at = &table->open[*at].next;
	*at = open->next;
	unlink_order(table, i);
	(*share_of(table, open->source))--;
	unhold(table, open);
	for (size_t k = 0; k < JOIN_KINDS; k++)
		part_clear(&open->parts[k]);
	*open = (struct open){ .next = table->free };
	table->free = i;
}

void join_clear(struct join_table *table)
{
	while (table->oldest != NONE)
		drop(table, table->oldest);
	table->out = NONE;
}

void join_free(struct join_table *table)
{
	if (!table)
		return;
	join_clear(table);
	free(table->text);
	free(table);
}

/* The line and its text in it; of one that is too long only the text, cut. */
static bool part_set(struct part *part, const struct record *rec)
{
	bool inside = rec->raw.n <= JOIN_PART && rec->text.p >= rec->raw.p &&
		      rec->text.p + rec->text.n <= rec->raw.p + rec->raw.n;
	struct str s = inside ? rec->raw : str_first(rec->text, JOIN_PART);

	part_clear(part);
	part->raw = malloc(s.n + 1);
	if (!part->raw)
		return false;
	for (size_t i = 0; i < s.n; i++)
		part->raw[i] = s.p[i] == '\n' ? ' ' : s.p[i];
	part->n = s.n;
	part->from = inside ? (size_t)(rec->text.p - rec->raw.p) : 0;
	part->to = inside ? part->from + rec->text.n : s.n;
	return true;
}

/* Everything of @rec but its text, which is parts[0]. */
static bool hold(struct join_table *table, struct open *open, const struct record *rec)
{
	struct record *held = &open->held;
	struct str *texts[NAMES] = { &held->collector, &held->peer, &held->identity, &held->host, &held->program };
	size_t n = 1;
	char *at;

	*held = *rec;
	held->cursor = held->sd = (struct str){ 0 };
	for (size_t i = 0; i < NAMES; i++)
		n += texts[i]->n;
	open->names = at = malloc(n);
	if (!at || !part_set(&open->parts[0], rec)) {
		free(open->names);
		open->names = NULL;
		return false;
	}
	table->waiting++;
	for (size_t i = 0; i < NAMES; i++) {
		struct str copy = { at, texts[i]->n };

		if (copy.n > 0)
			memcpy(at, texts[i]->p, copy.n);
		at += copy.n;
		*texts[i] = copy;
	}
	return true;
}

/* Hands the line on hold out, by itself. */
static void hand_held(struct join_table *table, uint16_t i, bool all, struct record *ret)
{
	const struct open *open = &table->open[i];
	const struct part *part = &open->parts[0];

	*ret = open->held;
	ret->raw = (struct str){ part->raw, part->n };
	ret->text = (struct str){ part->raw + part->from, part->to - part->from };
	table->out = i;
	table->out_all = all;
}

/* The parts under each other and @rec last, once as texts and once as lines.  False when memory is out. */
static bool hand_all(struct join_table *table, uint16_t i, const struct record *rec, struct record *ret)
{
	const struct open *open = &table->open[i];
	struct str raw = rec->raw.n > 0 ? rec->raw : rec->text;
	size_t n = rec->text.n + raw.n + 2, n_text = 0;
	char *at;

	for (size_t k = 0; k < JOIN_KINDS; k++)
		n += 2 * open->parts[k].n + 4;
	if (n > table->size) {
		char *text = realloc(table->text, n);

		if (!text)
			return false;
		table->text = text;
		table->size = n;
	}
	at = table->text;
	for (int lines = 0; lines < 2; lines++) {
		for (size_t k = 0; k < JOIN_KINDS; k++) {
			const struct part *part = &open->parts[k];
			size_t from = lines ? 0 : part->from, to = lines ? part->n : part->to;

			if (!part->raw)
				continue;
			at = (char *)mempcpy(at, part->raw + from, to - from);
			at = (char *)mempcpy(at, " \n", 2);
		}
		at = (char *)mempcpy(at, lines ? raw.p : rec->text.p, lines ? raw.n : rec->text.n);
		n_text = lines ? n_text : (size_t)(at - table->text);
	}
	*ret = *rec;
	ret->text = (struct str){ table->text, n_text };
	ret->raw = (struct str){ table->text + n_text, (size_t)(at - table->text) - n_text };
	table->out = i;
	table->out_all = false;
	return true;
}

/* The one that goes when one of @source comes: its own oldest when it has its share, the oldest of all when all are taken. */
static uint16_t displaced(struct join_table *table, int64_t source)
{
	bool many = *share_of(table, source) >= JOIN_OPEN_SOURCE;
	uint16_t oldest = NONE;
	size_t own = 0;

	for (uint16_t i = many ? table->newest : NONE; i != NONE; i = table->open[i].older) {
		if (table->open[i].source != source)
			continue;
		oldest = i;
		own++;
	}
	return own >= JOIN_OPEN_SOURCE ? oldest : table->free == NONE ? table->oldest : NONE;
}

static uint16_t open_new(struct join_table *table, int64_t source, const struct join_line *line)
{
	uint16_t i = table->free, *slot = slot_of(table, source, line->join, line->id);
	struct open *open = &table->open[i];

	table->free = open->next;
	*open = (struct open){ .source = source, .join = line->join, .n_id = line->id.n, .next = *slot };
	memcpy(open->id, line->id.p, line->id.n);
	*slot = i;
	link_newest(table, i);
	(*share_of(table, source))++;
	return i;
}

/* Keeps a part.  JOIN_ALONE, JOIN_WAITS, or JOIN_SPILL: a line on hold is in the way. */
static enum join_answer part_keep(struct join_table *table, int64_t source, const struct join_line *line,
				  const struct record *rec, struct record *ret)
{
	uint16_t i = find(table, source, line), away = i == NONE ? displaced(table, source) : NONE;
	struct open *open;

	if (away != NONE) {
		table->dropped++;
		if (table->open[away].names) {
			hand_held(table, away, true, ret);
			return JOIN_SPILL;
		}
		drop(table, away);
	}
	if (i == NONE)
		i = open_new(table, source, line);
	open = &table->open[i];
	if (line->act == JOIN_HOLD && open->names) {
		hand_held(table, i, false, ret);
		return JOIN_SPILL;
	}
	unlink_order(table, i);
	link_newest(table, i);
	open->last = rec->received;
	open->within = line->within;
	if (line->act == JOIN_HOLD)
		return rec->raw.n <= JOIN_PART && hold(table, open, rec) ? JOIN_WAITS : JOIN_ALONE;
	part_set(&open->parts[line->kind], rec);
	return JOIN_ALONE;
}

enum join_answer join_line(struct join_table *table, const struct decoders *set, int64_t source,
			   const struct record *rec, struct record *ret)
{
	struct join_line line;
	uint16_t i;

	if (!decoders_join(set, rec, &line))
		return JOIN_ALONE;
	i = find(table, source, &line);
	if (i != NONE && rec->received - table->open[i].last > table->open[i].within) {
		if (table->open[i].names) {
			hand_held(table, i, true, ret);
			return JOIN_SPILL;
		}
		drop(table, i); /* of another time: the number came round */
		i = NONE;
	}
	if (line.act == JOIN_KEEP || line.act == JOIN_HOLD)
		return part_keep(table, source, &line, rec, ret);
	if (i == NONE)
		return JOIN_ALONE;
	if (line.act == JOIN_TAKE)
		return hand_all(table, i, rec, ret) ? JOIN_TOGETHER : JOIN_ALONE;
	if (table->open[i].names) {
		hand_held(table, i, true, ret);
		return JOIN_SPILL;
	}
	drop(table, i);
	return JOIN_ALONE;
}

bool join_rest(struct join_table *table, struct record *ret)
{
	for (uint16_t i = table->waiting > 0 ? table->oldest : NONE; i != NONE; i = table->open[i].newer) {
		if (!table->open[i].names)
			continue;
		hand_held(table, i, true, ret);
		return true;
	}
	return false;
}

bool join_held(struct join_table *table, struct record *ret)
{
	if (table->out == NONE || !table->open[table->out].names)
		return false;
	hand_held(table, table->out, false, ret);
	return true;
}

void join_done(struct join_table *table)
{
	uint16_t i = table->out;

	table->out = NONE;
	if (i == NONE)
		return;
	if (table->out_all)
		drop(table, i);
	else
		unhold(table, &table->open[i]);
}

size_t join_waiting(const struct join_table *table)
{
	return table->waiting;
}

uint64_t join_dropped(const struct join_table *table)
{
	return table->dropped;
}

/*
 * Parts of lines that belong together (rules/join.h), until the line comes that completes them.  Bounded: so many things open at
 * once, so many of one source, so many bytes of a part; who floods pushes his own out.  Nothing of it is stored.  A part was
 * read by itself already, but for lines on hold: those are read before each commit, which makes their place in the source known.
 */
#pragma once

#include "rules/join.h"

#define JOIN_OPEN 1024
#define JOIN_OPEN_SOURCE 128
#define JOIN_PART 1024 /* bytes of a part; what is longer is cut */

struct join_table;

enum join_answer {
	JOIN_ALONE,    /* an ordinary line */
	JOIN_WAITS,    /* it will be read with others, or alone before the next commit */
	JOIN_TOGETHER, /* read @ret in its place, then join_done() */
	JOIN_SPILL,    /* read @ret first, a line that waited in vain, then join_done(), then ask again */
};

int join_new(struct join_table **ret);
void join_free(struct join_table *table);
DEFINE_CLEANUP(struct join_table, join_free)

/* Forgets everything, since the rules change.  Lines on hold must have been read. */
void join_clear(struct join_table *table);

/* What to do with @rec, which @source said.  @ret borrows from the table until join_done(). */
enum join_answer join_line(struct join_table *table, const struct decoders *set, int64_t source,
			   const struct record *rec, struct record *ret);
/* The next line on hold, the oldest first.  True when there is one; then join_done(). */
bool join_rest(struct join_table *table, struct record *ret);
/* The line on hold of what was handed out together, by itself.  False when there is none; else join_done(). */
bool join_held(struct join_table *table, struct record *ret);
/* What was handed out was read. */
void join_done(struct join_table *table);

/* Lines on hold. */
size_t join_waiting(const struct join_table *table);
/* Things that were pushed out before their time, since start. */
uint64_t join_dropped(const struct join_table *table);

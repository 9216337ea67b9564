/*
 * The decoders, all compiled into one matcher (design.md section 4).  Pure: no I/O, keeps nothing, allocates nothing per
 * line, linear in the line.
 */
#pragma once

#include "core/diag.h"
#include "core/event.h"
#include "core/record.h"

struct decoders;

/*
 * Reads every *.yaml of @dirs (ends with NULL; a later folder's file with the same decoder id takes the place of an
 * earlier one's) and compiles them.  -EBADMSG and @diag names file, line, column, reason.
 */
int decoders_load(const char *const *dirs, struct decoders **ret, struct diag *diag);
void decoders_free(struct decoders *set);
DEFINE_CLEANUP(struct decoders, decoders_free)

/* 1 and @ev filled when the record means something, 0 when not.  @ev borrows from @rec and from itself. */
int decoders_match(const struct decoders *set, const struct record *rec, struct event *ev);

/* True when some decoder speaks for @program: a line of it without an event is then "no event", not "unknown". */
bool decoders_know(const struct decoders *set, struct str program);

/* Runs the examples inside every file; fills @diag with the first that fails and returns how many failed. */
int decoders_test(const struct decoders *set, unsigned *ret_examples, struct diag *diag);

enum trace_why {
	TRACE_MADE,     /* it makes the event */
	TRACE_BEGIN,    /* the line does not begin with @want */
	TRACE_BEHIND,   /* behind @at there is no @want */
	TRACE_MORE,     /* more stands behind the pattern: @at */
	TRACE_FORMAT,   /* the line is no whole @want */
	TRACE_WHEN,     /* the value of @at is not what `when` asks for (@want) */
	TRACE_UNLESS,   /* `unless` excludes it by the value of @at */
	TRACE_NO_FIELD, /* a value is not what its field wants (an address, a MAC) */
};

/* How far one pattern, or one event of a structured decoder, came with a line. */
struct decoder_trace {
	const char *decoder, *file;
	int line; /* of the event in the file */
	enum event_type type;
	char pattern[256]; /* or the conditions that were asked */
	size_t done, of;   /* parts of the pattern, or conditions, that held */
	size_t bytes;      /* of the line that were taken */
	enum trace_why why;
	char at[96], want[96]; /* what is there, and what was looked for */
};

/* The @max that came furthest, the best first; returns how many.  For people who look for a mistake: slow. */
size_t decoders_trace(const struct decoders *set, const struct record *rec, struct decoder_trace *ret, size_t max);

/* An example of a file, for tests that play with it.  Lives as long as the set. */
struct decoder_example {
	const char *file, *format; /* "text", "json" ... */
	int line;                  /* in the file */
	struct str text, program;
	bool header;  /* @text has a syslog header; otherwise it is the text of @program */
	bool nothing; /* it must give no event */
};
/* Example @j of decoder @i; false when there are not so many. */
bool decoders_example(const struct decoders *set, size_t i, size_t j, struct decoder_example *ret);

/* For listing. */
size_t decoders_count(const struct decoders *set);
const char *decoders_id(const struct decoders *set, size_t i);
const char *decoders_file(const struct decoders *set, size_t i);
/* Bit set of the event types that decoder @i can make. */
uint64_t decoders_types(const struct decoders *set, size_t i);

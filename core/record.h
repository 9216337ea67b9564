/*
 * A record is what a source said, not what it means: one line of text and who said it.
 * Everything in it is borrowed from the collector and is valid until sink_put() returns.
 */
#pragma once

#include "core/str.h"

enum record_flag {
	RECORD_CUT = 1 << 0,     /* the line was longer than the limit and is cut */
	RECORD_TRUSTED = 1 << 1, /* peer says who it is by more than its address (journal, certificate) */
	RECORD_STORED = 1 << 2,  /* lay in a file: what it tells happened when it says so, not when we read it */
};

/*
 * A program whose name begins with '@' is one of our own collectors ("@accounts", "@neighbours", "@syslog").
 * No header a sender writes can give such a name: syslog_parse() and the journal collector strip it.
 */
struct record {
	usec_t at;            /* by the source's clock; 0 when it has none */
	usec_t received;      /* by ours */
	struct str collector; /* "syslog", "journal", ... */
	struct str peer;      /* address of the sender, machine id, or empty */
	struct str identity;  /* certificate name or machine id; empty when the peer is only an address */
	struct str host;      /* as the sender claims it */
	struct str program;   /* who speaks; selects the decoder */
	struct str text;      /* the message without its header */
	struct str sd;        /* RFC 5424's structured data in front of a message, "[id k=\"v\"]"; empty without one */
	struct str raw;       /* the untouched line */
	struct str cursor;    /* where to resume after this record; may be empty */
	int priority;         /* RFC 5424 PRIVAL, -1 when there is none */
	unsigned flags;
};

/* How the telling of a whole set ended. */
enum set_state {
	SET_OK,      /* all of it was said: what was not said is gone */
	SET_MISSING, /* there is no such file or source */
	SET_REFUSED, /* there is one, and it is not acceptable: error says why; nothing of it counts */
};

struct set_end {
	enum set_state state;
	struct str origin;   /* path or other place it came from */
	struct str error_ja; /* for SET_REFUSED: file, line, column, reason, what to do */
	struct str error_en;
	struct str digest;     /* SHA-256 in hex of the file; empty when there is no file */
	usec_t updated_at;     /* modification time of the file */
	struct str updated_by; /* its owner, where known */
};

/* Where a collector hands its records.  The pipeline is one, a test's spy another.  Negative errno: not taken. */
struct sink {
	int (*put)(struct sink *sink, const struct record *rec);
	/*
	 * A collector that tells a whole set (a register, the accounts of a machine) brackets it.  @set is
	 * "register:people", "accounts:HOST".  Records between have that name as their program with '@' before it, and
	 * key=value|... text (core/line.h).
	 */
	int (*begin)(struct sink *sink, struct str set);
	int (*end)(struct sink *sink, struct str set, const struct set_end *end);
};

static inline int sink_put(struct sink *sink, const struct record *rec)
{
	return sink->put(sink, rec);
}

static inline int sink_begin(struct sink *sink, struct str set)
{
	return sink->begin(sink, set);
}

static inline int sink_end(struct sink *sink, struct str set, const struct set_end *end)
{
	return sink->end(sink, set, end);
}

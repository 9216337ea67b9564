/*
 * Lines that belong together: which of them is a part of something, and of what.  Pure like the matcher; the parts are kept
 * elsewhere (daemon/join.h), a bounded number of them and for a limited time.  Joined, the parts stand in front of the line that
 * completes them, in the order of the file, " \n" between them; no part holds a LF.
 */
#pragma once

#include "core/record.h"
#include "rules/decoder.h"

#define JOIN_KINDS 6 /* parts of one thing */
#define JOIN_ID 48   /* bytes of what they have in common */

enum join_act {
	JOIN_KEEP, /* a part; it is read by itself, too */
	JOIN_HOLD, /* a part that is read with what completes it, or by itself when nothing does */
	JOIN_TAKE, /* completes: it is read with the parts that are there */
	JOIN_END,  /* nothing more comes */
};

struct join_line {
	unsigned join; /* which of the set */
	enum join_act act;
	unsigned kind; /* of parts: their place */
	usec_t within; /* how long parts are kept */
	struct str id; /* borrowed from the record */
};

/* True when @rec is such a line. */
bool decoders_join(const struct decoders *set, const struct record *rec, struct join_line *ret);

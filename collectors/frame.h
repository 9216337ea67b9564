/*
 * Where a message ends in a byte stream (RFC 6587): octet counting ("12 <13>...") or one message a line.  Pure: the same
 * bytes give the same messages however they were cut into reads.
 */
#pragma once

#include "core/str.h"

enum frame_mode {
	FRAME_NEW,     /* nothing said yet: the first bytes decide for the whole connection */
	FRAME_LINES,   /* LF ends a message; CR and NUL beside it belong to the end */
	FRAME_NULS,    /* NUL or LF ends a message */
	FRAME_COUNTED, /* decimal count, blank, that many bytes */
};

enum frame_answer {
	FRAME_MORE,    /* no whole message: keep what is left in @data and call again with more behind it */
	FRAME_MESSAGE, /* @ret is one, borrowed from @data */
	FRAME_EMPTY,   /* a message of no bytes, or a count that is followed by nothing */
	FRAME_LOST,    /* nobody knows where the next message begins: close the connection */
	FRAME_TLS,     /* the peer speaks TLS: close the connection and say so */
};

/* Starts as zeros. */
struct frame {
	enum frame_mode mode;
	size_t scanned; /* so many bytes of @data are known to hold no end */
	size_t skip;    /* the rest of a counted message that was too long */
	bool skip_line; /* the rest of a line that was too long */
};

struct frame_message {
	struct str text;
	bool cut; /* longer than SYSLOG_LINE_MAX, or the connection ended within a counted message */
};

/* Cuts the next message off @data.  @end: nothing will follow, so the last line needs no LF. */
enum frame_answer frame_next(struct frame *frame, struct str *data, bool end, struct frame_message *ret);

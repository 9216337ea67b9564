/*
 * One file that grows or is replaced, and how far it was taken: rows from there on, only whole ones.  Knows encodings, quoted
 * cells and the names in the first row of a table; nothing of folders and sinks.
 */
#pragma once

#include "collectors/charset.h"
#include "core/syslog.h"

#define TAIL_READ (256 * 1024)
#define TAIL_HEAD 64
#define TAIL_LAST 256

struct tail {
	/* What the position holds. */
	uint32_t folder, name; /* hashes */
	uint64_t inode, at;    /* at: bytes that were taken */
	uint32_t head, last;   /* hashes of the file's first bytes, and of the last ones of the row taken last */
	uint16_t head_n, last_n;
	bool timed;  /* that row holds a time of day: the same bytes again are the same row */
	bool inside; /* at stands within a row whose rest is not worth a record */

	int fd; /* -1: closed */
	uint64_t size;
	usec_t changed; /* monotonic: when its size was seen to change */
	bool table;     /* rows with quoted cells (.csv, .tsv) */
	bool binary;    /* no text: never read */
	bool started;   /* its beginning was looked at */
	enum charset charset;
	char separator;
	char *names; /* owned: the first row, when it names the columns */
};

/* Buffers that all files share; starts as zeros. */
struct tail_reader {
	char *block;      /* TAIL_READ */
	size_t n, offset; /* bytes in it, and how many of them were taken: tail->at is there */
	struct charset_conv conv;
	char *data; /* structured data of a row */
	size_t data_n, data_size;
};

struct tail_row {
	struct str raw, text; /* as in the file, and as UTF-8; without the line's end */
	struct str data;      /* "[PROGRAM name=\"cell\" ...]" where the columns have names */
	size_t length;        /* bytes of the file with the line's end */
	bool cut, bad, open;  /* longer than a record may be; of no encoding we know; without its end */
};

int tail_reader_open(struct tail_reader *reader);
void tail_reader_close(struct tail_reader *reader);

void tail_close(struct tail *tail);
/* To its beginning, as if it had never been seen. */
void tail_rewind(struct tail *tail);

/*
 * Is @size bytes long what lies behind @fd the file of which tail->at bytes were taken?  1, or 0; -EAGAIN: it is shorter, and
 * may be the same one that is just written anew.
 */
int tail_same(const struct tail *tail, int fd, uint64_t size);

/* Looks at the beginning: encoding, separator, names.  @charset: what the bytes are when no mark says it.  -errno of the read. */
int tail_start(struct tail *tail, struct tail_reader *reader, enum charset charset);

/* Reads from tail->at on.  Bytes read, 0 at the end, -errno. */
ssize_t tail_fill(struct tail *tail, struct tail_reader *reader);
/* Past the rest of a row that was given up. */
void tail_skip(struct tail *tail, struct tail_reader *reader);
/*
 * The next row of what was read; @end: the file is taken as ended, so that the last row needs no line's end.  True, or false
 * when there is no whole one.  @ret is borrowed from the reader until the next call.
 */
bool tail_row(const struct tail *tail, struct tail_reader *reader, bool end, struct str program, struct tail_row *ret);
/* Counts the row as taken. */
void tail_take(struct tail *tail, struct tail_reader *reader, const struct tail_row *row);

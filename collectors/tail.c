#include "collectors/tail.h"

#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "collectors/csv.h"

#define SEPARATORS ",\t;"

int tail_reader_open(struct tail_reader *reader)
{
	reader->block = malloc(TAIL_READ);
	return reader->block ? 0 : -ENOMEM;
}

void tail_reader_close(struct tail_reader *reader)
{
	charset_close(&reader->conv);
	free(reader->block);
	free(reader->data);
	*reader = (struct tail_reader){ 0 };
}

void tail_close(struct tail *tail)
{
	if (tail->fd >= 0)
		close(tail->fd);
	free(tail->names);
	tail->fd = -1;
	tail->names = NULL;
	tail->started = false;
}

void tail_rewind(struct tail *tail)
{
	tail->at = 0;
	tail->head = tail->last = 0;
	tail->head_n = tail->last_n = 0;
	tail->timed = tail->inside = tail->binary = tail->started = false;
	free(tail->names);
	tail->names = NULL;
}

static uint32_t hash(struct str s)
{
	uint64_t value = str_hash(s, false);

	return (uint32_t)(value ^ value >> 32);
}

/* True when the @n bytes at @at of the file have that hash. */
static bool holds(int fd, uint64_t at, size_t n, uint32_t expected)
{
	char buf[TAIL_LAST];
	ssize_t got = n > 0 ? pread(fd, buf, n < sizeof(buf) ? n : sizeof(buf), (off_t)at) : 0;

	return got == (ssize_t)n && (n == 0 || hash((struct str){ buf, n }) == expected);
}

int tail_same(const struct tail *tail, int fd, uint64_t size)
{
	if (tail->at == 0)
		return 1;
	if (size >= tail->at)
		return holds(fd, 0, tail->head_n, tail->head) &&
		       holds(fd, tail->at - tail->last_n, tail->last_n, tail->last);
	if (!tail->timed)
		return 0;
	return size < tail->head_n || holds(fd, 0, tail->head_n, tail->head) ? -EAGAIN : 0;
}

static size_t unit_of(const struct tail *tail)
{
	return tail->charset == CHARSET_UTF16LE || tail->charset == CHARSET_UTF16BE ? 2 : 1;
}

/* The character at @p, as far as it is of ASCII. */
static unsigned ascii(const struct tail *tail, const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	if (tail->charset == CHARSET_UTF16LE)
		return b[0] | (unsigned)b[1] << 8;
	if (tail->charset == CHARSET_UTF16BE)
		return b[1] | (unsigned)b[0] << 8;
	return b[0];
}

/* Bytes of the row at @s with its end; 0 when its end is not there.  A second byte of CP932 or EUC-JP is no quote. */
static size_t row_length(const struct tail *tail, struct str s, bool quotes)
{
	const size_t unit = unit_of(tail);
	bool first = true, quoted = false, closed = false;

	if (!quotes && unit == 1) {
		ssize_t end = str_index(s, '\n');

		return end < 0 ? 0 : (size_t)end + 1;
	}
	for (size_t i = 0; i + unit <= s.n; i += unit) {
		unsigned c = ascii(tail, s.p + i);

		if (quoted) {
			quoted = c != '"';
			closed = !quoted;
		} else if (c == '\n') {
			return i + unit;
		} else if (quotes && c == '"' && (first || closed)) {
			quoted = true;
		} else {
			first = c == ',' || c == '\t' || c == ';';
			closed = false;
		}
	}
	return 0;
}

/* @s without its line's end. */
static struct str clipped(const struct tail *tail, struct str s)
{
	const size_t unit = unit_of(tail);

	while (s.n >= unit) {
		unsigned c = ascii(tail, s.p + s.n - unit);

		if (c != '\n' && c != '\r')
			break;
		s.n -= unit;
	}
	return s;
}

/* Bytes of a mark at the beginning; what it says of the encoding goes to @tail. */
static size_t mark_read(struct tail *tail, struct str s, enum charset charset)
{
	tail->charset = charset;
	if (str_starts(s, STR("\xef\xbb\xbf"))) {
		tail->charset = CHARSET_UTF8;
		return 3;
	}
	if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"))) {
		tail->charset = (unsigned char)s.p[0] == 0xff ? CHARSET_UTF16LE : CHARSET_UTF16BE;
		return 2;
	}
	if (s.n >= 4 && s.p[0] && !s.p[1] && s.p[2] && !s.p[3])
		tail->charset = CHARSET_UTF16LE;
	return 0;
}

/* Columns have names when the first row has no cell that is empty (but for the last ones) or begins like a number. */
static bool names_columns(struct tail *tail, struct str row)
{
	struct csv csv;
	struct csv_row cells;
	size_t filled = 0;
	bool names;

	csv_open(&csv, row);
	names = csv_next(&csv, &cells) == CSV_ROW && cells.n > 1;
	for (size_t i = 0; names && i < cells.n; i++) {
		struct str cell = str_trim(cells.cells[i]);

		names = cell.n == 0 || (filled == i && cell.n < 128 && !isdigit((unsigned char)cell.p[0]) &&
					str_index(cell, '\n') < 0);
		filled += cell.n > 0;
	}
	tail->separator = csv.separator;
	csv_close(&csv);
	return names && filled > 1;
}

static struct str as_text(const struct tail *tail, struct tail_reader *reader, struct str raw, bool *ret_bad)
{
	struct str text = raw;

	if (charset_convert(&reader->conv, tail->charset, raw, &text, NULL) < 0) {
		*ret_bad = true;
		return raw; /* of no encoding we know: the bytes stay as they are */
	}
	return text;
}

int tail_start(struct tail *tail, struct tail_reader *reader, enum charset charset)
{
	ssize_t got = pread(tail->fd, reader->block, SYSLOG_LINE_MAX, 0);
	struct str s = { reader->block, got > 0 ? (size_t)got : 0 };
	bool bad = false;
	size_t mark, n;

	if (got < 0)
		return -errno;
	reader->n = 0;
	mark = mark_read(tail, s, charset);
	if (tail->at < mark)
		tail->at = mark;
	s = str_from(s, mark);
	tail->binary = unit_of(tail) == 1 && str_index(str_first(s, 512), '\0') >= 0;
	tail->started = true;
	if (!tail->table || tail->binary)
		return 0;
	n = row_length(tail, s, true);
	tail->started = n > 0;
	s = as_text(tail, reader, clipped(tail, str_first(s, n)), &bad);
	free(tail->names);
	tail->names = n > 0 && !bad && names_columns(tail, s) ? str_dup(s) : NULL;
	return 0;
}

ssize_t tail_fill(struct tail *tail, struct tail_reader *reader)
{
	ssize_t got = pread(tail->fd, reader->block, TAIL_READ, (off_t)tail->at);

	reader->n = got > 0 ? (size_t)got : 0;
	reader->offset = 0;
	return got < 0 ? -errno : got;
}

static bool data_add(struct tail_reader *reader, struct str s, bool name)
{
	if (reader->data_n + 2 * s.n + 8 > reader->data_size) {
		size_t size = 2 * (reader->data_n + 2 * s.n + 512);
		char *data = realloc(reader->data, size);

		if (!data)
			return false;
		reader->data = data;
		reader->data_size = size;
	}
	for (size_t i = 0; i < s.n; i++) {
		bool special = s.p[i] == '"' || s.p[i] == ']' || s.p[i] == '\\';

		if (!name && special)
			reader->data[reader->data_n++] = '\\';
		reader->data[reader->data_n++] = name && (special || s.p[i] == '=') ? '_' : s.p[i];
	}
	return true;
}

/* The cells under their names, as RFC 5424 writes such things: decoders name columns, in whatever order a site exports them. */
static struct str named(const struct tail *tail, struct tail_reader *reader, struct str text, struct str program)
{
	struct csv name_csv, csv;
	struct csv_row names, cells;
	bool ok;

	csv_open(&name_csv, str_of(tail->names));
	csv_open(&csv, text);
	csv.separator = tail->separator;
	reader->data_n = 0;
	ok = csv_next(&name_csv, &names) == CSV_ROW && csv_next(&csv, &cells) == CSV_ROW &&
	     data_add(reader, STR("["), true) && data_add(reader, program, true);
	for (size_t i = 0; ok && i < names.n && i < cells.n; i++) {
		struct str name = str_trim(names.cells[i]);

		if (name.n == 0)
			continue;
		ok = data_add(reader, STR(" "), true) && data_add(reader, name, true);
		if (ok) {
			memcpy(reader->data + reader->data_n, "=\"", 2);
			reader->data_n += 2;
			ok = data_add(reader, str_trim(cells.cells[i]), false);
		}
		if (ok)
			reader->data[reader->data_n++] = '"';
	}
	csv_close(&name_csv);
	csv_close(&csv);
	if (!ok)
		return (struct str){ 0 };
	reader->data[reader->data_n++] = ']';
	return (struct str){ reader->data, reader->data_n };
}

bool tail_row(const struct tail *tail, struct tail_reader *reader, bool end, struct str program, struct tail_row *ret)
{
	struct str s = { reader->block + reader->offset, reader->n - reader->offset };
	size_t most = SYSLOG_LINE_MAX * unit_of(tail);

	*ret = (struct tail_row){ .length = row_length(tail, s, tail->table) };
	/* A quote that nobody closes is a byte like any other: it must not swallow what follows. */
	if (tail->table && (ret->length > most || (ret->length == 0 && (end || s.n > most))))
		ret->length = row_length(tail, s, false);
	if (ret->length == 0 && s.n <= most && !end)
		return false;
	if (ret->length == 0 || ret->length > most) {
		ret->cut = s.n > most || ret->length > most;
		ret->length = s.n < most ? s.n - s.n % unit_of(tail) : most;
		ret->open = true;
	}
	ret->raw = clipped(tail, str_first(s, ret->length));
	ret->text = as_text(tail, reader, ret->raw, &ret->bad);
	if (unit_of(tail) == 2 && !ret->bad)
		ret->raw = ret->text;
	if (tail->names && tail->at > 3) /* but for that row itself */
		ret->data = named(tail, reader, ret->text, program);
	return ret->length > 0;
}

/* "8:30" and the like. */
static bool has_time(struct str s)
{
	for (size_t i = 1; i + 2 < s.n; i++)
		if (s.p[i] == ':' && isdigit((unsigned char)s.p[i - 1]) && isdigit((unsigned char)s.p[i + 1]))
			return true;
	return false;
}

/* Moves on by @bytes; their last ones tell the file apart from others. */
static void move(struct tail *tail, struct str bytes)
{
	struct str last = str_from(bytes, bytes.n > TAIL_LAST ? bytes.n - TAIL_LAST : 0);

	tail->last = hash(last);
	tail->last_n = (uint16_t)last.n;
	tail->at += bytes.n;
}

void tail_skip(struct tail *tail, struct tail_reader *reader)
{
	struct str s = { reader->block, reader->n };
	size_t n = row_length(tail, s, false);

	if (!tail->inside || reader->n == 0)
		return;
	tail->inside = n == 0;
	reader->offset = n > 0 ? n : s.n - s.n % unit_of(tail);
	move(tail, str_first(s, reader->offset));
}

void tail_take(struct tail *tail, struct tail_reader *reader, const struct tail_row *row)
{
	struct str bytes = { reader->block + reader->offset, row->length };

	if (tail->at == 0) {
		tail->head_n = (uint16_t)(bytes.n < TAIL_HEAD ? bytes.n : TAIL_HEAD);
		tail->head = hash(str_first(bytes, tail->head_n));
	}
	tail->timed = has_time(row->text);
	tail->inside = row->open;
	move(tail, bytes);
	reader->offset += row->length;
}

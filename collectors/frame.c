#include "collectors/frame.h"

#include "core/syslog.h"

/* RFC 5425 wants 2,048 and better 8,192 octets; DICOM needs 32,768.  Five digits are enough for all of them. */
#define COUNT_DIGITS 5

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static bool is_trailer(char c)
{
	return c == '\r' || c == '\0' || c == '\n';
}

static enum frame_answer deliver(struct str text, bool cut, struct frame_message *ret)
{
	while (text.n > 0 && is_trailer(text.p[0]))
		text = str_from(text, 1);
	while (text.n > 0 && is_trailer(text.p[text.n - 1]))
		text.n--;
	*ret = (struct frame_message){ .text = text, .cut = cut };
	return text.n > 0 ? FRAME_MESSAGE : FRAME_EMPTY;
}

static enum frame_answer wait_for_more(struct frame *frame, struct str data)
{
	frame->scanned = data.n;
	return FRAME_MORE;
}

/* Index of the byte that ends the line, behind what is known to hold none; -1 when it is not there. */
static ssize_t line_end(const struct frame *frame, struct str data)
{
	struct str rest = str_from(data, frame->scanned);
	ssize_t lf = str_index(rest, '\n'), nul;

	if (frame->mode == FRAME_NULS) {
		nul = str_index(lf < 0 ? rest : str_first(rest, (size_t)lf), '\0');
		lf = nul < 0 ? lf : nul;
	}
	return lf < 0 ? -1 : lf + (ssize_t)frame->scanned;
}

/* Throws the rest of a line away that was too long.  False when it goes on. */
static bool line_skipped(struct frame *frame, struct str *data)
{
	ssize_t at = line_end(frame, *data);

	frame->skip_line = at < 0;
	*data = at < 0 ? str_from(*data, data->n) : str_from(*data, (size_t)at + 1);
	return at >= 0;
}

static enum frame_answer next_line(struct frame *frame, struct str *data, bool end, struct frame_message *ret)
{
	struct str line = *data;
	ssize_t at;

	if (frame->skip_line && !line_skipped(frame, data))
		return FRAME_MORE;
	for (;;) {
		enum frame_answer answer;

		line = *data;
		at = line_end(frame, line);
		if (at < 0 && line.n <= SYSLOG_LINE_MAX && (!end || line.n == 0))
			return wait_for_more(frame, line);
		frame->scanned = 0;
		if ((at < 0 || at > SYSLOG_LINE_MAX) && line.n > SYSLOG_LINE_MAX) {
			*data = str_from(line, SYSLOG_LINE_MAX);
			frame->skip_line = true;
			return deliver(str_first(line, SYSLOG_LINE_MAX), true, ret);
		}
		*data = at < 0 ? str_from(line, line.n) : str_from(line, (size_t)at + 1);
		answer = deliver(at < 0 ? line : str_first(line, (size_t)at), false, ret);
		/* NUL and then LF is one end, and NUL behind the last LF is no message. */
		if (answer != FRAME_EMPTY || (frame->mode == FRAME_LINES && at >= 0))
			return answer;
	}
}

/* Reads "COUNT " at the start of @data.  FRAME_MESSAGE when it is whole. */
static enum frame_answer read_count(struct str data, size_t *ret_count, size_t *ret_header)
{
	size_t count = 0, i = 0;

	while (i < data.n && is_digit(data.p[i])) {
		if (i == COUNT_DIGITS)
			return FRAME_LOST;
		count = count * 10 + (size_t)(data.p[i++] - '0');
	}
	if (i == data.n)
		return FRAME_MORE;
	if (i == 0 || data.p[i] != ' ')
		return FRAME_LOST;
	*ret_count = count;
	*ret_header = i + 1;
	return FRAME_MESSAGE;
}

static enum frame_answer next_counted(struct frame *frame, struct str *data, bool end, struct frame_message *ret)
{
	size_t count = 0, header = 0, n;
	enum frame_answer answer;
	struct str body;

	n = frame->skip < data->n ? frame->skip : data->n;
	*data = str_from(*data, n);
	frame->skip -= n;
	/* Some senders write a line end behind each counted message and do not count it. */
	while (data->n > 0 && frame->skip == 0 && is_trailer(data->p[0]))
		*data = str_from(*data, 1);
	if (data->n == 0)
		return FRAME_MORE;

	answer = read_count(*data, &count, &header);
	if (answer == FRAME_MORE && end) {
		*data = str_from(*data, data->n);
		return FRAME_EMPTY;
	}
	if (answer != FRAME_MESSAGE)
		return answer;
	body = str_from(*data, header);
	n = count < SYSLOG_LINE_MAX ? count : SYSLOG_LINE_MAX;
	if (body.n < n && !end)
		return FRAME_MORE;
	frame->skip = body.n < n ? 0 : count - n;
	*data = str_from(body, n);
	return deliver(str_first(body, n), count > n || body.n < n, ret);
}

/*
 * The first bytes decide.  "2026-09-01 ..." is a line, "94 <13>..." a count; a NUL before the first LF means that NUL ends
 * the messages.  False when there is too little to tell.
 */
static enum frame_answer detect(struct frame *frame, struct str data, bool end)
{
	struct str head = str_first(data, SYSLOG_LINE_MAX + 1), rest = str_from(head, frame->scanned);
	ssize_t lf, nul;
	size_t i = 0;

	if (data.n > 0 && data.p[0] == 0x16) {
		if (data.n > 1 && data.p[1] == 0x03)
			return FRAME_TLS;
		if (data.n == 1 && !end)
			return FRAME_MORE;
	}
	while (i < data.n && i <= COUNT_DIGITS && is_digit(data.p[i]))
		i++;
	if (i > COUNT_DIGITS)
		return FRAME_LOST;
	if (i == data.n && !end)
		return FRAME_MORE;
	if (i > 0 && i < data.n && data.p[i] == ' ') {
		frame->mode = FRAME_COUNTED;
		return FRAME_MESSAGE;
	}
	lf = str_index(rest, '\n');
	nul = str_index(lf < 0 ? rest : str_first(rest, (size_t)lf), '\0');
	if (lf < 0 && nul < 0 && !end && data.n <= SYSLOG_LINE_MAX)
		return wait_for_more(frame, data);
	frame->mode = nul >= 0 ? FRAME_NULS : FRAME_LINES;
	return FRAME_MESSAGE;
}

enum frame_answer frame_next(struct frame *frame, struct str *data, bool end, struct frame_message *ret)
{
	if (frame->mode == FRAME_NEW) {
		enum frame_answer answer = data->n > 0 ? detect(frame, *data, end) : FRAME_MORE;

		if (answer != FRAME_MESSAGE)
			return answer;
		frame->scanned = 0;
	}
	return frame->mode == FRAME_COUNTED ? next_counted(frame, data, end, ret) : next_line(frame, data, end, ret);
}

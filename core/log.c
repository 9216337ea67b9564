#include "core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "core/clock.h"

#define BURST 200
#define WINDOW SECONDS(10)

static enum log_level shown = LOG_LEVEL_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	usec_t since;
	unsigned said, held;
} windows[LOG_LEVEL_DEBUG + 1];

void log_level_set(enum log_level level)
{
	shown = level;
}

/* Writes @text with control characters as \xNN, so that no value can forge a line or move a cursor. */
static void put_clean(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			fprintf(out, "\\x%02x", *p);
		else
			fputc(*p, out);
	}
}

/* False when this level has said enough for now; the rest is counted and said when the window ends. */
static bool window_open(enum log_level level, unsigned *ret_held)
{
	usec_t now = clock_monotonic();

	*ret_held = 0;
	if (windows[level].since == 0 || now - windows[level].since > WINDOW) {
		*ret_held = windows[level].held;
		windows[level].since = now;
		windows[level].said = 0;
		windows[level].held = 0;
	}
	if (windows[level].said >= BURST) {
		windows[level].held++;
		return false;
	}
	windows[level].said++;
	return true;
}

void log_line(enum log_level level, const char *topic, const char *fmt, ...)
{
	bool journal = getenv("JOURNAL_STREAM") != NULL;
	char text[2048];
	unsigned held;
	va_list args;

	if (level > shown)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	pthread_mutex_lock(&lock);
	if (window_open(level, &held)) {
		if (held > 0)
			fprintf(stderr, "log: %u more lines of this kind were held back\n", held);
		if (journal)
			fprintf(stderr, "<%d>", (int)level);
		fprintf(stderr, "%s: ", topic);
		put_clean(stderr, text);
		fputc('\n', stderr);
	}
	pthread_mutex_unlock(&lock);
}

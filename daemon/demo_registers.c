/* The registers of the simulated hospital, with their dates counted from today, and the script that goes with them. */

#include "daemon/demo.h"

#include <errno.h>
#include <fcntl.h>

#include "core/embed.h"
#include "core/when.h"

/* Reads "today", "today-30", "today+90" between braces. */
static bool date_read(struct str name, int64_t today, char buf[static WHEN_MAX])
{
	int64_t days = 0;
	bool minus;

	if (!str_starts(name, STR("today")))
		return false;
	name = str_from(name, 5);
	if (name.n > 0) {
		minus = name.p[0] == '-';
		if ((!minus && name.p[0] != '+') || !str_int(str_from(name, 1), &days) || days > 40 * 366)
			return false;
		days = minus ? -days : days;
	}
	when_format_day(buf, today + days);
	return true;
}

char *demo_dates(struct str text, usec_t now)
{
	int64_t today = when_day_of(now);
	_free_ char *out = NULL;
	size_t size;
	bool failed;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	while (text.n > 0) {
		char day[WHEN_MAX];
		ssize_t open = str_index(text, '{'), close;

		if (open < 0)
			open = (ssize_t)text.n;
		fwrite(text.p, 1, (size_t)open, f);
		text = str_from(text, (size_t)open);
		close = str_index(text, '}');
		if (close > 0 && date_read(str_first(str_from(text, 1), (size_t)close - 1), today, day)) {
			fputs(day, f);
			text = str_from(text, (size_t)close + 1);
		} else if (text.n > 0) {
			fputc('{', f);
			text = str_from(text, 1);
		}
	}
	failed = ferror(f);
	if (fclose(f) != 0 || failed)
		return NULL;
	return TAKE(out);
}

/* Whole or not at all: written beside and renamed. */
static int file_write(int dir, const char *name, const char *text)
{
	char beside[64];
	size_t n = strlen(text), done = 0;
	_close_ int fd = -1;

	if ((size_t)snprintf(beside, sizeof(beside), ".%s.new", name) >= sizeof(beside))
		return -ENAMETOOLONG;
	fd = openat(dir, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	while (done < n) {
		ssize_t r = write(fd, text + done, n - done);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0)
			done += (size_t)r;
	}
	if (fsync(fd) < 0 || renameat(dir, beside, dir, name) < 0)
		return -errno;
	return 0;
}

int demo_registers(const char *dir, usec_t now, struct diag *diag)
{
	_close_ int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return diag_set(diag, -errno, "%s: cannot be opened (%m); the demo keeps its registers there", dir);
	for (const struct embed *file = embed_demo; file->name; file++) {
		_free_ char *text = NULL;
		int r;

		if (!str_starts(str_of(file->name), STR("registers/")))
			continue;
		text = demo_dates((struct str){ file->text, file->size }, now);
		if (!text)
			return -ENOMEM;
		r = file_write(folder, file->name + strlen("registers/"), text);
		if (r < 0)
			return diag_set(diag, r, "%s/%s: cannot be written: %s", dir, file->name, strerror(-r));
	}
	return 0;
}

int demo_open(usec_t now, struct demo **ret, struct diag *diag)
{
	for (const struct embed *file = embed_demo; file->name; file++)
		if (!strcmp(file->name, "history.txt"))
			return demo_parse("demo/history.txt", (struct str){ file->text, file->size }, now, ret, diag);
	return diag_set(diag, -ENOENT, "this program was built without the demo");
}

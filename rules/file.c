/* Files that people write, as bytes: looked at before any parser sees them. */
#include "rules/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SIZE_MAXIMUM (1024 * 1024)

struct str file_stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str stem = str_of(slash ? slash + 1 : path);
	const char *dot = stem.n > 0 ? memrchr(stem.p, '.', stem.n) : NULL;

	return dot ? str_first(stem, (size_t)(dot - stem.p)) : stem;
}

int file_read(const char *path, char **ret, size_t *ret_n, struct diag *diag)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_free_ char *buf = NULL;
	struct stat st;
	size_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(diag, -errno, "%s: cannot be read: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(diag, -EBADMSG, "%s: this is no file; expected one", path);
	buf = malloc(SIZE_MAXIMUM + 1);
	if (!buf)
		return -ENOMEM;
	while (n <= SIZE_MAXIMUM) {
		ssize_t got = read(fd, buf + n, SIZE_MAXIMUM + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return diag_set(diag, -errno, "%s: cannot be read: %s", path, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n > SIZE_MAXIMUM)
		return diag_at(diag, path, 1, 1, "the file is larger than 1 MiB; expected a smaller one");
	*ret = TAKE(buf);
	*ret_n = n;
	return 0;
}

static int refuse(const char *name, struct str text, size_t at, struct diag *diag, const char *what)
{
	int line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return diag_at(diag, name, line, column, "%s", what);
}

int file_text_check(const char *name, struct str text, struct diag *diag)
{
	if (text.n > SIZE_MAXIMUM)
		return diag_at(diag, name, 1, 1, "the file is larger than 1 MiB; expected a smaller one");
	for (size_t i = 0; i < text.n;) {
		unsigned char c = (unsigned char)text.p[i];
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return refuse(name, text, i, diag, "a control character; expected text");
		if (i + n > text.n || !str_utf8((struct str){ text.p + i, n }))
			return refuse(name, text, i, diag, "this is not UTF-8; expected the file saved as UTF-8");
		i += n;
	}
	return 0;
}

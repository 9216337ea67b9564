/* Looked up in the list as it lies there, by one search through it: five megabytes take some milliseconds, and nothing is kept. */

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base.h"
#include "core/mac.h"
#include "dashboard/makers.h"
#include "dashboard/question.h"

#define LIST_MAX (64 << 20)

/* "00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp." */
static int text_find(struct str text, const char *mac, char *buf, size_t size)
{
	char wanted[32];
	const char *at;
	struct str rest;

	snprintf(wanted, sizeof(wanted), "\n%.2s-%.2s-%.2s   (hex)", mac, mac + 2, mac + 4);
	for (char *c = wanted; *c != '('; c++)
		if (*c >= 'a' && *c <= 'f')
			*c = (char)(*c - 32);
	at = memmem(text.p, text.n, wanted, strlen(wanted));
	if (!at)
		return 0;
	rest = str_from(text, (size_t)(at - text.p) + strlen(wanted));
	str_copy(buf, size, str_trim(str_cut(&rest, '\n')));
	return buf[0] ? 1 : 0;
}

int maker_find(const char *path, const char *mac, char *buf, size_t size)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > LIST_MAX)
		return -EBADMSG;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	r = text_find((struct str){ map, (size_t)st.st_size }, mac, buf, size);
	munmap(map, (size_t)st.st_size);
	return r;
}

static int maker_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	char mac[MAC_LEN + 1], maker[256];
	int r;

	if (!mac_parse(str_of(question->name), mac))
		return -ENOENT;
	/* An address that software chose says nothing of a maker. */
	r = mac_local(mac) ? 0 : maker_find(MAKERS_LIST, mac, maker, sizeof(maker));
	*ret = json_pack("{s:s, s:o, s:b}", "mac", mac, "maker", r == 1 ? json_text(maker) : json_null(), "listed",
			 r >= 0);
	return 0;
}

void api_maker(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, maker_ask);
}

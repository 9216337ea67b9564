#include "collectors/logins.h"

#include <lastlog.h>
#include <sys/stat.h>
#include <utmp.h>

#define USERS_MAX 100000 /* a file can be made to name more */

/* Index of the first entry that is not before @user. */
static size_t place_of(const struct logins *logins, const char *user)
{
	size_t low = 0, high = logins->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(logins->entries[middle].user, user) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void login_put(struct logins *logins, const char *user, usec_t at)
{
	size_t i = place_of(logins, user);
	struct login *grown;

	if (i < logins->n && !strcmp(logins->entries[i].user, user)) {
		if (at > logins->entries[i].at)
			logins->entries[i].at = at;
		return;
	}
	if (logins->n == logins->size) {
		size_t size = logins->size ? logins->size * 2 : 64;

		grown = logins->n < USERS_MAX ? realloc(logins->entries, size * sizeof(*grown)) : NULL;
		if (!grown)
			return;
		logins->entries = grown;
		logins->size = size;
	}
	memmove(&logins->entries[i + 1], &logins->entries[i], (logins->n - i) * sizeof(*logins->entries));
	logins->n++;
	str_copy(logins->entries[i].user, sizeof(logins->entries[i].user), str_of(user));
	logins->entries[i].at = at;
}

void logins_read(struct logins *logins, const char *path)
{
	_fclose_ FILE *file = *path ? fopen(path, "re") : NULL;
	struct utmp entry;
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (st.st_ino != logins->inode || st.st_size < logins->offset)
		logins->offset = 0;
	logins->inode = st.st_ino;
	if (fseeko(file, logins->offset, SEEK_SET) != 0)
		return;
	while (fread(&entry, sizeof(entry), 1, file) == 1) {
		char user[sizeof(entry.ut_user) + 1];

		logins->offset += (int64_t)sizeof(entry);
		if (entry.ut_type != USER_PROCESS || entry.ut_tv.tv_sec <= 0)
			continue;
		memcpy(user, entry.ut_user, sizeof(entry.ut_user));
		user[sizeof(entry.ut_user)] = '\0';
		/* The field is signed and ends in 2038; until 2106 it can still be read as unsigned. */
		if (user[0])
			login_put(logins, user, SECONDS((usec_t)(uint32_t)entry.ut_tv.tv_sec));
	}
}

void logins_free(struct logins *logins)
{
	free(logins->entries);
	*logins = (struct logins){ 0 };
}

usec_t logins_last(const struct logins *logins, const char *user, FILE *lastlog, uint32_t uid)
{
	size_t i = place_of(logins, user);
	usec_t at = i < logins->n && !strcmp(logins->entries[i].user, user) ? logins->entries[i].at : 0;
	struct lastlog last = { 0 };

	if (lastlog && pread(fileno(lastlog), &last, sizeof(last), (off_t)uid * (off_t)sizeof(last)) == sizeof(last)) {
		usec_t kept = SECONDS((usec_t)(uint32_t)last.ll_time);

		at = kept > at ? kept : at;
	}
	return at;
}

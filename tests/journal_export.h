/*
 * Journals made for a test: entries in the export format, turned into files by systemd-journal-remote.  No PID 1, no root
 * and any time one likes.
 */
#pragma once

#include <fcntl.h>
#include <sys/wait.h>

#include "core/base.h"
#include "core/str.h"

#define JOURNAL_REMOTE "/lib/systemd/systemd-journal-remote"

struct journal_entry {
	usec_t at;
	const char *fields; /* "NAME=value\n..." of the entry; MESSAGE apart */
	struct str message; /* may hold anything */
};

static inline void journal_export(FILE *out, const struct journal_entry *entry)
{
	fprintf(out,
		"__REALTIME_TIMESTAMP=%lld\n__MONOTONIC_TIMESTAMP=%lld\n_BOOT_ID=ed36f0de36914389aeb70b146cc29ed9\n"
		"_MACHINE_ID=2ead6a1071d74516b1b39d7fb144e7f3\n_HOSTNAME=mri01\n%s",
		(long long)entry->at, (long long)(entry->at % 1000000000), entry->fields);
	if (entry->message.p) {
		uint64_t n = entry->message.n; /* little-endian, as this machine is */

		fputs("MESSAGE\n", out);
		fwrite(&n, sizeof(n), 1, out);
		fwrite(entry->message.p, 1, entry->message.n, out);
		fputc('\n', out);
	}
	fputc('\n', out);
}

/* Writes @n entries to the journal file @path.  False when the tool is not there or fails. */
static inline bool journal_make(const char *path, const struct journal_entry *entries, size_t n)
{
	int fds[2], status = -1;
	FILE *out;
	pid_t pid;

	if (access(JOURNAL_REMOTE, X_OK) != 0 || pipe(fds) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		dup2(fds[0], 0);
		close(fds[0]);
		close(fds[1]);
		dup2(open("/dev/null", O_WRONLY), 2);
		execl(JOURNAL_REMOTE, JOURNAL_REMOTE, "-o", path, "-", (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	out = fdopen(fds[1], "w");
	for (size_t i = 0; i < n; i++)
		journal_export(out, &entries[i]);
	fclose(out);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#include "collectors/journal_where.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

/* Who may read only the journal of a user would see a quiet machine: that is not this machine's journal. */
static int system_readable(const char *directory, struct diag *diag)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/system.journal", directory);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 || errno == ENOENT)
		return 0;
	return diag_set(diag, -errno, "journal: %s: %s; add the daemon's user to the group systemd-journal", path,
			strerror(errno));
}

int journal_where(const char *directory, struct diag *diag)
{
	char path[64] = "";
	sd_id128_t machine;
	DIR *dir;
	int r;

	if (*directory) {
		dir = opendir(directory);
		r = dir ? 0 : -errno;
		if (dir)
			closedir(dir);
		return r < 0 ? diag_set(diag, r, "journal: %s: %s; change collectors.journal.directory", directory,
					strerror(-r))
			     : system_readable(directory, diag);
	}
	if (sd_id128_get_machine(&machine) < 0)
		return diag_set(diag, -ENOENT, "journal: /etc/machine-id is missing, so this machine has no journal");
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/%s/log/journal/" SD_ID128_FORMAT_STR, i ? "run" : "var",
			 SD_ID128_FORMAT_VAL(machine));
		dir = opendir(path);
		r = dir ? 0 : errno;
		if (dir)
			closedir(dir);
		if (r == 0)
			return system_readable(path, diag);
		if (r == EACCES)
			return diag_set(diag, -EACCES,
					"journal: %s: %s; add the daemon's user to the group systemd-journal", path,
					strerror(EACCES));
	}
	return diag_set(
		diag, -ENOENT,
		"journal: この機械のジャーナルがありません（systemd-journald が動いていません） / "
		"neither /var/log/journal nor /run/log/journal holds one of this machine; systemd-journald does not run here");
}

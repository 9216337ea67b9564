#include "collectors/registers_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "collectors/registers_file.h"

static bool is_of(const struct register_def *def, struct str name)
{
	struct str kind = str_of(def->kind), ending = str_from(name, kind.n);

	return name.n > kind.n && str_ieq((struct str){ name.p, kind.n }, kind) &&
	       (str_ieq(ending, STR(".csv")) || str_ieq(ending, STR(".xlsx")));
}

static void file_found(struct registers_folder *folder, const char *name)
{
	struct stat st;

	if (fstatat(folder->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		folder->foreign = true;
	if (folder->files < COUNT(folder->names))
		snprintf(folder->names[folder->files], sizeof(folder->names[0]), "%s", name);
	folder->files++;
}

/* Calls @found for every name in the folder. */
static int names_each(struct registers_folder *folder, void (*found)(struct registers_folder *folder, const char *name))
{
	int fd = openat(folder->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int r = -errno;

		if (fd >= 0)
			close(fd);
		return r;
	}
	while ((entry = readdir(dir)))
		found(folder, entry->d_name);
	closedir(dir);
	return 0;
}

static void name_found(struct registers_folder *folder, const char *name)
{
	if (is_of(folder->def, str_of(name)))
		file_found(folder, name);
}

int registers_folder_open(struct registers_folder *folder, const char *path, const struct register_def *def)
{
	*folder = (struct registers_folder){ .def = def, .dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	return folder->dir < 0 ? -errno : names_each(folder, name_found);
}

bool registers_folder_workbook(const struct registers_folder *folder)
{
	struct str name = str_of(folder->files > 0 ? folder->names[0] : "");

	return name.n > 5 && str_ieq(str_from(name, name.n - 5), STR(".xlsx"));
}

int registers_folder_read(const struct registers_folder *folder, char **ret, size_t *ret_n)
{
	_close_ int fd = folder->files == 0 ? -1
					    : openat(folder->dir, folder->names[0],
						     O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	_free_ char *bytes = NULL;
	struct stat st;
	size_t n = 0;

	if (folder->files == 0)
		return -ENOENT;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ELOOP;
	if (st.st_size > REGISTER_FILE_MAX)
		return -EFBIG;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return -ENOMEM;
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, bytes + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EAGAIN;
		n += (size_t)got;
	}
	*ret_n = n;
	*ret = TAKE(bytes);
	return 0;
}

static int write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t done = write(fd, bytes.p, bytes.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes = str_from(bytes, (size_t)done);
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Who could read the former file can read the new one. */
static void rights_copy(const struct registers_folder *folder, int fd)
{
	struct stat st;

	if (folder->files == 0 || fstatat(folder->dir, folder->names[0], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	if (fchown(fd, (uid_t)-1, st.st_gid) == 0)
		fchmod(fd, st.st_mode & 0664);
}

int registers_folder_draft(struct registers_folder *folder, struct str bytes)
{
	bool workbook = registers_folder_workbook(folder);
	_close_ int fd = -1;
	uint64_t random;
	int r;

	if (folder->foreign)
		return -ELOOP;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	if (folder->files > 0 && !workbook)
		str_copy(folder->name, sizeof(folder->name), str_of(folder->names[0]));
	else
		snprintf(folder->name, sizeof(folder->name), "%s.csv", folder->def->kind);
	/* The collector passes by names that begin with a dot. */
	snprintf(folder->draft, sizeof(folder->draft), ".%s.%016llx", folder->name, (unsigned long long)random);
	fd = openat(folder->dir, folder->draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0) {
		r = -errno;
		folder->draft[0] = '\0';
		return r;
	}
	rights_copy(folder, fd);
	return write_all(fd, bytes);
}

/* A second name for the former file, which keeps its first one until another takes it: it is there all the time. */
static int backup_link(struct registers_folder *folder, usec_t now)
{
	time_t seconds = (time_t)(now / SECONDS(1));
	char stamp[32];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (int i = 0; i < 100; i++) {
		snprintf(folder->backup, sizeof(folder->backup), "%s.%s-%02d.bak", folder->names[0], stamp, i);
		if (linkat(folder->dir, folder->names[0], folder->dir, folder->backup, 0) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	folder->backup[0] = '\0';
	return -errno;
}

struct oldest {
	struct registers_folder *folder;
	size_t n;
	char name[128];
};

static bool is_backup(const struct registers_folder *folder, struct str name)
{
	struct str first = str_of(folder->names[0]);

	return str_starts(name, first) && name.n == first.n + 23 && name.p[first.n] == '.' &&
	       str_ends(name, STR(".bak"));
}

static bool oldest_find(struct oldest *oldest)
{
	int fd = openat(oldest->folder->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	oldest->n = 0;
	while (dir && (entry = readdir(dir))) {
		if (!is_backup(oldest->folder, str_of(entry->d_name)))
			continue;
		if (oldest->n++ == 0 || strcmp(entry->d_name, oldest->name) < 0)
			str_copy(oldest->name, sizeof(oldest->name), str_of(entry->d_name));
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return oldest->n > REGISTERS_BACKUPS;
}

static void backups_thin(struct registers_folder *folder)
{
	struct oldest oldest = { .folder = folder };

	for (int i = 0; i < 8 && oldest_find(&oldest); i++)
		unlinkat(folder->dir, oldest.name, 0);
}

int registers_folder_land(struct registers_folder *folder, usec_t now)
{
	bool workbook = folder->files > 0 && strcmp(folder->names[0], folder->name) != 0;
	int r = folder->files > 0 ? backup_link(folder, now) : 0;

	if (r < 0)
		return r;
	if (renameat(folder->dir, folder->draft, folder->dir, folder->name) < 0) {
		r = -errno;
		if (folder->backup[0])
			unlinkat(folder->dir, folder->backup, 0);
		return r;
	}
	folder->draft[0] = '\0';
	folder->landed = true;
	/* For a moment there are two, which the collector refuses and keeps what it has; none would say that it is missing. */
	if (workbook && unlinkat(folder->dir, folder->names[0], 0) < 0) {
		r = -errno;
		registers_folder_undo(folder);
		return r;
	}
	fsync(folder->dir);
	backups_thin(folder);
	return 0;
}

void registers_folder_undo(struct registers_folder *folder)
{
	bool workbook = folder->files > 0 && strcmp(folder->names[0], folder->name) != 0;

	if (!folder->landed)
		return;
	if (folder->backup[0])
		renameat(folder->dir, folder->backup, folder->dir, folder->names[0]);
	if (workbook || folder->files == 0)
		unlinkat(folder->dir, folder->name, 0);
	fsync(folder->dir);
	folder->landed = false;
}

void registers_folder_close(struct registers_folder *folder)
{
	if (folder->dir < 0)
		return;
	if (folder->draft[0])
		unlinkat(folder->dir, folder->draft, 0);
	close(folder->dir);
	folder->dir = -1;
}

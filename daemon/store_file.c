/*
 * The file of the database before SQLite writes to it: where it really is, who else has it, and whether it is ours.  What
 * one would get wrong: a file that is refused must stay as it is, so everything is looked at read-only first.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "daemon/store_parts.h"

#define APPLICATION_ID 0x54454e4bu /* "TENK" */
#ifndef PAGE_SIZE
#define PAGE_SIZE \
	8192 /* events are appended by the thousand: half the calls of 4096; more would make small commits large */
#endif
#define QUICK_CHECK_MAX (32 << 20) /* larger files: only the small tables, so that a start stays quick */

char *store_path(const char *path, struct diag *diag)
{
	_free_ char *real = realpath(path, NULL), *folder = NULL, *joined = NULL;
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	if (real)
		return TAKE(real);
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	folder = realpath(dir, NULL);
	if (!folder) {
		diag_set(diag, -errno, "%s: the folder cannot be used (%s); make it or set state_dir", dir,
			 strerror(errno));
		return NULL;
	}
	if (asprintf(&joined, "%s/%s", folder, slash ? slash + 1 : path) < 0) {
		joined = NULL;
		diag_set(diag, -ENOMEM, "%s: out of memory", path);
	}
	return TAKE(joined);
}

int store_lock(const char *path, struct diag *diag)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	_free_ char *name = NULL;
	_close_ int fd = -1;
	char pid[32] = "";
	ssize_t n;
	int taken;

	if (asprintf(&name, "%s.lock", path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return diag_set(diag, -errno, "%s: cannot be opened (%s); check the owner and rights of its folder",
				name, strerror(errno));
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		n = read(fd, pid, sizeof(pid) - 1);
		pid[n > 0 ? n : 0] = '\0';
		pid[strcspn(pid, "\n")] = '\0';
		return diag_set(diag, -EBUSY,
				"%s: another tenkend has it (pid %s); stop that one or set another state_dir", path,
				*pid ? pid : "unknown");
	}
	n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)n, 0) != n)
		return diag_set(diag, errno ? -errno : -EIO, "%s: cannot be written (%s); is the disk full?", name,
				strerror(errno));
	taken = fd;
	fd = -1;
	return taken;
}

/* So that after a power cut the name is there too. */
static void folder_sync(const char *path)
{
	char dir[PATH_MAX];
	_close_ int fd = -1;

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path) + 1, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		fsync(fd);
}

int store_create(const char *path, struct diag *diag)
{
	_free_ char *name = NULL;
	sqlite3 *db = NULL;
	char sql[256];
	int fd, r;

	if (asprintf(&name, "%s.new", path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	unlink(name); /* of a start that was killed; we hold the lock */
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return diag_set(diag, -errno, "%s: cannot be made (%s); check the owner and rights of its folder", name,
				strerror(errno));
	close(fd);
	snprintf(sql, sizeof(sql),
		 "PRAGMA page_size = %d; PRAGMA application_id = %u; PRAGMA auto_vacuum = 2;"
		 "CREATE TABLE migration (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
		 PAGE_SIZE, APPLICATION_ID);
	r = sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	if (r != SQLITE_OK || rename(name, path) < 0) {
		unlink(name);
		return diag_set(diag, r == SQLITE_FULL ? -ENOSPC : -EIO,
				"%s: cannot be written (%s); is the disk full?", path,
				r == SQLITE_OK ? strerror(errno) : sqlite3_errstr(r));
	}
	folder_sync(path);
	return 0;
}

static int refuse(struct diag *diag, const char *path, const char *why)
{
	return diag_set(diag, -EBADMSG, "%s: %s; it was left as it is: move it away, or restore it from a backup", path,
			why);
}

static int header_check(const char *path, struct diag *diag)
{
	unsigned char head[100];
	struct stat st;
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned id, page, pages;
	char why[96];

	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(diag, -errno, "%s: cannot be opened (%s); check its owner and rights", path,
				strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(diag, path, "not a regular file");
	if (st.st_size == 0)
		return refuse(diag, path, "the file is empty");
	if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head, "SQLite format 3", 16) != 0)
		return refuse(diag, path, "not an SQLite database");
	id = (unsigned)head[68] << 24 | (unsigned)head[69] << 16 | (unsigned)head[70] << 8 | head[71];
	if (id != APPLICATION_ID) {
		snprintf(why, sizeof(why), "a database of another program (application id 0x%08x)", id);
		return refuse(diag, path, why);
	}
	page = (unsigned)head[16] << 8 | head[17];
	pages = (unsigned)head[28] << 24 | (unsigned)head[29] << 16 | (unsigned)head[30] << 8 | head[31];
	/* The end may still stand in the WAL: then SQLite knows better. */
	if (page > 1 && (uint64_t)pages * page > (uint64_t)st.st_size) {
		char wal[PATH_MAX];
		struct stat log;

		snprintf(wal, sizeof(wal), "%s-wal", path);
		if (stat(wal, &log) < 0 || log.st_size == 0)
			return refuse(diag, path, "the end of the file is missing");
	}
	return 0;
}

/* SQLite's own look at @what ("" is everything).  Anything but "ok" is damage. */
static bool pages_ok(sqlite3 *db, const char *what)
{
	sqlite3_stmt *stmt = NULL;
	char sql[96];
	bool ok = false;

	snprintf(sql, sizeof(sql), *what ? "PRAGMA quick_check('%s')" : "PRAGMA quick_check%s", what);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		ok = !strcmp((const char *)sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
	return ok;
}

static int content_check(sqlite3 *db, const char *path, struct diag *diag)
{
	static const char *const small[] = { "meta", "position", "source", "register", "register_value" };
	char name[128];
	struct stat st;

	if (store_unknown_migration(db, name, sizeof(name)) < 0)
		return refuse(diag, path, "damaged (its list of migrations cannot be read)");
	if (name[0])
		return diag_set(
			diag, -EPROTO,
			"%s: made by a newer version of Tenken (it has %s); it was left as it is: install that version",
			path, name);
	if (stat(path, &st) == 0 && st.st_size <= QUICK_CHECK_MAX)
		return pages_ok(db, "") ? 0 : refuse(diag, path, "damaged (SQLite's quick_check fails)");
	for (size_t i = 0; i < COUNT(small); i++)
		if (!pages_ok(db, small[i]))
			return refuse(diag, path, "damaged (SQLite's quick_check fails)");
	return 0;
}

int store_check(const char *path, struct diag *diag)
{
	sqlite3 *db = NULL;
	int r = header_check(path, diag);

	if (r < 0)
		return r;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
		sqlite3_close(db);
		return refuse(diag, path, "SQLite cannot open it");
	}
	sqlite3_busy_timeout(db, 5000);
	r = content_check(db, path, diag);
	sqlite3_close(db);
	return r;
}

bool store_remote(const char *path)
{
	static const unsigned long remote[] = { NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC,
						SMB2_SUPER_MAGIC, AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC,
						CODA_SUPER_MAGIC, V9FS_MAGIC,      FUSE_SUPER_MAGIC };
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return false;
	for (size_t i = 0; i < COUNT(remote); i++)
		if (((unsigned long)fs.f_type & 0xffffffffu) == remote[i])
			return true;
	return false;
}

/*
 * tenken backup: a consistent copy of the database while the daemon runs, checked before it takes the name it was asked for.
 * The key that signs snapshots is not in it: who steals the copy cannot sign.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/clock.h"
#include "daemon/config.h"
#include "daemon/snapshots/verify.h"

#define PAGES 2000 /* copied in one go: the daemon writes in between */
#define PAUSE 20   /* ms, when it does just now */

static int copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int r = backup ? SQLITE_OK : SQLITE_ERROR;

	while (r == SQLITE_OK || r == SQLITE_BUSY || r == SQLITE_LOCKED) {
		r = sqlite3_backup_step(backup, PAGES);
		if (r == SQLITE_BUSY || r == SQLITE_LOCKED)
			sqlite3_sleep(PAUSE);
	}
	sqlite3_backup_finish(backup);
	return r == SQLITE_DONE ? 0 : -EIO;
}

/* One column of one row as text is "ok". */
static bool intact(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
		  sqlite3_step(stmt) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(stmt, 0), "ok");

	sqlite3_finalize(stmt);
	return ok;
}

/* Copies to @temp and looks at the copy: whole as a database, and its snapshots as a chain. */
static int copy_and_check(const char *db_path, const char *temp, struct verify *verify)
{
	sqlite3 *from = NULL, *to = NULL;
	int r = EX_OK;

	if (sqlite3_open_v2(db_path, &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		r = cli_fail(EX_NOINPUT, "%s: %s", db_path, from ? sqlite3_errmsg(from) : "cannot be opened");
	else if (sqlite3_open_v2(temp, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		r = cli_fail(EX_CANTCREAT, "%s: %s", temp, to ? sqlite3_errmsg(to) : "cannot be opened");
	else if (copy(from, to) < 0)
		r = cli_fail(EX_IOERR, "%s: cannot be copied: %s", db_path, sqlite3_errmsg(to));
	else if (sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK || !intact(to))
		r = cli_fail(EX_DATAERR, "%s: the copy is damaged; look at the database and the medium", temp);
	else if (verify_database(to, verify, clock_now()) < 0)
		r = cli_fail(EX_DATAERR, "%s: the snapshots in the copy cannot be read", temp);
	sqlite3_close_v2(from);
	sqlite3_close_v2(to);
	return r;
}

static int folder_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	_free_ char *folder = slash == path ? strdup("/")
			      : slash       ? str_dup((struct str){ path, (size_t)(slash - path) })
					    : strdup(".");
	_close_ int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	/* A file system that cannot do this for folders has nothing to do. */
	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL) ? 0 : -1;
}

/* On the medium, not only in memory, before it gets its name; and then its name. */
static int settle(const char *temp, const char *output)
{
	_close_ int fd = open(temp, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0 || rename(temp, output) < 0 || folder_sync(output) < 0)
		return cli_fail(EX_IOERR, "%s: %s", output, strerror(errno));
	return EX_OK;
}

/* The newest copy may be of what was tampered with: it does not take the place of a good one. */
static int suspect(const struct cli *cli, const struct verify *verify, const char *temp)
{
	char line[600];

	printf("%s\n%s\n", cli->english ? verify->en : verify->ja,
	       text_fill(line, sizeof(line), cli_text(cli, TEXT_backup_suspect),
			 (const char *[]){ "file", temp, NULL }));
	return 1;
}

static int backup_run(struct cli *cli, int argc, char **argv)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_free_ struct verify *verify = malloc(sizeof(*verify));
	_free_ char *temp = NULL, *db_path = NULL;
	char links[24], line[400];
	const char *const pairs[] = { "file", argc > 1 ? argv[1] : "", "links", links, NULL };
	int r, fd;

	if (argc != 2 || argv[1][0] == '-')
		return cli_usage(argv[0]);
	r = cli_config(cli, &config);
	if (r != EX_OK)
		return r;
	if (!verify || asprintf(&temp, "%s.new", argv[1]) < 0 ||
	    asprintf(&db_path, "%s/tenken.db", config->state_dir) < 0)
		return EX_OSERR;
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return cli_fail(EX_CANTCREAT, "%s: %s", temp, strerror(errno));
	close(fd);
	verify_init(verify, NULL, 0);
	r = copy_and_check(db_path, temp, verify);
	if (r == EX_OK && verify->failed)
		return suspect(cli, verify, temp);
	if (r == EX_OK)
		r = settle(temp, argv[1]);
	if (r != EX_OK) {
		unlink(temp);
		return r;
	}
	snprintf(links, sizeof(links), "%lld", (long long)verify->links);
	printf("%s\n", text_fill(line, sizeof(line), cli_text(cli, TEXT_backup_done), pairs));
	return EX_OK;
}

const struct command command_backup = {
	.name = "backup",
	.args = "FILE",
	.ja = "動かしたまま、データベースの写しを取って確かめる",
	.en = "a consistent copy of the database while the daemon runs, checked",
	.run = backup_run,
};

/*
 * A disk that fills up: a small tmpfs of our own (needs root, else 77).  The pipeline says so, keeps what it has, takes no
 * more than it can hold, and goes on when there is room again: every line that was taken is there once.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/pipe.h"
#include "tests/table.h"

static char folder[64] = "/tmp/tkfullXXXXXX";

/* Fills what is left of the file system; the file's name is /fill in it. */
static void fill_up(void)
{
	char path[96], block[4096] = { 0 };
	int fd;

	snprintf(path, sizeof(path), "%s/fill", folder);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

static void full_and_free_again(void **state)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));
	int64_t taken = 0;
	char path[96];
	struct touched touched;
	int r = 0;

	when_zone("Asia/Tokyo");
	clock_set(T0);
	snprintf(pipe->dir.path, sizeof(pipe->dir.path), "%s", folder);
	snprintf(pipe->dir.db, sizeof(pipe->dir.db), "%s/tenken.db", folder);
	pipe_rules(pipe);
	pipe_open(pipe);
	fill_up();
	for (int i = 0; i < 100000; i++) {
		char text[64], cursor[32];
		struct record rec;

		snprintf(text, sizeof(text), "in u%d from 192.0.2.%d", i, i % 250);
		snprintf(cursor, sizeof(cursor), "c%d", i + 1);
		rec = pipe_record("a", "doord", text);
		rec.cursor = str_of(cursor);
		r = sink_put(pipe->sink, &rec);
		if (r < 0)
			break;
		taken++;
		if (i % 500 == 0 && pipeline_commit(pipe->pipeline, &touched) < 0)
			assert_int_equal(pipeline_stats(pipe->pipeline)->failing, ENOSPC);
	}
	assert_int_equal(r, -EAGAIN); /* memory is bounded: from here on the collector waits */
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), -ENOSPC);
	assert_true(sql_int(pipe->db, "SELECT count(*) FROM event") < taken);

	snprintf(path, sizeof(path), "%s/fill", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), 1);
	assert_int_equal(pipeline_stats(pipe->pipeline)->failing, 0);
	assert_int_equal(sql_int(pipe->db, "SELECT count(*) FROM event WHERE type = 'auth_success'"), taken);
	assert_int_equal(sql_int(pipe->db, "SELECT count(*) FROM account_seen WHERE uses = 1"), taken);
	assert_int_equal(sql_int(pipe->db, "SELECT lines FROM source WHERE collector = 'syslog'"), taken);
	assert_int_equal(sql_int(pipe->db, "SELECT CAST(substr(cursor, 2) AS INTEGER) FROM position"), taken);
	assert_string_equal(pipe_text(pipe, "PRAGMA integrity_check"), "ok");
	pipe_close(pipe);
	rules_unref(pipe->rules);
	free(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(full_and_free_again) };
	int r;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	if (!mkdtemp(folder) || mount("tmpfs", folder, "tmpfs", 0, "size=24m,mode=0700") < 0) {
		rmdir(folder);
		return 77;
	}
	r = cmocka_run_group_tests(tests, NULL, NULL);
	umount(folder);
	rmdir(folder);
	return r;
}

/* Whose record it was: never in clear, the same word for the same patient, and how much the lines of a source say. */

#include <errno.h>
#include <fcntl.h>

#include "daemon/patient.h"
#include "tests/pipe.h"
#include "tests/table.h"

#define ID "0012345"

/* True when @text stands in a file of the test's folder. */
static bool stored(const struct pipe *pipe, const char *text)
{
	static const char *const names[] = { "tenken.db", "tenken.db-wal", "patient.key" };
	static char bytes[4 << 20];
	bool found = false;

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[128];
		_close_ int fd = -1;
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", pipe->dir.path, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, bytes, sizeof(bytes));
		found = found || (n > 0 && memmem(bytes, (size_t)n, text, strlen(text)));
	}
	return found;
}

static void never_in_clear(void **state)
{
	struct pipe *pipe = pipe_new();
	char first[PATIENT_HASH + 1], again[PATIENT_HASH + 1];

	pipe_say(pipe, "emr01", "record of " ID " read by ada");
	pipe_say(pipe, "emr01", "record of  " ID "  read by bob");
	pipe_say(pipe, "emr01", "record of 0012346 read by bob");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(DISTINCT patient) FROM v_event WHERE length(patient) = 32"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE length(raw) > 0 AND patient IS NOT NULL"), 0);
	str_copy(first, sizeof(first), str_of(pipe_text(pipe, "SELECT patient FROM event WHERE user = 'ada'")));
	assert_true(stored(pipe, first)); /* the search finds what is there */
	assert_false(stored(pipe, ID));

	/* A restart knows the same patient; another site's key does not. */
	pipe_close(pipe);
	pipe_open(pipe);
	pipe_say(pipe, "emr01", "record of " ID " read by eve");
	pipe_commit(pipe);
	str_copy(again, sizeof(again), str_of(pipe_text(pipe, "SELECT patient FROM event WHERE user = 'eve'")));
	assert_string_equal(first, again);
	pipe_free(pipe);
	pipe = pipe_new();
	pipe_say(pipe, "emr01", "record of " ID " read by ada");
	pipe_commit(pipe);
	assert_string_not_equal(first, pipe_text(pipe, "SELECT patient FROM event"));
	pipe_free(pipe);
}

static void completeness(void **state)
{
	struct pipe *pipe = pipe_new();
	struct record rec = pipe_record("emr01", "doord", "record of somebody");

	pipe_say(pipe, "emr01", "record of 1 read by ada");
	pipe_say(pipe, "emr01", "in ada");
	pipe_say(pipe, "emr01", "new ada");
	rec.at = 0;
	sink_put(pipe->sink, &rec);
	assert_true(pipe_commit(pipe) & store_table("source_fields"));
	pipe_say(pipe, "emr01", "record of 2 read by ada");
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(host || type || day || ':' || lines || with_user || with_time ||"
				" with_object || with_method, ' ') FROM v_completeness ORDER BY type DESC"),
		"emr01auth_success2026-11-30:11100 emr01record_access2026-11-30:32220");

	/* Another day is another row; old ones go. */
	clock_set(T0 + DAYS(1));
	pipe_say(pipe, "emr01", "record of 2 read by ada");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM v_completeness WHERE type = 'record_access'"), 2);
	clock_set(T0 + DAYS(41));
	assert_int_equal(pipeline_retention(pipe->pipeline, clock_now()), 0);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM v_completeness"), 1);
	pipe_free(pipe);
}

static void key_path(const struct dir *dir, char path[static 128])
{
	snprintf(path, 128, "%s/patient.key", dir->path);
}

static void key_file(void **state)
{
	struct patients *patients = NULL;
	struct diag diag = { "" };
	char path[128], buf[PATIENT_HASH + 1];
	struct dir dir;
	struct stat st;

	dir_make(&dir);
	key_path(&dir, path);
	assert_int_equal(patients_open(dir.db, &patients, &diag), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(patients_hash(patients, STR(" \t"), buf).n, 0);
	patients_free(TAKE(patients));

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(patients_open(dir.db, &patients, &diag), -EPERM);
	assert_non_null(strstr(diag.text, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 31), 0);
	assert_int_equal(patients_open(dir.db, &patients, &diag), -EBADMSG);
	assert_int_equal(truncate(path, 33), 0);
	assert_int_equal(patients_open(dir.db, &patients, &diag), -EBADMSG);
	assert_null(patients);
	dir_drop(&dir);
}

/* RFC 4231's way to check a MAC needs its key: put there, the word for an id is what openssl(1) says. */
static void known_answer(void **state)
{
	struct patients *patients = NULL;
	struct diag diag = { "" };
	char path[128], buf[PATIENT_HASH + 1];
	struct dir dir;
	int fd;

	dir_make(&dir);
	key_path(&dir, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef", 32), 32);
	close(fd);
	assert_int_equal(patients_open(dir.db, &patients, &diag), 0);
	for (int i = 0; i < 2; i++) /* the second use of one context too */
		assert_string_equal(patients_hash(patients, STR(ID), buf).p, "3bfafdaff25e13b7dddb6d7ed6193090");
	patients_free(patients);
	dir_drop(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_in_clear),
		cmocka_unit_test(completeness),
		cmocka_unit_test(key_file),
		cmocka_unit_test(known_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

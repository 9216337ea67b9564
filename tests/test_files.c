#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_files;

static char root[64];

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[2];
	char place[128], position[80 * 16];
};

static int root_open(void **state)
{
	snprintf(root, sizeof(root), "/tmp/fls.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int gone(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int root_close(void **state)
{
	return nftw(root, gone, 8, FTW_DEPTH | FTW_PHYS);
}

static void box_open(struct box *box, const char *options, struct str cursor)
{
	struct settings set = { "files", collector_files.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	snprintf(box->place, sizeof(box->place), "%s/*%s", root, options);
	box->values[0] = box->place;
	box->state = calloc(1, collector_files.state_size);
	assert_int_equal(collector_files.open(box->state, &set, cursor, &box->diag), 0);
}

static void box_close(struct box *box)
{
	collector_files.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

/* Collects until @n records were said, at most 10 s; then @n they are. */
static void box_wait(struct box *box, size_t n)
{
	usec_t deadline = clock_monotonic() + SECONDS(10);
	int r;

	do
		r = collector_files.collect(box->state, &box->spy.sink, &box->diag);
	while (clock_monotonic() < deadline && (r == 1 || box->spy.n < n));
	assert_true(r == -EAGAIN || r == box->spy.fail);
	assert_int_equal(box->spy.n, n);
}

/* Looks again for as long as a look may be put off: nothing more is said. */
static void box_rest(struct box *box, size_t n)
{
	usec_t deadline = clock_monotonic() + MSEC(70);

	while (clock_monotonic() < deadline)
		collector_files.collect(box->state, &box->spy.sink, &box->diag);
	assert_int_equal(box->spy.n, n);
}

static void folder(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static void put_n(const char *name, const char *text, size_t n, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

static void put(const char *name, const char *text)
{
	put_n(name, text, strlen(text), O_TRUNC);
}

static void add(const char *name, const char *text)
{
	put_n(name, text, strlen(text), O_APPEND);
}

static void turn(const char *from, const char *to)
{
	char a[256], b[256];

	snprintf(a, sizeof(a), "%s/%s", root, from);
	snprintf(b, sizeof(b), "%s/%s", root, to);
	assert_int_equal(rename(a, b), 0);
}

static const char *copy_of(struct str s)
{
	static char buf[512];

	return str_copy(buf, sizeof(buf), s);
}

#define text_of(box, i) copy_of((box)->spy.records[i].rec.text)
#define data_of(box, i) copy_of((box)->spy.records[i].rec.sd)

static struct str last_position(struct box *box)
{
	struct str cursor = box->spy.records[box->spy.n - 1].rec.cursor;

	assert_true(cursor.n < sizeof(box->position));
	memcpy(box->position, cursor.p, cursor.n);
	return (struct str){ box->position, cursor.n };
}

#define SATO "sato,2026/11/24 8:30:00,ログイン\n"
#define ITO "ito,2026/11/24 8:31:00,参照\n"
#define ADA "ada,2026/11/24 8:32:00,参照\n"

static void reads_tables(void **state)
{
	struct box box;

	folder("emr");
	put("emr/a.csv", "ユーザー,時刻,操作\n" SATO);
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 2);
	assert_string_equal(text_of(&box, 1), "sato,2026/11/24 8:30:00,ログイン");
	assert_string_equal(data_of(&box, 1), "[emr ユーザー=\"sato\" 時刻=\"2026/11/24 8:30:00\" 操作=\"ログイン\"]");
	assert_int_equal(box.spy.records[0].rec.sd.n, 0); /* the heading names nobody */
	assert_true(str_eq(box.spy.records[1].rec.program, STR("emr")));
	assert_true(str_eq(box.spy.records[1].rec.host, STR("emr")));
	assert_true(box.spy.records[1].rec.flags & RECORD_STORED);

	/* Half a row waits for the rest of it; a quoted cell has lines. */
	add("emr/a.csv", "ito,2026/11/24 8:31");
	box_rest(&box, 2);
	add("emr/a.csv", ":00,\"参照\n二行 \"\"目\"\" ]\"\r\n");
	box_wait(&box, 3);
	assert_string_equal(text_of(&box, 2), "ito,2026/11/24 8:31:00,\"参照\n二行 \"\"目\"\" ]\"");
	assert_string_equal(data_of(&box, 2), "[emr ユーザー=\"ito\" 時刻=\"2026/11/24 8:31:00\" "
					      "操作=\"参照\n二行 \\\"目\\\" \\]\"]");
	box_close(&box);
}

/* A cell cannot end the structured data nor add a column. */
static void cells_stay_cells(void **state)
{
	struct box box;

	folder("x");
	put("x/a.csv", "user,address=\nx\" address=\"10.0.0.1\" ][,b\n\"y\"\"] [z k=\"\"1\"\"\",b\n");
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 3);
	assert_string_equal(data_of(&box, 1), "[x user=\"x\\\" address=\\\"10.0.0.1\\\" \\][\" address_=\"b\"]");
	assert_string_equal(data_of(&box, 2), "[x user=\"y\\\"\\] [z k=\\\"1\\\"\" address_=\"b\"]");
	box_close(&box);
}

static void reads_logs(void **state)
{
	struct box box;

	folder("log");
	put("log/auth.log", "Nov 24 10:00:00 srv9 sshd[7]: hello\n\nno header here\n");
	box_open(&box, " program=", (struct str){ 0 });
	box_wait(&box, 2);
	assert_true(str_eq(box.spy.records[0].rec.program, STR("sshd")));
	assert_true(str_eq(box.spy.records[0].rec.host, STR("srv9")));
	assert_string_equal(text_of(&box, 0), "hello");
	assert_int_equal(box.spy.records[1].rec.program.n, 0);
	assert_true(str_eq(box.spy.records[1].rec.host, STR("log")));
	assert_true(str_eq(box.spy.records[1].rec.peer, STR("log")));
	box_close(&box);
}

static const struct encoding {
	const char *name;
	struct str bytes;
} encodings[] = {
	{ "cp932", STR("user,\x91\x80\x8d\xec\r\nsato,\x83\x8d\x83O\x83"
		       "C\x83\x93\r\n") },
	{ "utf-8 with a mark", STR("\xef\xbb\xbfuser,操作\nsato,ログイン\n") },
	{ "utf-16le with a mark", STR("\xff\xfeu\0s\0e\0r\0,\0\xcd"
				      "d\\O\r\0\n\0s\0a\0t\0o\0,\0\xed\x30\xb0\x30\xa4\x30\xf3\x30\r\0\n\0") },
	{ "utf-16le without", STR("u\0s\0e\0r\0,\0\xcd"
				  "d\\O\r\0\n\0s\0a\0t\0o\0,\0\xed\x30\xb0\x30\xa4\x30\xf3\x30\r\0\n\0") },
};

static void reads_encodings(void **state)
{
	for (size_t i = 0; i < COUNT(encodings); i++) {
		struct str half = str_first(encodings[i].bytes, encodings[i].bytes.n - 3);
		struct box box;

		folder("enc");
		put_n("enc/a.csv", half.p, half.n, O_TRUNC);
		box_open(&box, "", (struct str){ 0 });
		box_wait(&box, 1);
		put_n("enc/a.csv", half.p + half.n, encodings[i].bytes.n - half.n, O_APPEND);
		box_wait(&box, 2);
		if (strcmp(data_of(&box, 1), "[enc user=\"sato\" 操作=\"ログイン\"]") != 0)
			fail_msg("%s: %s", encodings[i].name, data_of(&box, 1));
		box_close(&box);
		assert_int_equal(root_close(NULL), 0);
		assert_int_equal(root_open(NULL), 0);
	}
}

/* The position says where each file was left, whatever happened to its name since. */
static void resumes(void **state)
{
	struct box box;
	struct str position;
	char kept[80 * 16];

	folder("a");
	folder("b");
	put("a/a.csv", "user,time,what\n" SATO);
	put("b/b.log", "2026-11-24T08:00:00+09:00 h p: one\n");
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 3);
	position = last_position(&box);
	memcpy(kept, position.p, position.n);
	position.p = kept;
	box_close(&box);

	turn("b/b.log", "b/b.log.1");
	add("b/b.log.1", "2026-11-24T08:00:01+09:00 h p: two\n");
	put("b/b.log", "2026-11-24T08:00:02+09:00 h p: three\n");
	add("a/a.csv", ITO);
	box_open(&box, "", position);
	box_wait(&box, 3);
	assert_non_null(spy_find(&box.spy, "two"));
	assert_non_null(spy_find(&box.spy, "three"));
	assert_non_null(spy_find(&box.spy, "ito"));
	assert_true(str_eq(spy_find(&box.spy, "ito")->sd,
			   STR("[a user=\"ito\" time=\"2026/11/24 8:31:00\" what=\"参照\"]")));
	box_close(&box);

	/* A position that is none is no position. */
	box_open(&box, "", STR("zz\nffffffff ffffffff ffffffffffffffff ffffffffffffffff ffffffff ff ffffffff fff -\n"));
	box_wait(&box, 6);
	box_close(&box);
}

static const struct change {
	const char *name;
	const char *before, *after;
	bool replaced;    /* by another file, else written anew */
	size_t first, of; /* records before, and then in all */
} changes[] = {
	{ "a copy of a log that has grown", SATO, SATO ITO, true, 1, 2 },
	{ "the same, written anew in place", SATO, SATO ITO, false, 1, 2 },
	{ "rotated by copying", SATO ITO, "administrator," ADA, false, 2, 3 },
	{ "a new file of the day", SATO ITO, ADA SATO ITO, true, 2, 5 },
	{ "the same rows without a time are said anew", "emr,ok\n", "emr,ok\npacs,ok\n", true, 1, 3 },
	{ "the same result again", "emr,8:30,ok\n", "emr,8:30,ok\n", true, 1, 2 },
	{ "emptied and not filled", SATO, "", false, 1, 1 },
};

static void changes_of_files(void **state)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct box box;

		folder("f");
		put("f/x.csv", changes[i].before);
		box_open(&box, "", (struct str){ 0 });
		box_wait(&box, changes[i].first);
		put(changes[i].replaced ? "f/x.new.tmp" : "f/x.csv", changes[i].after);
		if (changes[i].replaced)
			turn("f/x.new.tmp", "f/x.csv");
		box_wait(&box, changes[i].of);
		box_rest(&box, changes[i].of);
		box_close(&box);
		assert_int_equal(root_close(NULL), 0);
		assert_int_equal(root_open(NULL), 0);
	}
}

/* What the sink does not take comes again, and the position of what it took is right. */
static void sink_refuses(void **state)
{
	struct box box;
	struct str first;

	folder("f");
	put("f/x.csv", SATO ITO ADA);
	box_open(&box, "", (struct str){ 0 });
	box.spy.fail_at = 1;
	assert_int_equal(collector_files.collect(box.state, &box.spy.sink, &box.diag), -EAGAIN);
	assert_int_equal(box.spy.n, 1);
	box_wait(&box, 3);
	assert_string_equal(text_of(&box, 1), "ito,2026/11/24 8:31:00,参照");
	first = box.spy.records[0].rec.cursor;
	memcpy(box.position, first.p, first.n);
	first.p = box.position;
	{
		struct box again;

		box_open(&again, "", first);
		box_wait(&again, 2);
		box_close(&again);
	}
	box_close(&box);
}

static void never_outside(void **state)
{
	struct box box;
	char path[256], target[128];

	folder("f");
	snprintf(target, sizeof(target), "%s/outside", root);
	put("outside", SATO);
	snprintf(path, sizeof(path), "%s/f/link.csv", root);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "%s/linked", root);
	assert_int_equal(symlink("/etc", path), 0);
	snprintf(path, sizeof(path), "%s/f/pipe.csv", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	put("f/.hidden.csv", SATO);
	put("f/x.csv.part", SATO);
	put_n("f/program.csv",
	      "\x7f"
	      "ELF\0\0\0\n\0\n",
	      10, O_TRUNC);
	put("f/x.csv", ITO);
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 1);
	box_rest(&box, 1);
	box_close(&box);
}

/* A row without end is cut and the rest of it skipped; a quote that nobody closes swallows nothing. */
static void too_long(void **state)
{
	struct box box;
	char *big = malloc(400000);

	memset(big, 'x', 400000);
	big[399999] = '\n';
	folder("f");
	put_n("f/a.csv", big, 400000, O_TRUNC);
	add("f/a.csv", SATO);
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 2);
	assert_true(box.spy.records[0].rec.flags & RECORD_CUT);
	assert_string_equal(text_of(&box, 1), "sato,2026/11/24 8:30:00,ログイン");

	memset(big, 'y', 70);
	for (int i = 0; i < 3000; i++)
		memcpy(big + 70 * i + 69, "\n", 1);
	add("f/a.csv", "\"never closed\n");
	put_n("f/a.csv", big, 210000, O_APPEND);
	box_wait(&box, 2 + 1 + 3000);
	box_close(&box);
	free(big);
}

/* More files than are followed at once: each is read, none twice, also after a start in between. */
static void very_many(void **state)
{
	struct box box;
	static char kept[80 * 1100];
	struct str position;
	char name[32];

	folder("f");
	for (int i = 0; i < 1503; i++) {
		snprintf(name, sizeof(name), "f/%d.csv", i);
		put(name, "a,8:30\n");
	}
	box_open(&box, "", (struct str){ 0 });
	box_wait(&box, 1503);
	box_rest(&box, 1503);
	position = box.spy.records[1502].rec.cursor;
	memcpy(kept, position.p, position.n);
	position.p = kept;
	box_close(&box);

	put("f/new.csv", "new,8:31\n");
	box_open(&box, "", position);
	box_wait(&box, 1);
	box_rest(&box, 1);
	assert_string_equal(text_of(&box, 0), "new,8:31");
	box_close(&box);
}

static void wrong_settings(void **state)
{
	static const char *const wrong[] = { "drop/*", "/a colour=red", "/a encoding=latin", "/a host=" };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *values[2] = { wrong[i] };
		struct settings set = { "files", collector_files.settings, values };
		void *own = calloc(1, collector_files.state_size);
		struct diag diag = { "" };

		assert_int_equal(collector_files.open(own, &set, (struct str){ 0 }, &diag), -EINVAL);
		assert_non_null(strstr(diag.text, "collectors.files.directories"));
		collector_files.close(own);
		free(own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_tables, root_open, root_close),
		cmocka_unit_test_setup_teardown(cells_stay_cells, root_open, root_close),
		cmocka_unit_test_setup_teardown(reads_logs, root_open, root_close),
		cmocka_unit_test_setup_teardown(reads_encodings, root_open, root_close),
		cmocka_unit_test_setup_teardown(resumes, root_open, root_close),
		cmocka_unit_test_setup_teardown(changes_of_files, root_open, root_close),
		cmocka_unit_test_setup_teardown(sink_refuses, root_open, root_close),
		cmocka_unit_test_setup_teardown(never_outside, root_open, root_close),
		cmocka_unit_test_setup_teardown(too_long, root_open, root_close),
		cmocka_unit_test_setup_teardown(very_many, root_open, root_close),
		cmocka_unit_test(wrong_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

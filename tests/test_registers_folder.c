/* The folder of registers while people write, replace and delete its files. */
#include <poll.h>

#include "collectors/collector.h"
#include "tests/jump.h"
#include "tests/register_folder.h"
#include "tests/spy.h"

extern const struct collector collector_registers;

/* The collector over the folder. */

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[2];
};

static void box_open(struct box *box)
{
	struct settings set = { "registers", collector_registers.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[0] = folder;
	box->state = calloc(1, collector_registers.state_size);
	assert_int_equal(collector_registers.open(box->state, &set, (struct str){ 0 }, &box->diag), 0);
}

static void box_close(struct box *box)
{
	collector_registers.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

/* Collects until @set has been told more often than @before.  Each look comes when what is being written has settled. */
static void box_until(struct box *box, const char *set, size_t before)
{
	struct pollfd p = { .fd = collector_registers.fd(box->state), .events = POLLIN };
	size_t n = 0;

	/* A change is noticed at once. */
	if (before > 0)
		assert_int_equal(poll(&p, 1, 5000), 1);
	for (int looks = 0; looks < 10; looks++) {
		jump_by += SECONDS(1);
		box->diag.text[0] = '\0';
		collector_registers.collect(box->state, &box->spy.sink, &box->diag);
		n = 0;
		for (size_t i = 0; i < box->spy.n_ends; i++)
			n += !strcmp(box->spy.ends[i].set, set);
		if (n > before)
			return;
	}
	fail_msg("%s: told %zu times", set, n);
}

static void a_folder_lives(void **state)
{
	const char *set = "register:devices";
	struct box box;

	box_open(&box);
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_MISSING);
	assert_int_equal(box.spy.n_ends, n_registers);
	assert_int_equal(box.spy.begins, n_registers);

	put("~$devices.xlsx", STR("x"));
	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\n"));
	box_until(&box, set, 1);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);
	assert_int_equal(spy_set(&box.spy, set)->records, 1);
	assert_int_equal(strlen(spy_set(&box.spy, set)->digest), 64);
	assert_true(spy_set(&box.spy, set)->updated_at > 0);
	assert_true(str_eq(box.spy.records[0].rec.program, STR("@register:devices")));
	assert_true(str_eq(box.spy.records[0].rec.text, STR("device_id=A|mac=3423ba1126b8|location=1階|line=2")));

	put("devices.csv", STR(HEAD "A,x,1階\n"));
	box_until(&box, set, 2);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_int_equal(spy_set(&box.spy, set)->records, 0);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "2 行目「MACアドレス」"));
	assert_non_null(strstr(spy_set(&box.spy, set)->error_en, "line 2"));

	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\n"));
	put("Devices.CSV", STR(HEAD));
	box_until(&box, set, 3);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "2つあります"));

	unlink(path_of("Devices.CSV"));
	box_until(&box, set, 4);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);

	unlink(path_of("devices.csv"));
	box_until(&box, set, 5);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_MISSING);
	/* Nobody touched the others, so nothing more was said of them. */
	assert_int_equal(box.spy.n_ends, n_registers + 5);
	box_close(&box);
}

static void what_the_sink_does_not_take_is_told_again(void **state)
{
	const char *set = "register:devices";
	struct box box;

	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\nB,34:23:ba:11:26:b9,1階\n"));
	box_open(&box);
	box.spy.fail_at = 1;
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);
	assert_int_equal(spy_set(&box.spy, set)->records, 2);
	box_close(&box);
}

static void a_file_that_cannot_be_read(void **state)
{
	const char *set = "register:people";
	struct box box;

	assert_int_equal(mkdir(path_of("people.csv"), 0700), 0);
	box_open(&box);
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "読み取れません"));
	box_close(&box);
	rmdir(path_of("people.csv"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_folder_lives),
		IN_FOLDER(what_the_sink_does_not_take_is_told_again),
		IN_FOLDER(a_file_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

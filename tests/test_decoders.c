/* The shipped decoders: every example in their files, run against all of them at once. */

#include "tests/shipped.h"
#include "tests/table.h"

static void test_examples(void **state)
{
	unsigned run = 0;
	struct diag diag = { 0 };
	int failed = decoders_test(set, &run, &diag);

	(void)state;
	if (failed > 0)
		fail_msg("%d of %u examples: %s", failed, run, diag.text);
	assert_true(run > decoders_count(set));
}

/* The types that the shipped checks rest on have a decoder. */
static void test_types(void **state)
{
	uint64_t types = 0;

	(void)state;
	for (size_t i = 0; i < decoders_count(set); i++)
		types |= decoders_types(set, i);
	for (int type = 0; type < EVENT_TYPES; type++)
		if (!(types & (uint64_t)1 << type))
			fail_msg("no decoder makes %s", event_type_name((enum event_type)type));
}

/* A host may claim any program: ours begin with '@' and are ours alone. */
static void test_foreign(void **state)
{
	const struct record rec = { .program = STR("neighbours"),
				    .text = STR("mac=34:23:ba:11:26:b8|ip=192.0.2.22|state=reachable") };
	struct event ev;

	(void)state;
	assert_int_equal(decoders_match(set, &rec, &ev), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

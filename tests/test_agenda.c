/* What to do next: derived from needs and the formula of the score, over a real store. */
#include <math.h>

#include "daemon/agenda.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                          \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"                        \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [bad, odd]}\n"     \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified, checks: [devs]}\n"         \
	"  - {id: \"3\", text.ja: 三, text.en: three, text_state: verified, checks: [both, seen]}\n" \
	"  - {id: \"4\", text.ja: 四, text.en: four, text_state: verified, checks: [word]}\n"
#define KEYS(more) "severity: high\n-- decides: yes\n" more
#define PASS "SELECT account AS resource, 'pass' AS status, 'r' AS reason FROM v_account_seen WHERE uses > 100"

static void open_site(struct site *site)
{
	site_open(site);
	site_file(site, "checklists", "form.yaml", LIST);
	site_check(site, "bad", KEYS("-- needs: register:people\n"), BY_USES);
	site_check(site, "odd", KEYS("-- needs: register:people\n-- effort: replace\n"), BY_USES);
	site_check(site, "devs", KEYS("-- needs: register:devices\n"), PASS);
	site_check(site, "both", KEYS("-- needs: register:devices\n-- needs: register:vendors\n"), PASS);
	site_check(site, "seen", KEYS("-- needs: device_seen within 7d\n"), PASS);
	site_check(site, "word", KEYS("-- needs: register:people\n-- attest: 365\n"), PASS);
	site_file(
		site, "decoders", "yamaha.yaml",
		"decoder: yamaha\nprograms: [rt]\nevents:\n  - type: device_seen\n    pattern: \"saw %{mac}\"\n"
		"    examples:\n      - {line: \"saw 00:11:22:33:44:55\", mac: 00:11:22:33:44:55}\nnothing: [\"x\"]\n");
	site_rules(site);
	site_judge(site);
	site_people(site);
	site_account(site, "ada", 0);
	site_account(site, "bob", 3);
	site_settle(site, "register account_seen");
}

static const char *name_of(const struct agenda_step *step)
{
	return step->reg       ? step->reg->kind
	       : step->connect ? step->connect->id
	       : step->check   ? step->check->id
	       : step->list    ? step->list->id
			       : "?";
}

static void names(const struct agenda *agenda, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < agenda->n; i++)
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", i ? " " : "", name_of(&agenda->steps[i]));
}

/* Devices make item 2 known at once; the source half of item 3, vendors the other half; then a word is enough. */
static void setup_is_by_coverage(void **state)
{
	struct site site;
	struct agenda agenda;
	char text[300];

	open_site(&site);
	assert_int_equal(agenda_setup(site.reader, site.rules, site.now, &agenda), 0);
	names(&agenda, text, sizeof(text));
	assert_string_equal(text, "devices vendors yamaha word form");
	assert_true(fabs(agenda.coverage - 25) < 1e-9);
	assert_true(fabs(agenda.steps[0].coverage - 25) < 1e-9);
	assert_string_equal(agenda.steps[0].checks[0]->id, "devs");
	assert_null(agenda.steps[0].checks[1]);
	/* With devices there by then, vendors complete what needs both. */
	assert_true(fabs(agenda.steps[1].coverage - 12.5) < 1e-9);
	assert_string_equal(agenda.steps[1].checks[0]->id, "both");
	assert_string_equal(agenda.steps[2].checks[0]->id, "seen");
	assert_int_equal(agenda.steps[0].state, REGISTER_MISSING);
	assert_int_equal(agenda.steps[4].rows, 4);
	agenda_free(&agenda);

	/* A register that is handed in is no step any more. */
	place_sql(&site.place, "INSERT INTO register (kind, state, rows, loaded_at) VALUES ('devices', 'ok', 1, 1)");
	site_settle(&site, "register");
	assert_int_equal(agenda_setup(site.reader, site.rules, site.now, &agenda), 0);
	names(&agenda, text, sizeof(text));
	assert_string_equal(text, "vendors yamaha word form");
	agenda_free(&agenda);
	site_close(&site);
}

/* Gain by the formula: an item's half is 12.5 points, a word a whole item; two rows to fill in cost 4, to replace 40. */
static void next_is_by_gain_for_cost(void **state)
{
	struct site site;
	struct agenda agenda;
	char text[300];

	open_site(&site);
	assert_int_equal(agenda_next(site.reader, site.rules, site.now, &agenda), 0);
	names(&agenda, text, sizeof(text));
	assert_string_equal(text, "word devices bad yamaha odd");
	assert_true(fabs(agenda.percent) < 1e-9);
	assert_true(fabs(agenda.steps[0].gain - 25) < 1e-9);
	assert_true(fabs(agenda.steps[0].cost - 1) < 1e-9);
	assert_int_equal(agenda.steps[2].kind, AGENDA_FILL);
	assert_int_equal(agenda.steps[2].rows, 2);
	assert_true(fabs(agenda.steps[2].gain - 12.5) < 1e-9);
	assert_true(fabs(agenda.steps[2].cost - 4) < 1e-9);
	assert_int_equal(agenda.steps[4].kind, AGENDA_REPLACE);
	assert_true(fabs(agenda.steps[4].cost - 40) < 1e-9);
	agenda_free(&agenda);
	site_close(&site);
}

/* What does not apply is nobody's work. */
static void na_is_left_out(void **state)
{
	struct site site;
	struct agenda agenda;
	char text[300];

	open_site(&site);
	place_sql(&site.place, "INSERT INTO not_applicable (at, check_id, who, why, until) VALUES"
			       " (1, 'devs', 'w', 'y', '2026-12-31'), (1, 'both', 'w', 'y', '2026-12-31'),"
			       " (1, 'bad', 'w', 'y', '2026-12-31')");
	site_settle(&site, "not_applicable");
	assert_int_equal(agenda_next(site.reader, site.rules, site.now, &agenda), 0);
	names(&agenda, text, sizeof(text));
	assert_string_equal(text, "word yamaha odd");
	agenda_free(&agenda);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setup_is_by_coverage),
		cmocka_unit_test(next_is_by_gain_for_cost),
		cmocka_unit_test(na_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Plays tests/scenarios/ through the real store, pipeline and judge with a clock that moves only when told.  The words:
 *   start 2026-06-01 09:00:00        begin then (else 2026-06-01 09:00)
 *   from HOST                        who sends from here on
 *   record PROGRAM TEXT              it said this, now
 *   repeat N PROGRAM TEXT            N times
 *   daily N PROGRAM TEXT             on each of the next N days
 *   line RAW                         a whole syslog line; its time moves the clock
 *   wait 90d                         the clock moves
 *   fact NAME VALUE                  Tenken finds this of itself (v_own_fact)
 *   lose 30d                         events that are older are gone from the store
 *   register KIND / accounts HOST    the CSV lines up to an empty one; {today-30} is a date; without lines it is missing
 *   refuse KIND                      its file is refused since now
 *   expect CHECK STATUS [RESOURCE]   the check, now, and its worst row
 *   row CHECK STATUS RESOURCE        one of its rows
 *   norow CHECK RESOURCE             not one of its rows
 *   says CHECK RESOURCE TEXT         what the row's Japanese reason holds
 *   answer ITEM yes|no [DAY [TARGET]] [pack=P] [vendor=V] [system=S]
 *                                    the form's answer, of today or that day
 *   attest CHECK [until=DAY] RESOURCE
 *   waive CHECK [start=DAY] [until=DAY] PATTERN
 *   na ITEM|CHECK [until=DAY]        it does not apply
 *   revoke answer|attestation|waiver|na    the last one is taken back
 *                                    in all of them {today+30} is a date
 *   include FILE                     the words of another file of this folder
 *   set CHECK.PARAM VALUE            a limit the site sets; stands before everything that happens
 *   item PACK ITEM STATUS            the row of a form
 *   calm                             what warns and fails now is remembered, and
 *   quiet [CHECK ...]                nothing warns or fails that did not then, but rows of these checks
 *   site profile=P guideline=G       stands before everything that happens
 *   all                              with every check and checklist, not only the checks that the story names
 *   never CHECK STATUS WHY           it cannot take this status, and why
 */
#include <dirent.h>
#include <errno.h>

#include "core/when.h"
#include "daemon/demo.h"
#include "tests/play.h"

#define SCENARIOS_MAX 400

struct rules *rules_all;
/* Stories are played by as many processes as there are cores: this one takes every @shards-th, from @shard on. */
static size_t shard, shards = 1;
struct config *config_default;

static const char *source_path(char *buf, size_t size, const char *name)
{
	const char *root = getenv("TENKEN_SOURCE");

	snprintf(buf, size, "%s/%s", root ? root : ".", name);
	return buf;
}

void play_need(struct play *play, int r, const struct diag *diag)
{
	if (r < 0)
		fail_at(play, "%s", diag && diag->text[0] ? diag->text : strerror(-r));
}

static void play_begin(struct play *play)
{
	struct diag diag = { "" };

	if (play->replay)
		return;
	play_need(play, replay_new(play->config, play->rules, play->dir, play->now, &play->replay, &diag), &diag);
}

static char *file_text(const char *path)
{
	_fclose_ FILE *file = fopen(path, "re");
	char *text = calloc(1, 65536);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, 65535, file) < 65535);
	return text;
}

static void play_lines(struct play *play);

static void word_include(struct play *play, struct str rest)
{
	char path[200], from[512];
	struct scenario part = { .name = "part" };
	const struct scenario *scenario = play->scenario;
	struct str after = play->rest;
	_free_ char *text = NULL;
	int line = play->line;

	snprintf(path, sizeof(path), "tests/scenarios/");
	str_copy(path + strlen(path), sizeof(path) - strlen(path), rest);
	snprintf(part.path, sizeof(part.path), "%.500s", source_path(from, sizeof(from), path));
	text = file_text(part.path);
	play->scenario = &part;
	play->rest = str_of(text);
	play->line = 0;
	play_lines(play);
	play->scenario = scenario;
	play->rest = after;
	play->line = line;
}

static const struct word {
	const char *name;
	void (*play)(struct play *play, struct str rest);
} words[] = {
	{ "start", word_start },       { "from", word_from },
	{ "record", word_record },     { "repeat", word_repeat },
	{ "daily", word_daily },       { "line", word_line },
	{ "fact", word_fact },         { "lose", word_lose },
	{ "wait", word_wait },         { "register", word_register },
	{ "accounts", word_accounts }, { "refuse", word_refuse },
	{ "expect", word_expect },     { "row", word_row },
	{ "norow", word_norow },       { "says", word_says },
	{ "all", word_said },          { "never", word_said },
	{ "answer", word_answer },     { "attest", word_attest },
	{ "waive", word_waive },       { "na", word_na },
	{ "revoke", word_revoke },     { "site", word_site },
	{ "item", word_item },         { "include", word_include },
	{ "set", word_set },           { "calm", word_calm },
	{ "quiet", word_quiet },
};

static void play_lines(struct play *play)
{
	while (play->rest.n > 0) {
		struct str line = str_cut(&play->rest, '\n'), rest = line, name = str_cut(&rest, ' ');
		size_t i = 0;

		play->line++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		while (i < COUNT(words) && !str_eq(name, str_of(words[i].name)))
			i++;
		if (i == COUNT(words))
			fail_at(play, "\"" STR_FMT "\" is no word", STR_ARG(name));
		if (words[i].play != word_start && words[i].play != word_site && words[i].play != word_set)
			play_begin(play);
		words[i].play(play, rest);
	}
}

static void folder_remove(const char *dir)
{
	DIR *handle = opendir(dir);
	struct dirent *entry;

	while (handle && (entry = readdir(handle)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(handle), entry->d_name, 0);
	if (handle)
		closedir(handle);
	rmdir(dir);
}

static bool names_check(struct str text, const char *check)
{
	static const char *const by[] = { "expect", "row", "norow", "says", "attest", "waive", "na" };
	char line[128];

	for (size_t i = 0; i < COUNT(by); i++) {
		snprintf(line, sizeof(line), "\n%s %s ", by[i], check);
		if (str_find(text, str_of(line)) >= 0)
			return true;
	}
	return false;
}

/* The checklists, with only those checks in their items that @some has. */
static void lists_for(struct rules *some)
{
	some->lists = calloc(rules_all->n_lists, sizeof(struct checklist *));
	assert_non_null(some->lists);
	for (; some->n_lists < rules_all->n_lists; some->n_lists++) {
		const struct checklist *from = rules_all->lists[some->n_lists];
		struct checklist *list = malloc(sizeof(*list));

		assert_non_null(list);
		*list = *from;
		list->items = calloc(from->n_items, sizeof(struct item));
		assert_non_null(list->items);
		for (size_t i = 0; i < from->n_items; i++) {
			struct item *item = &list->items[i];
			size_t n = 0, all = 0;

			*item = from->items[i];
			while (item->check_ids[all])
				all++;
			item->checks = calloc(all + 1, sizeof(struct check *));
			assert_non_null(item->checks);
			for (size_t k = 0; k < all; k++)
				if (rules_check(some, str_of(item->check_ids[k])))
					item->checks[n++] = rules_check(some, str_of(item->check_ids[k]));
		}
		some->lists[some->n_lists] = list;
	}
}

/* The rules with only those checks that @text names, so that a story costs what it tells of; all where it says "all". */
static struct rules *rules_for(struct str text, struct rules *some)
{
	if (str_find(text, STR("\nall\n")) >= 0)
		return rules_ref(rules_all);
	*some = (struct rules){ .decoders = rules_all->decoders, .refs = 1 };
	some->checks = calloc(rules_all->n_checks, sizeof(struct check *));
	assert_non_null(some->checks);
	for (size_t i = 0; i < rules_all->n_checks; i++)
		if (names_check(text, rules_all->checks[i]->id))
			some->checks[some->n_checks++] = rules_all->checks[i];
	if (str_find(text, STR("\nanswer ")) >= 0 || str_find(text, STR("\nitem ")) >= 0)
		lists_for(some);
	return some;
}

static void some_free(struct rules *some)
{
	for (size_t l = 0; l < some->n_lists; l++) {
		for (size_t i = 0; i < some->lists[l]->n_items; i++)
			free(some->lists[l]->items[i].checks);
		free(some->lists[l]->items);
		free(some->lists[l]);
	}
	free(some->lists);
	free(some->checks);
}

static void plays(void **state)
{
	const struct scenario *scenario = *state;
	_free_ char *text = file_text(scenario->path);
	struct rules some;
	struct play play = { .scenario = scenario,
			     .config = config_default,
			     .rules = rules_for(str_of(text), &some),
			     .from = "log01",
			     .rest = str_of(text) };

	assert_true(when_parse_iso(STR("2026-06-01 09:00:00"), &play.now) > 0);
	/* In memory where there is room: every commit of a store is synced. */
	snprintf(play.dir, sizeof(play.dir), "%s/tenken-play-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(play.dir));
	play_lines(&play);
	assert_non_null(play.replay);
	replay_free(play.replay);
	folder_remove(play.dir);
	play_calm_free(&play);
	if (play.rules == &some)
		some_free(&some);
	else
		rules_unref(play.rules);
}

static struct scenario scenarios[SCENARIOS_MAX];
static size_t n_scenarios;

static int is_scenario(const struct dirent *entry)
{
	return str_ends(str_of(entry->d_name), STR(".txt"));
}

static void scenarios_find(void)
{
	char dir[512];
	struct dirent **entries = NULL;
	int n = scandir(source_path(dir, sizeof(dir), "tests/scenarios"), &entries, is_scenario, alphasort);

	assert_true(n > 0 && n <= SCENARIOS_MAX);
	for (int i = 0; i < n; i++) {
		struct scenario *scenario = &scenarios[n_scenarios++];

		snprintf(scenario->name, sizeof(scenario->name), "%.120s", entries[i]->d_name);
		snprintf(scenario->path, sizeof(scenario->path), "%.250s/%.250s", dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* True when some story expects @status of @check, as a whole or in a row, or says why it cannot be. */
static bool shown(const char *check, const char *status)
{
	static const char *const by[] = { "expect", "row", "never" };
	bool found = false;

	for (size_t i = 0; i < n_scenarios && !found; i++) {
		_free_ char *text = file_text(scenarios[i].path);

		for (size_t k = 0; k < COUNT(by) && !found; k++) {
			char line[160];

			snprintf(line, sizeof(line), "\n%s %s %s", by[k], check, status);
			found = strstr(text, line) != NULL;
		}
	}
	return found;
}

static void every_check_is_shown_in_every_light(void **state)
{
	static const char *const lights[] = { "pass", "warn", "fail", "unknown" };
	size_t missing = 0;

	for (size_t i = 0; i < rules_all->n_checks; i++) {
		for (size_t k = 0; k < COUNT(lights); k++) {
			char quoted[16];

			/* What its question never says, it cannot take; pass and unknown come from the needs, too. */
			snprintf(quoted, sizeof(quoted), "'%s'", lights[k]);
			if ((k == 1 || k == 2) && !strstr(rules_all->checks[i]->sql, quoted))
				continue;
			if (!shown(rules_all->checks[i]->id, lights[k])) {
				print_error("no story shows %s as %s\n", rules_all->checks[i]->id, lights[k]);
				missing++;
			}
		}
	}
	assert_int_equal(missing, 0);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[SCENARIOS_MAX + 1] = { cmocka_unit_test(every_check_is_shown_in_every_light) };
	size_t n_tests = 0;
	char dir[512];
	const char *const dirs[] = { source_path(dir, sizeof(dir), "rules"), NULL };
	struct diag diag = { "" };

	if (when_zone("Asia/Tokyo") < 0 || rules_load(dirs, NULL, &rules_all, &diag) < 0 ||
	    config_load(NULL, &config_default, &diag) < 0) {
		fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	scenarios_find();
	if (argc == 3) {
		shard = strtoul(argv[1], NULL, 10);
		shards = strtoul(argv[2], NULL, 10);
	}
	n_tests = shard == 0;
	for (size_t i = shard; i < n_scenarios; i += shards)
		tests[n_tests++] = (struct CMUnitTest){ .name = scenarios[i].name,
							.test_func = plays,
							.initial_state = &scenarios[i] };
	int failed = _cmocka_run_group_tests("scenarios", tests, n_tests, NULL, NULL);

	rules_unref(rules_all);
	config_free(config_default);
	return failed;
}

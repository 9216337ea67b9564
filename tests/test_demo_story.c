/* The simulated hospital, played through the whole line: what demo/README.md promises is what is found. */
#include <ftw.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/demo.h"
#include "daemon/replay.h"
#include "tests/table.h"

static struct replay *replay;

static const struct row {
	const char *name;
	const char *check, *status, *resource; /* @resource NULL: the check as a whole */
} rows[] = {
	{ "a nurse left, her account did not", "account-leaver", "fail", "emr/sato" },
	{ "and it was used since", "account-leaver-used", "fail", "emr/sato" },
	{ "an account unused for a hundred days", "account-unused", "warn", "emr/kimura" },
	{ "one that stands in no register", "account-unregistered", "fail", "emr/tanaka2" },
	{ "a temporary account past its day", "account-expired", "fail", NULL },
	{ "a device that nobody registered", "device-unregistered", "fail", "b8:27:eb:5a:00:17" },
	{ "another since this morning", "device-unregistered", "warn", "3c:2a:f4:19:88:02" },
	{ "a terminal out of sight", "device-unseen", "fail", NULL },
	{ "no outside expert", "contact-missing", "fail", "external_expert" },
	{ "a vendor without a telephone", "contact-vendor", "fail", NULL },
	{ "a stale contact", "contact-stale", "fail", NULL },
	{ "a night desk that names somebody who left", "contact-left", "fail", NULL },
	{ "a server that stopped sending", "source-silent", "fail", NULL },
	{ "a plan older than a year", "bcp-review", "warn", NULL },
	{ "over a path that is not safe", "remote-path", "fail", "RM-02" },
	{ "the copy of the images apart from the network is old", "backup-offline", "warn", "pacs" },
	{ "a disclosure of an older version", "disclosure-stale", "warn", NULL },
	{ "a row without a clause", "regulation-clauses", "warn", NULL },
	{ "clauses on personal data", "contract-personal-data", "pass", NULL },
	{ "a row answered yes that is not so", "form-contradicted", "fail", "mhlw-hospital-r7/2-5" },
	{ "what no log can show is vouched for", "password-reuse", "attested", "emr" },
	{ "appointments are in order", "role-appointed", "pass", NULL },
	{ "one duty that nobody has", "role-bodies", "warn", "patient_desk" },
	{ "support of a server that ends soon", "eos-passed", "warn", "SV-004" },
	{ "a device nobody asked the vendor about", "remote-answer-missing", "warn", "v02" },
	{ "a vendor's session of the night, from where it is registered", "remote-unplanned", "fail", "v-ct" },
	{ "no session of anybody else", "remote-unregistered", "pass", NULL },
	{ "a report of work that never came", "work-report-late", "fail", "W-200" },
	{ "one on an old form", "disclosure-form-old", "warn", "pacs/mds" },
	{ "an administrator with an approval", "admin-change-unapproved", "pass", NULL },
	{ "rights are under review", "rights-matrix", "pass", NULL },
	{ "a vendor's administrator from outside, within its plans", "admin-everyday", "pass", NULL },
	{ "the registers can be read", "register-refused", "pass", NULL },
};

static void finds(void **state)
{
	const struct row *row = *state;
	const struct check_result *result = judge_find(replay_judge(replay), str_of(row->check));
	enum status status;

	assert_non_null(result);
	assert_null(result->error);
	assert_true(status_parse(str_of(row->status), &status));
	if (!row->resource) {
		if (result->state.status != status)
			fail_msg("it is %s: %s", status_name(result->state.status),
				 result->n_verdicts ? result->verdicts[0].reason_ja : "no row");
		return;
	}
	for (size_t i = 0; i < result->n_verdicts; i++) {
		if (strcmp(result->verdicts[i].resource, row->resource) != 0)
			continue;
		assert_int_equal(result->verdicts[i].status, status);
		return;
	}
	fail_msg("there is no row %s", row->resource);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int play(const char *dir, usec_t now, struct diag *diag)
{
	_cleanup_(demo_freep) struct demo *demo = NULL;
	struct record rec = { 0 };
	char folder[128];
	int r;

	snprintf(folder, sizeof(folder), "%s/registers", dir);
	if (mkdir(folder, 0755) < 0)
		return -1;
	r = demo_registers(folder, now, diag);
	if (r == 0)
		r = replay_registers(replay, folder, diag);
	if (r == 0)
		r = demo_open(now, &demo, diag);
	while (r >= 0 && (r = demo_next(demo, &rec)) > 0) {
		replay_clock(replay, rec.received);
		r = sink_put(replay_sink(replay), &rec);
	}
	replay_clock(replay, now);
	if (r >= 0)
		r = replay_registers(replay, folder, diag);
	if (r >= 0)
		r = replay_settle(replay, diag);
	if (r >= 0)
		r = demo_words(replay, judge_rules_now(replay_judge(replay)), now, diag);
	return r < 0 ? r : replay_settle(replay, diag);
}

int main(void)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	const char *root = getenv("TENKEN_SOURCE");
	char dir[] = "/tmp/tenken-story-XXXXXX", path[512];
	const char *const dirs[] = { path, NULL };
	struct diag diag = { "" };
	usec_t now = clock_now();
	int failed = 1;

	snprintf(path, sizeof(path), "%s/rules", root ? root : ".");
	if (when_zone("Asia/Tokyo") == 0 && mkdtemp(dir) && config_load(NULL, &config, &diag) == 0 &&
	    rules_load(dirs, NULL, &rules, &diag) == 0 &&
	    replay_new(config, rules, dir, now - DAYS(DEMO_DAYS + 1), &replay, &diag) == 0 &&
	    play(dir, now, &diag) == 0)
		failed = RUN_TABLE(rows, finds);
	else
		print_error("%s\n", diag.text);
	replay_free(replay);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return failed;
}

/* The database is opened for reading only, and the daemon goes on; what other rules say is told to nobody else. */
#include "cli/rules_diff.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>

#include "cli/out.h"
#include "core/clock.h"
#include "daemon/evaluate.h"
#include "daemon/store.h"

static const char *name_of(int status)
{
	return status < 0 ? NULL : status_name((enum status)status);
}

static const struct list_result *list_find(const struct evaluation *evaluation, const char *id)
{
	for (size_t i = 0; i < evaluation->rules->n_lists; i++)
		if (!strcmp(evaluation->rules->lists[i]->id, id))
			return &evaluation->lists[i];
	return NULL;
}

static const struct item_state *item_find(const struct list_result *list, const char *id)
{
	for (size_t i = 0; list && i < list->list->n_items; i++)
		if (!strcmp(list->list->items[i].id, id))
			return &list->items[i];
	return NULL;
}

/* Scores of every list of the other rules, and items whose status is another one. */
static void print_lists(const struct cli *cli, const struct evaluation *a, const struct evaluation *b)
{
	for (size_t l = 0; l < b->rules->n_lists; l++) {
		const struct list_result *is = &b->lists[l], *was = list_find(a, is->list->id);

		printf("%s  %s ", is->list->id, cli_text(cli, TEXT_score));
		if (was)
			printf("%.1f %% → ", was->score.percent);
		printf("%.1f %%  %s ", is->score.percent, cli_text(cli, TEXT_coverage));
		if (was)
			printf("%.1f %% → ", was->score.coverage_percent);
		printf("%.1f %%\n", is->score.coverage_percent);
		for (size_t i = 0; i < is->list->n_items; i++) {
			const struct item_state *before = item_find(was, is->list->items[i].id);

			if (before && before->status == is->items[i].status)
				continue;
			printf("  %-7s ", is->list->items[i].id);
			out_status(cli, before ? status_name(before->status) : "-");
			printf("→ ");
			out_status(cli, status_name(is->items[i].status));
			putchar('\n');
		}
	}
}

static void print_change(const struct cli *cli, const struct evaluation_change *change)
{
	const char *reason = cli->english ? change->verdict->reason_en : change->verdict->reason_ja;

	out_status(cli, change->was < 0 ? "-" : name_of(change->was));
	printf("→ ");
	out_status(cli, change->status < 0 ? "-" : name_of(change->status));
	printf("%s  ", change->check);
	if (!strstr(reason, change->resource) && strcmp(change->resource, "*")) {
		out_clean(stdout, str_of(change->resource));
		printf(": ");
	}
	out_clean(stdout, str_of(reason));
	putchar('\n');
}

static json_t *clean(const char *text)
{
	json_t *json = json_string(text ? text : "");

	return json ? json : json_string("");
}

static json_t *lists_json(const struct evaluation *a, const struct evaluation *b)
{
	json_t *lists = json_array();

	for (size_t l = 0; l < b->rules->n_lists; l++) {
		const struct list_result *is = &b->lists[l], *was = list_find(a, is->list->id);
		json_t *items = json_array();

		for (size_t i = 0; i < is->list->n_items; i++) {
			const struct item_state *before = item_find(was, is->list->items[i].id);

			if (!before || before->status != is->items[i].status)
				json_array_append_new(items,
						      json_pack("{s:s, s:s?, s:s}", "item", is->list->items[i].id,
								"from", before ? status_name(before->status) : NULL,
								"to", status_name(is->items[i].status)));
		}
		json_array_append_new(lists,
				      json_pack("{s:s, s:o, s:f, s:o, s:f, s:o}", "pack", is->list->id, "percent_from",
						was ? json_real(was->score.percent) : json_null(), "percent_to",
						is->score.percent, "coverage_from",
						was ? json_real(was->score.coverage_percent) : json_null(),
						"coverage_to", is->score.coverage_percent, "items", items));
	}
	return lists;
}

static int print_json(const struct evaluation *a, const struct evaluation *b, const struct evaluation_change *changes,
		      size_t n)
{
	json_t *list = json_array(), *json;
	int r;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:o, s:s?, s:s?, s:{s:o, s:o}}", "check", changes[i].check,
						      "resource", clean(changes[i].resource), "from",
						      name_of(changes[i].was), "to", name_of(changes[i].status),
						      "reason", "ja", clean(changes[i].verdict->reason_ja), "en",
						      clean(changes[i].verdict->reason_en)));
	json = json_pack("{s:o, s:o}", "checklists", lists_json(a, b), "changes", list);
	r = json_dumpf(json, stdout, JSON_COMPACT);
	json_decref(json);
	putchar('\n');
	return r < 0 ? EX_IOERR : EX_OK;
}

static int compare(const struct cli *cli, const struct evaluation *a, const struct evaluation *b)
{
	_free_ struct evaluation_change *changes = NULL;
	size_t n = 0;

	if (evaluation_compare(a, b, &changes, &n) < 0)
		return EX_OSERR;
	if (cli->json)
		return print_json(a, b, changes, n);
	print_lists(cli, a, b);
	putchar('\n');
	for (size_t i = 0; i < n; i++)
		print_change(cli, &changes[i]);
	if (n == 0)
		puts(cli_text(cli, TEXT_diff_none));
	return EX_OK;
}

int rules_diff(const struct cli *cli, const struct config *config, struct rules *now, struct rules *then,
	       const char *path)
{
	struct evaluation a = { 0 }, b = { 0 };
	struct diag diag = { "" };
	sqlite3 *db = NULL;
	usec_t time = clock_now();
	int r;

	if (access(path, R_OK) < 0)
		return cli_fail(errno == EACCES ? EX_NOPERM : EX_NOINPUT, "%s: %s", path, strerror(errno));
	r = store_reader(path, &db, &diag);
	if (r < 0)
		return cli_fail(r == -EACCES ? EX_NOPERM : EX_NOINPUT, "%s", diag.text[0] ? diag.text : strerror(-r));
	r = evaluate(db, config, now, time, &a);
	if (r == 0)
		r = evaluate(db, config, then, time, &b);
	if (r < 0 || !a.rules || !b.rules)
		r = cli_fail(EX_SOFTWARE, "%s: %s", path, strerror(-r));
	else
		r = compare(cli, &a, &b);
	evaluation_free(&a);
	evaluation_free(&b);
	sqlite3_close_v2(db);
	return r;
}

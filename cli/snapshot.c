/* tenken snapshot: takes, lists, shows, compares, exports and verifies snapshots. */
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/said.h"
#include "core/clock.h"
#include "core/when.h"
#include "daemon/reports/report.h"
#include "daemon/snapshots/bundle.h"
#include "daemon/snapshots/verify.h"

#define SNAPSHOTS "/api/v1/snapshots"
#define CREATE_WAIT SECONDS(120)
#define POLL_EVERY 200000
#define ERROR_AFTER SECONDS(3) /* the status is up to a second old: what it says at first is of the time before */

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf, 512, "%lld", (long long)json_integer_value(json_object_get(row, "number")));
	snprintf(buf + 32, 64, "%.1f %%", json_number_value(json_object_get(row, "percent")));
	snprintf(buf + 96, 64, "%lld", (long long)json_integer_value(json_object_get(row, "new_bytes")));
	cells[0] = buf;
	cells[1] = client_time(row, "taken", buf + 160);
	cells[2] = client_text(row, "reason");
	cells[3] = buf + 32;
	cells[4] = buf + 96;
	cells[5] = client_text(row, "who");
	cells[6] = client_text(row, "code");
}

/* The newest snapshot; NULL with *ret_code where it cannot be asked. */
static json_t *newest(const struct cli *cli, int *ret_code)
{
	_json_ json_t *page = NULL;

	*ret_code = client_get(cli, SNAPSHOTS "?limit=1", &page);
	return *ret_code == EX_OK ? json_incref(json_array_get(json_object_get(page, "items"), 0)) : NULL;
}

static int print_row(const struct cli *cli, const json_t *row)
{
	if (cli->json)
		return client_print(row);
	printf("%s\n", client_text(row, "code"));
	return EX_OK;
}

static int create(struct cli *cli, int argc, char **argv)
{
	_json_ json_t *answer = NULL, *status = NULL;
	usec_t deadline = clock_monotonic() + CREATE_WAIT;
	json_int_t after;
	int r;

	if (argc != 2)
		return cli_usage("snapshot");
	r = client_send(cli, "POST", SNAPSHOTS, json_object(), &answer);
	if (r != EX_OK)
		return r;
	after = json_integer_value(json_object_get(answer, "after"));
	while (clock_monotonic() < deadline) {
		_json_ json_t *row = newest(cli, &r);

		if (r != EX_OK)
			return r;
		if (json_integer_value(json_object_get(row, "number")) > after)
			return print_row(cli, row);
		usleep(POLL_EVERY);
		if (clock_monotonic() < deadline - CREATE_WAIT + ERROR_AFTER)
			continue;
		json_decref(status);
		status = NULL;
		r = client_get(cli, "/api/v1/status", &status);
		if (r == EX_OK && *client_text(json_object_get(status, "snapshot"), "error"))
			return cli_fail(EX_SOFTWARE, "%s", client_text(json_object_get(status, "snapshot"), "error"));
	}
	return cli_fail(EX_TEMPFAIL, "the snapshot is not there after %d s", (int)(CREATE_WAIT / SECONDS(1)));
}

static int number_of(const char *text, int64_t *ret)
{
	return str_int(str_of(text), ret) && *ret > 0
		       ? EX_OK
		       : cli_fail(EX_USAGE, "%s: expected the number of a snapshot", text);
}

static int bundle_get(const struct cli *cli, const char *number, json_t **ret)
{
	char path[64];
	int64_t n;
	int r = number_of(number, &n);

	snprintf(path, sizeof(path), SNAPSHOTS "/%lld", (long long)(r == EX_OK ? n : 0));
	return r == EX_OK ? client_get(cli, path, ret) : r;
}

/* Its header, and the parts with their hashes. */
static int show(struct cli *cli, int argc, char **argv)
{
	_json_ json_t *bundle = NULL, *manifest = NULL;
	const json_t *link, *part;
	size_t i;
	int r = argc == 3 ? bundle_get(cli, argv[2], &bundle) : cli_usage("snapshot");

	if (r != EX_OK || cli->json)
		return r == EX_OK ? client_print(bundle) : r;
	json_array_foreach(json_object_get(bundle, "links"), i, link)
	{
		if (json_equal(json_object_get(link, "number"), json_object_get(bundle, "number")))
			printf("%s  %s  %s  %s\n", client_text(link, "code"), client_text(link, "taken_at"),
			       client_text(link, "reason"), client_text(link, "who"));
	}
	manifest = json_loads(client_text(bundle, "manifest"), 0, NULL);
	json_array_foreach(manifest, i, part)
	{
		printf("  %.16s  %8lld  ", client_text(part, "sha256"),
		       (long long)json_integer_value(json_object_get(part, "bytes")));
		out_clean(stdout, str_of(client_text(part, "name")));
		putchar('\n');
	}
	return EX_OK;
}

static int bytes_write(const struct report_file *file, const char *output)
{
	_fclose_ FILE *own = output ? fopen(output, "we") : NULL;
	FILE *out = output ? own : stdout;

	if (!out)
		return cli_fail(EX_CANTCREAT, "%s: %s", output, strerror(errno));
	if (fwrite(file->bytes, 1, file->n, out) != file->n || fflush(out) != 0)
		return cli_fail(EX_IOERR, "%s: cannot be written", output ? output : "stdout");
	return EX_OK;
}

static int export(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL };
	static const char *const options[] = { "format", "output", "form", "year", "vendor", "system", NULL };
	const char *name, *value, *number = NULL, *output = NULL, *format = "json";
	_cleanup_(report_file_end) struct report_file file = { NULL };
	struct report_wish wish = { .form = "hospital" };
	_json_ json_t *bundle = NULL;
	struct diag diag = { "" };
	int at = 2, r;

	if (argc > 3 && !strcmp(argv[argc - 2], "-o")) { /* as it is written for every command that makes a file */
		output = argv[argc - 1];
		argc -= 2;
	}
	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		const char **const places[] = { &format, &output, &wish.form, &wish.year, &wish.vendor, &wish.system };

		if (r == 2)
			number = value;
		for (size_t i = 0; r != 2 && options[i]; i++)
			if (!strcmp(name, options[i]))
				*places[i] = value;
	}
	if (r < 0 || !number)
		return cli_usage("snapshot");
	if (!report_format_known(format))
		return cli_fail(EX_USAGE, "%s: unknown format; known are " REPORT_FORMATS, format);
	if (!strcmp(format, "xlsx") && !output)
		return cli_fail(EX_USAGE, "a workbook needs a file: -o FILE.xlsx");
	when_zone("Asia/Tokyo");
	r = bundle_get(cli, number, &bundle);
	if (r != EX_OK)
		return r;
	r = report_export(bundle, format, &wish, &file, &diag);
	if (r < 0)
		return cli_fail(r == -EINVAL ? EX_USAGE : EX_NOINPUT, "%s",
				!cli->english && diag.ja[0] ? diag.ja
				: diag.text[0]              ? diag.text
							    : strerror(-r));
	return bytes_write(&file, output);
}

static void print_list(const struct cli *cli, const json_t *rows, const char *key)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		_free_ char *from = json_dumps(json_object_get(row, "from"), JSON_ENCODE_ANY);
		_free_ char *to = json_dumps(json_object_get(row, "to"), JSON_ENCODE_ANY);

		fputs("  ", stdout);
		out_clean(stdout, str_of(client_text(row, *client_text(row, "in") ? "in" : "check")));
		fputs("  ", stdout);
		out_clean(stdout, str_of(client_text(row, key)));
		printf("  %s -> %s  ", from ? from : "", to ? to : "");
		out_clean(stdout, str_of(client_text(row, cli->english ? "reason_en" : "reason_ja")));
		putchar('\n');
	}
}

/* What people said in between: two columns that say what, and who. */
static void print_said(const json_t *rows, const char *what, const char *how)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *const words[] = { what, how, "who" };

		for (size_t k = 0; k < COUNT(words); k++) {
			fputs("  ", stdout);
			out_clean(stdout, str_of(client_text(row, words[k])));
		}
		putchar('\n');
	}
}

static int diff(struct cli *cli, int argc, char **argv)
{
	_json_ json_t *answer = NULL;
	char path[96];
	int64_t a, b;
	int r;

	if (argc != 4)
		return cli_usage("snapshot");
	if ((r = number_of(argv[2], &a)) != EX_OK || (r = number_of(argv[3], &b)) != EX_OK)
		return r;
	snprintf(path, sizeof(path), SNAPSHOTS "/diff?a=%lld&b=%lld", (long long)a, (long long)b);
	r = client_get(cli, path, &answer);
	if (r != EX_OK || cli->json)
		return r == EX_OK ? client_print(answer) : r;
	print_list(cli, json_object_get(answer, "scores"), "pack");
	print_list(cli, json_object_get(answer, "items"), "item");
	print_list(cli, json_object_get(answer, "rows"), "resource");
	print_list(cli, json_object_get(answer, "thresholds"), "param");
	print_list(cli, json_object_get(answer, "registers"), "kind");
	print_said(json_object_get(answer, "answers"), "item", "answer");
	print_said(json_object_get(answer, "attestations"), "check_id", "resource");
	print_said(json_object_get(answer, "waivers"), "check_id", "resource_pattern");
	return EX_OK;
}

static int print_verdict(const struct cli *cli, const json_t *answer)
{
	bool ok = json_is_true(json_object_get(answer, "ok"));
	char links[24], heads[24], line[600], first[32], last[32];
	const char *const whole[] = { "links", links, "first", first, "last", last, NULL };
	const char *const met[] = { "n", heads, NULL };

	if (cli->json) {
		client_print(answer);
		return ok ? EX_OK : 1;
	}
	snprintf(links, sizeof(links), "%lld", (long long)json_integer_value(json_object_get(answer, "links")));
	snprintf(heads, sizeof(heads), "%lld", (long long)json_integer_value(json_object_get(answer, "heads_met")));
	if (!ok) {
		printf("%s\n", client_words(cli, answer, "why"));
		return 1;
	}
	if (!strcmp(links, "0")) {
		printf("%s\n", cli_text(cli, TEXT_snapshot_none));
		return EX_OK;
	}
	client_time(answer, "first_at", first);
	client_time(answer, "last_at", last);
	printf("%s\n%s\n", text_fill(line, sizeof(line), cli_text(cli, TEXT_snapshot_whole), whole),
	       client_text(answer, "code"));
	printf("%s\n", strcmp(heads, "0") ? text_fill(line, sizeof(line), cli_text(cli, TEXT_snapshot_heads_met), met)
					  : cli_text(cli, TEXT_snapshot_no_head));
	if (json_integer_value(json_object_get(answer, "strangers")) > 0)
		printf("%s\n", cli_text(cli, TEXT_snapshot_strangers));
	return EX_OK;
}

static json_t *time_json(usec_t t)
{
	char buf[WHEN_MAX];

	return t ? json_string(when_format(buf, t)) : json_null();
}

/* Of a file that needs no daemon: an export, or a copy of the database. */
static int verify_offline(const struct cli *cli, const char *path, const struct str *heads, size_t n)
{
	_free_ struct verify *verify = malloc(sizeof(*verify));
	_json_ json_t *answer = NULL;
	struct diag diag = { "" };
	sqlite3 *db = NULL;
	char magic[16] = "";
	_fclose_ FILE *file = fopen(path, "re");
	int r;

	if (!verify)
		return EX_OSERR;
	if (!file)
		return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	verify_init(verify, heads, n);
	if (fread(magic, 1, sizeof(magic), file) == sizeof(magic) && !memcmp(magic, "SQLite format 3", 16)) {
		r = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
			    ? verify_database(db, verify, clock_now())
			    : -EBADMSG;
		if (r < 0)
			diag_set(&diag, r, "%s: cannot be read as a database of Tenken", path);
		sqlite3_close_v2(db);
	} else {
		r = verify_file(path, verify, &diag);
	}
	if (r < 0)
		return cli_fail(EX_DATAERR, "%s", diag.text);
	answer = json_pack("{s:b, s:I, s:{s:s, s:s}, s:I, s:I, s:o, s:o, s:s, s:I, s:I}", "ok", !verify->failed, "bad",
			   (json_int_t)verify->bad, "why", "ja", verify->ja, "en", verify->en, "links",
			   (json_int_t)verify->links, "parts", (json_int_t)verify->parts, "first_at",
			   time_json(verify->first_at), "last_at", time_json(verify->last_at), "code", verify->code,
			   "heads_met", (json_int_t)verify->heads_met, "strangers", (json_int_t)verify->strangers);
	return print_verdict(cli, answer);
}

static int verify(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL }, *const options[] = { "head", NULL };
	const char *name, *value, *path = NULL;
	struct str heads[VERIFY_HEADS];
	_json_ json_t *answer = NULL;
	char query[1024] = SNAPSHOTS "/verify", list[512] = "";
	size_t n = 0, used = 0;
	int at = 2, r;

	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (r == 2)
			path = value;
		else if (n == VERIFY_HEADS || chain_code_number(str_of(value)) == 0)
			return cli_fail(EX_USAGE, "%s: is no code of a snapshot, such as 12-ABCD-EFGH-IJKL-MNOP-QRST",
					value);
		else
			heads[n++] = str_of(value);
	}
	if (r < 0)
		return cli_usage("snapshot");
	if (path)
		return verify_offline(cli, path, heads, n);
	for (size_t i = 0; i < n && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s" STR_FMT, i ? "," : "",
					 STR_ARG(heads[i]));
	client_query(query, sizeof(query), "head", n ? list : NULL);
	r = client_get(cli, query, &answer);
	return r == EX_OK ? print_verdict(cli, answer) : r;
}

static int rotate(struct cli *cli, int argc, char **argv)
{
	_json_ json_t *answer = NULL;
	int r = argc == 2 ? client_send(cli, "POST", "/api/v1/snapshot-keys", json_object(), &answer)
			  : cli_usage("snapshot");

	if (r == EX_OK && cli->json)
		return client_print(answer);
	if (r == EX_OK)
		printf("%s\n", client_text(answer, "key"));
	return r;
}

static int snapshot_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { SNAPSHOTS, filters, 7, cells, TEXT_snapshot_none, NULL };
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
	} verbs[] = { { "create", create }, { "show", show },     { "export", export },
		      { "diff", diff },     { "verify", verify }, { "rotate-key", rotate } };

	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	for (size_t i = 0; argc > 1 && i < COUNT(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(cli, argc, argv);
	return cli_usage(argv[0]);
}

const struct command command_snapshot = {
	.name = "snapshot",
	.args = "create | list | show N | diff A B | export N [--format json|oscal|csv|xlsx|html] [--form F] [--year R7] [-o FILE] | verify [FILE] [--head CODE]... | rotate-key",
	.ja = "改ざんを検出できる記録（作成、一覧、比較、書き出し、検証）",
	.en = "tamper-evident pictures of everything: takes, lists, compares, exports and verifies them",
	.run = snapshot_run,
};

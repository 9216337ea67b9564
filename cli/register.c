/*
 * tenken register columns|template|import|export KIND [FILE]: ledgers are files; this says what stands in them, writes a
 * template, tries a file before it is handed to the daemon, and prints the one in force.  Where no daemon answers the file is put
 * where it reads, whole, by a rename.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/client.h"
#include "cli/out.h"
#include "collectors/collector.h"
#include "collectors/registers.h"
#include "daemon/config.h"

#define SENT_MAX (4 << 20) /* what the endpoint takes */

struct place {
	char folder[2048]; /* of the registers */
	const struct register_def *def;
};

static void fill_and_print(const struct cli *cli, enum text text, const char *const *pairs)
{
	char buf[2048];

	out_clean(stdout, str_of(text_fill(buf, sizeof(buf), cli_text(cli, text), pairs)));
	putchar('\n');
}

static int find_folder(const struct cli *cli, struct place *place)
{
	_cleanup_(config_freep) struct config *config = NULL;
	int r = cli_config(cli, &config);

	for (size_t i = 0; r == EX_OK && i < config->n_collectors; i++)
		if (!strcmp(config->collectors[i].collector->name, "registers"))
			snprintf(place->folder, sizeof(place->folder), "%s",
				 setting(&config->collectors[i].settings, "directory"));
	return r;
}

static int run_template(const struct place *place, const char *output)
{
	_fclose_ FILE *file = output ? fopen(output, "wxe") : NULL;

	if (output && !file)
		return cli_fail(EX_CANTCREAT, "%s: %s", output, strerror(errno));
	return registers_template(place->def, file ? file : stdout) < 0 ? EX_IOERR : EX_OK;
}

/* Says what the file holds; EX_DATAERR with file, line, column, reason and what to do when it is refused. */
static int try_file(const struct cli *cli, const struct place *place, const char *path, struct register_report *report)
{
	char rows[32], equal[32], line[32];
	int r = registers_read(place->def, path, NULL, NULL, report);

	if (r == -EBADMSG) {
		out_clean(stderr, str_of(cli->english ? report->why.en : report->why.ja));
		fputc('\n', stderr);
		return EX_DATAERR;
	}
	if (r < 0)
		return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(-r));
	snprintf(rows, sizeof(rows), "%zu", report->rows);
	snprintf(equal, sizeof(equal), "%zu", report->equal);
	snprintf(line, sizeof(line), "%d", report->equal_line);
	fill_and_print(cli, TEXT_register_good, (const char *[]){ "name", path, "rows", rows, NULL });
	if (report->equal > 0)
		fill_and_print(cli, TEXT_register_equal, (const char *[]){ "rows", equal, "line", line, NULL });
	if (report->unknown[0])
		fill_and_print(cli, TEXT_register_unknown, (const char *[]){ "name", report->unknown, NULL });
	return EX_OK;
}

static int copy_memory(FILE *from, FILE *to)
{
	char buf[65536];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), from)) > 0)
		if (fwrite(buf, 1, n, to) != n)
			return -EIO;
	return ferror(from) || fflush(to) ? -EIO : 0;
}

/* Copies all of @from to the file @to, down to the disk. */
static int copy_all(FILE *from, FILE *to)
{
	return copy_memory(from, to) < 0 || fsync(fileno(to)) ? -EIO : 0;
}

/* Puts a copy of @path at @target at once: what reads the folder never sees half of it. */
static int put_file(const char *path, const char *target)
{
	char draft[4200];
	_fclose_ FILE *from = fopen(path, "re"), *to = NULL;

	snprintf(draft, sizeof(draft), "%s.new", target);
	if (!from)
		return -errno;
	to = fopen(draft, "we");
	if (!to)
		return -errno;
	if (copy_all(from, to) < 0 || rename(draft, target) < 0) {
		int r = -errno;

		unlink(draft);
		return r ? r : -EIO;
	}
	return 0;
}

/* The file in force, "KIND.csv" or "KIND.xlsx"; false when there is none. */
static bool find_file(const struct place *place, const char *ending, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s.%s", place->folder, place->def->kind, ending);
	return access(buf, R_OK) == 0;
}

/* All of the file, owned by the caller; EX_OK. */
static int file_bytes(const char *path, char **ret, size_t *ret_n)
{
	_fclose_ FILE *from = fopen(path, "re");
	_fclose_ FILE *to = open_memstream(ret, ret_n);

	if (!from || !to || copy_memory(from, to) < 0)
		return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	return EX_OK;
}

static const char *count_text(const json_t *answer, const char *name, char buf[static 24])
{
	snprintf(buf, 24, "%lld", (long long)json_integer_value(json_object_get(answer, name)));
	return buf;
}

static void print_changes(const struct cli *cli, enum text text, const json_t *answer)
{
	char added[24], changed[24], removed[24];

	fill_and_print(cli, text,
		       (const char *[]){ "kind", client_text(answer, "kind"), "added",
					 count_text(answer, "added", added), "changed",
					 count_text(answer, "changed", changed), "removed",
					 count_text(answer, "removed", removed), NULL });
}

/* By the daemon: what would change is said first, then it is put, and who did it stands in the audit trail. */
static int import_by_daemon(const struct cli *cli, const struct place *place, const char *path, bool xlsx,
			    bool check_only, bool force)
{
	const char *type = xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
	_json_ json_t *dry = NULL, *done = NULL;
	_free_ char *bytes = NULL;
	char url[128];
	size_t n = 0;
	int r = file_bytes(path, &bytes, &n);

	snprintf(url, sizeof(url), "/api/v1/registers/%s?dry_run=1", place->def->kind);
	if (r == EX_OK)
		r = client_put(cli, url, type, (struct str){ bytes, n }, &dry);
	if (r != EX_OK)
		return r;
	print_changes(cli, TEXT_register_would, dry);
	if (check_only)
		return EX_OK;
	snprintf(url, sizeof(url), "/api/v1/registers/%s%s", place->def->kind, force ? "?confirm=1" : "");
	r = client_put(cli, url, type, (struct str){ bytes, n }, &done);
	if (r == EX_OK)
		print_changes(cli, TEXT_register_sent, done);
	return r;
}

/* Where nobody answers the file is put into the folder, for whenever the daemon starts; so is what is too large to be sent. */
static bool by_daemon(const struct cli *cli, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size <= SENT_MAX && client_there(cli);
}

static int run_import(const struct cli *cli, const struct place *place, const char *path, bool check_only, bool force)
{
	struct register_report report = { 0 };
	const char *dot = strrchr(path, '.');
	bool xlsx = dot && !strcmp(dot, ".xlsx");
	char target[4096], other[4096];
	int r = try_file(cli, place, path, &report);

	if (r == EX_OK && by_daemon(cli, path))
		return import_by_daemon(cli, place, path, xlsx, check_only, force);
	if (r != EX_OK || check_only)
		return r;
	if (find_file(place, xlsx ? "csv" : "xlsx", other, sizeof(other)))
		return cli_fail(EX_CANTCREAT,
				"%s is there already; two files of one kind are refused. Move it away first.", other);
	snprintf(target, sizeof(target), "%s/%s.%s", place->folder, place->def->kind, xlsx ? "xlsx" : "csv");
	if (force) { /* the daemon takes a file that loses over half the rows only with this beside it */
		char confirm[4200];
		_fclose_ FILE *f = NULL;

		snprintf(confirm, sizeof(confirm), "%s/%s.confirm", place->folder, place->def->kind);
		f = fopen(confirm, "we");
		if (!f || fprintf(f, "%s\n", report.digest) < 0)
			return cli_fail(EX_CANTCREAT, "%s: %s", confirm, strerror(errno));
	}
	r = put_file(path, target);
	if (r < 0)
		return cli_fail(EX_CANTCREAT, "%s: %s", target, strerror(-r));
	fill_and_print(cli, TEXT_register_put, (const char *[]){ "name", target, NULL });
	return EX_OK;
}

static int run_export(const struct place *place, const char *output)
{
	_fclose_ FILE *from = NULL, *to = NULL;
	char path[4096];

	if (!find_file(place, "csv", path, sizeof(path)) && !find_file(place, "xlsx", path, sizeof(path)))
		return cli_fail(EX_NOINPUT, "%s/%s.csv: there is no such register", place->folder, place->def->kind);
	from = fopen(path, "re");
	to = output ? fopen(output, "wxe") : NULL;
	if (!from || (output && !to))
		return cli_fail(EX_CANTCREAT, "%s: %s", output ? output : path, strerror(errno));
	return copy_all(from, to ? to : stdout) < 0 && to ? EX_IOERR : EX_OK;
}

/* What stands in the register, or in all of them; in the machine's form with --json. */
static int run_columns(const struct cli *cli, const struct register_def *def, enum registers_form form)
{
	size_t i = def ? (size_t)(def - registers) : 0, end = def ? i + 1 : n_registers;

	if (!cli->json && !def)
		return registers_columns_all(stdout, form, !cli->english) < 0 ? EX_IOERR : EX_OK;
	if (!cli->json)
		return registers_columns(def, stdout, form, !cli->english) < 0 ? EX_IOERR : EX_OK;
	for (; i < end; i++) {
		printf("%s{\"kind\":\"%s\",\"name\":{\"ja\":\"%s\",\"en\":\"%s\"},\"columns\":[",
		       i > 0 && !def ? ","
		       : def         ? ""
				     : "[",
		       registers[i].kind, registers[i].ja, registers[i].en);
		for (size_t c = 0; c < registers[i].n_columns; c++)
			printf("%s{\"name\":\"%s\",\"ja\":\"%s\",\"required\":%s}", c > 0 ? "," : "",
			       registers[i].columns[c].name, registers[i].columns[c].ja,
			       registers[i].columns[c].required ? "true" : "false");
		printf("]}");
	}
	puts(def ? "" : "]");
	return EX_OK;
}

static void print_kinds(const struct cli *cli)
{
	puts(cli_text(cli, TEXT_register_kinds));
	for (size_t i = 0; i < n_registers; i++)
		printf("  %-12s %s\n", registers[i].kind, cli->english ? registers[i].en : registers[i].ja);
}

struct wish {
	const char *output;
	bool check_only, force;
	enum registers_form form;
};

/* Options may stand before and behind the kind.  False for an unknown one. */
static bool read_wish(int argc, char **argv, int *at, struct wish *wish)
{
	static const char *const flags[] = { "check", "force", "markdown", "man", NULL }, *const options[] = { "output",
													       NULL };
	const char *name, *value;
	int r;

	while ((r = cli_option(argc, argv, at, flags, options, &name, &value)) > 0) {
		wish->output = value ? value : wish->output;
		wish->check_only = wish->check_only || !strcmp(name, "check");
		wish->force = wish->force || !strcmp(name, "force");
		if (!strcmp(name, "markdown") || !strcmp(name, "man"))
			wish->form = !strcmp(name, "man") ? REGISTERS_MANUAL : REGISTERS_MARKDOWN;
	}
	return r == 0;
}

static int register_run(struct cli *cli, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	struct place place = { 0 };
	struct wish wish = { 0 };
	int at = 2, r;

	if (argc > 3 && !strcmp(argv[argc - 2], "-o")) { /* as it is written for every command that makes a file */
		wish.output = argv[argc - 1];
		argc -= 2;
	}
	if (!read_wish(argc, argv, &at, &wish))
		return cli_usage("register");
	if (!strcmp(verb, "columns") && at == argc)
		return run_columns(cli, NULL, wish.form);
	if (at >= argc) {
		print_kinds(cli);
		return cli_usage("register");
	}
	place.def = register_find(str_of(argv[at++]));
	if (!place.def) {
		print_kinds(cli);
		return cli_fail(EX_USAGE, "%s is no kind of register", argv[at - 1]);
	}
	if (!read_wish(argc, argv, &at, &wish))
		return cli_usage("register");
	if (!strcmp(verb, "columns") && at == argc)
		return run_columns(cli, place.def, wish.form);
	if (!strcmp(verb, "template") && at == argc)
		return run_template(&place, wish.output);
	r = find_folder(cli, &place);
	if (r != EX_OK)
		return r;
	if (!strcmp(verb, "import") && at + 1 == argc)
		return run_import(cli, &place, argv[at], wish.check_only, wish.force);
	if (!strcmp(verb, "export") && at == argc)
		return run_export(&place, wish.output);
	return cli_usage("register");
}

const struct command command_register = {
	.name = "register",
	.args = "columns [KIND] [--markdown|--man] | template|import|export KIND [--check] [--force] [FILE] [-o FILE]",
	.ja = "台帳の列とひな形、取り込み前の確認と取り込み、書き出し",
	.en = "columns and templates of the registers, trying and importing a file, export",
	.run = register_run,
};

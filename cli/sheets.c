#include "cli/sheets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/out.h"

#define SHEETS "/api/v1/vendor-sheets"
#define IMPORT "/api/v1/answers/import"
#define FILE_MAX (1 << 20)
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* The bytes as a file that is there whole or not at all, and readable by whoever made it. */
static int file_put(const char *path, const char *bytes, size_t n)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	size_t done = 0;

	if (fd < 0)
		return cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	while (done < n) {
		ssize_t got = write(fd, bytes + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int r = cli_fail(EX_IOERR, "%s: %s", path, strerror(errno));

			unlink(path);
			return r;
		}
		done += (size_t)got;
	}
	return EX_OK;
}

static int one_write(const struct cli *cli, const json_t *row, const char *format, const char *path)
{
	_free_ char *bytes = NULL;
	char url[1024] = SHEETS "/file", line[600];
	size_t n = 0;
	int r;

	client_query(url, sizeof(url), "vendor_id", client_text(row, "vendor_id"));
	client_query(url, sizeof(url), "system_id", client_text(row, "system_id"));
	client_query(url, sizeof(url), "pack", client_text(row, "pack"));
	client_query(url, sizeof(url), "format", format);
	r = client_fetch(cli, url, &bytes, &n);
	if (r == EX_OK)
		r = file_put(path, bytes, n);
	if (r == EX_OK) {
		text_fill(line, sizeof(line), cli_text(cli, TEXT_sheet_written),
			  (const char *[]){ "file", path, "vendor", client_text(row, "vendor"), "system",
					    *client_text(row, "system") ? client_text(row, "system") : "-", NULL });
		out_clean(stdout, str_of(line));
		putchar('\n');
	}
	return r;
}

/* "3-V01-emr-2026.xlsx": what the register says of itself, with nothing in it that a folder could misread. */
static void name_make(char *buf, size_t size, size_t i, const json_t *row, const char *format)
{
	const char *const parts[] = { client_text(row, "vendor_id"), client_text(row, "system_id") };
	size_t n = (size_t)snprintf(buf, size, "%zu", i + 1);

	for (size_t k = 0; k < COUNT(parts); k++) {
		buf[n++] = '-';
		for (const char *c = parts[k]; *c && n < size / 2 * (k + 1) - 20; c++)
			if ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
				buf[n++] = *c;
	}
	snprintf(buf + n, size - n, "-%lld.%s", (long long)json_integer_value(json_object_get(row, "fiscal_year")),
		 format);
}

static int folder_write(const struct cli *cli, const json_t *items, const char *format, const char *folder)
{
	char path[4096], name[160];
	const json_t *row;
	size_t i;
	int r;

	if (mkdir(folder, 0750) < 0 && errno != EEXIST)
		return cli_fail(EX_CANTCREAT, "%s: %s", folder, strerror(errno));
	json_array_foreach(items, i, row)
	{
		name_make(name, sizeof(name), i, row, format);
		snprintf(path, sizeof(path), "%.3900s/%s", folder, name);
		r = one_write(cli, row, format, path);
		if (r != EX_OK)
			return r;
	}
	return EX_OK;
}

int sheets_write(const struct cli *cli, const struct sheets_wish *wish)
{
	_json_ json_t *page = NULL;
	const json_t *items;
	bool xlsx = wish->output && str_ends(str_of(wish->output), STR(".xlsx"));
	bool csv = wish->output && str_ends(str_of(wish->output), STR(".csv"));
	const char *format = wish->format ? wish->format : csv ? "csv" : "xlsx";
	char url[1024] = SHEETS;
	int r;

	if (strcmp(format, "xlsx") != 0 && strcmp(format, "csv") != 0)
		return cli_fail(EX_USAGE, "%s: unknown format; known are xlsx, csv", format);
	if (!wish->output)
		return cli_fail(EX_USAGE, "%s", cli_text(cli, TEXT_sheet_output));
	client_query(url, sizeof(url), "vendor_id", wish->vendor);
	client_query(url, sizeof(url), "system_id", wish->system);
	r = client_get(cli, url, &page);
	if (r != EX_OK)
		return r;
	items = json_object_get(page, "items");
	if (json_array_size(items) == 0)
		return cli_fail(EX_NOINPUT, "%s", cli_text(cli, TEXT_sheet_no_contracts));
	if (!xlsx && !csv)
		return folder_write(cli, items, format, wish->output);
	if (json_array_size(items) > 1)
		return cli_fail(EX_USAGE, "%s", cli_text(cli, TEXT_sheet_one));
	return one_write(cli, json_array_get(items, 0), format, wish->output);
}

static int file_read(const char *path, char **ret, size_t *ret_n)
{
	_fclose_ FILE *file = fopen(path, "re");
	char *bytes = malloc(FILE_MAX + 1);
	size_t n = file && bytes ? fread(bytes, 1, FILE_MAX + 1, file) : 0;

	*ret = bytes;
	*ret_n = n;
	if (!file)
		return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	if (!bytes || ferror(file))
		return cli_fail(EX_IOERR, "%s: cannot be read", path);
	return n > FILE_MAX ? cli_fail(EX_DATAERR, "%s: more than 1 MB is no sheet", path) : EX_OK;
}

static void said_print(const struct cli *cli, const json_t *answer)
{
	bool yes = !strcmp(client_text(answer, "answer"), "yes");

	fputs(cli_text(cli, yes ? TEXT_yes : TEXT_no), stdout);
	printf(" %s", client_text(answer, "answered_on"));
	if (*client_text(answer, "target_on"))
		printf(" → %s", client_text(answer, "target_on"));
}

static void row_print(const struct cli *cli, const json_t *row)
{
	static const struct {
		const char *name;
		enum text text;
	} changes[] = { { "new", TEXT_sheet_new },
			{ "changed", TEXT_sheet_changed },
			{ "same", TEXT_sheet_same },
			{ "reversed", TEXT_sheet_reversed } };
	const json_t *fault;
	size_t i;

	printf("  %-5s ", client_text(row, "item"));
	for (i = 0; i < COUNT(changes); i++)
		if (!strcmp(changes[i].name, client_text(row, "change")))
			printf("%s  ", cli_text(cli, changes[i].text));
	if (json_is_object(json_object_get(row, "before"))) {
		said_print(cli, json_object_get(row, "before"));
		fputs("  ⇒  ", stdout);
	}
	said_print(cli, json_object_get(row, "after"));
	putchar('\n');
	json_array_foreach(json_object_get(row, "measured"), i, fault)
	{
		printf("        %s ", cli_text(cli, TEXT_sheet_measured));
		out_clean(stdout, str_of(client_words(cli, fault, "reason")));
		putchar('\n');
	}
}

static int import_print(const struct cli *cli, const json_t *answer)
{
	static const char *const counts[] = { "new", "changed", "same", "reversed", "blank", "contradictions" };
	const char *pairs[2 * COUNT(counts) + 5] = { NULL };
	char numbers[COUNT(counts)][16], line[600];
	const json_t *row;
	size_t i;

	if (cli->json)
		return client_print(answer);
	for (i = 0; i < COUNT(counts); i++) {
		snprintf(numbers[i], sizeof(numbers[i]), "%lld",
			 (long long)json_integer_value(json_object_get(answer, counts[i])));
		pairs[2 * i] = counts[i];
		pairs[2 * i + 1] = numbers[i];
	}
	pairs[2 * i] = "vendor";
	pairs[2 * i + 1] = client_text(answer, "vendor_id");
	pairs[2 * i + 2] = "system";
	pairs[2 * i + 3] = *client_text(answer, "system_id") ? client_text(answer, "system_id") : "-";
	text_fill(line, sizeof(line), cli_text(cli, TEXT_sheet_result), pairs);
	out_clean(stdout, str_of(line));
	putchar('\n');
	json_array_foreach(json_object_get(answer, "rows"), i, row)
	{
		row_print(cli, row);
	}
	puts(cli_text(cli, json_is_true(json_object_get(answer, "dry_run")) ? TEXT_sheet_dry : TEXT_sheet_taken));
	return EX_OK;
}

int answer_import(const struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { "dry-run", NULL }, *const options[] = { "vendor", "system", NULL };
	const char *name, *value, *path = NULL, *vendor = NULL, *system = NULL;
	_json_ json_t *answer = NULL;
	_free_ char *bytes = NULL;
	char url[1024] = IMPORT;
	bool dry = false;
	size_t n = 0;
	int at = 1, r;

	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (r == 2 && path)
			return cli_usage("answer");
		if (r == 2)
			path = value;
		else if (!strcmp(name, "dry-run"))
			dry = true;
		else
			*(!strcmp(name, "vendor") ? &vendor : &system) = value;
	}
	if (r < 0 || !path)
		return cli_usage("answer");
	r = file_read(path, &bytes, &n);
	if (r != EX_OK)
		return r;
	client_query(url, sizeof(url), "dry_run", dry ? "1" : NULL);
	client_query(url, sizeof(url), "vendor_id", vendor);
	client_query(url, sizeof(url), "system_id", system);
	r = client_upload(cli, url, str_starts((struct str){ bytes, n }, STR("PK")) ? XLSX : "text/csv",
			  (struct str){ bytes, n }, &answer);
	return r == EX_OK ? import_print(cli, answer) : r;
}

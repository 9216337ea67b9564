/* Whole sets in a replay: registers go through the reader of the real collector, from a file. */
#include <errno.h>
#include <sys/stat.h>

#include "collectors/registers.h"
#include "core/line.h"
#include "daemon/replay_in.h"

struct rows {
	struct replay *replay;
	struct str program;
};

static int row_put(void *arg, struct str line)
{
	struct rows *rows = arg;
	struct record rec = {
		.collector = STR("registers"), .program = rows->program, .text = line, .raw = line, .priority = -1
	};

	return sink_put(&rows->replay->sink, &rec);
}

static int set_end(struct replay *replay, struct str set, enum set_state state, const struct register_report *report)
{
	struct set_end end = { .state = state, .updated_at = replay->now };

	if (report) {
		end.digest = str_of(report->digest);
		end.error_ja = str_of(report->why.ja);
		end.error_en = str_of(report->why.en);
	}
	return sink_end(&replay->sink, set, &end);
}

/* Tells the register @def as the file at @path has it. */
static int register_tell(struct replay *replay, const struct register_def *def, const char *path)
{
	struct register_report report = { 0 };
	char set[64], program[65];
	struct rows rows = { .replay = replay };
	struct stat st;
	int r;

	snprintf(set, sizeof(set), "register:%s", def->kind);
	snprintf(program, sizeof(program), "@%s", set);
	rows.program = str_of(program);
	r = sink_begin(&replay->sink, str_of(set));
	if (r < 0)
		return r;
	if (stat(path, &st) < 0)
		return set_end(replay, str_of(set), SET_MISSING, NULL);
	r = registers_read(def, path, row_put, &rows, &report);
	if (r == -EBADMSG)
		return set_end(replay, str_of(set), SET_REFUSED, &report);
	return r < 0 ? r : set_end(replay, str_of(set), SET_OK, &report);
}

static int register_set(struct replay *replay, struct str kind, struct str csv, struct diag *diag)
{
	const struct register_def *def = register_find(kind);
	_free_ char *path = NULL;
	_fclose_ FILE *file = NULL;
	int r;

	if (!def)
		return diag_set(diag, -EBADMSG, "there is no register \"" STR_FMT "\"", STR_ARG(kind));
	if (asprintf(&path, "%s.%s.csv", replay->path, def->kind) < 0)
		return -ENOMEM;
	if (csv.n > 0) {
		file = fopen(path, "we");
		if (!file || fwrite(csv.p, 1, csv.n, file) != csv.n || fflush(file) != 0)
			return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	}
	r = register_tell(replay, def, path);
	unlink(path);
	return r;
}

/* The accounts of a machine: what a heading says is a key, as collectors/accounts.c would say it. */
static int account_row(struct replay *replay, struct str set, struct str heading, struct str row)
{
	char program[300];
	struct line line = { 0 };
	struct record rec = { .collector = STR("accounts"), .priority = -1 };
	int r;

	snprintf(program, sizeof(program), "@" STR_FMT, STR_ARG(str_first(set, 280)));
	while (heading.n > 0) {
		char key[64];

		str_copy(key, sizeof(key), str_trim(str_cut(&heading, ',')));
		line_add(&line, key, str_trim(str_cut(&row, ',')));
	}
	rec.host = str_from(set, 9);
	rec.program = str_of(program);
	rec.text = rec.raw = line_str(&line);
	r = line.failed ? -ENOMEM : sink_put(&replay->sink, &rec);
	line_free(&line);
	return r;
}

static int account_set(struct replay *replay, struct str set, struct str csv)
{
	struct str heading = str_cut(&csv, '\n');
	int r = sink_begin(&replay->sink, set);

	if (r == 0 && heading.n == 0)
		return set_end(replay, set, SET_MISSING, NULL);
	while (r >= 0 && csv.n > 0) {
		struct str row = str_trim(str_cut(&csv, '\n'));

		if (row.n > 0)
			r = account_row(replay, set, heading, row);
	}
	return r < 0 ? r : set_end(replay, set, SET_OK, NULL);
}

int replay_set(struct replay *replay, struct str set, struct str csv, struct diag *diag)
{
	if (str_starts(set, STR("register:")))
		return register_set(replay, str_from(set, 9), csv, diag);
	if (str_starts(set, STR("accounts:")))
		return account_set(replay, set, csv);
	return diag_set(diag, -EBADMSG, "\"" STR_FMT "\" is no set; expected register:KIND or accounts:HOST",
			STR_ARG(set));
}

int replay_refuse(struct replay *replay, struct str kind, const char *why)
{
	struct register_report report = { 0 };
	char set[64];
	int r;

	snprintf(set, sizeof(set), "register:" STR_FMT, STR_ARG(str_first(kind, 40)));
	snprintf(report.why.ja, sizeof(report.why.ja), "%s", why);
	snprintf(report.why.en, sizeof(report.why.en), "%s", why);
	r = sink_begin(&replay->sink, str_of(set));
	return r < 0 ? r : set_end(replay, str_of(set), SET_REFUSED, &report);
}

int replay_registers(struct replay *replay, const char *folder, struct diag *diag)
{
	char *copy = strdup(folder);

	if (!copy)
		return diag_set(diag, -ENOMEM, "out of memory");
	free(replay->folder);
	replay->folder = copy;
	replay->folder_told = replay->now;
	for (size_t i = 0; i < n_registers; i++) {
		_free_ char *csv = NULL, *xlsx = NULL;
		struct stat st;
		int r;

		if (asprintf(&csv, "%s/%s.csv", folder, registers[i].kind) < 0 ||
		    asprintf(&xlsx, "%s/%s.xlsx", folder, registers[i].kind) < 0)
			return diag_set(diag, -ENOMEM, "out of memory");
		r = register_tell(replay, &registers[i], stat(csv, &st) < 0 && stat(xlsx, &st) == 0 ? xlsx : csv);
		if (r < 0)
			return diag_set(diag, r, "%s: %s", csv, strerror(-r));
	}
	return 0;
}

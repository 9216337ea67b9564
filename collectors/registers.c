/*
 * The registers that people keep in a folder: KIND.csv or KIND.xlsx, told whole when a file has not changed for half a second.
 * A share that gives no notices is looked at again by time.  What is missing, refused or there twice is told as that.
 */

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "collectors/collector.h"
#include "collectors/registers.h"
#include "collectors/watch.h"
#include "core/clock.h"

#define KINDS_MAX 64
#define SETTLE MSEC(500)
#define RESCAN SECONDS(10)

static const struct setting_def registers_settings[] = {
	{ "directory", SETTING_PATH, "/var/lib/tenken/registers", "Folder of KIND.csv and KIND.xlsx." },
	{ NULL },
};

/* What a look at the folder shows of one kind; compared as a whole. */
struct sight {
	size_t files;
	struct timespec changed;
	time_t newest;
	off_t size;
	ino_t inode;
};

struct kind {
	const struct register_def *def;
	char names[2][64]; /* of the files found */
	struct sight sight;
	usec_t since; /* monotonic: since when it has looked like this */
	bool told;
};

struct registers {
	const char *directory;
	struct watch watch;
	struct kind kinds[KINDS_MAX];
	size_t n;
	usec_t scan_at; /* monotonic: when the next look is due without a notice */
	bool foreign_told;
};

static int registers_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct registers *reg = state;
	int r;

	reg->directory = setting(set, "directory");
	r = watch_open(&reg->watch);
	if (r < 0)
		return diag_set(diag, r, "registers: the folder cannot be watched: %s", strerror(-r));
	for (reg->n = 0; reg->n < n_registers && reg->n < KINDS_MAX; reg->n++)
		reg->kinds[reg->n].def = &registers[reg->n];
	return 0;
}

static int registers_fd(void *state)
{
	return ((struct registers *)state)->watch.epoll;
}

/* The kind that a file is of: "devices.csv", whatever its case.  NULL for any other file. */
static struct kind *kind_of(struct registers *reg, struct str name)
{
	struct str base = name;

	if (str_ieq(str_from(name, name.n > 4 ? name.n - 4 : 0), STR(".csv")))
		base.n -= 4;
	else if (str_ieq(str_from(name, name.n > 5 ? name.n - 5 : 0), STR(".xlsx")))
		base.n -= 5;
	else
		return NULL;
	for (size_t i = 0; i < reg->n; i++)
		if (str_ieq(base, str_of(reg->kinds[i].def->kind)))
			return &reg->kinds[i];
	return NULL;
}

static bool is_table(struct str name)
{
	return str_ends(name, STR(".csv")) || str_ends(name, STR(".xlsx"));
}

/* Adds what is seen of the file to its kind, so that any change of any of two files changes the sum. */
static void sight_add(struct kind *kind, struct sight *sight, const char *name, int directory)
{
	struct stat st = { 0 };

	if (sight->files < COUNT(kind->names))
		snprintf(kind->names[sight->files], sizeof(kind->names[0]), "%s", name);
	sight->files++;
	if (fstatat(directory, name, &st, 0) < 0)
		return;
	sight->changed.tv_sec += st.st_mtim.tv_sec + st.st_ctim.tv_sec;
	sight->changed.tv_nsec += st.st_mtim.tv_nsec + st.st_ctim.tv_nsec;
	sight->newest = st.st_mtim.tv_sec > sight->newest ? st.st_mtim.tv_sec : sight->newest;
	sight->size += st.st_size;
	sight->inode += st.st_ino;
}

/* One look at the folder.  A folder that is not there holds no files. */
static void scan(struct registers *reg, struct sight *sights, struct diag *diag)
{
	DIR *dir = opendir(reg->directory);
	struct dirent *entry;

	watch_folder(&reg->watch, reg->directory);
	while (dir && (entry = readdir(dir))) {
		struct str name = str_of(entry->d_name);
		struct kind *kind;

		if (name.p[0] == '.' || str_starts(name, STR("~$")))
			continue;
		kind = kind_of(reg, name);
		if (kind) {
			sight_add(kind, &sights[kind - reg->kinds], entry->d_name, dirfd(dir));
		} else if (is_table(name) && !reg->foreign_told) {
			reg->foreign_told = true;
			diag_set(diag, 0,
				 "registers: %s/%s is no register and is not read; see tenken register template for "
				 "the names",
				 reg->directory, entry->d_name);
		}
	}
	if (dir)
		closedir(dir);
}

struct told {
	struct sink *out;
	struct str program;
};

static int tell_row(void *arg, struct str line)
{
	struct told *told = arg;

	return sink_put(told->out, &(struct record){
					   .collector = STR("registers"),
					   .program = told->program,
					   .received = clock_now(),
					   .text = line,
					   .raw = line,
					   .priority = -1,
				   });
}

static int tell_state(struct sink *out, struct str set, enum set_state state, const char *path,
		      const struct register_report *report)
{
	return sink_end(out, set,
			&(struct set_end){
				.state = state,
				.origin = str_of(path),
				.error_ja = str_of(state == SET_REFUSED ? report->why.ja : NULL),
				.error_en = str_of(state == SET_REFUSED ? report->why.en : NULL),
				.digest = str_of(report->digest),
				.updated_at = report->updated_at,
				.updated_by = str_of(report->updated_by),
			});
}

static void notice(const struct kind *kind, const struct register_report *report, struct diag *diag)
{
	if (report->unknown[0])
		diag_set(diag, 0, "registers: %s: columns that are no part of the register are kept as they are: %s",
			 kind->names[0], report->unknown);
	else if (report->equal > 0)
		diag_set(diag, 0, "registers: %s: %zu rows say the same as an earlier one, the first is line %d",
			 kind->names[0], report->equal, report->equal_line);
}

/* One set, from begin to end.  Negative: the sink took no more, it has to be told again. */
static int tell(struct registers *reg, struct kind *kind, struct sink *out, struct diag *diag)
{
	struct register_report report = { .digest = "" };
	char set[96], path[4096];
	struct told told = { out, { set, 0 } };
	enum set_state state = SET_OK;
	int r;

	snprintf(set, sizeof(set), "@register:%s", kind->def->kind);
	told.program = str_of(set);
	snprintf(path, sizeof(path), "%s/%s", reg->directory, kind->sight.files > 0 ? kind->names[0] : kind->def->kind);
	r = sink_begin(out, str_from(told.program, 1));
	if (r < 0)
		return r;
	if (kind->sight.files == 0) {
		state = SET_MISSING;
	} else if (kind->sight.files > 1) {
		struct refusal_place place = { .file = kind->names[0] };

		refusal_say(&report.why, &place, TEXT_file_two, (const char *const[]){ "other", kind->names[1], NULL });
		state = SET_REFUSED;
	} else {
		r = registers_read(kind->def, path, tell_row, &told, &report);
		if (r < 0 && !report.why.ja[0])
			return r;
		state = r < 0 ? SET_REFUSED : SET_OK;
		notice(kind, &report, diag);
	}
	return tell_state(out, str_from(told.program, 1), state, path, &report);
}

/* Tells what has settled.  The time until the next must be looked at in @ret_wait, 0 when nothing is pending. */
static int tell_settled(struct registers *reg, usec_t now, struct sink *out, struct diag *diag, usec_t *ret_wait)
{
	for (size_t i = 0; i < reg->n; i++) {
		struct kind *kind = &reg->kinds[i];
		usec_t left = kind->since + SETTLE - now;
		int r;

		if (kind->told)
			continue;
		if (left > 0) {
			*ret_wait = *ret_wait == 0 || left < *ret_wait ? left : *ret_wait;
			continue;
		}
		r = tell(reg, kind, out, diag);
		if (r < 0) {
			*ret_wait = SETTLE;
			return r;
		}
		kind->told = true;
	}
	return 0;
}

static bool is_fresh(const struct sight *sight)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return sight->files == 1 && now.tv_sec - sight->newest <= 1;
}

static int registers_collect(void *state, struct sink *out, struct diag *diag)
{
	struct registers *reg = state;
	struct sight sights[KINDS_MAX] = { 0 };
	usec_t now = clock_monotonic(), wait = 0;
	bool first = reg->scan_at == 0;
	int r;

	watch_drain(&reg->watch);
	scan(reg, sights, diag);
	reg->scan_at = now + RESCAN;
	for (size_t i = 0; i < reg->n; i++) {
		struct kind *kind = &reg->kinds[i];

		if (!first && memcmp(&kind->sight, &sights[i], sizeof(sights[i])) == 0)
			continue;
		kind->sight = sights[i];
		kind->told = false;
		/* At start what is old, and what is not there, need not settle. */
		kind->since = first && !is_fresh(&sights[i]) ? now - SETTLE : now;
	}
	r = tell_settled(reg, now, out, diag, &wait);
	if (wait > 0)
		watch_wake(&reg->watch, wait);
	return r < 0 ? r : -EAGAIN;
}

static void registers_close(void *state)
{
	watch_close(&((struct registers *)state)->watch);
}

const struct collector collector_registers = {
	.name = "registers",
	.summary = "the registers that people keep, from a folder",
	.settings = registers_settings,
	.state_size = sizeof(struct registers),
	.interval = RESCAN,
	.open = registers_open,
	.fd = registers_fd,
	.collect = registers_collect,
	.close = registers_close,
};

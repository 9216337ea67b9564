/*
 * Files that others write into folders: exports (.csv, .tsv) and logs.  Each is read from where reading stopped; the places of
 * all stand in the position, which goes out with the events.  A folder is a source: its name says whose lines these are, unless
 * the lines do.  Files are only read, never changed or removed.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "collectors/files_parts.h"
#include "core/clock.h"

#define TAKE_MAX 2000 /* rows of one collect() */
#define TURN_MAX 500  /* of one file in it */
#define REST MSEC(50) /* between two looks, however many notices come */
#define RESCAN SECONDS(5)
#define REWRITE SECONDS(5) /* a file that became shorter may be written anew; then it grows */
#define QUIET SECONDS(60)  /* a last row without its end is taken after that */

static const struct setting_def files_settings[] = {
	{ "directories", SETTING_LIST, "/var/lib/tenken/drop/*",
	  "Folders of exports and logs: \"/PATH program=NAME host=NAME encoding=auto\"; \"/PATH/*\" is each folder in it." },
	{ NULL },
};

static int files_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct files *files = state;
	int r;

	files->watch = (struct watch){ -1, -1, -1 };
	r = files_places(files, setting(set, "directories"), diag);
	if (r < 0)
		return r;
	files->position = malloc((size_t)FILES_MAX * POSITION_ENTRY);
	r = files->position ? tail_reader_open(&files->reader) : -ENOMEM;
	if (r == 0)
		r = files_remember(files, cursor);
	if (r < 0)
		return diag_set(diag, r, "files: no memory");
	r = watch_open(&files->watch);
	return r < 0 ? diag_set(diag, r, "files: the folders cannot be watched: %s", strerror(-r)) : 0;
}

static int files_fd(void *state)
{
	return ((struct files *)state)->watch.epoll;
}

static void shut(struct files *files, struct followed *file)
{
	files->n_open -= file->tail.fd >= 0;
	tail_close(&file->tail);
}

/* Closes the one that was read longest ago. */
static void make_room(struct files *files)
{
	struct followed *oldest = NULL;

	for (size_t i = 0; i < files->n; i++) {
		struct followed *file = files->files[i];

		if (file->tail.fd >= 0 && (!oldest || file->read_at < oldest->read_at))
			oldest = file;
	}
	if (oldest)
		shut(files, oldest);
}

/* Opens what the look at the folder saw, and nothing that was put in its place since. */
static int file_open(struct files *files, struct followed *file)
{
	_close_ int dir = open(file->folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_close_ int fd = dir < 0 ? -1
				 : openat(dir, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_ino != file->tail.inode)
		return -ENOENT;
	if (files->n_open >= FILES_OPEN)
		make_room(files);
	file->tail.fd = fd;
	fd = -1;
	files->n_open++;
	return 0;
}

static struct str program_of(const struct folder *folder)
{
	return str_of(folder->place->programs ? folder->place->program : folder->name);
}

static int row_put(struct files *files, size_t index, const struct tail_row *row, struct sink *out, usec_t received)
{
	const struct followed *file = files->files[index];
	const struct folder *folder = file->folder;
	struct record rec = { .priority = -1 };

	if (file->tail.table) {
		rec.text = row->text;
		rec.sd = row->data;
	} else {
		syslog_parse(row->text, received, &rec);
	}
	if (rec.program.n == 0)
		rec.program = program_of(folder);
	if (rec.host.n == 0)
		rec.host = str_of(folder->place->host[0] ? folder->place->host : folder->name);
	rec.collector = STR("files");
	rec.peer = str_of(folder->name);
	rec.received = received;
	rec.raw = row->raw;
	rec.cursor = files_position(files);
	rec.flags = RECORD_STORED | (row->cut ? RECORD_CUT : 0);
	return sink_put(out, &rec);
}

/* Takes the next row.  1; 0 when there is none; negative: the sink took no more, and the place is as it was. */
static int row_take(struct files *files, size_t index, bool end, struct sink *out)
{
	struct tail *tail = &files->files[index]->tail;
	struct tail_reader *reader = &files->reader;
	struct tail before = *tail;
	struct tail_row row;
	int r = 0;

	if (!tail_row(tail, reader, end, program_of(files->files[index]->folder), &row))
		return 0;
	tail_take(tail, reader, &row);
	files_note(files, index);
	if (row.raw.n > 0)
		r = row_put(files, index, &row, out, clock_now());
	if (r < 0) {
		*tail = before;
		files_note(files, index);
		return r;
	}
	files->stats.received += row.raw.n > 0;
	files->stats.cut += row.cut;
	files->stats.malformed += row.bad;
	return 1;
}

/* Is the file still the one we know?  0 when it can be read on; 1: not now; -errno. */
static int settle(struct files *files, struct followed *file, usec_t now)
{
	struct stat st;
	int r;

	if (fstat(file->tail.fd, &st) < 0)
		return -errno;
	r = tail_same(&file->tail, file->tail.fd, (uint64_t)st.st_size);
	if (r == -EAGAIN && now - file->tail.changed < REWRITE)
		return 1;
	if (r <= 0)
		tail_rewind(&file->tail);
	if (!file->tail.started)
		r = tail_start(&file->tail, &files->reader, file->folder->place->charset);
	return r < 0 && r != -EAGAIN ? r : 0;
}

/* Reads on in one file.  Rows taken; negative: the sink took no more. */
static int follow(struct files *files, size_t index, int budget, struct sink *out, usec_t now)
{
	struct followed *file = files->files[index];
	struct tail *tail = &file->tail;
	uint64_t size = tail->size;
	bool end = !file->seen || now - tail->changed > QUIET;
	int taken = 0, r = 1;

	if (tail->fd < 0 && (!file->seen || file_open(files, file) < 0))
		return 0;
	file->read_at = now;
	if (settle(files, file, now) != 0)
		return 0;
	while (!tail->binary && taken < budget && tail_fill(tail, &files->reader) > 0) {
		uint64_t from = tail->at;

		tail_skip(tail, &files->reader);
		while (taken < budget && !tail->inside &&
		       (r = row_take(files, index, end && files->reader.n < TAIL_READ, out)) > 0)
			taken++;
		if (r < 0)
			return r;
		if (tail->at == from)
			break;
	}
	if (taken < budget)
		file->tried = size;
	if (!file->seen && taken < budget)
		shut(files, file);
	return taken;
}

static bool wants_reading(const struct followed *file, usec_t now)
{
	if (!file->folder)
		return false;
	if (!file->seen)
		return file->tail.fd >= 0;
	if (file->tail.size != file->tried)
		return true;
	return !file->tail.binary && file->tail.size > file->tail.at && now - file->tail.changed > QUIET;
}

static int files_collect(void *state, struct sink *out, struct diag *diag)
{
	struct files *files = state;
	usec_t now = clock_monotonic();
	bool more = false;
	int budget = TAKE_MAX, r = 0;

	files->noticed |= watch_drain(&files->watch) || now >= files->scan_at;
	if (files->noticed && files->scan_at != 0 && now - files->scanned_at < REST) {
		watch_wake(&files->watch, REST);
	} else if (files->noticed) {
		r = files_scan(files, now, diag);
		if (r < 0)
			return r;
		files->noticed = files->crowded; /* what is taken now makes room */
		files->scanned_at = now;
		files->scan_at = now + RESCAN;
	}
	for (size_t i = 0; r >= 0 && i < files->n && budget > 0; i++) {
		size_t index = (files->turn + i) % files->n;

		if (!wants_reading(files->files[index], now))
			continue;
		r = follow(files, index, budget < TURN_MAX ? budget : TURN_MAX, out, now);
		budget -= r > 0 ? r : 0;
		more |= r >= TURN_MAX;
	}
	files->turn = files->n > 0 ? (files->turn + 1) % files->n : 0;
	return r < 0 ? r : more || budget == 0 ? 1 : -EAGAIN;
}

static void files_close(void *state)
{
	struct files *files = state;

	for (size_t i = 0; i < files->n; i++) {
		tail_close(&files->files[i]->tail);
		free(files->files[i]);
	}
	for (size_t i = 0; i < files->n_folders; i++)
		free(files->folders[i]);
	files->n = files->n_folders = 0;
	tail_reader_close(&files->reader);
	free(files->position);
	files->position = NULL;
	watch_close(&files->watch);
}

static void files_stats(void *state, struct collector_stats *ret)
{
	*ret = ((struct files *)state)->stats;
}

const struct collector collector_files = {
	.name = "files",
	.summary = "exports (CSV) and logs that others write into folders",
	.settings = files_settings,
	.state_size = sizeof(struct files),
	.interval = SECONDS(1),
	.open = files_open,
	.fd = files_fd,
	.collect = files_collect,
	.close = files_close,
	.stats = files_stats,
};

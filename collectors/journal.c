/*
 * The systemd journal, from a cursor.  All fields of an entry are taken in one walk (five lookups cost more than twice as
 * much), so each is copied before the next one is asked for.  After a rotation or a vacuum the library may answer with
 * errors: then the journal is opened anew and sought by the cursor of the last entry that was taken.
 */

#include <errno.h>
#include <sys/epoll.h>
#include <systemd/sd-journal.h>

#include "collectors/collector.h"
#include "collectors/journal_where.h"
#include "core/clock.h"
#include "core/line.h"
#include "core/syslog.h"

#define TAKE_MAX 2000
#define REOPEN SECONDS(5)

static const struct setting_def journal_settings[] = {
	{ "directory", SETTING_PATH, "", "Folder of journal files; empty is this machine's journal." },
	{ "backlog", SETTING_SPAN, "400d", "How far back to read the first time, so that last uses are known." },
	{ NULL },
};

struct journal {
	int epoll; /* holds the journal's descriptor, which changes when it is opened anew */
	sd_journal *j;
	const char *directory;
	usec_t backlog;
	char *last;       /* cursor of the last entry that the sink took; owned */
	bool unread;      /* we stand on an entry that was not taken yet */
	const char *gap;  /* why entries may be missing, to be told; NULL when none */
	usec_t reopen_at; /* monotonic: not before this */
	char pid[16];
	struct collector_stats stats;

	/* The entry, copied field by field. */
	char ident[256], comm[64], host[256], machine[40], from[16], transport[16], source_time[24], priority[4];
	uint64_t realtime;
	char *cursor;  /* owned */
	char *message; /* SYSLOG_LINE_MAX + 1 */
	size_t message_n;
	bool has_message, cut;
	char *raw; /* SYSLOG_LINE_MAX + 1024 */
};

static const struct field {
	const char *name;
	size_t at, size;
} fields[] = {
#define FIELD_OF(name, member)                                                                    \
	{                                                                                         \
		name "=", offsetof(struct journal, member), sizeof(((struct journal *)0)->member) \
	}
	FIELD_OF("SYSLOG_IDENTIFIER", ident),
	FIELD_OF("_COMM", comm),
	FIELD_OF("_HOSTNAME", host),
	FIELD_OF("_MACHINE_ID", machine),
	FIELD_OF("_PID", from),
	FIELD_OF("_TRANSPORT", transport),
	FIELD_OF("_SOURCE_REALTIME_TIMESTAMP", source_time),
	FIELD_OF("PRIORITY", priority),
#undef FIELD_OF
};

/* To where reading begins when no cursor helps. */
static int seek_backlog(struct journal *journal)
{
	usec_t from = clock_now() - journal->backlog;

	return from > 0 ? sd_journal_seek_realtime_usec(journal->j, (uint64_t)from) : sd_journal_seek_head(journal->j);
}

/*
 * Behind @cursor.  When its entry is gone (vacuumed, or of another machine) we stand on the next one, which is unread; when
 * the cursor is none at all, reading begins as the first time.  Both are gaps.
 */
static int seek_cursor(struct journal *journal, const char *cursor)
{
	int r = sd_journal_seek_cursor(journal->j, cursor);

	if (r < 0) {
		journal->gap = "cursor_invalid";
		return seek_backlog(journal);
	}
	r = sd_journal_next(journal->j);
	if (r < 0)
		return r;
	if (r > 0 && sd_journal_test_cursor(journal->j, cursor) > 0)
		return 0;
	journal->unread = r > 0;
	journal->gap = "cursor_gone";
	return 0;
}

static int reopen(struct journal *journal)
{
	struct epoll_event event = { .events = EPOLLIN };
	int r;

	sd_journal_close(journal->j);
	journal->j = NULL;
	journal->unread = false;
	if (*journal->directory)
		r = sd_journal_open_directory(&journal->j, journal->directory, 0);
	else
		r = sd_journal_open(&journal->j, SD_JOURNAL_LOCAL_ONLY);
	if (r < 0)
		return r;
	/* The descriptor is asked for at once, or files that are deleted later stay open. */
	r = sd_journal_get_fd(journal->j);
	if (r >= 0)
		r = epoll_ctl(journal->epoll, EPOLL_CTL_ADD, r, &event) < 0 ? -errno : 0;
	if (r < 0)
		return r;
	sd_journal_set_data_threshold(journal->j, SYSLOG_LINE_MAX + 64);
	return journal->last ? seek_cursor(journal, journal->last) : seek_backlog(journal);
}

static int journal_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct journal *journal = state;
	int r;

	journal->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (journal->epoll < 0)
		return diag_set(diag, -errno, "journal: epoll_create1: %s", strerror(errno));
	journal->directory = setting(set, "directory");
	journal->backlog = setting_span(set, "backlog");
	snprintf(journal->pid, sizeof(journal->pid), "%d", (int)getpid());
	journal->message = malloc(SYSLOG_LINE_MAX + 1);
	journal->raw = malloc(SYSLOG_LINE_MAX + 1024);
	if (cursor.n > 0)
		journal->last = str_dup(cursor);
	if (!journal->message || !journal->raw || (cursor.n > 0 && !journal->last))
		return diag_set(diag, -ENOMEM, "journal: no memory");
	r = journal_where(journal->directory, diag);
	if (r < 0)
		return r;
	r = reopen(journal);
	if (r < 0)
		return diag_set(diag, r, "journal: cannot be opened: %s", strerror(-r));
	return 0;
}

static int journal_fd(void *state)
{
	return ((struct journal *)state)->epoll;
}

static void field_take(struct journal *journal, const char *data, size_t n)
{
	if (n >= 8 && !memcmp(data, "MESSAGE=", 8)) {
		if (journal->has_message) /* a second one: who writes it may want to hide the first */
			return;
		journal->has_message = true;
		journal->cut = n - 8 > SYSLOG_LINE_MAX;
		journal->message_n = journal->cut ? SYSLOG_LINE_MAX : n - 8;
		memcpy(journal->message, data + 8, journal->message_n);
		return;
	}
	if (data[0] != '_' && data[0] != 'S' && data[0] != 'P')
		return;
	for (size_t i = 0; i < COUNT(fields); i++) {
		size_t name = strlen(fields[i].name);
		char *to = (char *)journal + fields[i].at;

		if (n < name || memcmp(data, fields[i].name, name) != 0)
			continue;
		if (!to[0])
			str_copy(to, fields[i].size, (struct str){ data + name, n - name });
		return;
	}
}

/* 1; 0 when the entry has no message or is one of our own; negative when it cannot be read. */
static int entry_read(struct journal *journal)
{
	const void *data;
	size_t n;
	int r;

	for (size_t i = 0; i < COUNT(fields); i++)
		((char *)journal)[fields[i].at] = '\0';
	journal->has_message = journal->cut = false;
	free(journal->cursor);
	journal->cursor = NULL;
	r = sd_journal_get_cursor(journal->j, &journal->cursor);
	if (r >= 0)
		r = sd_journal_get_realtime_usec(journal->j, &journal->realtime);
	if (r < 0)
		return r;
	sd_journal_restart_data(journal->j);
	while ((r = sd_journal_enumerate_available_data(journal->j, &data, &n)) > 0)
		field_take(journal, data, n);
	if (r < 0)
		return r;
	/* What we say ourselves must not come back to us; somebody else's line with our name is read. */
	if (!strcmp(journal->from, journal->pid) ||
	    (!strcmp(journal->ident, "tenkend") && (!journal->comm[0] || !strcmp(journal->comm, "tenkend"))))
		return 0;
	return journal->has_message;
}

static usec_t time_of(const char *text)
{
	int64_t value;

	return str_int(str_of(text), &value) && value > 0 ? value : 0;
}

static struct str program_of(const struct journal *journal)
{
	struct str program = str_of(journal->ident[0] ? journal->ident : journal->comm);

	if (!strcmp(journal->transport, "kernel"))
		return STR("kernel");
	while (program.n > 0 && program.p[0] == '@') /* ours alone */
		program = str_from(program, 1);
	return program;
}

/* Hands the entry on that was read.  Negative: the sink did not take it. */
static int entry_put(struct journal *journal, struct sink *out)
{
	struct str program = program_of(journal), text = { journal->message, journal->message_n };
	usec_t now = clock_now(), at = time_of(journal->source_time), realtime = (usec_t)journal->realtime;
	int64_t level = -1;
	int n, r;

	str_int(str_of(journal->priority), &level);
	n = snprintf(journal->raw, 1024, "%s " STR_FMT "%s%s%s: ", journal->host, STR_ARG(program),
		     journal->from[0] ? "[" : "", journal->from, journal->from[0] ? "]" : "");
	memcpy(journal->raw + n, text.p, text.n);
	r = sink_put(out, &(struct record){
				  .collector = STR("journal"),
				  .at = at ? at : realtime,
				  /* The journal has received it then; what is read late is not new. */
				  .received = realtime < now ? realtime : now,
				  .peer = str_of(journal->machine),
				  .identity = str_of(journal->machine),
				  .host = str_of(journal->host),
				  .program = program,
				  .text = text,
				  .raw = { journal->raw, (size_t)n + text.n },
				  .cursor = str_of(journal->cursor),
				  .priority = level >= 0 && level < 8 ? 8 + (int)level : -1,
				  .flags = RECORD_TRUSTED | (journal->cut ? RECORD_CUT : 0),
			  });
	if (r < 0)
		return r;
	free(journal->last);
	journal->last = TAKE(journal->cursor);
	journal->stats.received++;
	journal->stats.cut += journal->cut;
	return 0;
}

/* Says that entries may be missing, between the last one we had and the one we stand on. */
static int gap_put(struct journal *journal, struct sink *out, struct diag *diag)
{
	_cleanup_(line_free) struct line line = { 0 };
	int r;

	if (!journal->gap)
		return 0;
	line_add(&line, "dropped", STR("unknown"));
	line_add(&line, "reason", str_of(journal->gap));
	line_add(&line, "cursor", str_of(journal->last));
	if (line.failed)
		return -ENOMEM;
	r = sink_put(out, &(struct record){
				  .collector = STR("journal"),
				  .program = STR("@journal"),
				  .received = clock_now(),
				  .text = line_str(&line),
				  .raw = line_str(&line),
				  .priority = -1,
			  });
	if (r < 0)
		return r;
	diag_set(diag, 0, "journal: the place where reading stopped is not there any more (%s): entries may be missing",
		 journal->gap);
	journal->gap = NULL;
	return 0;
}

/* Entries taken; negative: an error of the library, or of the sink with @ret_sink. */
static int take(struct journal *journal, struct sink *out, bool *ret_sink)
{
	int taken = 0, r;

	while (taken < TAKE_MAX) {
		r = journal->unread ? 1 : sd_journal_next(journal->j);
		if (r <= 0)
			return r < 0 ? r : taken;
		journal->unread = true;
		r = entry_read(journal);
		if (r < 0)
			journal->stats.malformed++; /* this one cannot be read; the next may */
		r = r > 0 ? entry_put(journal, out) : 0;
		if (r < 0) {
			*ret_sink = true;
			return r;
		}
		journal->unread = false;
		taken++;
	}
	return taken;
}

static int journal_collect(void *state, struct sink *out, struct diag *diag)
{
	struct journal *journal = state;
	usec_t now = clock_monotonic();
	bool sink = false;
	int r;

	if (!journal->j) {
		if (now < journal->reopen_at)
			return -EAGAIN;
		r = reopen(journal);
		journal->reopen_at = now + REOPEN;
		if (r < 0)
			return diag_set(diag, r, "journal: cannot be opened again: %s", strerror(-r));
	}
	r = gap_put(journal, out, diag);
	if (r < 0)
		return r;
	r = sd_journal_process(journal->j);
	if (r >= 0)
		r = take(journal, out, &sink);
	if (r >= 0)
		return r == TAKE_MAX ? 1 : -EAGAIN;
	if (sink)
		return r;
	/* Files vanished or broke under us: begin again at the last entry we had, but not all the time. */
	sd_journal_close(journal->j);
	journal->j = NULL;
	journal->unread = false;
	journal->reopen_at = now + REOPEN;
	return diag_set(diag, 0, "journal: reading failed (%s); it is opened again in a few seconds", strerror(-r));
}

static void journal_close(void *state)
{
	struct journal *journal = state;

	sd_journal_close(journal->j);
	if (journal->epoll >= 0)
		close(journal->epoll);
	free(journal->last);
	free(journal->cursor);
	free(journal->message);
	free(journal->raw);
	journal->j = NULL;
	journal->epoll = -1;
	journal->last = journal->cursor = journal->message = journal->raw = NULL;
}

static void journal_stats(void *state, struct collector_stats *ret)
{
	*ret = ((struct journal *)state)->stats;
}

const struct collector collector_journal = {
	.name = "journal",
	.summary = "the systemd journal of this machine or of a folder",
	.settings = journal_settings,
	.state_size = sizeof(struct journal),
	.interval = SECONDS(1),
	.open = journal_open,
	.fd = journal_fd,
	.collect = journal_collect,
	.close = journal_close,
	.stats = journal_stats,
};

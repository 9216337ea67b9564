/*
 * A command of the site's own.  No shell: argv is made of the list in the configuration, a {name} within one element becomes
 * text within that element, and the whole message comes on standard input.  It has a time limit, and ends with all it started.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "core/clock.h"
#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/channel.h"
#include "daemon/alerts/letter.h"

#define ARGS_MOST 32
#define ARG_MOST 4096
#define SAID_MOST 200

static const char *command_check(const struct settings *own, struct diag *diag)
{
	struct str rest = str_of(setting(own, "argv"));
	size_t n = 0;

	if (rest.n == 0 || rest.p[0] != '/') {
		diag_say(diag, "expected a list that begins with the absolute path of a program");
		return "argv";
	}
	for (; rest.n > 0; n++)
		str_cut(&rest, '\n');
	if (n > ARGS_MOST) {
		diag_say(diag, "expected at most %d elements", ARGS_MOST);
		return "argv";
	}
	return NULL;
}

/* What others chose may not look like an option. */
static char *argument(struct str template, const char *const *pairs)
{
	char *buf = malloc(ARG_MOST + 1), *clean = malloc(ARG_MOST);
	_free_ char *text = str_dup(template);

	if (!buf || !clean || !text) {
		free(buf);
		free(clean);
		return NULL;
	}
	text_fill(clean, ARG_MOST, text, pairs);
	if (text[0] == '{' && clean[0] == '-')
		snprintf(buf, ARG_MOST + 1, " %s", clean);
	else
		snprintf(buf, ARG_MOST + 1, "%s", clean);
	free(clean);
	return buf;
}

static int arguments(const struct sender *sender, const json_t *doc, char *argv[static ARGS_MOST + 1])
{
	const json_t *check = json_array_get(json_object_get(doc, "checks"), 0),
		     *row = json_array_get(json_object_get(check, "rows"), 0);
	struct str rest = str_of(setting(sender->own, "argv"));
	char place[600], reason[2000], at[WHEN_MAX];
	struct letter letter;
	size_t n = 0;
	int r = letter_write(doc, letter_language(setting(sender->common, "language")), &letter);

	if (r < 0)
		return r;
	while (rest.n > 0 && n < ARGS_MOST) {
		argv[n] = argument(
			str_cut(&rest, '\n'),
			(const char *[]){
				"id",       doc_text(doc, "id"),
				"kind",     doc_text(doc, "kind"),
				"severity", doc_text(doc, "severity"),
				"title",    letter.subject,
				"site",     doc_text(json_object_get(doc, "site"), "id"),
				"check",    doc_text(check, "id"),
				"resource", clean_text(doc_text(row, "resource"), place, sizeof(place)),
				"status",   doc_text(row, "status"),
				"reason",   clean_text(doc_both(row, "reason", false), reason, sizeof(reason)),
				"time",     doc_time(doc, "at", at),
				NULL });
		if (!argv[n])
			r = -ENOMEM;
		else
			n++;
	}
	argv[n] = NULL;
	letter_end(&letter);
	return r;
}

/* Starts it in a group of its own, with nothing of ours open but three pipes' ends. */
static int start(char *const argv[], int in, int out, pid_t *ret)
{
	static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, in, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 2);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	r = -posix_spawn(ret, argv[0], &actions, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return r;
}

struct run {
	pid_t pid;
	int in, err; /* its standard input, and what it says to its standard error; -1: closed */
	struct str rest;
	char said[SAID_MOST];
	size_t n;
};

static void run_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void run_write(struct run *run)
{
	ssize_t n = write(run->in, run->rest.p, run->rest.n);

	if (n > 0)
		run->rest = str_from(run->rest, (size_t)n);
	if (run->rest.n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		run_close(&run->in);
}

/* Keeps the beginning, throws the rest away: it may say as much as it likes. */
static void run_read(struct run *run)
{
	char buf[4096];
	ssize_t n = read(run->err, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		run_close(&run->err);
	for (ssize_t i = 0; i < n && run->n + 1 < sizeof(run->said); i++)
		run->said[run->n++] = buf[i];
}

/* 1: it ended, with @ret_status; 0: its time is up or the sender is to stop. */
static int run_watch(struct run *run, struct sender *sender, usec_t until, int *ret_status)
{
	while (!sender->stop && clock_monotonic() < until) {
		struct pollfd fds[2] = { { .fd = run->in, .events = POLLOUT }, { .fd = run->err, .events = POLLIN } };

		if (poll(fds, 2, 50) > 0) {
			if (run->in >= 0 && fds[0].revents)
				run_write(run);
			if (run->err >= 0 && fds[1].revents)
				run_read(run);
		}
		if (waitpid(run->pid, ret_status, WNOHANG) == run->pid)
			return 1;
	}
	return 0;
}

static void run_outcome(const struct run *run, int status, struct outcome *ret)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		ret->kind = OUTCOME_SENT;
	else if (WIFEXITED(status))
		outcome_set(ret, OUTCOME_LATER, "exit code %d: %s", WEXITSTATUS(status), run->said);
	else
		outcome_set(ret, OUTCOME_LATER, "ended by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void command_run(struct sender *sender, char *const argv[], const char *text, struct outcome *ret)
{
	usec_t until = clock_monotonic() + setting_span(sender->own, "timeout");
	struct run run = { .in = -1, .err = -1, .rest = str_of(text) };
	int in[2] = { -1, -1 }, err[2] = { -1, -1 }, status = 0, r;

	r = pipe2(in, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 ? -errno : 0;
	if (r == 0)
		r = start(argv, in[0], err[1], &run.pid);
	run_close(&in[0]);
	run_close(&err[1]);
	run.in = in[1];
	run.err = err[0];
	if (r < 0) {
		outcome_set(ret, OUTCOME_RETRY, "it cannot be started: %s", strerror(-r));
	} else {
		fcntl(run.in, F_SETFL, O_NONBLOCK);
		fcntl(run.err, F_SETFL, O_NONBLOCK);
		if (run_watch(&run, sender, until, &status)) {
			run_outcome(&run, status, ret);
		} else {
			if (sender->stop)
				ret->kind = OUTCOME_STOPPED;
			else
				outcome_set(ret, OUTCOME_LATER, "it did not end in time");
			kill(-run.pid, SIGKILL);
			waitpid(run.pid, &status, 0);
		}
	}
	run_close(&run.in);
	run_close(&run.err);
}

static void command_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	json_t *data = letter_data(doc);
	_free_ char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;
	char *argv[ARGS_MOST + 1] = { NULL };

	json_decref(data);
	if (!text || arguments(sender, doc, argv) < 0)
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
	else
		command_run(sender, argv, text, ret);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
}

static const struct setting_def command_settings[] = {
	{ "argv", SETTING_LIST, "",
	  "Program and arguments, without a shell; {id} {kind} {severity} {title} {site} {check} {resource} {status} {reason}"
	  " {time} within them are filled in.  The whole message comes as JSON on its standard input." },
	{ "timeout", SETTING_SPAN, "30s", "Longest time; then it is ended, with all that it started." },
	{ NULL },
};

const struct channel_type channel_command = {
	.name = "command",
	.summary = "a program of the site's own, without a shell",
	.settings = command_settings,
	.needs = "argv",
	.check = command_check,
	.send = command_send,
};

/*
 * Local accounts: one row for each line of passwd, with what shadow, group and the login records say of it.  The files are
 * replaced, not changed, so their folders are watched; every hour they are read again for the last logins.  A shadow file that
 * cannot be read makes passwords "unknown", never "none".
 */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <sys/stat.h>

#include "collectors/collector.h"
#include "collectors/logins.h"
#include "collectors/watch.h"
#include "core/clock.h"
#include "core/line.h"
#include "core/text.h"
#include "core/when.h"

#define SETTLE MSEC(200) /* useradd writes passwd, shadow and group one after the other */
#define AGAIN HOURS(1)
#define USER_MAX 64

static const struct setting_def accounts_settings[] = {
	{ "passwd", SETTING_PATH, "/etc/passwd", "The accounts." },
	{ "shadow", SETTING_PATH, "/etc/shadow", "Their passwords; only whether there is one is read." },
	{ "group", SETTING_PATH, "/etc/group", "Groups, for who is an administrator." },
	{ "lastlog", SETTING_PATH, "/var/log/lastlog", "Last logins by uid; empty is none." },
	{ "wtmp", SETTING_PATH, "/var/log/wtmp", "Logins by name; empty is none." },
	{ "host", SETTING_TEXT, "", "Name of the machine; empty is its own." },
	{ "uid_min", SETTING_NUMBER, "1000", "From this uid on accounts are people's." },
	{ NULL },
};

struct stamp {
	struct timespec changed[2];
	off_t size;
	ino_t inode;
	int error;
};

struct secret {
	char user[USER_MAX];
	const char *password;
	long expires; /* day number, -1: never */
};

struct accounts {
	const char *passwd, *shadow, *group, *lastlog, *wtmp;
	char host[256];
	uint32_t uid_min;
	struct watch watch;
	struct stamp stamps[3]; /* passwd, shadow, group */
	usec_t since;           /* monotonic: since when they have looked like this */
	usec_t told_at;         /* monotonic; 0: not told as they are now */
	bool started, shadow_told;
	struct logins logins;

	/* While the set is told. */
	struct secret *secrets; /* owned, sorted */
	size_t n_secrets;
	char admins[64 * 1024]; /* names with LF around each: "\nroot\nyamada\n" */
	uint32_t admin_gids[8];
	size_t n_admin_gids;
	struct line line;
};

static int accounts_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct accounts *acc = state;
	int64_t uid_min = setting_number(set, "uid_min");
	int r = watch_open(&acc->watch);

	if (r < 0)
		return diag_set(diag, r, "accounts: the files cannot be watched: %s", strerror(-r));
	acc->passwd = setting(set, "passwd");
	acc->shadow = setting(set, "shadow");
	acc->group = setting(set, "group");
	acc->lastlog = setting(set, "lastlog");
	acc->wtmp = setting(set, "wtmp");
	acc->uid_min = uid_min > 0 && uid_min < UINT32_MAX ? (uint32_t)uid_min : 1000;
	str_copy(acc->host, sizeof(acc->host), str_of(setting(set, "host")));
	if (!acc->host[0] && gethostname(acc->host, sizeof(acc->host) - 1) < 0)
		return diag_set(diag, -errno, "accounts: the machine has no name: %s", strerror(errno));
	if (access(acc->passwd, R_OK) < 0)
		return diag_set(diag, -errno, "accounts: %s: %s; change collectors.accounts.passwd", acc->passwd,
				strerror(errno));
	return 0;
}

static int accounts_fd(void *state)
{
	return ((struct accounts *)state)->watch.epoll;
}

static void watch_file(struct accounts *acc, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];

	str_copy(folder, sizeof(folder), slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR("."));
	watch_folder(&acc->watch, folder);
}

static struct stamp stamp_of(const char *path)
{
	struct stat st = { 0 };
	struct stamp stamp;

	memset(&stamp, 0, sizeof(stamp));
	if (stat(path, &st) < 0) {
		stamp.error = errno;
		return stamp;
	}
	stamp.changed[0] = st.st_mtim;
	stamp.changed[1] = st.st_ctim;
	stamp.size = st.st_size;
	stamp.inode = st.st_ino;
	return stamp;
}

/* True when any of the three files is not as it was. */
static bool look(struct accounts *acc)
{
	const char *paths[] = { acc->passwd, acc->shadow, acc->group };
	bool changed = false;

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct stamp stamp = stamp_of(paths[i]);

		watch_file(acc, paths[i]);
		changed |= memcmp(&stamp, &acc->stamps[i], sizeof(stamp)) != 0;
		acc->stamps[i] = stamp;
	}
	return changed;
}

/* What stands in the password field; "x" in passwd means that shadow has it. */
static const char *password_state(const char *field)
{
	return !field || !*field ? "empty" : *field == '!' ? "locked" : *field == '*' ? "none" : "set";
}

static int secret_compare(const void *a, const void *b)
{
	return strcmp(((const struct secret *)a)->user, ((const struct secret *)b)->user);
}

/* 0; -errno when shadow cannot be read. */
static int shadow_read(struct accounts *acc)
{
	_fclose_ FILE *file = fopen(acc->shadow, "re");
	size_t size = 0;
	struct spwd *sp;

	if (!file)
		return -errno;
	while ((sp = fgetspent(file))) {
		struct secret *secret;

		if (acc->n_secrets == size) {
			size = size ? size * 2 : 64;
			secret = realloc(acc->secrets, size * sizeof(*secret));
			if (!secret)
				return -ENOMEM;
			acc->secrets = secret;
		}
		secret = &acc->secrets[acc->n_secrets++];
		str_copy(secret->user, sizeof(secret->user), str_of(sp->sp_namp));
		secret->password = password_state(sp->sp_pwdp);
		secret->expires = sp->sp_expire;
		explicit_bzero(sp->sp_pwdp, strlen(sp->sp_pwdp));
	}
	if (ferror(file))
		return -EIO;
	if (acc->n_secrets > 0)
		qsort(acc->secrets, acc->n_secrets, sizeof(*acc->secrets), secret_compare);
	return 0;
}

static void admin_add(struct accounts *acc, const char *user)
{
	size_t n = strlen(acc->admins);

	snprintf(acc->admins + n, sizeof(acc->admins) - n, "%s%s\n", n == 0 ? "\n" : "", user);
}

static void group_read(struct accounts *acc)
{
	static const char *const groups[] = { "sudo", "wheel", "admin", "adm" };
	_fclose_ FILE *file = fopen(acc->group, "re");
	struct group *gr;

	acc->admins[0] = '\0';
	acc->n_admin_gids = 0;
	while (file && (gr = fgetgrent(file))) {
		for (size_t i = 0; i < COUNT(groups); i++) {
			if (strcmp(gr->gr_name, groups[i]) != 0)
				continue;
			if (acc->n_admin_gids < COUNT(acc->admin_gids))
				acc->admin_gids[acc->n_admin_gids++] = gr->gr_gid;
			for (char **user = gr->gr_mem; *user; user++)
				admin_add(acc, *user);
		}
	}
}

static bool is_admin(const struct accounts *acc, const struct passwd *pw)
{
	char name[USER_MAX + 2];

	if (pw->pw_uid == 0)
		return true;
	for (size_t i = 0; i < acc->n_admin_gids; i++)
		if (acc->admin_gids[i] == pw->pw_gid)
			return true;
	snprintf(name, sizeof(name), "\n%s\n", pw->pw_name);
	return strstr(acc->admins, name) != NULL;
}

static bool is_login_shell(const char *shell)
{
	static const char *const none[] = { "nologin", "false", "true", "sync", "halt", "shutdown" };
	const char *slash = shell ? strrchr(shell, '/') : NULL, *name = slash ? slash + 1 : shell;

	for (size_t i = 0; name && i < COUNT(none); i++)
		if (!strcmp(name, none[i]))
			return false;
	return true; /* an empty one is /bin/sh */
}

static int row_put(struct accounts *acc, const struct passwd *pw, bool shadow, FILE *lastlog, struct str program,
		   struct sink *out)
{
	struct secret key = { 0 }, *secret;
	const char *password = password_state(pw->pw_passwd);
	bool shell = is_login_shell(pw->pw_shell), expired = false;
	char expires[WHEN_MAX] = "";
	usec_t last = logins_last(&acc->logins, pw->pw_name, lastlog, pw->pw_uid);

	str_copy(key.user, sizeof(key.user), str_of(pw->pw_name));
	secret = acc->n_secrets ? bsearch(&key, acc->secrets, acc->n_secrets, sizeof(*acc->secrets), secret_compare)
				: NULL;
	if (!strcmp(pw->pw_passwd, "x"))
		password = secret ? secret->password : shadow ? "none" : "unknown";
	if (secret && secret->expires >= 0) {
		when_format_day(expires, secret->expires);
		expired = secret->expires <= when_day_of(clock_now());
	}
	line_reset(&acc->line);
	line_add(&acc->line, "user", str_of(pw->pw_name));
	line_addf(&acc->line, "uid", "%u", pw->pw_uid);
	line_add(&acc->line, "name", str_of(pw->pw_gecos));
	line_add(&acc->line, "shell", str_of(pw->pw_shell));
	line_add(&acc->line, "password", str_of(password));
	line_addf(&acc->line, "enabled", "%d", shell && !expired && strcmp(password, "locked") != 0);
	line_addf(&acc->line, "login", "%d", shell && (pw->pw_uid == 0 || pw->pw_uid >= acc->uid_min));
	line_addf(&acc->line, "admin", "%d", is_admin(acc, pw));
	line_add(&acc->line, "expires", str_of(expires));
	line_addf(&acc->line, "last_login", "%lld", (long long)last);
	if (acc->line.failed)
		return -ENOMEM;
	return sink_put(out, &(struct record){
				     .collector = STR("accounts"),
				     .received = clock_now(),
				     .host = str_of(acc->host),
				     .program = program,
				     .text = line_str(&acc->line),
				     .raw = line_str(&acc->line),
				     .priority = -1,
				     .flags = RECORD_TRUSTED,
			     });
}

/* All rows.  Negative: the sink took no more, or @ret_error (errno) says why passwd cannot be read. */
static int rows_put(struct accounts *acc, bool shadow, struct str program, struct sink *out, int *ret_error)
{
	_fclose_ FILE *passwd = fopen(acc->passwd, "re"), *lastlog = *acc->lastlog ? fopen(acc->lastlog, "re") : NULL;
	struct passwd *pw;

	if (!passwd) {
		*ret_error = errno;
		return 0;
	}
	while ((pw = fgetpwent(passwd))) {
		int r;

		if (pw->pw_name[0] == '+' || pw->pw_name[0] == '-') /* asks a directory service */
			continue;
		r = row_put(acc, pw, shadow, lastlog, program, out);
		if (r < 0)
			return r;
	}
	*ret_error = ferror(passwd) ? EIO : 0;
	return 0;
}

static int set_end(struct accounts *acc, struct str set, int error, struct sink *out)
{
	const char *const pairs[] = { "file", acc->passwd, "error", strerror(error), NULL };
	struct set_end end = { .state = error ? SET_REFUSED : SET_OK, .origin = str_of(acc->passwd) };
	char ja[512], en[512];

	if (error) {
		end.error_ja = str_of(text_fill(ja, sizeof(ja), text_ja(TEXT_accounts_unreadable), pairs));
		end.error_en = str_of(text_fill(en, sizeof(en), text_en(TEXT_accounts_unreadable), pairs));
	}
	return sink_end(out, set, &end);
}

static int tell(struct accounts *acc, struct sink *out, struct diag *diag)
{
	char set[300];
	struct str program = { set, 0 };
	int shadow, error = 0, r;

	snprintf(set, sizeof(set), "@accounts:%s", acc->host);
	program = str_of(set);
	shadow = shadow_read(acc);
	if (shadow < 0 && !acc->shadow_told)
		diag_set(diag, 0, "accounts: %s: %s; passwords are unknown (add the daemon's user to the group shadow)",
			 acc->shadow, strerror(-shadow));
	acc->shadow_told = shadow < 0;
	group_read(acc);
	logins_read(&acc->logins, acc->wtmp);
	r = sink_begin(out, str_from(program, 1));
	if (r >= 0)
		r = rows_put(acc, shadow == 0, program, out, &error);
	if (r >= 0)
		r = set_end(acc, str_from(program, 1), error, out);
	free(acc->secrets);
	acc->secrets = NULL;
	acc->n_secrets = 0;
	return r;
}

static int accounts_collect(void *state, struct sink *out, struct diag *diag)
{
	struct accounts *acc = state;
	usec_t now = clock_monotonic();
	int r;

	watch_drain(&acc->watch);
	if (look(acc)) {
		acc->since = acc->started ? now : now - SETTLE;
		acc->told_at = 0;
	}
	acc->started = true;
	if (acc->told_at && now - acc->told_at < AGAIN)
		return -EAGAIN;
	if (now - acc->since < SETTLE) {
		watch_wake(&acc->watch, acc->since + SETTLE - now);
		return -EAGAIN;
	}
	r = tell(acc, out, diag);
	if (r < 0)
		return r;
	acc->told_at = now;
	return -EAGAIN;
}

static void accounts_close(void *state)
{
	struct accounts *acc = state;

	watch_close(&acc->watch);
	logins_free(&acc->logins);
	line_free(&acc->line);
	free(acc->secrets);
	acc->secrets = NULL;
}

const struct collector collector_accounts = {
	.name = "accounts",
	.summary = "local accounts, what their passwords allow and when they were last used",
	.settings = accounts_settings,
	.state_size = sizeof(struct accounts),
	.interval = MINUTES(1),
	.open = accounts_open,
	.fd = accounts_fd,
	.collect = accounts_collect,
	.close = accounts_close,
};

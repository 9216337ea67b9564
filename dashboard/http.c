#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "core/str.h"
#include "dashboard/access.h"
#include "dashboard/forecast.h"
#include "dashboard/verifying.h"
#include "dashboard/write.h"

#define BACKLOG 128

struct http *http_ref(struct http *http)
{
	http->refs++;
	return http;
}

void http_unref(struct http *http)
{
	if (!http || --http->refs > 0)
		return;

	summary_free(&http->summary);
	foretelling_free(http->foretelling);
	staging_free(http->staging);
	verifying_free(http->verifying);
	free(http->status_body);
	free(http->socket_path);
	tls_free(http->tls);
	tls_free(http->tls_next);
	free(http);
}

/* "127.0.0.1:8080", "[::1]:8080" or "localhost:8080".  No other name: a resolver may say anything. */
static int address_read(const char *listen_on, struct addrinfo **ret, struct diag *diag)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(listen_on, ':');
	char host[256];
	struct str name;

	if (!colon)
		return diag_set(diag, -EINVAL, "http.listen: \"%s\" has no port; write \"127.0.0.1:8080\"", listen_on);
	name = (struct str){ listen_on, (size_t)(colon - listen_on) };
	if (str_starts(name, STR("[")) && str_ends(name, STR("]")))
		name = (struct str){ name.p + 1, name.n - 2 };
	if (str_ieq(name, STR("localhost")))
		name = STR("127.0.0.1");
	str_copy(host, sizeof(host), name);
	if (getaddrinfo(host, colon + 1, &hints, ret) != 0)
		return diag_set(diag, -EINVAL, "http.listen: \"%s\" is no address; write \"127.0.0.1:8080\"",
				listen_on);
	return 0;
}

static int tcp_open(struct http *http, const char *listen_on, struct diag *diag)
{
	struct addrinfo *address = NULL;
	int fd, on = 1, r;

	r = address_read(listen_on, &address, diag);
	if (r < 0)
		return r;
	r = http_reachable(http, address->ai_addr, listen_on, diag);
	if (r < 0) {
		freeaddrinfo(address);
		return r;
	}

	fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	r = fd < 0 || bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0 ? -errno : 0;
	freeaddrinfo(address);
	if (r < 0) {
		if (fd >= 0)
			close(fd);
		return diag_set(diag, r, "http.listen: %s: %s%s", listen_on, strerror(-r),
				r == -EADDRINUSE ? "; another program has this port: stop it or set http.listen" : "");
	}
	return server_listen(http->server, fd, SERVER_TCP, NULL);
}

/* A socket that nobody listens on any more is left over from a crash.  1: in use. */
static int socket_in_use(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN;
	close(fd);
	return r;
}

static int socket_bind(const struct sockaddr_un *address, gid_t group)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t mask;
	int r;

	if (fd < 0)
		return -errno;
	/* Nobody else gets in before group and mode are right. */
	mask = umask(0177);
	r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;
	umask(mask);
	if (r == 0 && group != (gid_t)-1 && chown(address->sun_path, (uid_t)-1, group) < 0 && errno != EPERM)
		r = -errno;
	if (r == 0 && (chmod(address->sun_path, 0660) < 0 || listen(fd, BACKLOG) < 0))
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static int unix_open(struct http *http, const char *path, gid_t group, struct diag *diag)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct str folder = str_of(path);
	char buf[sizeof(address.sun_path)];
	struct stat st;
	int fd, r;

	if (folder.n >= sizeof(address.sun_path))
		return diag_set(diag, -ENAMETOOLONG, "http.socket: %s: a socket's path has at most %zu bytes", path,
				sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, folder.n + 1);

	while (folder.n > 1 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (folder.n > 1)
		mkdir(str_copy(buf, sizeof(buf), str_first(folder, folder.n - 1)), 0755);

	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return diag_set(diag, -EEXIST, "http.socket: %s exists and is no socket; move it away", path);
		r = socket_in_use(&address);
		if (r != 0)
			return diag_set(diag, r < 0 ? r : -EADDRINUSE, "http.socket: %s: another tenkend listens there",
					path);
		unlink(path);
	}
	fd = socket_bind(&address, group);
	if (fd < 0)
		return diag_set(diag, fd, "http.socket: %s: %s", path, strerror(-fd));

	http->socket_path = strdup(path);
	return server_listen(http->server, fd, SERVER_UNIX, NULL);
}

static int timers_start(struct http *http)
{
	struct loop *loop = http->daemon->loop;
	int r;

	r = loop_timer(loop, SECONDS(15), true, stream_beat, http, &http->beat);
	if (r < 0)
		return r;
	return loop_timer(loop, SECONDS(1), true, summary_tick, http, &http->tick);
}

static void http_stopp(struct http **http)
{
	http_stop(*http);
}

int http_start(struct daemon *daemon, struct http **ret, struct diag *diag)
{
	_cleanup_(http_stopp) struct http *http = calloc(1, sizeof(*http));
	const struct config *config = daemon->config;
	struct group *group = getgrnam("tenken");
	gid_t gid = group ? group->gr_gid : (gid_t)-1;
	struct server_user user = {
		.handle = api_handle, .identify = access_identify, .admit = write_admit, .arg = http
	};
	int r;

	if (!http)
		return -ENOMEM;

	http->refs = 1;
	http->daemon = daemon;
	r = tokens_load(store_sqlite(daemon->store), &http->tokens);
	if (r < 0)
		return diag_set(diag, r, "the tokens cannot be read from the database");
	r = server_new(loop_base(daemon->loop), &server_limits_usual, gid, &user, &http->server);
	if (r < 0)
		return r;
	r = http_prepare(http, config, diag);
	if (r < 0)
		return r;
	http_take(http);
	r = http_first_token(http, diag);
	if (r < 0)
		return r;
	if (config->http_listen && config->http_listen[0]) {
		r = tcp_open(http, config->http_listen, diag);
		if (r < 0)
			return r;
	}
	if (config->http_socket && config->http_socket[0]) {
		r = unix_open(http, config->http_socket, gid, diag);
		if (r < 0)
			return r;
	}
	r = timers_start(http);
	if (r < 0)
		return r;

	judge_listen(daemon->judge, stream_change, http);
	summary_tick(http);
	*ret = TAKE(http);
	return 0;
}

void http_stop(struct http *http)
{
	if (!http)
		return;

	audit_flush(http, true);
	http->stopped = true;
	loop_drop(http->beat);
	loop_drop(http->tick);
	server_free(http->server);
	http->server = NULL;
	if (http->socket_path)
		unlink(http->socket_path);
	http_unref(http);
}

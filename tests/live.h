/* The endpoint over a real store, worker and judge, its loop in a thread of its own; for tests that ask it over its sockets. */
#pragma once

#include <jansson.h>
#include <sys/stat.h>

#include "collectors/collector.h"
#include "dashboard/http.h"
#include "tests/http_server.h"
#include "tests/site.h"

static struct {
	struct site site;
	struct daemon daemon;
	struct pipeline_stats stats;
	struct loop_source *waker;
	pthread_t thread;
	void (*task)(void);
	_Atomic int done;
	char socket[128], listen[32];
	int port;
} live;

/* Instead of the ingest thread. */
const struct pipeline_stats *daemon_ingest_stats(const struct daemon *daemon)
{
	return &live.stats;
}

void daemon_collector_stats(const struct daemon *daemon, size_t i, struct collector_stats *ret)
{
	ret->received = 5;
}

static inline void task_run(void *arg)
{
	if (live.task)
		live.task();
	live.task = NULL;
	live.done = 1;
}

static inline void in_loop(void (*task)(void))
{
	live.done = 0;
	live.task = task;
	loop_wake(live.waker);
	while (!live.done)
		poll(NULL, 0, 1);
}

static inline int unix_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, live.socket, strlen(live.socket) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Sends one request; the status of the answer, its body in @ret_body, owned by the caller. */
static inline int send_to(bool local, const char *method, const char *path, const char *headers, const char *body,
			  char **ret_body)
{
	static char buf[1 << 20];
	char request[8192];
	int fd = local ? unix_connect() : port_connect(live.port, 0);
	int n = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n%s",
			 method, path, headers, body);
	const char *end;

	assert_true(fd >= 0 && n < (int)sizeof(request));
	say(fd, request, (size_t)n);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	close(fd);
	end = strstr(buf, "\r\n\r\n");
	assert_non_null(end);
	*ret_body = strdup(end + 4);
	return (int)strtol(buf + 9, NULL, 10);
}

static inline int ask(bool local, const char *path, char **ret_body)
{
	return send_to(local, "GET", path, "", "", ret_body);
}

/* Sends @body as JSON; @headers: further ones, each with its CRLF. */
static inline int put(bool local, const char *method, const char *path, const char *headers, const char *body,
		      char **ret_body)
{
	char all[1024];

	snprintf(all, sizeof(all), "Content-Type: application/json\r\nContent-Length: %zu\r\n%s", strlen(body),
		 headers);
	return send_to(local, method, path, all, body, ret_body);
}

/* Posts a body of any length as JSON. */
static inline int put_long(const char *path, const char *body, char **ret_body)
{
	char head[1024];
	size_t size = strlen(path) + strlen(body) + sizeof(head);
	_free_ char *request = malloc(size);
	static char buf[1 << 20];
	int fd = unix_connect();
	const char *end;

	assert_non_null(request);
	snprintf(request, size,
		 "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
		 "Content-Length: %zu\r\n\r\n%s",
		 path, strlen(body), body);
	say(fd, request, strlen(request));
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	close(fd);
	end = strstr(buf, "\r\n\r\n");
	assert_non_null(end);
	*ret_body = strdup(end + 4);
	return (int)strtol(buf + 9, NULL, 10);
}

static inline json_t *get_as(bool local, const char *path)
{
	_free_ char *body = NULL;
	json_error_t error;
	json_t *json;
	int status = ask(local, path, &body);

	if (status != 200)
		fail_msg("%s: %d %s", path, status, body);
	json = json_loads(body, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s: %s", path, error.text);
	return json;
}

static inline json_t *get(const char *path)
{
	return get_as(true, path);
}

/* Every key in @keys, separated by blanks, is in @json. */
static inline void has(const json_t *json, const char *keys)
{
	struct str rest = str_of(keys);
	char key[64];

	while (rest.n > 0) {
		str_copy(key, sizeof(key), str_cut(&rest, ' '));
		if (!json_object_get(json, key))
			fail_msg("no key \"%s\"", key);
	}
}

static inline const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "";
}

static inline json_t *find(const json_t *array, const char *key, const char *value)
{
	json_t *row;
	size_t i;

	json_array_foreach(array, i, row) if (strcmp(text_of(row, key), value) == 0) return row;
	fail_msg("nothing with %s = %s", key, value);
	return NULL;
}

static inline void *loop_thread(void *arg)
{
	loop_run(live.daemon.loop);
	return NULL;
}

/* @rules writes the rule files and loads them, @data what the database holds. */
static inline void live_open(void (*rules)(void), void (*data)(void))
{
	struct daemon *daemon = &live.daemon;
	struct diag diag = { { 0 } };
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	_free_ char *body = NULL;

	site_open(&live.site);
	rules();
	data();
	close(port_listen(&live.port));
	snprintf(live.socket, sizeof(live.socket), "%s/t.sock", live.site.place.dir.path);
	snprintf(live.listen, sizeof(live.listen), "127.0.0.1:%d", live.port);
	live.site.config.site_name = (char *)"点検病院";
	live.site.config.http_listen = live.listen;
	live.site.config.http_socket = live.socket;
	*daemon = (struct daemon){ .config = &live.site.config,
				   .rules = live.site.rules,
				   .store = live.site.place.service };
	if (loop_new(&daemon->loop) < 0 || loop_waker(daemon->loop, task_run, NULL, &live.waker) < 0 ||
	    worker_start(daemon->loop, live.site.place.dir.db, &daemon->worker, &diag) < 0 ||
	    judge_new(&live.site.config, daemon->rules, daemon->store, daemon->worker, daemon->loop, &daemon->judge,
		      &diag) < 0 ||
	    http_start(daemon, &daemon->http, &diag) < 0 || pthread_create(&live.thread, NULL, loop_thread, NULL) != 0)
		fail_msg("%s", diag.text);
	while (ask(true, "/readyz", &body) != 200 && clock_monotonic() < end) {
		free(body);
		body = NULL;
	}
}

static inline void live_close(void)
{
	struct stat st;

	loop_stop(live.daemon.loop);
	pthread_join(live.thread, NULL);
	worker_stop(live.daemon.worker);
	http_stop(live.daemon.http);
	assert_int_equal(stat(live.socket, &st), -1);
	judge_free(live.daemon.judge);
	loop_drop(live.waker);
	loop_free(live.daemon.loop);
	site_close(&live.site);
}

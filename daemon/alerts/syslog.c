/*
 * Syslog out, RFC 5424 over TCP (RFC 6587, octet counting) or TLS (RFC 5425): one line for each finding, for a SIEM.  TCP says
 * nothing of what arrived, so the end is waited for: a receiver that died resets the connection, and all is sent again.
 */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/alerts/letter.h"
#include "daemon/alerts/transfer.h"

#define FACILITY 16 /* local0 */
#define SD_ID "tenken@32473"

static bool scheme_of(const char *url, bool *ret_tls, struct str *ret_rest)
{
	struct str all = str_of(url);

	*ret_tls = str_istarts(all, STR("tls://"));
	if (!*ret_tls && !str_istarts(all, STR("tcp://")))
		return false;
	*ret_rest = str_from(all, 6);
	return ret_rest->n > 0 && str_index(*ret_rest, '/') < 0 && str_index(*ret_rest, '@') < 0;
}

static const char *syslog_check(const struct settings *own, struct diag *diag)
{
	struct str rest;
	bool tls;

	if (scheme_of(setting(own, "url"), &tls, &rest))
		return NULL;
	diag_say(diag, "expected tcp://HOST:PORT or tls://HOST:PORT");
	return "url";
}

static int level_of(const char *severity, bool bad)
{
	if (!bad)
		return 5;
	return !strcmp(severity, "critical") ? 2 : !strcmp(severity, "high") ? 3 : !strcmp(severity, "medium") ? 4 : 5;
}

static void put_param(FILE *out, const char *name, const char *value)
{
	char clean[600];

	if (!value[0])
		return;
	fprintf(out, " %s=\"", name);
	for (const char *p = clean_text(value, clean, sizeof(clean)); *p; p++) {
		if (strchr("\"\\]", *p))
			fputc('\\', out);
		fputc(*p, out);
	}
	fputc('"', out);
}

static void put_head(FILE *out, const json_t *doc, int level, usec_t at, const char *kind)
{
	char host[256] = "-", time[WHEN_MAX];

	if (gethostname(host, sizeof(host)) < 0 || !host[0])
		snprintf(host, sizeof(host), "-");
	host[sizeof(host) - 1] = '\0';
	for (char *p = host; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f)
			*p = '?';
	fprintf(out, "<%d>1 %s %s tenken %d %s [" SD_ID, FACILITY * 8 + level, when_format_usec(time, at), host,
		(int)getpid(), kind);
	put_param(out, "site", doc_text(json_object_get(doc, "site"), "id"));
	put_param(out, "message", doc_text(doc, "id"));
}

static void put_row(FILE *out, const json_t *doc, const json_t *check, const json_t *row, bool english)
{
	bool bad = json_is_true(json_object_get(row, "bad"));
	char since[WHEN_MAX], title[600], reason[2000];

	put_head(out, doc, level_of(doc_text(check, "severity"), bad), json_integer_value(json_object_get(row, "at")),
		 bad ? "alert" : "recovered");
	put_param(out, "id", doc_text(row, "alert_id"));
	put_param(out, "check", doc_text(check, "id"));
	put_param(out, "resource", doc_text(row, "resource"));
	put_param(out, "severity", doc_text(check, "severity"));
	put_param(out, "status", doc_text(row, "status"));
	put_param(out, "was", doc_text(row, "was"));
	put_param(out, "since", doc_time(row, "since", since));
	put_param(out, "item", doc_text(json_object_get(check, "item"), "id"));
	fprintf(out, "] \xef\xbb\xbf%s: %s", clean_text(doc_both(check, "title", english), title, sizeof(title)),
		clean_text(doc_both(row, "reason", english), reason, sizeof(reason)));
}

/* Octet counting: the length in bytes, a blank, the message. */
static void put_frame(FILE *out, char **line, size_t *n, FILE *from)
{
	fclose(from);
	if (*line)
		fprintf(out, "%zu %s", *n, *line);
	free(*line);
	*line = NULL;
}

static char *frames(const json_t *doc, bool english, size_t *ret_n)
{
	char *all = NULL, *line = NULL;
	FILE *out = open_memstream(&all, ret_n), *one;
	const json_t *check, *row;
	struct letter letter;
	size_t i, k, n;

	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_foreach(json_object_get(check, "rows"), k, row)
		{
			one = out ? open_memstream(&line, &n) : NULL;
			if (!one)
				continue;
			put_row(one, doc, check, row, english);
			put_frame(out, &line, &n, one);
		}
	}
	/* What the message says as a whole: counts of what is not listed, the first look, summaries. */
	one = out && letter_write(doc, english ? LETTER_EN : LETTER_JA, &letter) == 0 ? open_memstream(&line, &n)
										      : NULL;
	if (one) {
		put_head(one, doc, 6, json_integer_value(json_object_get(doc, "at")), doc_text(doc, "kind"));
		put_param(one, "code", doc_text(doc, "code"));
		fprintf(one, "] \xef\xbb\xbf%s", letter.subject);
		letter_end(&letter);
		put_frame(out, &line, &n, one);
	}
	if (out)
		fclose(out);
	return all;
}

/* 1 when @fd is ready, 0 when the time is up or the sender is to stop. */
static int wait_for(struct sender *sender, curl_socket_t fd, short what, usec_t until)
{
	while (!sender->stop && clock_monotonic() < until) {
		struct pollfd p = { .fd = fd, .events = what };

		if (poll(&p, 1, 100) > 0)
			return 1;
	}
	return 0;
}

static int send_all(struct sender *sender, CURL *easy, const char *p, size_t n, usec_t until)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
	while (n > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(easy, p, n, &sent);

		if (code == CURLE_AGAIN) {
			if (!wait_for(sender, fd, POLLOUT, until))
				return sender->stop ? -ECANCELED : -ETIMEDOUT;
			continue;
		}
		if (code != CURLE_OK)
			return -EPIPE;
		p += sent;
		n -= sent;
	}
	return 0;
}

/* The receiver closes after us when it has read all; one that is gone resets. */
static int end_seen(struct sender *sender, CURL *easy, usec_t until)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	char buf[512];

	curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD || shutdown(fd, SHUT_WR) < 0)
		return -EPIPE;
	while (wait_for(sender, fd, POLLIN, until)) {
		ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	/* It keeps the connection open; what was sent was taken at least by its machine. */
	return sender->stop ? -ECANCELED : 0;
}

static void failed(struct outcome *ret, int r)
{
	if (r == -ECANCELED)
		ret->kind = OUTCOME_STOPPED;
	else
		outcome_set(ret, OUTCOME_RETRY, "%s", strerror(-r));
}

static void syslog_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	bool english = letter_language(setting(sender->common, "language")) == LETTER_EN, tls;
	usec_t until = clock_monotonic() + setting_span(sender->own, "timeout");
	struct transfer transfer;
	_free_ char *text = NULL;
	struct str rest;
	char url[600];
	size_t n = 0;
	CURLcode code;
	int r;

	text = frames(doc, english, &n);
	if (!text || !scheme_of(setting(sender->own, "url"), &tls, &rest)) {
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
		return;
	}
	snprintf(url, sizeof(url), "%s://" STR_FMT, tls ? "https" : "http", STR_ARG(rest));
	if (transfer_open(&transfer, sender, url, "http,https") < 0) {
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
		return;
	}
	transfer.keep = true;
	/* Else the connection is closed as soon as it stands. */
	curl_easy_setopt(transfer.easy, CURLOPT_FORBID_REUSE, 0L);
	curl_easy_setopt(transfer.easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(transfer.easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	r = transfer_run(&transfer, sender, &code);
	if (r < 0) {
		failed(ret, r);
	} else if (code != CURLE_OK) {
		outcome_set(ret, OUTCOME_RETRY, "%s", curl_easy_strerror(code));
	} else {
		r = send_all(sender, transfer.easy, text, n, until);
		if (r == 0 && !tls)
			r = end_seen(sender, transfer.easy, clock_monotonic() + SECONDS(2));
		if (r == 0)
			ret->kind = OUTCOME_SENT;
		else
			failed(ret, r);
	}
	transfer_close(&transfer);
}

static const struct setting_def syslog_settings[] = {
	{ "url", SETTING_TEXT, "", "tcp://HOST:PORT or tls://HOST:PORT (6514 by custom)." },
	TRANSFER_SETTINGS,
	{ NULL },
};

const struct channel_type channel_syslog = {
	.name = "syslog",
	.summary = "syslog (RFC 5424) over TCP or TLS, one line for each finding",
	.settings = syslog_settings,
	.needs = "url",
	.check = syslog_check,
	.send = syslog_send,
};
